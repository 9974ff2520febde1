// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/transport/sliced_wasserstein.h"

#include <algorithm>
#include <chrono>
#include <cmath>
#include <limits>
#include <utility>

#include "core/base/error.h"
#include "core/base/parallel_for.h"
#include "core/base/random.h"
#include "core/transport/discrete_measures.h"
#include "core/transport/monotone_transport.h"

namespace monge {

namespace {

/// Directions between two reports.
constexpr int kBatch = 64;

/// Uniform on the sphere, one a row; drawn in order, so that they do not depend on the threads.
RowsD directions(int count, int d, std::uint64_t seed) {
  Random random(seed);
  RowsD rows(count, d);
  for (int k = 0; k < count; ++k) {
    do
      for (int j = 0; j < d; ++j) rows(k, j) = random.normal();
    while (rows.row(k).squaredNorm() == 0);
    rows.row(k).normalize();
  }
  return rows;
}

/// Fills costs; those after a stop are left out. @return how many were computed
int projectedCosts(const RowsD& x, const VectorD& a, const RowsD& y, const VectorD& b, double p,
                   const RowsD& along, VectorD& costs, const SlicedOptions& options) {
  ThreadTeam team(options.threads > 0 ? options.threads : ThreadTeam::availableCores());
  const int count = static_cast<int>(along.rows());
  for (int begin = 0; begin < count; begin += kBatch) {
    const int size = std::min(kBatch, count - begin);
    parallelChunks(team, size, 1, [&](std::int64_t, std::int64_t, std::int64_t chunk) {
      const Eigen::Index at = begin + chunk;
      costs[at] = monotoneCost(x * along.row(at).transpose(), a, y * along.row(at).transpose(), b, p);
    });
    if (options.stop.stop_requested()) return begin;
    if (options.progress) options.progress(begin + size);
  }
  return count;
}

}  // namespace

SlicedEstimate slicedWasserstein(const RowsD& x, const VectorD& a, const RowsD& y, const VectorD& b, double p,
                                 const SlicedOptions& options) {
  const auto start = std::chrono::steady_clock::now();
  requirePoints(x, y);
  requirePower(p);
  requireWeights(a, x.rows(), b, y.rows());
  if (options.projections < 2) throw Error("projections", std::to_string(options.projections), "at least 2");
  const RowsD along = directions(options.projections, static_cast<int>(x.cols()), options.seed);
  VectorD costs(options.projections);
  SlicedEstimate result;
  const int exponent = unitExponent(x, y, p);
  const auto [ownX, ownY] = exponent == 0 ? std::pair(x, y) : pointsInUnits(x, y, exponent);
  result.projections = projectedCosts(ownX, a, ownY, b * (a.sum() / b.sum()), p, along, costs, options);
  result.cancelled = result.projections < options.projections;
  const double count = options.projections;
  const double mean = result.cancelled ? std::numeric_limits<double>::quiet_NaN() : costs.mean();
  // Not squares of costs, whose bits may be too many.
  const double error = (costs.array() - mean).matrix().stableNorm() / std::sqrt((count - 1) * count);
  result.cost = costInDataUnits(mean, exponent, p);
  result.standardError = costInDataUnits(error, exponent, p);
  result.distance = result.cancelled ? mean : distanceInDataUnits(mean, exponent, p);
  result.seconds = std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
  return result;
}

}  // namespace monge
