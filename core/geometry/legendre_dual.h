// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <array>
#include <optional>
#include <vector>

#include "core/geometry/mesh_files.h"
#include "core/geometry/power_diagram_2.h"
#include "core/geometry/triangle_links_2.h"

namespace monge {

/// The power centre of three sites: where their planes meet, the vertex that is dual to their triangle.
Point2 powerCentre(const PowerDiagram2& diagram, const std::array<int, 3>& triangle);

/// The Legendre dual of a discrete Brenier potential over the whole plane, u*(y) = sup_x <x, y> - u(x): the
/// lower hull of the points (y_i, -h_i), linear on each triangle of the weighted Delaunay triangulation,
/// infinite outside the hull of the sites (Lei et al. 2019, eq. (7), fig. 2). Hidden sites lie above it:
/// u*(y_i) <= -h_i.
///
/// A value, never changed after it is made; all functions may run on any thread.
class LegendreDual2 {
 public:
  explicit LegendreDual2(const PowerDiagram2& diagram);

  /// A triangle that holds y, its sides among it, by a walk with the exact predicate; none outside the hull,
  /// or where there are no triangles because all sites lie on a line.
  /// @param hint  a triangle to begin at, or -1
  std::optional<int> triangleAt(Point2 y, int hint = -1) const;
  /// Infinite outside the hull of the sites.
  double value(Point2 y, int hint = -1) const;
  /// The power centre of triangleAt(y): a slope of u* there, and where u has y among its subgradients. None
  /// where triangleAt has none.
  std::optional<Point2> gradient(Point2 y, int hint = -1) const;

  const std::vector<std::array<int, 3>>& triangles() const { return m_triangles; }
  const std::vector<Point2>& centres() const { return m_centres; }  ///< of each triangle
  /// The graph over the triangulation; vertex i is site i, with -h_i as its third coordinate.
  PolygonMesh graph() const;

 private:
  double valueOnLine(Point2 y) const;

  std::vector<Point2> m_sites;
  std::vector<double> m_values;  ///< -h_i
  std::vector<std::array<int, 3>> m_triangles;
  std::vector<Point2> m_centres;
  TriangleLinks2 m_links;
  std::vector<int> m_line;  ///< visible sites in order, where all lie on a line
};

}  // namespace monge
