// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstdint>
#include <vector>

#include "core/snapshot/arrays.h"

namespace monge {

/// A weighted point set at one scale.
struct PointLevel {
  RowsD points;
  std::vector<std::int64_t> mass;
  std::vector<int> origin;  ///< on the finest level: the row of the set as it was given
};

/// The set in an order that keeps neighbours together, and coarser and coarser versions of it: up to 4
/// neighbours become their centre of mass, until at most `coarsest` points are left. Cells come from halving
/// the longest side of the box at the median.
/// @param points  n x d; those of mass 0 are left out
/// @return        finest first
std::vector<PointLevel> pointLevels(const RowsD& points, const std::vector<std::int64_t>& mass, int coarsest);

}  // namespace monge
