// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <array>
#include <span>
#include <vector>

#include "core/geometry/power_diagram_2.h"

namespace monge {

/// The vertices of a power diagram inside its domain, each once, and how facets and cells meet in them: the
/// diagram as a cell complex, dual to the weighted Delaunay triangulation. A value.
///
/// Vertices are told apart by where they come from, never by distance: a triangle of the triangulation (its
/// power centre), the end of a facet on the domain's boundary, a corner of the domain. Triangles with one
/// power centre (cocircular sites, by the exact predicate) share a vertex, and so do those that the clipped
/// cells cannot tell apart in floating point.
struct PowerComplex2 {
  enum class Place { Inside, Boundary, Corner };
  struct Vertex {
    Point2 at;
    Place place = Place::Inside;
    int firstTriangle = 0, triangleCount = 0;  ///< range in `vertexTriangles`
    int facet = -1;                            ///< one that ends here; -1 for a mere corner
  };

  std::vector<Vertex> vertices;
  std::vector<int> vertexTriangles;           ///< rows of PowerDiagram2::triangles
  std::vector<std::array<int, 2>> facetEnds;  ///< per facet of the diagram: the vertices at from and to
  std::vector<int> cellStarts,
      cellVertices;  ///< site i's vertices, counter-clockwise: [starts[i], starts[i + 1])

  std::span<const int> trianglesAt(int vertex) const;
  std::span<const int> cell(int site) const;
  /// The sites whose cells meet in a vertex, ascending: its subgradient is their convex hull.
  std::vector<int> sitesAt(const PowerDiagram2& diagram, int vertex) const;
};

/// O(n) but for two sorts. Pure; any thread.
PowerComplex2 powerComplex(const PowerDiagram2& diagram);

}  // namespace monge
