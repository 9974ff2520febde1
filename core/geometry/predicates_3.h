// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/geometry/point.h"

namespace monge {

/// A site with its weight, as the predicates take them.
struct WeightedPoint3 {
  Point3 point;
  double weight = 0;
};

namespace exact {
int orientation(Point3 a, Point3 b, Point3 c, Point3 d);
/// The point of equal power distance to four sites that span space, rounded once.
Point3 powerCentre(const WeightedPoint3& a, const WeightedPoint3& b, const WeightedPoint3& c,
                   const WeightedPoint3& d);
}  // namespace exact

/// Sign of the volume of the tetrahedron a, b, c, d: that of det(b - a, c - a, d - a); 0 for coplanar points.
/// Exact.
inline int orientation(Point3 a, Point3 b, Point3 c, Point3 d) {
  const Point3 p = b - a, q = c - a, r = d - a;
  const double pq = p.x * q.y, qp = p.y * q.x, pr = p.x * r.y, rp = p.y * r.x, qr = q.x * r.y, rq = q.y * r.x;
  const double determinant = r.z * (pq - qp) - q.z * (pr - rp) + p.z * (qr - rq);
  const double size = std::abs(r.z) * (std::abs(pq) + std::abs(qp)) +
                      std::abs(q.z) * (std::abs(pr) + std::abs(rp)) +
                      std::abs(p.z) * (std::abs(qr) + std::abs(rq));
  // (7 + 56 u) u, u = 2^-53 (Shewchuk 1997); and room for products too small to have all their digits
  const double bound = 8e-16 * size + 1e-250;
  if (determinant > bound) return 1;
  if (determinant < -bound) return -1;
  return exact::orientation(a, b, c, d);
}

/// Whether a, b, c lie on one line. Exact.
bool areCollinear(Point3 a, Point3 b, Point3 c);

/// 1 where e's lifted point (e, |e|^2 - w_e) lies below the hyperplane through those of the positively
/// oriented a, b, c, d, so that the tetrahedron is not one of the regular triangulation; 0 on it, -1 above.
/// Exact.
int powerSide(const WeightedPoint3& a, const WeightedPoint3& b, const WeightedPoint3& c,
              const WeightedPoint3& d, const WeightedPoint3& e);

}  // namespace monge
