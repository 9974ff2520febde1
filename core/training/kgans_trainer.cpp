// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/training/kgans_trainer.h"

#include <algorithm>
#include <cmath>
#include <exception>

#include "core/base/error.h"
#include "core/training/k_means.h"
#include "core/training/kgans_cells.h"
#include "core/training/network_shares.h"

namespace monge {
namespace {

using fused::paddedBatch;

bool wantsCuda(const Experiment& experiment, bool convolutional) {
  return experiment.device == "cuda" ||
         (experiment.device == "auto" && convolutional && deviceInfo().devices.size() > 1);
}

std::unique_ptr<NetworkEnsemble> defaultEnsemble(const Experiment& experiment, const GanShape& shape,
                                                 int batch, int threads) {
  const bool cuda = wantsCuda(experiment, shape.convolutional);
  const auto widest = [](const std::vector<int>& layers) {
    return layers.empty() ? 0 : *std::max_element(layers.begin(), layers.end());
  };
  const bool small = !shape.convolutional && shape.dimension <= 64 &&
                     std::max(widest(shape.generatorLayers), widest(shape.criticLayers)) <= 256;
  if (!cuda && small) return makeFusedEnsemble(shape, 0, experiment.seed, batch, threads);
  return makeTorchEnsemble(shape, 0, experiment.seed, batch, threads, cuda ? "cuda" : "cpu");
}

constexpr std::uint64_t kDualStream = 0x6475616cu;

/// Later the generators may be more or fewer, and a list of masses goes by those.
KGansOptions optionsAtTheStart(const nlohmann::json& parameters) {
  KGansOptions options = KGansOptions::from(parameters);
  if (!options.masses.empty() && options.masses.size() != static_cast<std::size_t>(options.generators))
    throw Error("masses", std::to_string(options.masses.size()) + " shares",
                std::to_string(options.generators) + ", one for each generator");
  return options;
}

/// Parameters that decide whose a point is.
bool movesCells(const std::string& key) {
  constexpr const char* kKeys[] = {"cost",       "power",       "feature_network", "use_labels",
                                   "label_same", "label_other", "masses",          "dual_solver"};
  return std::find(std::begin(kKeys), std::end(kKeys), key) != std::end(kKeys);
}

}  // namespace

KGansTrainer::KGansTrainer(const Experiment& experiment, const Dataset& data)
    : KGansTrainer(experiment, data, [&experiment](const GanShape& shape, int batch, int threads) {
        return defaultEnsemble(experiment, shape, batch, threads);
      }) {}

KGansTrainer::KGansTrainer(const Experiment& experiment, const Dataset& data, const EnsembleFactory& factory)
    : m_experiment(experiment),
      m_data(data),
      m_lower(data.lower()),
      m_upper(data.upper()),
      m_options(optionsAtTheStart(experiment.parameters)),
      m_shape(ganShape(experiment.parameters, data.image, m_lower, m_upper)),
      m_stride(paddedBatch(m_options.rates.batch)),
      m_cells(std::make_unique<KGansCells>(m_data, m_options,
                                           wantsCuda(experiment, m_shape.convolutional) ? "cuda" : "cpu")),
      m_dualSampler(networkSeed(experiment.seed, kDualStream)) {
  const int wanted = experiment.threads > 0 ? experiment.threads : ThreadTeam::availableCores();
  m_ensemble = factory(m_shape, m_options.rates.batch, wanted);
  m_team = std::make_unique<ThreadTeam>(m_ensemble->independent() ? wanted : 1);
  if (!m_data.mask.empty() && m_data.dimension() == 2) {
    const auto [low, high] = surroundingSquare(m_lower, m_upper);
    m_maskGrid = std::make_unique<MaskGrid>(m_data.mask, Box2{low(0), low(1), high(0), high(1)});
  }
  placePrototypes();
}

KGansTrainer::~KGansTrainer() = default;

void KGansTrainer::placePrototypes() {
  const int k = m_options.generators;
  RowsF start(k, m_data.dimension());
  if (m_options.kMeansStart) {
    start = kMeans(m_data.rows, k, m_experiment.seed);
  } else {
    Random random(m_experiment.seed);
    const auto [low, high] = surroundingSquare(m_lower, m_upper);
    for (Eigen::Index j = 0; j < k; ++j)
      for (Eigen::Index c = 0; c < start.cols(); ++c)
        start(j, c) = static_cast<float>(random.uniform(low(c), high(c)));
  }
  for (int j = 0; j < k; ++j) {
    m_ensemble->append(networkSeed(m_experiment.seed, static_cast<std::uint64_t>(j)));
    m_members.push_back(newMember(m_nextId++, start.row(j)));
  }
  resizeScratch();
  takeShares();
  publishPrototypes();
  balanceCells();
  m_lastOwners = dataOwners();
}

KGansTrainer::Member KGansTrainer::newMember(int id, const RowsF& position) const {
  const int d = m_data.dimension();
  Member result;
  result.id = id;
  result.sampler = Random(networkSeed(m_experiment.seed ^ 0x73616d706c65u, static_cast<std::uint64_t>(id)));
  result.rows.resize(static_cast<std::size_t>(m_options.rates.batch));
  result.drawn = fused::Buffer(d * m_stride);
  result.kept = fused::Buffer(d * m_stride);
  result.labels = fused::Buffer(m_stride);
  for (int c = 0; c < d; ++c) result.position.push_back(position(0, c));
  result.next = result.position;
  result.moment.assign(static_cast<std::size_t>(d), 0);
  result.variance.assign(static_cast<std::size_t>(d), 0);
  if (d <= 3) result.trail.assign(result.position.begin(), result.position.end());
  return result;
}

void KGansTrainer::resizeScratch() {
  const auto k = m_members.size();
  m_real.resize(k);
  m_active.resize(k);
  m_criticLosses.resize(k);
  m_generatorLosses.resize(k);
}

/// Writes the prototypes where this iteration and the next read them: after anything but training has moved
/// them. Before the dual step of an iteration their next places are theirs already.
void KGansTrainer::publishPrototypes() {
  std::vector<float> out;
  for (auto& each : m_members) {
    out.insert(out.end(), each.position.begin(), each.position.end());
    each.next = each.position;
  }
  m_prototypes[0] = m_prototypes[1] = out;
  publishCells();
  m_cells->labelSites(out.data());
}

std::int64_t KGansTrainer::epochLength() const {
  return std::max<std::int64_t>(1, (m_data.size() + m_options.rates.batch - 1) / m_options.rates.batch);
}

KGansTrainer::Phase KGansTrainer::phaseAt(int index, int criticSteps) {
  if (index < 3 * criticSteps) return static_cast<Phase>(index % 3);
  constexpr Phase kLast[] = {Phase::Generator, Phase::Prototype, Phase::Dual};
  return kLast[index - 3 * criticSteps];
}

/// Free masses need no dual weights.
int KGansTrainer::phasesOfCycle() const {
  return 3 * m_cycleCriticSteps + (m_cycleDual ? 3 : 2);
}

std::string KGansTrainer::nextPhase() const {
  const int steps = m_phase == 0 ? m_options.criticSteps : m_cycleCriticSteps;
  return phases()[static_cast<std::size_t>(phaseAt(m_phase, steps))];
}

void KGansTrainer::stepPhase() {
  if (m_divergence) return;
  if (m_phase == 0) {
    m_cycleCriticSteps = m_options.criticSteps;
    m_cycleDual = m_options.fixedMasses;
  }
  const Turn all = turn(m_iteration, 0, count(), 0);
  const Phase phase = phaseAt(m_phase, m_cycleCriticSteps);
  runPhase(phase, all);
  if (phase == Phase::Prototype) m_cells->labelSites(nextPrototypes(m_iteration));
  if (++m_phase < phasesOfCycle()) return;
  m_phase = 0;
  ++m_iteration;
  if (!allFinite(all)) reportDivergence();
  reviveEmptyCells();
}

void KGansTrainer::stepIterations(std::int64_t wanted) {
  if (wanted > 0 && m_phase != 0) {
    while (m_phase != 0 && !m_divergence) stepPhase();
    --wanted;
  }
  while (wanted > 0 && !m_divergence) {
    const std::int64_t piece = std::min(wanted, untilRevival());
    if (m_ensemble->independent()) {
      iterateTogether(piece);
      reviveEmptyCells();
    } else {
      iterateAlone(piece);
    }
    wanted -= piece;
  }
}

void KGansTrainer::iterateAlone(std::int64_t wanted) {
  for (std::int64_t n = 0; n < wanted && !m_divergence; ++n) {
    do stepPhase();
    while (m_phase != 0 && !m_divergence);
  }
}

/// All phases of a network in one go. Threads share the networks out, iteration after iteration; the next
/// iteration waits until all of this one are done, for it reads their prototypes (and writes where this one
/// reads: the two places alternate). A thread that the system has set aside holds up the others only if it
/// has a network in hand, so a busy machine or an open window costs its share and no more. Which thread does
/// what does not change the result.
void KGansTrainer::iterateTogether(std::int64_t wanted) {
  const std::int64_t begin = m_iteration, k = count();
  const int steps = m_options.criticSteps, threads = k > 1 && !m_cells->usesTorch() ? m_team->size() : 1;
  NetworkShares shares(count(), threads);
  alignas(64) std::atomic<std::int64_t> stepped{0};
  alignas(64) std::atomic<std::int64_t> done{0};
  alignas(64) std::atomic<std::int64_t> failed{-1};
  std::atomic<bool> thrown{false};
  std::exception_ptr error;  // the first, of the thread that set `thrown`
  const auto iterate = [&](int thread, std::int64_t& iteration) {
    for (; iteration < wanted; ++iteration) {
      awaitAtLeast(done, iteration * k);
      if (failed >= 0 && failed < iteration) return;
      for (int j = shares.take(iteration, thread); j >= 0; j = shares.take(iteration, thread)) {
        const Turn own = turn(begin + iteration, j, j + 1, thread);
        for (int phase = 0; phase < 3 * steps + 2; ++phase) runPhase(phaseAt(phase, steps), own);
        if (!allFinite(own)) failed = iteration;
        if ((stepped.fetch_add(1) + 1) % k != 0) continue;
        if (failed < 0) endTogether(turn(begin + iteration, 0, static_cast<int>(k), thread));
        done = failed < 0 ? (iteration + 1) * k : wanted * k;  // nobody waits for what will not be done
        done.notify_all();
      }
    }
  };
  const auto work = [&](int thread) {
    std::int64_t iteration = 0;
    try {
      iterate(thread, iteration);
    } catch (...) {
      if (!thrown.exchange(true)) error = std::current_exception();
      failed = iteration;
      done = wanted * k;  // nobody waits for a thread that has given up
      done.notify_all();
    }
  };
  if (threads > 1)
    m_team->run(work);
  else
    work(0);
  m_iteration = begin + (failed >= 0 ? failed + 1 : wanted);
  if (error) std::rethrow_exception(error);
  if (failed >= 0) reportDivergence();
}

void KGansTrainer::endTogether(const Turn& all) {
  m_cells->labelSites(nextPrototypes(all.iteration));
  if (m_options.fixedMasses) dual(all);
}

void KGansTrainer::setParameters(const nlohmann::json& values) {
  nlohmann::json changed = m_experiment.parameters;
  bool moves = false;
  for (const auto& [key, value] : values.items()) {
    const ParameterSpec& spec = method("k-gans").at(key);
    if (spec.takes == ParameterSpec::Takes::Reset)
      throw Error(key, "changed while training", "a change before the start or at a reset");
    changed[key] = validated(spec, value, "k-gans");
    moves = moves || movesCells(key);
  }
  KGansOptions options = KGansOptions::from(changed);
  const bool masses = values.contains("masses");
  if (masses && !options.masses.empty() && static_cast<int>(options.masses.size()) != count())
    throw Error("masses", std::to_string(options.masses.size()) + " shares",
                std::to_string(count()) + ", one for each generator there is");
  if (moves) m_cells->setCost(options);
  m_options = std::move(options);
  m_experiment.parameters = std::move(changed);
  if (masses) takeShares();
  if (!moves) return;
  publishCells();
  m_cells->labelSites(m_prototypes[m_iteration & 1].data());
  balanceCells();
}

}  // namespace monge
