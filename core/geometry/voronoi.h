// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/snapshot/snapshot.h"

namespace monge {

/// Voronoi cells of sites in the plane, clipped to a box: V_j = {x : |x - y_j| < |x - y_k| for all k}
/// (Ambrogioni et al. 2019, eq. (17), for any cost that grows with the l2 distance).
///
/// Neighbours come from CGAL's Delaunay triangulation with exact predicates, so that the combinatorics are
/// exact; each cell is the box cut by the bisectors with its Delaunay neighbours. Of several sites on one
/// spot the first owns the cell and the others are empty, as in the assignment rule (ties go to the lowest
/// index). Collinear sites, one site, sites outside the box: all answered.
/// @param sites  n x 2, finite, data units
/// @throws Error on a non-finite site or an empty box. Pure; any thread.
CellComplex voronoiCells(const RowsF& sites, const Box2& box);

}  // namespace monge
