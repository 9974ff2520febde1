// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <span>
#include <string>
#include <vector>

#include "core/geometry/convex_polyhedron_3.h"
#include "core/geometry/point.h"

namespace monge {

/// Axis-aligned box of space, in data units.
struct Box3 {
  Point3 low{0, 0, 0}, high{1, 1, 1};
  bool operator==(const Box3&) const = default;
};

/// A convex polyhedron: where the source measure lives. Value; data units.
class Domain3 {
 public:
  /// What all half-spaces have in common; those that bound nothing of it are dropped.
  /// @throws Error on a normal that is 0 or not finite, a polyhedron that is unbounded or has no volume
  explicit Domain3(std::span<const HalfSpace3> halfSpaces, std::string name = "polyhedron");

  static Domain3 cube();  ///< [0, 1]^3
  static Domain3 box(const Box3& box);
  /// The convex hull of points.
  /// @throws Error on a coordinate that is not finite, or points of one plane
  static Domain3 hull(std::span<const Point3> points, std::string name = "polyhedron");

  const std::string& name() const { return m_name; }
  /// Facet f lies in plane f; `across` is f.
  const ConvexPolyhedron3& polyhedron() const { return m_polyhedron; }
  const std::vector<HalfSpace3>& planes() const { return m_planes; }  ///< with unit normals, outwards
  double volume() const { return m_volume; }
  Point3 centroid() const { return m_centroid; }
  const Box3& bounds() const { return m_bounds; }
  double diameter() const { return norm(m_bounds.high - m_bounds.low); }  ///< of the bounds
  bool contains(Point3 point) const;                                      ///< with its boundary

 private:
  Domain3(std::span<const HalfSpace3> halfSpaces, std::span<const Point3> corners, std::string name);

  std::string m_name;
  ConvexPolyhedron3 m_polyhedron;
  std::vector<HalfSpace3> m_planes;
  double m_volume = 0;
  Point3 m_centroid;
  Box3 m_bounds;
};

}  // namespace monge
