// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/transport/cost_sums.h"

#include <algorithm>
#include <boost/math/special_functions/erf.hpp>
#include <cmath>
#include <numbers>

#include "core/base/parallel_for.h"

namespace monge {

void CostSums::add(const SamplePanels& panels, const TopPlanes& found, ThreadTeam& team) {
  m_costs.resize(found.best.size());
  parallelChunks(team, panels.count(), 1024, [&](std::int64_t begin, std::int64_t end, std::int64_t) {
    for (std::int64_t s = begin; s < end; ++s) {
      double squared = 0;
      for (int k = 0; k < panels.dimension(); ++k)
        squared +=
            std::pow(m_problem.source.centre[k] + panels.at(s, k) - m_problem.sites(found.best[s], k), 2);
      m_costs[s] = 0.5 * squared;
    }
  });
  for (std::size_t s = 0; s < m_costs.size(); ++s) {
    const double values[2] = {m_costs[s], m_costs[s] - 0.5 * m_weights[found.best[s]]};
    for (int of : {0, 1}) m_sums[of] += values[of], m_squares[of] += values[of] * values[of];
  }
  m_samples += panels.count();
}

Estimate CostSums::mean(int of, double confidence, double constant) const {
  const double m = static_cast<double>(m_samples), mean = m_sums[of] / m;
  const double deviation = std::sqrt(std::max(0.0, m_squares[of] / m - mean * mean) / (m - 1));
  const double bound = std::numbers::sqrt2 * boost::math::erf_inv(confidence) * deviation;
  return {mean + constant, mean + constant - bound, mean + constant + bound};
}

}  // namespace monge
