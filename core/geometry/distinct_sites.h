// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <algorithm>
#include <bit>
#include <cstdint>
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

inline std::uint64_t hashOf(double coordinate) {
  // 0 and -0 are one place. The multiplier is 2^64 over the golden ratio.
  const std::uint64_t mixed = std::bit_cast<std::uint64_t>(coordinate + 0.0) * 0x9e3779b97f4a7c15U;
  return mixed ^ (mixed >> 29);
}
inline std::uint64_t hashOf(Point2 point) {
  return hashOf(point.x) + 3 * hashOf(point.y);
}
inline std::uint64_t hashOf(Point3 point) {
  return hashOf(point.x) + 3 * hashOf(point.y) + 5 * hashOf(point.z);
}

/// Whether no two of the points are on one spot.
template <class Point>
bool areDistinct(const std::vector<Point>& points) {
  const std::size_t mask = std::bit_ceil(2 * points.size() + 1) - 1;
  std::vector<int> table(mask + 1, -1);
  for (std::size_t row = 0; row < points.size(); ++row) {
    std::size_t place = hashOf(points[row]) * 0x9e3779b97f4a7c15U >> 20 & mask;
    while (table[place] >= 0) {
      if (points[table[place]] == points[row]) return false;
      place = (place + 1) & mask;
    }
    table[place] = static_cast<int>(row);
  }
  return true;
}

/// @throws Error naming the rows of two sites on one spot, counted from 1
template <class Point>
void requireDistinct(const std::vector<Point>& sites) {
  if (areDistinct(sites)) return;
  const std::vector<int> order = lexicographicOrder(sites);
  for (std::size_t at = 1; at < order.size(); ++at) {
    const auto [first, second] = std::minmax(order[at - 1], order[at]);
    if (sites[first] == sites[second])
      throw Error("sites",
                  "rows " + std::to_string(first + 1) + " and " + std::to_string(second + 1) + " on one spot",
                  "distinct sites");
  }
}

}  // namespace monge
