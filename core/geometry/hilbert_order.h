// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <span>
#include <vector>

#include "core/geometry/point.h"

namespace monge {

/// The rows in order along a Hilbert curve that adapts to how the points are spread: what is near in the
/// order is near in space, so that work in this order stays in the cache. Deterministic.
std::vector<int> hilbertOrder(std::span<const Point2> points);
std::vector<int> hilbertOrder(std::span<const Point3> points);

}  // namespace monge
