// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <algorithm>
#include <numeric>
#include <string>
#include <vector>

#include "core/base/error.h"
#include "core/geometry/point.h"

namespace monge {

/// Rows of points in the order of their coordinates, x first: along a line, where they lie on one.
template <class Point>
std::vector<int> lexicographicOrder(const std::vector<Point>& points) {
  std::vector<int> order(points.size());
  std::iota(order.begin(), order.end(), 0);
  std::sort(order.begin(), order.end(), [&](int a, int b) { return points[a] < points[b]; });
  return order;
}

/// @throws Error naming the rows of two sites on one spot
template <class Point>
void requireDistinct(const std::vector<Point>& sites) {
  const std::vector<int> order = lexicographicOrder(sites);
  for (std::size_t at = 1; at < order.size(); ++at) {
    const auto [first, second] = std::minmax(order[at - 1], order[at]);
    if (sites[first] == sites[second])
      throw Error("sites",
                  "rows " + std::to_string(first) + " and " + std::to_string(second) + " on one spot",
                  "distinct sites");
  }
}

}  // namespace monge
