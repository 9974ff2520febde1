// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/geometry/predicates_2.h"

#include <CGAL/Exact_predicates_inexact_constructions_kernel.h>

namespace monge {
namespace {

using Kernel = CGAL::Exact_predicates_inexact_constructions_kernel;

Kernel::Point_2 toCgal(Point2 p) {
  return {p.x, p.y};
}
Kernel::Weighted_point_2 toCgal(const WeightedPoint2& p) {
  return {toCgal(p.point), p.weight};
}

}  // namespace

int exact::orientation(Point2 a, Point2 b, Point2 c) {
  return static_cast<int>(CGAL::orientation(toCgal(a), toCgal(b), toCgal(c)));
}

int exact::powerSide(const WeightedPoint2& a, const WeightedPoint2& b, const WeightedPoint2& c,
                     const WeightedPoint2& d) {
  return static_cast<int>(
      CGAL::power_side_of_oriented_power_circle(toCgal(a), toCgal(b), toCgal(c), toCgal(d)));
}

int powerSide(const WeightedPoint2& a, const WeightedPoint2& b, const WeightedPoint2& c,
              const WeightedPoint2& d) {
  const double ax = a.point.x - d.point.x, ay = a.point.y - d.point.y;
  const double bx = b.point.x - d.point.x, by = b.point.y - d.point.y;
  const double cx = c.point.x - d.point.x, cy = c.point.y - d.point.y;
  const double aw = a.weight - d.weight, bw = b.weight - d.weight, cw = c.weight - d.weight;
  const double aLift = ax * ax + ay * ay, bLift = bx * bx + by * by, cLift = cx * cx + cy * cy;
  const double bc = bx * cy, cb = cx * by, ca = cx * ay, ac = ax * cy, ab = ax * by, ba = bx * ay;
  const double determinant = (aLift - aw) * (bc - cb) + (bLift - bw) * (ca - ac) + (cLift - cw) * (ab - ba);
  const double size = (aLift + std::abs(aw)) * (std::abs(bc) + std::abs(cb)) +
                      (bLift + std::abs(bw)) * (std::abs(ca) + std::abs(ac)) +
                      (cLift + std::abs(cw)) * (std::abs(ab) + std::abs(ba));
  // Shewchuk's 10 u for the in-circle test, and 2 u for the weights; room for products too small to have all
  // their digits
  const double bound = 1.5e-15 * size + 1e-250;
  if (determinant > bound) return 1;
  if (determinant < -bound) return -1;
  return exact::powerSide(a, b, c, d);
}

bool hidesBetween(const WeightedPoint2& a, const WeightedPoint2& b, const WeightedPoint2& c) {
  // On the oriented "circle" of a and c within their line, b lies strictly outside exactly when it is hidden.
  return CGAL::power_side_of_oriented_power_circle(toCgal(a), toCgal(c), toCgal(b)) == CGAL::ON_NEGATIVE_SIDE;
}

}  // namespace monge
