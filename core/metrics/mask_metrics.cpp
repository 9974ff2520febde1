// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/metrics/mask_metrics.h"

#include <algorithm>

namespace monge {
namespace {

bool insideMask(const std::vector<Disc>& mask, double x, double y) {
  return std::any_of(mask.begin(), mask.end(), [&](const Disc& disc) { return disc.contains(x, y); });
}

}  // namespace

std::pair<RowsF, RowsF> surroundingSquare(const RowsF& lower, const RowsF& upper) {
  const RowsF center = (lower + upper) / 2;
  const float half = (upper - lower).maxCoeff() / 2 * 4 / 3;
  return {center.array() - half, center.array() + half};
}

MaskGrid::MaskGrid(std::vector<Disc> mask, const Box2& square, int side)
    : m_mask(std::move(mask)),
      m_square(square),
      m_side(side),
      m_isInside(static_cast<std::size_t>(side * side)) {
  for (int row = 0; row < side; ++row)
    for (int column = 0; column < side; ++column) {
      const double x = square.xMin + (column + 0.5) * square.width() / side,
                   y = square.yMin + (row + 0.5) * square.height() / side;
      const bool inside = insideMask(m_mask, x, y);
      m_isInside[static_cast<std::size_t>(row * side + column)] = inside;
      m_inside += inside;
    }
}

MaskMetrics MaskGrid::measure(const RowsF& points) const {
  std::vector<char> hit(m_isInside.size());
  Eigen::Index precise = 0;
  for (Eigen::Index i = 0; i < points.rows(); ++i) {
    const double x = points(i, 0), y = points(i, 1);
    precise += insideMask(m_mask, x, y);
    const int column = static_cast<int>((x - m_square.xMin) / m_square.width() * m_side);
    const int row = static_cast<int>((y - m_square.yMin) / m_square.height() * m_side);
    if (x >= m_square.xMin && y >= m_square.yMin && column < m_side && row < m_side)
      hit[static_cast<std::size_t>(row * m_side + column)] = 1;
  }
  int covered = 0;
  for (std::size_t bin = 0; bin < hit.size(); ++bin) covered += hit[bin] && m_isInside[bin];
  MaskMetrics result;
  if (m_inside > 0) result.coverage = static_cast<double>(covered) / m_inside;
  if (points.rows() > 0) result.precision = static_cast<double>(precise) / static_cast<double>(points.rows());
  return result;
}

}  // namespace monge
