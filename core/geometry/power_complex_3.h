// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <array>
#include <span>
#include <vector>

#include "core/geometry/power_cells_3.h"

namespace monge {

/// How the facets of a power diagram in space meet inside its domain: the diagram as a cell complex, dual to
/// the weighted Delaunay triangulation. A value.
///
/// What meets what is read off the triangulation, never off coordinates: a vertex is a tetrahedron (its power
/// centre), an edge a triangle, a facet an edge. So every edge has three facets and every vertex four edges,
/// also for cospherical sites: there the triangulation stands for one of the ways to move the sites a little
/// apart, and some edges have length 0, some facets no area. Only what lies in the domain is listed; it does
/// not have to meet in it.
struct PowerComplex3 {
  struct Vertex {
    Point3 at;
    std::array<int, 4> sites;  ///< whose cells meet here
    std::array<int, 4> edges;  ///< that end here: the one opposite to sites[i]; -1 where it is outside
  };
  struct Edge {
    std::array<int, 3> sites;    ///< whose cells meet along it
    std::array<int, 3> facets;   ///< that meet in it: the one between the two sites other than sites[i]
    std::array<int, 2> ends;     ///< vertices; -1 where the domain's boundary cuts it off
    std::array<Point3, 2> path;  ///< from the first end to the second, in the domain
    int cutEnds() const { return (ends[0] < 0) + (ends[1] < 0); }
    double length() const { return norm(path[1] - path[0]); }
  };
  /// An edge as it is met on the way around a facet.
  struct Side {
    int edge = 0;
    bool backwards = false;  ///< from the edge's second end to its first
  };
  struct Facet {
    int first = 0, second = 0;         ///< sites, first < second
    int firstSide = 0, sideCount = 0;  ///< range in `sides`; none where only the boundary bounds it
  };

  std::vector<Vertex> vertices;
  std::vector<Edge> edges;
  std::vector<Facet> facets;  ///< by first
  std::vector<Side> sides;    ///< in order around each facet, counter-clockwise as `second` sees it

  std::span<const Side> sidesOf(int facet) const {
    return {sides.data() + facets[facet].firstSide, static_cast<std::size_t>(facets[facet].sideCount)};
  }
};

/// Of the cells of the last evaluation. Pure; any thread.
/// @throws Error on sites that lie in one plane, which have no triangulation of space
PowerComplex3 powerComplex(const PowerCells3& cells);

}  // namespace monge
