// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/transport/montecarlo_start.h"

#include <algorithm>
#include <numeric>
#include <vector>

namespace monge {

VectorD quantilePotential(const RowsD& sites, const VectorD& masses, const SourceMeasure& source) {
  VectorD potential = VectorD::Zero(sites.rows());
  std::vector<Eigen::Index> order(static_cast<std::size_t>(sites.rows()));
  std::iota(order.begin(), order.end(), 0);
  for (int k = 0; k < source.dimension(); ++k) {
    std::sort(order.begin(), order.end(), [&](Eigen::Index a, Eigen::Index b) {
      return sites(a, k) < sites(b, k) || (sites(a, k) == sites(b, k) && a < b);
    });
    double below = 0, value = 0, lastSlope = 0, lastSite = 0;
    bool first = true;
    for (const Eigen::Index site : order) {
      const double slope = source.quantile(k, (below + 0.5 * masses[site]) / masses.sum());
      if (!first) value += (sites(site, k) - lastSite) * 0.5 * (slope + lastSlope);
      potential[site] += value;
      below += masses[site];
      lastSlope = slope, lastSite = sites(site, k), first = false;
    }
  }
  return potential;
}

}  // namespace monge
