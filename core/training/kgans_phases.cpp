// SPDX-License-Identifier: GPL-3.0-or-later
// k-GANs: what the sub-phases of an iteration do to the networks and prototypes.
#include <algorithm>
#include <cmath>

#include "core/models/fused/kernels.h"
#include "core/training/kgans_cells.h"
#include "core/training/kgans_trainer.h"

namespace monge {
namespace {

/// A trail keeps between 256 and 512 places, evenly spaced in iterations.
std::int64_t trailStride(std::int64_t iterations) {
  std::int64_t stride = 1;
  while (iterations / stride > 512) stride *= 2;
  return stride;
}

}  // namespace

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
    case Phase::Dual:
      return dual(turn);
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

/// One Adam step on the mean of c(x, y) over the samples.
void KGansTrainer::prototypeStep(Member& own, const float* fakes, double rate) const {
  ++own.steps;
  const double correction1 = fused::adamCorrection(0.9, own.steps),
               correction2 = fused::adamCorrection(0.999, own.steps);
  const std::vector<double> gradients =
      m_cells->meanGradient(fakes, m_stride, m_options.rates.batch, own.next);
  for (std::size_t at = 0; at < gradients.size(); ++at) {
    const double gradient = gradients[at];
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

}  // namespace monge
