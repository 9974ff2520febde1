// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <vector>

#include "core/snapshot/arrays.h"

namespace monge {

/// Square around the data's box, a third wider than its longer side and centred on it: for the discs of E1 it
/// is the paper's
/// [-1, 1]^2. Prototypes of a uniform start are drawn in it and coverage is measured on it.
/// @param lower, upper  1 x d each
/// @return              d intervals: centre - half, centre + half
std::pair<RowsF, RowsF> surroundingSquare(const RowsF& lower, const RowsF& upper);

struct MaskMetrics {
  double coverage = 0;   ///< share of the grid's bins inside the mask that hold a generated point
  double precision = 0;  ///< share of generated points inside the mask
};

/// Coverage and precision of generated points on a mask (Ambrogioni et al. 2019, sec. 10.1). A bin is inside
/// when its centre is. Pure; any thread.
class MaskGrid {
 public:
  /// @param side  bins along an axis of `square`
  MaskGrid(std::vector<Disc> mask, const Box2& square, int side = 50);
  MaskMetrics measure(const RowsF& points) const;
  int insideBins() const { return m_inside; }

 private:
  std::vector<Disc> m_mask;
  Box2 m_square;
  int m_side, m_inside = 0;
  std::vector<char> m_isInside;
};

}  // namespace monge
