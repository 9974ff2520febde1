// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <vector>

#include "core/geometry/point.h"

namespace monge {

/// Corners of the convex hull of points, counter-clockwise, by the exact predicate; one or two corners for a
/// point or a segment, none for no points.
std::vector<Point2> convexHull(std::vector<Point2> points);
/// Of a counter-clockwise polygon, minus that of a clockwise one; 0 for fewer than three corners.
double polygonArea(const std::vector<Point2>& polygon);

}  // namespace monge
