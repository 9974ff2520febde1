// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "core/snapshot/arrays.h"

namespace monge {

/// n points of equal mass shared out to k sites at the least cost, exactly: site j gets capacities[j] points.
/// With it the dual weights g of Ambrogioni et al. 2019, eq. (7) to (12), for the points' empirical measure:
/// every point lies in the Laguerre cell of its site, c(x_i, y_j) - g_j <= c(x_i, y_k) - g_k.
struct CapacityAssignment {
  std::vector<int> owner;  ///< n
  VectorD weights;         ///< k, mean 0
  double cost = 0;         ///< sum of c over the points and their sites
  std::int64_t moves = 0;  ///< points that went from one site to another on the way
};

/// Successive shortest paths between the sites (k is small, n is large): from the cells of the weights that
/// are given, a point after another goes the cheapest way from cells that hold too many to those that hold
/// too few; the path's lengths update the weights, so that the assignment is optimal at every moment. Each
/// move takes O(k^2 + k log n). Of the weights that prove the optimum those in the middle are returned: no
/// point lies on a wall unless it must.
///
/// Deterministic: ties go to the lowest site, then the lowest point. Pure; any thread.
/// @param costs       k x n, finite
/// @param capacities  k, each at least 0, sum n
/// @param start       k, finite: weights to begin from, or none for 0; close ones save moves
/// @throws Error for sizes and values that do not fit
CapacityAssignment assignWithCapacities(const RowsF& costs, std::span<const std::int64_t> capacities,
                                        std::span<const double> start = {});

/// `count` points shared out by shares (each above 0; their sum is taken as 1), by largest remainders.
std::vector<std::int64_t> wholeCapacities(std::int64_t count, std::span<const double> shares);

}  // namespace monge
