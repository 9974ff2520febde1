// SPDX-License-Identifier: GPL-3.0-or-later
// k-GANs: what becomes of a generator whose cell is empty.
#include <algorithm>
#include <limits>

#include "core/training/kgans_trainer.h"

namespace monge {
namespace {

constexpr std::uint64_t kRevivalSeed = 0x726576697665u;

}  // namespace

/// Iterations to the next look for empty cells. A pure function of the iteration, so that a run may be cut
/// anywhere.
std::int64_t KGansTrainer::untilRevival() const {
  if (!m_options.revives) return std::numeric_limits<std::int64_t>::max();
  return m_options.reviveEvery - m_iteration % m_options.reviveEvery;
}

/// Between two iterations, when a look is due: each empty cell's prototype goes to a random point of the
/// fullest cell and splits it, as k-means does with an empty cluster. A cell of one point is not split.
void KGansTrainer::reviveEmptyCells() {
  if (!m_options.revives || m_iteration % m_options.reviveEvery != 0 || m_divergence) return;
  for (int j = 0; j < count(); ++j) {
    const std::vector<int> owners = dataOwners();
    std::vector<std::int64_t> held(m_members.size());
    for (const int owner : owners) ++held[static_cast<std::size_t>(owner)];
    const auto fullest = std::max_element(held.begin(), held.end());
    if (held[static_cast<std::size_t>(j)] > 0 || *fullest < 2) continue;
    Random random(networkSeed(m_experiment.seed ^ kRevivalSeed ^ static_cast<std::uint64_t>(m_iteration),
                              static_cast<std::uint64_t>(member(j).id)));
    auto chosen = static_cast<std::int64_t>(random.below(static_cast<std::uint64_t>(*fullest)));
    Eigen::Index point = 0;
    for (;; ++point) {
      if (owners[static_cast<std::size_t>(point)] == fullest - held.begin() && chosen-- == 0) break;
    }
    beginAnew(j, m_data.rows.row(point), random.below(std::numeric_limits<std::uint64_t>::max()));
  }
}

/// The generator keeps its identity and its stream of batches; its networks, its prototype's step sizes and
/// its trail begin again, and the prototype waits for the burn-in.
void KGansTrainer::beginAnew(int j, const RowsF& position, std::uint64_t seed) {
  m_ensemble->append(seed);
  m_ensemble->loadNetwork(j, m_ensemble->saveNetwork(count()));
  m_ensemble->remove(count());
  Member fresh = newMember(member(j).id, position);
  fresh.sampler = member(j).sampler;
  fresh.born = m_iteration;
  fresh.share = member(j).share;
  fresh.weight = member(j).weight;
  member(j) = std::move(fresh);
  publishPrototypes();
}

}  // namespace monge
