// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <array>
#include <vector>

#include "core/base/thread_team.h"
#include "core/geometry/density_3.h"

namespace monge {

/// Values at the corners of tetrahedra that do not overlap. A value.
struct TetrahedralMesh3 {
  std::vector<Point3> vertices;                ///< data units
  std::vector<double> values;                  ///< as many, at least 0; any scale
  std::vector<std::array<int, 4>> tetrahedra;  ///< rows of vertices, positively oriented
};

/// The Delaunay tetrahedra of points.
/// @throws Error on other lengths, a coordinate or value that is not finite, a value below 0, two points on
///         one spot, points of one plane
TetrahedralMesh3 delaunayMesh(std::vector<Point3> points, std::vector<double> values, ThreadTeam& team);

/// A density that is linear in each tetrahedron, 0 beyond them, scaled to mass 1 on the domain.
///
/// All integrals are exact: polyhedra and polygons are clipped by the tetrahedra they meet, and products of
/// linear functions f, g, h with values f_i, ... at the corners of a tetrahedron have the integral
///   volume / 120 (F G H + F sum gh + G sum fh + H sum fg + 2 sum fgh),  F = sum f_i, ...
/// A polygon in the plane of a facet counts half for each of its two tetrahedra.
/// @throws Error on a mesh without mass in the domain
Density3Ptr meshDensity(const Domain3& domain, TetrahedralMesh3 mesh);

}  // namespace monge
