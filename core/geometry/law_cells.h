// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <vector>

#include "core/geometry/nearest_lattice.h"
#include "core/snapshot/snapshot.h"

namespace monge {

/// Points whose labels are known, for laws that use labels: any other point has the label of the nearest.
struct LabelledPoints {
  RowsF points;             ///< n x 2
  std::vector<int> labels;  ///< n, each at least 0
};

/// Power cells {x : |x - y_j|^2 - g_j <= |x - y_k|^2 - g_k} clipped to a box, exact polygons.
/// @param sites    k x 2, finite;  @param weights  k, finite, squared data units; empty: Voronoi cells
/// @throws Error on what does not fit. Pure; any thread.
CellComplex powerCells(const RowsF& sites, const std::vector<double>& weights, const Box2& box);

/// Cells of a pointwise law whose walls are bent, traced on a lattice: points closer than its step are told
/// apart no further. A wall crosses the side of a square of the lattice where the two values are equal, found
/// by the exact equation to a thousandth of the step; three cells meet in the middle of a square.
/// @param sites     k x 2, finite, k >= 1
/// @param labelled  for laws that use labels; at least one
/// @throws Error on what does not fit. Pure; any thread; the result is the same with any number of threads.
CellComplex tracedCells(const CellLaw& law, const RowsF& sites, const LabelledPoints& labelled,
                        const Lattice& lattice, int threads);

/// Whether lawCells() makes the cells of a law of sites in the plane: not those of a network's features.
bool hasPlaneCells(const CellLaw& law, const RowsF& sites);

/// Polygons where the walls are straight, else traced on a lattice of `pixels` points across the longer side.
CellComplex lawCells(const CellLaw& law, const RowsF& sites, const LabelledPoints& labelled, const Box2& box,
                     int pixels, int threads);

/// The rows of a data view that have a label.
LabelledPoints labelledPoints(const DataView& data);

}  // namespace monge
