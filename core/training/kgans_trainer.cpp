// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/training/kgans_trainer.h"

#include <algorithm>
#include <cmath>

#include "core/base/error.h"
#include "core/models/fused/kernels.h"
#include "core/training/k_means.h"

namespace monge {
namespace {

using fused::kernels;
using fused::paddedBatch;

/// A trail keeps between 256 and 512 places, evenly spaced in iterations.
std::int64_t trailStride(std::int64_t iterations) {
  std::int64_t stride = 1;
  while (iterations / stride > 512) stride *= 2;
  return stride;
}

std::unique_ptr<NetworkEnsemble> defaultEnsemble(const Experiment& experiment, const GanShape& shape,
                                                 int batch, int threads) {
  const bool cuda = experiment.device == "cuda" ||
                    (experiment.device == "auto" && shape.convolutional && deviceInfo().devices.size() > 1);
  const auto widest = [](const std::vector<int>& layers) {
    return layers.empty() ? 0 : *std::max_element(layers.begin(), layers.end());
  };
  const bool small = !shape.convolutional && shape.dimension <= 64 &&
                     std::max(widest(shape.generatorLayers), widest(shape.criticLayers)) <= 256;
  if (!cuda && small) return makeFusedEnsemble(shape, 0, experiment.seed, batch, threads);
  return makeTorchEnsemble(shape, 0, experiment.seed, batch, threads, cuda ? "cuda" : "cpu");
}

/// Spins for some microseconds, a network's step, before it sleeps.
void awaitAtLeast(const std::atomic<std::int64_t>& value, std::int64_t wanted) {
  for (int spin = 0; spin < 2000; ++spin) {
    if (value.load(std::memory_order_acquire) >= wanted) return;
#if defined(__x86_64__)
    __builtin_ia32_pause();
#endif
  }
  for (std::int64_t now = value.load(); now < wanted; now = value.load()) value.wait(now);
}

/// Shares the networks of each iteration out to threads. A thread begins with the same ones every time, so
/// that their numbers stay in its core's cache, and goes on with what the others have not reached.
class NetworkShares {
 public:
  NetworkShares(int networks, int threads)
      : m_networks(networks), m_threads(threads), m_begun(static_cast<std::size_t>(networks)) {}

  /// A network that nobody has begun in this iteration, -1 when there is none. All of the iteration before
  /// are done.
  int take(std::int64_t iteration, int thread) {
    const int first = m_networks * thread / m_threads, last = m_networks * (thread + 1) / m_threads;
    for (int j = first; j < last; ++j)
      if (begin(j, iteration)) return j;
    for (int n = 1; n <= m_networks - (last - first); ++n) {
      const int j = (first - n + m_networks) % m_networks;  // from the others' ends
      if (begin(j, iteration)) return j;
    }
    return -1;
  }

 private:
  struct alignas(64) Begun {
    std::atomic<std::int64_t> iterations{0};
  };
  bool begin(int j, std::int64_t iteration) {
    auto& begun = m_begun[static_cast<std::size_t>(j)].iterations;
    return begun.load(std::memory_order_relaxed) == iteration &&
           begun.compare_exchange_strong(iteration, iteration + 1);
  }

  int m_networks, m_threads;
  std::vector<Begun> m_begun;
};

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
      m_options(KGansOptions::from(experiment.parameters)),
      m_shape(ganShape(experiment.parameters, data.image, m_lower, m_upper)),
      m_stride(paddedBatch(m_options.rates.batch)),
      m_columns(data.dimension() * paddedBatch(static_cast<int>(data.size()))) {
  const int wanted = experiment.threads > 0 ? experiment.threads : ThreadTeam::availableCores();
  m_ensemble = factory(m_shape, m_options.rates.batch, wanted);
  m_team = std::make_unique<ThreadTeam>(m_ensemble->independent() ? wanted : 1);
  m_drawn.resize(static_cast<std::size_t>(m_team->size()),
                 std::vector<std::uint32_t>(static_cast<std::size_t>(m_options.rates.batch)));
  const int padded = paddedBatch(static_cast<int>(m_data.size()));
  for (Eigen::Index c = 0; c < m_data.rows.cols(); ++c)
    for (Eigen::Index i = 0; i < m_data.rows.rows(); ++i)
      m_columns.data()[c * padded + i] = m_data.rows(i, c);
  if (!m_data.mask.empty() && m_data.dimension() == 2) {
    const auto [low, high] = surroundingSquare(m_lower, m_upper);
    m_maskGrid = std::make_unique<MaskGrid>(m_data.mask, Box2{low(0), low(1), high(0), high(1)});
  }
  placePrototypes();
}

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
  publishPrototypes();
  m_lastOwners = ownersOf(m_data.rows);
}

KGansTrainer::Member KGansTrainer::newMember(int id, const RowsF& position) const {
  const int d = m_data.dimension();
  Member result;
  result.id = id;
  result.sampler = Random(networkSeed(m_experiment.seed ^ 0x73616d706c65u, static_cast<std::uint64_t>(id)));
  result.drawn = fused::Buffer(d * m_stride);
  result.kept = fused::Buffer(d * m_stride);
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

/// Writes the prototypes where the current iteration reads them: after anything but training has moved them.
void KGansTrainer::publishPrototypes() {
  auto& out = m_prototypes[m_iteration & 1];
  out.clear();
  for (auto& each : m_members) {
    out.insert(out.end(), each.position.begin(), each.position.end());
    each.next = each.position;
  }
  m_prototypes[(m_iteration + 1) & 1].resize(out.size());
}

std::int64_t KGansTrainer::epochLength() const {
  return std::max<std::int64_t>(1, (m_data.size() + m_options.rates.batch - 1) / m_options.rates.batch);
}

KGansTrainer::Phase KGansTrainer::phaseAt(int index, int criticSteps) {
  if (index < 3 * criticSteps) return static_cast<Phase>(index % 3);
  return index == 3 * criticSteps ? Phase::Generator : Phase::Prototype;
}

std::string KGansTrainer::nextPhase() const {
  const int steps = m_phase == 0 ? m_options.criticSteps : m_cycleCriticSteps;
  return phases()[static_cast<std::size_t>(phaseAt(m_phase, steps))];
}

KGansTrainer::Turn KGansTrainer::turn(std::int64_t iteration, int first, int last, int thread) const {
  const double factor = m_options.rateFactor(iteration, m_experiment.iterations);
  Turn result{iteration, first, last, thread, m_options.rates, m_options.prototypeRate * factor};
  result.rates.rate *= static_cast<float>(factor);
  result.rates.criticRate *= static_cast<float>(factor);
  return result;
}

void KGansTrainer::runPhase(Phase phase, const Turn& turn) {
  switch (phase) {
    case Phase::Sample:
      return sample(turn);
    case Phase::Assign:
      return assign(turn);
    case Phase::Critic:
      return critic(turn);
    case Phase::Generator:
      return generator(turn);
    case Phase::Prototype:
      return prototype(turn);
  }
}

void KGansTrainer::critic(const Turn& turn) {
  for (int j = turn.first; j < turn.last; ++j)
    m_real[static_cast<std::size_t>(j)] = {member(j).kept.data(), member(j).keptCount};
  m_ensemble->criticStep(turn.first, turn.last, turn.thread, turn.rates, m_real.data(),
                         m_criticLosses.data());
}

void KGansTrainer::generator(const Turn& turn) {
  for (int j = turn.first; j < turn.last; ++j)
    m_active[static_cast<std::size_t>(j)] = member(j).keptCount > 0 || m_options.trainStarved;
  m_ensemble->generatorStep(turn.first, turn.last, turn.thread, turn.rates, m_active.data(),
                            m_generatorLosses.data());
}

/// Line 11, eq. (29). The first step takes the samples that the generator step has drawn, further ones draw
/// new samples.
void KGansTrainer::prototype(const Turn& turn) {
  const bool due = (turn.iteration + 1) % m_options.prototypeEvery == 0;
  for (int step = 0; due && step < m_options.prototypeSteps; ++step) {
    if (step > 0) m_ensemble->drawFakes(turn.first, turn.last, turn.thread, turn.rates, m_active.data());
    for (int j = turn.first; j < turn.last; ++j)
      if (m_active[static_cast<std::size_t>(j)] && turn.iteration - member(j).born >= m_options.burnIn)
        prototypeStep(member(j), m_ensemble->fakes(j), turn.prototypeRate);
  }
  finish(turn);
}

/// One Adam step on the mean of c(x, y) over the samples; c = |x - y|^2 or |x - y|.
void KGansTrainer::prototypeStep(Member& own, const float* fakes, double rate) const {
  const int d = m_data.dimension(), batch = m_options.rates.batch;
  ++own.steps;
  const double correction1 = fused::adamCorrection(0.9, own.steps),
               correction2 = fused::adamCorrection(0.999, own.steps);
  std::vector<double> weight;  // 1 / |x - y| of each sample, for the unsquared cost
  if (!m_options.squaredCost) {
    for (int i = 0; i < batch; ++i) {
      double squares = 1e-12;
      for (int c = 0; c < d; ++c)
        squares += std::pow(fakes[c * m_stride + i] - own.next[static_cast<std::size_t>(c)], 2);
      weight.push_back(1 / std::sqrt(squares));
    }
  }
  for (int c = 0; c < d; ++c) {
    const auto at = static_cast<std::size_t>(c);
    double gradient = 0;
    if (m_options.squaredCost) {
      gradient =
          2 * (own.next[at] - static_cast<double>(kernels().total(fakes + c * m_stride, batch)) / batch);
    } else {
      for (int i = 0; i < batch; ++i)
        gradient += (own.next[at] - fakes[c * m_stride + i]) * weight[static_cast<std::size_t>(i)] / batch;
    }
    own.moment[at] = 0.9 * own.moment[at] + 0.1 * gradient;
    own.variance[at] = 0.999 * own.variance[at] + 0.001 * gradient * gradient;
    own.next[at] -= rate * own.moment[at] / correction1 / (std::sqrt(own.variance[at] / correction2) + 1e-8);
  }
}

/// Ends the iteration for these networks: their prototypes take their new places, losses and trails are
/// booked.
void KGansTrainer::finish(const Turn& turn) {
  const std::int64_t done = turn.iteration + 1;
  const std::int64_t stride = trailStride(done);
  const std::size_t d = static_cast<std::size_t>(m_data.dimension());
  float* published = m_prototypes[done & 1].data();
  for (int j = turn.first; j < turn.last; ++j) {
    auto& own = member(j);
    own.position = own.next;
    for (std::size_t c = 0; c < d; ++c)
      published[static_cast<std::size_t>(j) * d + c] = static_cast<float>(own.position[c]);
    if (m_active[static_cast<std::size_t>(j)]) {
      own.sumDistance += m_criticLosses[static_cast<std::size_t>(j)].distance;
      own.sumTerm += m_criticLosses[static_cast<std::size_t>(j)].term;
      own.sumGenerator += m_generatorLosses[static_cast<std::size_t>(j)];
      ++own.summed;
    }
    if (d > 3 || done % stride != 0) continue;
    own.trail.insert(own.trail.end(), own.position.begin(), own.position.end());
    if (own.trail.size() <= 512 * d) continue;
    std::size_t kept = 0;
    for (std::size_t row = 0; row * d < own.trail.size(); row += 2)
      for (std::size_t c = 0; c < d; ++c) own.trail[kept++] = own.trail[row * d + c];
    own.trail.resize(kept);
  }
}

bool KGansTrainer::allFinite(const Turn& turn) const {
  for (int j = turn.first; j < turn.last; ++j) {
    const auto at = static_cast<std::size_t>(j);
    if (!m_active[at]) continue;
    if (!std::isfinite(m_criticLosses[at].distance + m_criticLosses[at].term + m_generatorLosses[at]))
      return false;
    if (!std::all_of(member(j).position.begin(), member(j).position.end(),
                     [](double x) { return std::isfinite(x); }))
      return false;
  }
  return true;
}

void KGansTrainer::reportDivergence() {
  for (int j = 0; j < count() && !m_divergence; ++j) {
    const auto at = static_cast<std::size_t>(j);
    const std::string name = std::to_string(member(j).id + 1);
    const CriticLoss& loss = m_criticLosses[at];
    if (!m_active[at]) continue;
    if (!std::isfinite(loss.distance + loss.term))
      m_divergence = Divergence{m_iteration, "critic " + name, "loss is not a finite number"};
    else if (!std::isfinite(m_generatorLosses[at]))
      m_divergence = Divergence{m_iteration, "generator " + name, "loss is not a finite number"};
    else if (!allFinite({m_iteration, j, j + 1, 0, {}, 0}))
      m_divergence = Divergence{m_iteration, "prototype " + name, "position is not a finite number"};
  }
}

void KGansTrainer::stepPhase() {
  if (m_divergence) return;
  if (m_phase == 0) m_cycleCriticSteps = m_options.criticSteps;
  const Turn all = turn(m_iteration, 0, count(), 0);
  runPhase(phaseAt(m_phase, m_cycleCriticSteps), all);
  if (++m_phase < 3 * m_cycleCriticSteps + 2) return;
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
  const int steps = m_options.criticSteps, threads = k > 1 ? m_team->size() : 1;
  NetworkShares shares(count(), threads);
  alignas(64) std::atomic<std::int64_t> done{0};
  alignas(64) std::atomic<std::int64_t> failed{-1};
  const auto work = [&](int thread) {
    for (std::int64_t iteration = 0; iteration < wanted; ++iteration) {
      awaitAtLeast(done, iteration * k);
      if (failed >= 0 && failed < iteration) return;
      for (int j = shares.take(iteration, thread); j >= 0; j = shares.take(iteration, thread)) {
        const Turn own = turn(begin + iteration, j, j + 1, thread);
        for (int phase = 0; phase < 3 * steps + 2; ++phase) runPhase(phaseAt(phase, steps), own);
        if (!allFinite(own)) failed = iteration;
        if ((done.fetch_add(1) + 1) % k != 0) continue;
        if (failed >= 0) done += wanted * k;  // nobody waits for what will not be done
        done.notify_all();
      }
    }
  };
  if (threads > 1)
    m_team->run(work);
  else
    work(0);
  m_iteration = begin + (failed >= 0 ? failed + 1 : wanted);
  if (failed >= 0) reportDivergence();
}

void KGansTrainer::setParameter(const std::string& key, const nlohmann::json& value) {
  const ParameterSpec& spec = method("k-gans").at(key);
  if (spec.takes == ParameterSpec::Takes::Reset)
    throw Error(key, "changed while training", "a change before the start or at a reset");
  nlohmann::json changed = m_experiment.parameters;
  changed[key] = validated(spec, value, "k-gans");
  m_options = KGansOptions::from(changed);
  m_experiment.parameters = std::move(changed);
}

}  // namespace monge
