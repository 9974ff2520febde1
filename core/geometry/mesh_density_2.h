// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <array>
#include <vector>

#include "core/geometry/density_2.h"

namespace monge {

/// Values at the vertices of triangles that do not overlap. A value.
struct TriangleMesh2 {
  std::vector<Point2> vertices;               ///< data units
  std::vector<double> values;                 ///< as many, at least 0, not all 0; any scale
  std::vector<std::array<int, 3>> triangles;  ///< rows of vertices, either way around
};

/// A density that is linear in each triangle, 0 beyond them, scaled to mass 1 on the domain.
///
/// All integrals are exact: polygons are clipped by the triangles they meet, and on a triangle the rule with
/// its corners, the middles of its sides and its centroid takes polynomials of degree 3 (weights 1 / 20,
/// 2 / 15, 9 / 20). A segment along the side of a triangle counts half for each of the two.
/// @throws Error on a value below 0 or not finite, a corner that is no vertex, a triangle without area, two
///         triangles on the same side of one edge, a mesh without mass in the domain
Density2Ptr meshDensity(const Domain2& domain, TriangleMesh2 mesh);

}  // namespace monge
