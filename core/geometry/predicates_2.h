// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/geometry/point.h"

namespace monge {

/// A site with its weight, as the predicates take them.
struct WeightedPoint2 {
  Point2 point;
  double weight = 0;
};

namespace exact {
int orientation(Point2 a, Point2 b, Point2 c);
int powerSide(const WeightedPoint2& a, const WeightedPoint2& b, const WeightedPoint2& c,
              const WeightedPoint2& d);
}  // namespace exact

/// Sign of the area of a, b, c: 1 for counter-clockwise, 0 for collinear. Exact.
inline int orientation(Point2 a, Point2 b, Point2 c) {
  const double left = (b.x - a.x) * (c.y - a.y), right = (b.y - a.y) * (c.x - a.x);
  // (3 + 16 u) u, u = 2^-53 (Shewchuk 1997); and room for products too small to have all their digits
  const double bound = 4e-16 * (std::abs(left) + std::abs(right)) + 1e-300;
  if (left - right > bound) return 1;
  if (right - left > bound) return -1;
  return exact::orientation(a, b, c);
}

/// 1 where d's lifted point (d, |d|^2 - w_d) lies below the plane through those of the counter-clockwise a,
/// b, c, so that the triangle is not one of the regular triangulation; 0 on it, -1 above. Exact.
int powerSide(const WeightedPoint2& a, const WeightedPoint2& b, const WeightedPoint2& c,
              const WeightedPoint2& d);

/// For collinear a, b, c with b between a and c: whether b's lifted point lies above the segment of the
/// others', so that b is hidden. Exact.
bool hidesBetween(const WeightedPoint2& a, const WeightedPoint2& b, const WeightedPoint2& c);

}  // namespace monge
