// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/transport/ground_cost.h"

#include <cmath>
#include <limits>

#include "core/transport/cost_kernels.h"

namespace monge {

static_assert(GroundCost::kTile == costs::kTile && costs::kLanes == 8);

namespace {

int padded(int count) {
  return (count + costs::kLanes - 1) / costs::kLanes * costs::kLanes;
}

Lanes byFeature(const RowsD& points, std::int64_t stride) {
  Lanes features(stride * points.cols(), 0);
  for (Eigen::Index i = 0; i < points.rows(); ++i)
    for (Eigen::Index k = 0; k < points.cols(); ++k) features[k * stride + i] = points(i, k);
  return features;
}

/// 2 p where roots and products do instead of a general power.
int quartersOf(double p) {
  const double quarters = 2 * p;
  return quarters <= 64 && quarters == std::floor(quarters) ? static_cast<int>(quarters) : 0;
}

}  // namespace

PointCost::PointCost(const RowsD& x, const RowsD& y, double p)
    : m_points{x, y}, m_power(p), m_quarters(quartersOf(p)) {
  for (int side = 0; side < 2; ++side) {
    m_stride[side] = padded(static_cast<int>(m_points[side].rows()));
    m_features[side] = byFeature(m_points[side], m_stride[side]);
  }
}

double PointCost::operator()(int row, int column) const {
  const double* x = m_points[0].row(row).data();
  const double* y = m_points[1].row(column).data();
  double sum = 0;
  for (Eigen::Index k = 0; k < m_points[0].cols(); ++k) sum += (x[k] - y[k]) * (x[k] - y[k]);
  if (m_power == 2) return sum;
  return m_power == 1 ? std::sqrt(sum) : std::pow(sum, m_power / 2);
}

double PointCost::reduced(Line line, int at, const Lanes& across, int begin, int count, double* out) const {
  const int own = line == Line::Row ? 0 : 1, other = 1 - own;
  const double* point = m_points[own].row(at).data();
  const double* features = m_features[other].data() + begin;
  const int d = static_cast<int>(m_points[0].cols());
  const costs::Kernels& kernels = costs::kernels();
  if (m_quarters > 0)
    return kernels.reducedPowers(point, features, m_stride[other], d, m_quarters, across.data() + begin,
                                 padded(count), out);
  return kernels.reducedPower(point, features, m_stride[other], d, m_power, across.data() + begin,
                              padded(count), out);
}

double MatrixCost::reduced(Line line, int at, const Lanes& across, int begin, int count, double* out) const {
  const std::int64_t step = line == Line::Row ? 1 : m_matrix.cols();
  const double* costs = line == Line::Row ? &m_matrix(at, begin) : &m_matrix(begin, at);
  double least = std::numeric_limits<double>::infinity();
  for (int t = 0; t < count; ++t) {
    out[t] = costs[t * step] - across[begin + t];
    least = std::min(least, out[t]);
  }
  return least;
}

}  // namespace monge
