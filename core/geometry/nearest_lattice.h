// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <vector>

#include "core/snapshot/cell_law.h"

namespace monge {

/// Points of a lattice over a box: columns x rows of them, corners of the box included.
struct Lattice {
  Box2 box;
  int columns = 2, rows = 2;  ///< points along each side, at least 2
  double x(int column) const { return box.xMin + box.width() * column / (columns - 1); }
  double y(int row) const { return box.yMin + box.height() * row / (rows - 1); }
  std::size_t index(int column, int row) const {
    return static_cast<std::size_t>(row) * static_cast<std::size_t>(columns) +
           static_cast<std::size_t>(column);
  }
  std::size_t size() const { return index(0, rows); }
};

/// Whose each point of a lattice is under a pointwise law: CellLaw::owner() at every one of them. Squares of
/// the lattice are looked at with the sites that bounds of the cost leave; only where two or more are left
/// are points compared one by one.
/// @param sites    k x 2, k >= 1
/// @param labels   of the lattice's points, -1: none; empty when labels do not count
/// @param threads  the result is the same with any number
/// @return         row by row, by Lattice::index. Pure; any thread.
std::vector<int> nearestOnLattice(const CellLaw& law, const RowsF& sites, const Lattice& lattice,
                                  const std::vector<int>& labels, int threads);

}  // namespace monge
