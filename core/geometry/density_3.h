// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <memory>
#include <span>
#include <string>
#include <vector>

#include "core/geometry/convex_polyhedron_3.h"
#include "core/geometry/domain_3.h"

namespace monge {

/// Mass and moments of a density over a polyhedron: the integrals of 1, of the coordinates and of their
/// products.
struct Moments3 {
  double mass = 0, x = 0, y = 0, z = 0, xx = 0, xy = 0, xz = 0, yy = 0, yz = 0, zz = 0;
};

/// A probability density on a convex domain. Immutable; all functions are pure and may run on any thread.
/// Polyhedra are inside the domain; polygons are convex and flat, given by their corners in order.
class Density3 {
 public:
  virtual ~Density3() = default;

  virtual std::string name() const = 0;
  /// What integrals may be off by, relative to the whole mass; rounding (about 1e-15) where they are exact.
  virtual double quadratureError() const = 0;
  /// The density's constant value, or 0 when it is not constant.
  virtual double constant() const { return 0; }
  virtual double at(Point3 point) const = 0;
  virtual double mass(const ConvexPolyhedron3& polyhedron) const = 0;
  /// And the integrals over its facets, by area, which cost little more where both go around the same sides.
  virtual double massAndFacets(const ConvexPolyhedron3& polyhedron, std::vector<double>& facets) const;
  virtual Moments3 moments(const ConvexPolyhedron3& polyhedron) const = 0;
  /// Integral over a polygon, by area.
  virtual double overPolygon(std::span<const Point3> polygon) const = 0;
};

using Density3Ptr = std::shared_ptr<const Density3>;

/// 1 / volume, exact.
Density3Ptr uniformDensity(const Domain3& domain);

}  // namespace monge
