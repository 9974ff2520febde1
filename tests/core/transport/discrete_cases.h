// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cmath>

#include "core/base/random.h"
#include "core/snapshot/arrays.h"

namespace monge::test {

/// Problems for the solvers between weighted points.
struct Problem {
  RowsD x, y;
  VectorD a, b;  ///< whole numbers
  double p = 2;
};

inline RowsD normalPoints(int n, int d, Random& random) {
  RowsD points(n, d);
  for (double& value : points.reshaped<Eigen::RowMajor>()) value = random.normal();
  return points;
}

/// Points on a grid of `side` values: many coincide, many are equally far.
inline RowsD latticePoints(int n, int d, int side, Random& random) {
  RowsD points(n, d);
  for (double& value : points.reshaped<Eigen::RowMajor>())
    value = static_cast<double>(random.below(static_cast<std::uint64_t>(side)));
  return points;
}

inline VectorD uniformWeights(int n) {
  return VectorD::Constant(n, 1.0 / n);
}

/// Whole numbers from 0 to most; at least one is positive.
inline VectorD wholeWeights(int n, int most, Random& random) {
  VectorD weights(n);
  for (double& weight : weights)
    weight = static_cast<double>(random.below(static_cast<std::uint64_t>(most) + 1));
  weights[0] += 1;
  return weights;
}

inline RowsD costMatrix(const RowsD& x, const RowsD& y, double p) {
  RowsD cost(x.rows(), y.rows());
  for (Eigen::Index i = 0; i < x.rows(); ++i)
    for (Eigen::Index j = 0; j < y.rows(); ++j) cost(i, j) = std::pow((x.row(i) - y.row(j)).norm(), p);
  return cost;
}

/// Small and often degenerate: lattices, one point, all points equal, weights of 0 or all alike.
inline Problem smallProblem(Random& random) {
  Problem problem;
  const int n = 1 + static_cast<int>(random.below(14)), m = 1 + static_cast<int>(random.below(14));
  const int d = 1 + static_cast<int>(random.below(3));
  const bool lattice = random.below(2) == 0;
  const int side = 1 + static_cast<int>(random.below(4));
  problem.x = lattice ? latticePoints(n, d, side, random) : normalPoints(n, d, random);
  problem.y = lattice ? latticePoints(m, d, side, random) : normalPoints(m, d, random);
  problem.p = 1 + static_cast<double>(random.below(5)) / 2;
  if (random.below(2) == 0) {
    problem.a = VectorD::Constant(n, m);
    problem.b = VectorD::Constant(m, n);
  } else {
    problem.a = wholeWeights(n, 3, random);
    problem.b = wholeWeights(m, 3, random);
    const double difference = problem.a.sum() - problem.b.sum();
    (difference > 0 ? problem.b : problem.a)[0] += std::abs(difference);
  }
  return problem;
}

}  // namespace monge::test
