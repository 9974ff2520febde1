// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <algorithm>
#include <cmath>
#include <span>

#include "core/geometry/domain_3.h"

namespace monge {

/// The smallest box around those points whose rows are given, one or more.
inline Box3 boxOf(std::span<const Point3> points, std::span<const int> rows) {
  Box3 box{points[rows[0]], points[rows[0]]};
  for (const int row : rows) {
    const Point3 p = points[row];
    box.low = {std::min(box.low.x, p.x), std::min(box.low.y, p.y), std::min(box.low.z, p.z)};
    box.high = {std::max(box.high.x, p.x), std::max(box.high.y, p.y), std::max(box.high.z, p.z)};
  }
  return box;
}

/// Between a point and a box, 0 inside.
inline double distance(Point3 p, const Box3& box) {
  const double x = std::max(0.0, std::max(box.low.x - p.x, p.x - box.high.x));
  const double y = std::max(0.0, std::max(box.low.y - p.y, p.y - box.high.y));
  const double z = std::max(0.0, std::max(box.low.z - p.z, p.z - box.high.z));
  return std::sqrt(x * x + y * y + z * z);
}

}  // namespace monge
