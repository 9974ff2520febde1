// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/transport/point_levels.h"

#include <algorithm>
#include <numeric>

namespace monge {

namespace {

constexpr int kCellSize = 4;

class Cells {
 public:
  explicit Cells(const RowsD& points) : m_points(points), m_order(static_cast<std::size_t>(points.rows())) {
    std::iota(m_order.begin(), m_order.end(), 0);
    split(0, static_cast<int>(m_order.size()));
  }
  const std::vector<int>& order() const { return m_order; }
  const std::vector<int>& ends() const { return m_ends; }

 private:
  void split(int begin, int end) {
    if (end - begin <= kCellSize) return m_ends.push_back(end);
    const int axis = longestAxis(begin, end), middle = begin + (end - begin) / 2;
    std::nth_element(m_order.begin() + begin, m_order.begin() + middle, m_order.begin() + end,
                     [&](int i, int j) {
                       const double xi = m_points(i, axis), xj = m_points(j, axis);
                       return xi < xj || (xi == xj && i < j);
                     });
    split(begin, middle);
    split(middle, end);
  }

  int longestAxis(int begin, int end) const {
    Eigen::RowVectorXd lower = m_points.row(m_order[static_cast<std::size_t>(begin)]), upper = lower;
    for (int at = begin; at < end; ++at) {
      lower = lower.cwiseMin(m_points.row(m_order[static_cast<std::size_t>(at)]));
      upper = upper.cwiseMax(m_points.row(m_order[static_cast<std::size_t>(at)]));
    }
    Eigen::Index axis = 0;
    (upper - lower).maxCoeff(&axis);
    return static_cast<int>(axis);
  }

  const RowsD& m_points;
  std::vector<int> m_order, m_ends;
};

PointLevel reordered(const PointLevel& level, const std::vector<int>& order) {
  PointLevel result;
  result.points.resize(level.points.rows(), level.points.cols());
  for (std::size_t at = 0; at < order.size(); ++at) {
    const std::size_t from = static_cast<std::size_t>(order[at]);
    result.points.row(static_cast<Eigen::Index>(at)) = level.points.row(order[at]);
    result.mass.push_back(level.mass[from]);
    if (!level.origin.empty()) result.origin.push_back(level.origin[from]);
  }
  return result;
}

PointLevel centres(const PointLevel& level, const std::vector<int>& ends) {
  PointLevel result;
  result.points.setZero(std::ssize(ends), level.points.cols());
  int at = 0;
  for (std::size_t cell = 0; cell < ends.size(); ++cell) {
    std::int64_t mass = 0;
    auto centre = result.points.row(static_cast<Eigen::Index>(cell));
    for (; at < ends[cell]; ++at) {
      mass += level.mass[static_cast<std::size_t>(at)];
      centre += static_cast<double>(level.mass[static_cast<std::size_t>(at)]) * level.points.row(at);
    }
    centre /= static_cast<double>(mass);
    result.mass.push_back(mass);
  }
  return result;
}

PointLevel withMass(const RowsD& points, const std::vector<std::int64_t>& mass) {
  PointLevel level;
  for (std::size_t i = 0; i < mass.size(); ++i)
    if (mass[i] > 0) {
      level.origin.push_back(static_cast<int>(i));
      level.mass.push_back(mass[i]);
    }
  level.points.resize(std::ssize(level.origin), points.cols());
  for (std::size_t at = 0; at < level.origin.size(); ++at)
    level.points.row(static_cast<Eigen::Index>(at)) = points.row(level.origin[at]);
  return level;
}

}  // namespace

std::vector<PointLevel> pointLevels(const RowsD& points, const std::vector<std::int64_t>& mass,
                                    int coarsest) {
  std::vector<PointLevel> levels{withMass(points, mass)};
  while (true) {
    PointLevel& finest = levels.back();
    const Cells cells(finest.points);
    finest = reordered(finest, cells.order());
    if (finest.points.rows() <= coarsest) return levels;
    levels.push_back(centres(finest, cells.ends()));
  }
}

}  // namespace monge
