// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <functional>
#include <span>
#include <vector>

#include "core/base/thread_team.h"
#include "core/geometry/regular_mesh_3.h"

namespace monge {

/// In how many parts delaunayInParts() makes the triangulation of so many sites best; it depends on nothing
/// else, so that the result is the same for any number of threads.
int delaunayParts(std::size_t sites);

struct DelaunayInParts {
  std::vector<RegularMesh3::Tetrahedron> tetrahedra;
  int parts;  ///< 1 where all was made in one piece
};

/// The triangulation of delaunayTetrahedra(), with centres yet to be found, without unused places and in the
/// order of smallest vertices, which brings together in memory what is together in space. The sites are cut
/// into parts by planes, each the work of one thread; then what is near a cut is made anew.
///
/// Where a part lies in a plane, or the sites lie on surfaces, so that nearly all are near the cut, all is
/// made in one piece: the same triangulation.
/// @param sites   distinct and finite; an order along a space-filling curve makes all faster
/// @param beside  called once, by a member of the team that would have nothing to do else; may be empty
DelaunayInParts delaunayInParts(std::span<const Point3> sites, int parts, ThreadTeam& team,
                                const std::function<void()>& beside = {});

}  // namespace monge
