// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <vector>

#include "core/geometry/domain_2.h"
#include "core/geometry/point.h"

namespace monge {

/// A convex polygon whose sides know what lies beyond them. Side k runs from corner k to corner k + 1.
struct ClippedCell2 {
  static constexpr int kDomain = -1;
  std::vector<Point2> corners;  ///< counter-clockwise; none for an empty cell
  std::vector<int> across;      ///< per side: the site of the cell beyond, or kDomain
};

/// Cuts power cells out of a domain, one bisector at a time (Sutherland and Hodgman). Keeps its memory
/// between cells; one per thread.
class CellClipper2 {
 public:
  /// Starts a cell as the whole domain.
  void start(const Domain2& domain);
  /// Keeps what is nearer to the site in the power distance: |x - site|^2 - w <= |x - other|^2 - otherWeight.
  void cut(Point2 site, double weight, Point2 other, double otherWeight, int otherSite);
  const ClippedCell2& cell() const { return m_cell; }
  bool isEmpty() const { return m_cell.corners.empty(); }

 private:
  ClippedCell2 m_cell, m_next;
  std::vector<double> m_side;
};

}  // namespace monge
