// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <span>
#include <vector>

#include "core/geometry/point.h"

namespace monge {

/// Of a Delaunay triangulation in space. One cache line.
struct alignas(64) DelaunayTetrahedron {
  int vertex[4];     ///< positively oriented; one may be the number of points, which stands for infinity
  int neighbour[4];  ///< the tetrahedron opposite to vertex[i]
  /// Of the circumsphere, seen from vertex[0] and off by no more than `error`; that is infinite where there
  /// is no sphere or rounding leaves nothing of it, and below 0 in an unused place.
  Point3 centre;
  double error;

  bool isUsed() const { return error >= 0; }
  bool has(int which) const {
    return vertex[0] == which || vertex[1] == which || vertex[2] == which || vertex[3] == which;
  }
};

/// The Delaunay triangulation of distinct finite points; hull facets have a tetrahedron with infinity
/// outside. None where all points lie in one plane.
///
/// Points are inserted one after the other (Bowyer 1981, Watson 1981): what has a new one in its circumsphere
/// gives way to tetrahedra around it. Spheres that are kept, flat arrays and lists without branches make that
/// nearly twice as fast as CGAL's, where points come in order along a space-filling curve; on lattices and
/// spheres, all ties, it is slower than CGAL's by a fifth.
///
/// All decisions are exact: a floating-point filter first, CGAL's exact predicates where it cannot tell. With
/// ties broken as in isInShiftedSphere() the triangulation depends on the points alone and not on their
/// order; it is the one that CGAL makes. The order of the tetrahedra follows from that of the points.
std::vector<DelaunayTetrahedron> delaunayTetrahedra(std::span<const Point3> points);

}  // namespace monge
