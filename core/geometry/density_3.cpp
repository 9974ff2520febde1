// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/geometry/density_3.h"

#include <array>

namespace monge {
namespace {

/// Adds the integrals over the tetrahedron of the given corners. Of a quadratic f over a tetrahedron the
/// integral is volume / 20 (the sum of f at the corners + 16 f at the centroid).
void addTetrahedron(const std::array<Point3, 4>& corners, double density, Moments3& sum) {
  const double mass =
      density * dot(corners[1] - corners[0], cross(corners[2] - corners[0], corners[3] - corners[0])) / 6;
  const auto add = [&](Point3 p, double share) {
    sum.xx += share * p.x * p.x, sum.xy += share * p.x * p.y, sum.xz += share * p.x * p.z;
    sum.yy += share * p.y * p.y, sum.yz += share * p.y * p.z, sum.zz += share * p.z * p.z;
  };
  const Point3 centre = 0.25 * (corners[0] + corners[1] + corners[2] + corners[3]);
  for (const Point3 corner : corners) add(corner, mass / 20);
  add(centre, mass * 16 / 20);
  sum.mass += mass;
  sum.x += mass * centre.x, sum.y += mass * centre.y, sum.z += mass * centre.z;
}

class UniformDensity3 final : public Density3 {
 public:
  explicit UniformDensity3(double value) : m_value(value) {}

  std::string name() const override { return "uniform"; }
  double quadratureError() const override { return 1e-15; }
  double constant() const override { return m_value; }
  double at(Point3) const override { return m_value; }

  double mass(const ConvexPolyhedron3& polyhedron) const override {
    return polyhedron.isEmpty() ? 0 : m_value * volume(polyhedron);
  }

  Moments3 moments(const ConvexPolyhedron3& polyhedron) const override {
    Moments3 sum;
    for (int facet = 0; facet < polyhedron.facets(); ++facet) {
      const std::span<const int> loop = polyhedron.loop(facet);
      const auto corner = [&](std::size_t at) { return polyhedron.corners[loop[at]]; };
      for (std::size_t at = 1; at + 1 < loop.size(); ++at)
        addTetrahedron({polyhedron.corners[0], corner(0), corner(at), corner(at + 1)}, m_value, sum);
    }
    return sum;
  }

  double overPolygon(std::span<const Point3> polygon) const override {
    Point3 twice;
    for (std::size_t at = 1; at + 1 < polygon.size(); ++at)
      twice = twice + cross(polygon[at] - polygon[0], polygon[at + 1] - polygon[0]);
    return m_value * norm(twice) / 2;
  }

 private:
  double m_value;
};

}  // namespace

double Density3::massAndFacets(const ConvexPolyhedron3& polyhedron, std::vector<double>& facets) const {
  thread_local std::vector<Point3> polygon;
  facets.clear();
  for (int facet = 0; facet < polyhedron.facets(); ++facet) {
    polygon.clear();
    for (const int corner : polyhedron.loop(facet)) polygon.push_back(polyhedron.corners[corner]);
    facets.push_back(overPolygon(polygon));
  }
  return mass(polyhedron);
}

Density3Ptr uniformDensity(const Domain3& domain) {
  return std::make_shared<UniformDensity3>(1 / domain.volume());
}

}  // namespace monge
