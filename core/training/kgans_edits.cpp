// SPDX-License-Identifier: GPL-3.0-or-later
// k-GANs: what a person does to the prototypes, and the state of a run.
#include <algorithm>
#include <cmath>

#include "core/base/error.h"
#include "core/models/fused/kernels.h"
#include "core/training/kgans_cells.h"
#include "core/training/kgans_trainer.h"

namespace monge {
namespace {

constexpr std::size_t kKeptRemoved = 16;

std::span<const float> view(const fused::Buffer& buffer) {
  return {buffer.data(), static_cast<std::size_t>(buffer.size())};
}

void fill(fused::Buffer& buffer, const std::vector<float>& values) {
  if (static_cast<int>(values.size()) != buffer.size())
    throw Error("checkpoint", "a batch of " + std::to_string(values.size()) + " numbers",
                std::to_string(buffer.size()));
  std::copy(values.begin(), values.end(), buffer.data());
}

std::string bytesOf(const Message& state, const std::string& name) {
  for (const auto& array : state.arrays)
    if (array.name == name) return {reinterpret_cast<const char*>(array.bytes.data()), array.bytes.size()};
  throw Error("checkpoint", "no " + name, "the state of each generator");
}

Random::State samplerState(const Message& state, const char* name) {
  const auto words = state.words(name);
  Random::State sampler{};
  if (words.size() != sampler.size())
    throw Error("checkpoint", std::to_string(words.size()) + " words of " + name,
                std::to_string(sampler.size()));
  std::copy(words.begin(), words.end(), sampler.begin());
  return sampler;
}

}  // namespace

int KGansTrainer::indexOf(int id) const {
  for (int j = 0; j < count(); ++j)
    if (member(j).id == id) return j;
  throw Error("prototype", std::to_string(id),
              "the id of one of the " + std::to_string(count()) + " prototypes");
}

std::vector<double> KGansTrainer::checkedPosition(const std::vector<double>& position) const {
  if (static_cast<int>(position.size()) != m_data.dimension())
    throw Error("position", std::to_string(position.size()) + " coordinates",
                std::to_string(m_data.dimension()));
  for (double x : position)
    if (!std::isfinite(x) || std::abs(x) > 1e30)
      throw Error("position", std::to_string(x), "finite coordinates");
  return position;
}

void KGansTrainer::movePrototype(int id, const std::vector<double>& position) {
  auto& moved = member(indexOf(id));
  moved.position = checkedPosition(position);
  std::fill(moved.moment.begin(), moved.moment.end(), 0);  // it rests where it is put down
  publishPrototypes();
  balanceCells();
}

int KGansTrainer::addPrototype(const std::vector<double>& position) {
  const auto place = checkedPosition(position);
  if (count() >= 256) throw Error("prototype", "one more than 256", "at most 256 generators");
  RowsF row(1, m_data.dimension());
  for (int c = 0; c < m_data.dimension(); ++c)
    row(0, c) = static_cast<float>(place[static_cast<std::size_t>(c)]);
  const int id = m_nextId++;
  m_ensemble->append(networkSeed(m_experiment.seed, static_cast<std::uint64_t>(id)));
  double share = 0;  // as much as the others have on average
  for (const Member& each : m_members) share += each.share / count();
  m_members.push_back(newMember(id, row));
  m_members.back().position = place;
  m_members.back().share = share;
  m_members.back().born = m_iteration;  // the burn-in is its networks' own
  resizeScratch();
  publishPrototypes();
  balanceCells();
  return id;
}

void KGansTrainer::removePrototype(int id) {
  const int j = indexOf(id);
  if (count() == 1) throw Error("prototype", "the last one", "at least one generator");
  m_removed.push_back({std::move(member(j)), m_ensemble->saveNetwork(j)});
  if (m_removed.size() > kKeptRemoved) m_removed.pop_front();
  m_ensemble->remove(j);
  m_members.erase(m_members.begin() + j);
  resizeScratch();
  publishPrototypes();
  balanceCells();
}

void KGansTrainer::restorePrototype(int id) {
  const auto found = std::find_if(m_removed.begin(), m_removed.end(),
                                  [id](const Removed& each) { return each.member.id == id; });
  if (found == m_removed.end())
    throw Error("prototype", std::to_string(id),
                "one of the last " + std::to_string(kKeptRemoved) + " that were deleted");
  m_ensemble->append(networkSeed(m_experiment.seed, static_cast<std::uint64_t>(id)));
  m_ensemble->loadNetwork(m_ensemble->count() - 1, found->network);
  m_members.push_back(std::move(found->member));
  m_removed.erase(found);
  resizeScratch();
  publishPrototypes();
  balanceCells();
}

Message KGansTrainer::saveMember(const Member& own, const Message& network) const {
  Message state("member");
  state.fields["id"] = own.id;
  state.fields["kept"] = own.keptCount;
  state.fields["steps"] = own.steps;
  state.fields["summed"] = own.summed;
  state.fields["born"] = own.born;
  state.fields["share"] = own.share;
  state.fields["weight"] = own.weight;
  const auto sampler = own.sampler.state();
  state.add("sampler", std::span<const std::uint64_t>(sampler));
  const std::vector<int> rows(own.rows.begin(), own.rows.end());
  state.add("rows", std::span<const int>(rows));
  state.add("drawn", view(own.drawn));
  state.add("kept", view(own.kept));
  for (const auto& [name, values] : {std::pair{"position", &own.position}, std::pair{"next", &own.next},
                                     std::pair{"moment", &own.moment}, std::pair{"variance", &own.variance}})
    state.add(name, std::span<const double>(*values));
  state.add("trail", std::span<const float>(own.trail));
  const double sums[] = {own.sumDistance, own.sumTerm, own.sumGenerator};
  state.add("sums", std::span<const double>(sums));
  state.add("network", encode(network));
  return state;
}

/// Which points the batch holds. Checkpoints of runs before cells had a law lack it; none but costs of a
/// network ask for it.
void KGansTrainer::readRows(const Message& state, Member& own) const {
  if (!state.has("rows")) return;
  const std::vector<int> rows = state.ints("rows");
  const auto valid = [this](int row) { return row >= 0 && row < m_data.size(); };
  if (rows.size() != own.rows.size() || !std::all_of(rows.begin(), rows.end(), valid))
    throw Error("checkpoint", "a batch of other points", "rows of the data that this run has");
  own.rows.assign(rows.begin(), rows.end());
}

KGansTrainer::Removed KGansTrainer::loadMember(const Message& state) const {
  Member own = newMember(state.fields.at("id").get<int>(), RowsF::Zero(1, m_data.dimension()));
  own.keptCount = state.fields.at("kept").get<int>();
  own.steps = state.fields.at("steps").get<std::int64_t>();
  own.summed = state.fields.at("summed").get<std::int64_t>();
  own.born = state.fields.value("born", std::int64_t{0});
  own.share = state.fields.value("share", 1.0);
  own.weight = state.fields.value("weight", 0.0);
  readRows(state, own);
  if (own.keptCount < 0 || own.keptCount > m_options.rates.batch)
    throw Error("checkpoint", "a generator's state of another form", "the one that this run writes");
  own.sampler.setState(samplerState(state, "sampler"));
  fill(own.drawn, state.floats("drawn"));
  fill(own.kept, state.floats("kept"));
  for (const auto& [name, values] :
       {std::pair{"position", &own.position}, std::pair{"next", &own.next}, std::pair{"moment", &own.moment},
        std::pair{"variance", &own.variance}}) {
    auto read = state.doubles(name);
    if (read.size() != values->size())
      throw Error("checkpoint", "prototypes of another dimension", std::to_string(values->size()));
    *values = std::move(read);
  }
  own.trail = state.floats("trail");
  const auto sums = state.doubles("sums");
  if (sums.size() != 3) throw Error("checkpoint", std::to_string(sums.size()) + " sums", "3");
  own.sumDistance = sums[0];
  own.sumTerm = sums[1];
  own.sumGenerator = sums[2];
  return {std::move(own), decode(bytesOf(state, "network"), "checkpoint")};
}

Message KGansTrainer::save() const {
  Message state("k-gans");
  state.fields["iteration"] = m_iteration;
  state.fields["phase"] = m_phase;
  state.fields["cycle_critic_steps"] =
      m_phase == 0 ? 0 : m_cycleCriticSteps;  // it means nothing between iterations
  state.fields["cycle_dual"] = m_phase != 0 && m_cycleDual;
  const auto dualSampler = m_dualSampler.state();
  state.add("dual_sampler", std::span<const std::uint64_t>(dualSampler));
  state.fields["next_id"] = m_nextId;
  state.fields["members"] = count();
  state.fields["parameters"] = m_experiment.parameters;
  for (int j = 0; j < count(); ++j)
    state.add("member." + std::to_string(j), encode(saveMember(member(j), m_ensemble->saveNetwork(j))));
  state.add("last_owners", std::span<const int>(m_lastOwners));
  std::vector<int> active(m_active.begin(), m_active.end());
  state.add("active", std::span<const int>(active));
  for (std::size_t r = 0; r < m_removed.size(); ++r)
    state.add("removed." + std::to_string(r), encode(saveMember(m_removed[r].member, m_removed[r].network)));
  state.fields["removed"] = m_removed.size();
  std::vector<float> losses;
  for (std::size_t j = 0; j < m_criticLosses.size(); ++j)
    losses.insert(losses.end(), {m_criticLosses[j].distance, m_criticLosses[j].term, m_generatorLosses[j]});
  state.add("losses", std::span<const float>(losses));
  return state;
}

void KGansTrainer::load(const Message& state) {
  if (state.type != "k-gans") throw Error("checkpoint", "state of " + state.type, "state of k-gans");
  const int k = state.fields.at("members").get<int>();
  std::vector<Removed> members, removed;
  for (int j = 0; j < k; ++j)
    members.push_back(loadMember(decode(bytesOf(state, "member." + std::to_string(j)), "checkpoint")));
  for (int r = 0; r < state.fields.at("removed").get<int>(); ++r)
    removed.push_back(loadMember(decode(bytesOf(state, "removed." + std::to_string(r)), "checkpoint")));
  while (m_ensemble->count() > k) m_ensemble->remove(m_ensemble->count() - 1);
  while (m_ensemble->count() < k) m_ensemble->append(0);
  m_members.clear();
  for (int j = 0; j < k; ++j) {
    m_ensemble->loadNetwork(j, members[static_cast<std::size_t>(j)].network);
    m_members.push_back(std::move(members[static_cast<std::size_t>(j)].member));
  }
  m_removed.assign(std::make_move_iterator(removed.begin()), std::make_move_iterator(removed.end()));
  m_iteration = state.fields.at("iteration").get<std::int64_t>();
  m_phase = state.fields.at("phase").get<int>();
  m_cycleCriticSteps = state.fields.at("cycle_critic_steps").get<int>();
  m_cycleDual = state.fields.value("cycle_dual", false);
  if (state.has("dual_sampler")) m_dualSampler.setState(samplerState(state, "dual_sampler"));
  m_nextId = state.fields.at("next_id").get<int>();
  // A list of masses is of the generators in the state; those that the run began with may have been others.
  const nlohmann::json saved = state.fields.value("parameters", nlohmann::json::object());
  if (m_options.fixedMasses && saved.contains("masses") && saved["masses"] != "free")
    m_experiment.parameters["masses"] = saved["masses"];
  m_lastOwners = state.ints("last_owners");
  m_divergence.reset();
  resizeScratch();
  const auto active = state.ints("active");
  const auto losses = state.floats("losses");
  for (std::size_t j = 0; j < m_active.size() && j < active.size() && 3 * j + 2 < losses.size(); ++j) {
    m_active[j] = static_cast<char>(active[j]);
    m_criticLosses[j] = {losses[3 * j], losses[3 * j + 1]};
    m_generatorLosses[j] = losses[3 * j + 2];
  }
  publishPrototypes();
}

}  // namespace monge
