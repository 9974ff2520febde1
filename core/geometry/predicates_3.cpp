// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/geometry/predicates_3.h"

#include <CGAL/Exact_predicates_inexact_constructions_kernel.h>
#include <CGAL/Exact_rational.h>
#include <CGAL/Simple_cartesian.h>

namespace monge {
namespace {

using Kernel = CGAL::Exact_predicates_inexact_constructions_kernel;

Kernel::Point_3 toCgal(Point3 p) {
  return {p.x, p.y, p.z};
}
Kernel::Weighted_point_3 toCgal(const WeightedPoint3& p) {
  return {toCgal(p.point), p.weight};
}

/// A point as seen from the fifth one of the power test: its offset, and |offset|^2 less the difference of
/// weights.
struct Lifted {
  double x, y, z, lift, size;
  Lifted(const WeightedPoint3& p, const WeightedPoint3& origin)
      : x(p.point.x - origin.point.x), y(p.point.y - origin.point.y), z(p.point.z - origin.point.z) {
    const double squared = x * x + y * y + z * z, weight = p.weight - origin.weight;
    lift = squared - weight;
    size = squared + std::abs(weight);
  }
};

/// A sum and what its rounding errors are measured by.
struct Sum {
  double value, size;
};

Sum minor(const Lifted& a, const Lifted& b) {
  const double left = a.x * b.y, right = b.x * a.y;
  return {left - right, std::abs(left) + std::abs(right)};
}

/// a.z bc - b.z ac + c.z ab: a determinant of three rows from those of two.
Sum expand(const Lifted& a, Sum bc, const Lifted& b, Sum ac, const Lifted& c, Sum ab) {
  return {a.z * bc.value - b.z * ac.value + c.z * ab.value,
          std::abs(a.z) * bc.size + std::abs(b.z) * ac.size + std::abs(c.z) * ab.size};
}

}  // namespace

int exact::orientation(Point3 a, Point3 b, Point3 c, Point3 d) {
  return static_cast<int>(CGAL::orientation(toCgal(a), toCgal(b), toCgal(c), toCgal(d)));
}

Point3 exact::powerCentre(const WeightedPoint3& a, const WeightedPoint3& b, const WeightedPoint3& c,
                          const WeightedPoint3& d) {
  using Rational = CGAL::Simple_cartesian<CGAL::Exact_rational>;
  const auto rational = [](const WeightedPoint3& p) {
    return Rational::Weighted_point_3(Rational::Point_3(p.point.x, p.point.y, p.point.z), p.weight);
  };
  const auto centre = Rational().construct_weighted_circumcenter_3_object()(rational(a), rational(b),
                                                                            rational(c), rational(d));
  return {CGAL::to_double(centre.x()), CGAL::to_double(centre.y()), CGAL::to_double(centre.z())};
}

bool areCollinear(Point3 a, Point3 b, Point3 c) {
  return CGAL::collinear(toCgal(a), toCgal(b), toCgal(c));
}

int powerSide(const WeightedPoint3& a, const WeightedPoint3& b, const WeightedPoint3& c,
              const WeightedPoint3& d, const WeightedPoint3& e) {
  const Lifted p(a, e), q(b, e), r(c, e), s(d, e);
  const Sum pq = minor(p, q), pr = minor(p, r), ps = minor(p, s), qr = minor(q, r), qs = minor(q, s),
            rs = minor(r, s);
  const Sum qrs = expand(q, rs, r, qs, s, qr), prs = expand(p, rs, r, ps, s, pr);
  const Sum pqs = expand(p, qs, q, ps, s, pq), pqr = expand(p, qr, q, pr, r, pq);
  const double determinant =
      (p.lift * qrs.value - q.lift * prs.value) + (r.lift * pqs.value - s.lift * pqr.value);
  const double size = p.size * qrs.size + q.size * prs.size + r.size * pqs.size + s.size * pqr.size;
  // Shewchuk's 16 u for the in-sphere test, and 3 u for the weights; room for products too small to have all
  // their digits
  const double bound = 2.2e-15 * size + 1e-250;
  if (determinant > bound) return 1;
  if (determinant < -bound) return -1;
  return static_cast<int>(
      CGAL::power_side_of_oriented_power_sphere(toCgal(a), toCgal(b), toCgal(c), toCgal(d), toCgal(e)));
}

}  // namespace monge
