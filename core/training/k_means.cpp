// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/training/k_means.h"

#include <limits>
#include <vector>

#include "core/base/random.h"

namespace monge {
namespace {

/// A centre at a random point, each next one at a point drawn by its squared distance to the centres before.
RowsF spreadStart(const RowsF& points, int k, Random& random) {
  const Eigen::Index n = points.rows();
  RowsF centers(k, points.cols());
  centers.row(0) = points.row(static_cast<Eigen::Index>(random.below(static_cast<std::uint64_t>(n))));
  Eigen::VectorXf distance = (points.rowwise() - centers.row(0)).rowwise().squaredNorm();
  for (int j = 1; j < k; ++j) {
    double left = random.uniform() * distance.cast<double>().sum();
    Eigen::Index chosen = 0;
    while (chosen + 1 < n && left >= distance[chosen]) left -= distance[chosen++];
    centers.row(j) = points.row(chosen);
    distance = distance.cwiseMin((points.rowwise() - centers.row(j)).rowwise().squaredNorm());
  }
  return centers;
}

/// One of Lloyd's steps; returns the sum of squared distances before it. An empty cell keeps its centre.
double lloyd(const RowsF& points, RowsF& centers) {
  RowsD sums = RowsD::Zero(centers.rows(), centers.cols());
  std::vector<Eigen::Index> counts(static_cast<std::size_t>(centers.rows()));
  double cost = 0;
  for (Eigen::Index i = 0; i < points.rows(); ++i) {
    Eigen::Index owner = 0;
    cost += (centers.rowwise() - points.row(i)).rowwise().squaredNorm().minCoeff(&owner);
    sums.row(owner) += points.row(i).cast<double>();
    ++counts[static_cast<std::size_t>(owner)];
  }
  for (Eigen::Index j = 0; j < centers.rows(); ++j)
    if (counts[static_cast<std::size_t>(j)] > 0)
      centers.row(j) = (sums.row(j) / static_cast<double>(counts[static_cast<std::size_t>(j)])).cast<float>();
  return cost;
}

}  // namespace

RowsF kMeans(const RowsF& all, int k, std::uint64_t seed, int restarts) {
  constexpr Eigen::Index kMost = 20000;
  const RowsF points = all.topRows(std::min(all.rows(), kMost));
  Random random(seed);
  RowsF best;
  double bestCost = std::numeric_limits<double>::infinity();
  for (int attempt = 0; attempt < restarts; ++attempt) {
    RowsF centers = spreadStart(points, k, random);
    double cost = std::numeric_limits<double>::infinity();
    for (int step = 0; step < 100; ++step) {
      const double now = lloyd(points, centers);
      if (now >= cost) break;
      cost = now;
    }
    if (attempt == 0 || cost < bestCost) {  // the first even where squares leave single precision
      bestCost = cost;
      best = centers;
    }
  }
  return best;
}

}  // namespace monge
