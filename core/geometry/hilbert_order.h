// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <span>
#include <vector>

#include "core/geometry/point.h"

namespace monge {

/// The rows in order along a Hilbert curve through the points' box, refined where points crowd: what is near
/// in the order is near in space, so that work in this order stays in the cache. Points on one spot are in
/// the order of their rows. Coordinates are finite. Deterministic.
std::vector<int> hilbertOrder(std::span<const Point2> points);
std::vector<int> hilbertOrder(std::span<const Point3> points);

}  // namespace monge
