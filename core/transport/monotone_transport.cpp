// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/transport/monotone_transport.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <numeric>

#include "core/transport/certify.h"

namespace monge {

namespace {

/// One side of the problem in ascending order of its values.
struct Side {
  std::vector<int> order;
  VectorD value, mass;

  Side(const VectorD& values, const VectorD& masses) : order(static_cast<std::size_t>(values.size())) {
    std::iota(order.begin(), order.end(), 0);
    std::sort(order.begin(), order.end(),
              [&](int i, int j) { return values[i] < values[j] || (values[i] == values[j] && i < j); });
    value = values(order);
    mass = masses(order);
  }

  VectorD unsorted(const VectorD& sorted) const {
    VectorD result(sorted.size());
    result(order) = sorted;
    return result;
  }
};

double powerOf(double distance, double p) {
  if (p == 1) return std::abs(distance);
  return p == 2 ? distance * distance : std::pow(std::abs(distance), p);
}

/// min_j |x_i - y_j|^p - v_j for all i. The smallest j that attains it grows with i (a Monge array), so the
/// middle row halves what is left to search.
class MonotoneTransform {
 public:
  MonotoneTransform(const VectorD& x, const VectorD& y, const VectorD& v, double p)
      : m_x(x), m_y(y), m_v(v), m_p(p) {
    m_result.resize(x.size());
    solve(0, x.size(), 0, y.size() - 1);
  }
  const VectorD& result() const { return m_result; }

 private:
  void solve(Eigen::Index begin, Eigen::Index end, Eigen::Index first, Eigen::Index last) {
    if (begin == end) return;
    const Eigen::Index middle = begin + (end - begin) / 2;
    double least = std::numeric_limits<double>::infinity();
    Eigen::Index argument = first;
    for (Eigen::Index j = first; j <= last; ++j) {
      const double reduced = powerOf(m_x[middle] - m_y[j], m_p) - m_v[j];
      if (reduced < least) least = reduced, argument = j;
    }
    m_result[middle] = least;
    solve(begin, middle, first, argument);
    solve(middle + 1, end, argument, last);
  }

  const VectorD &m_x, &m_y, &m_v;
  double m_p;
  VectorD m_result;
};

/// The staircase: fills plan (sorted indices) and the potentials that make all its arcs tight.
void climb(const Side& rows, const Side& columns, double p, std::vector<PlanEntry>& plan, VectorD& v) {
  const Eigen::Index n = rows.value.size(), m = columns.value.size();
  const auto cost = [&](Eigen::Index i, Eigen::Index j) {
    return powerOf(rows.value[i] - columns.value[j], p);
  };
  double supply = rows.mass[0], demand = columns.mass[0], u = 0;
  v[0] = cost(0, 0);
  for (Eigen::Index i = 0, j = 0;;) {
    const double mass = std::min(supply, demand);
    if (mass > 0) plan.push_back({static_cast<int>(i), static_cast<int>(j), mass});
    if (i == n - 1 && j == m - 1) return;
    const bool nextRow = j == m - 1 || (i < n - 1 && supply <= demand);
    if (nextRow) {
      demand -= mass;
      supply = rows.mass[++i];
      u = cost(i, j) - v[j];
    } else {
      supply -= mass;
      demand = columns.mass[++j];
      v[j] = cost(i, j) - u;
    }
  }
}

}  // namespace

ExactTransport monotoneTransport(const VectorD& x, const VectorD& a, const VectorD& y, const VectorD& b,
                                 double p) {
  const Side rows(x, a), columns(y, b);
  ExactTransport result;
  VectorD v(y.size());
  climb(rows, columns, p, result.plan, v);
  const VectorD u = MonotoneTransform(rows.value, columns.value, v, p).result();
  const VectorD most = MonotoneTransform(columns.value, rows.value, u, p).result();
  for (PlanEntry& entry : result.plan) {
    entry.row = rows.order[static_cast<std::size_t>(entry.row)];
    entry.column = columns.order[static_cast<std::size_t>(entry.column)];
  }
  result.u = rows.unsorted(u);
  result.v = columns.unsorted(v);
  certify(result, a, b, [&](int row, int column) { return powerOf(x[row] - y[column], p); });
  result.certificate.largestInfeasibility = std::max((v - most).maxCoeff(), 0.0);
  return result;
}

double monotoneCost(const VectorD& x, const VectorD& a, const VectorD& y, const VectorD& b, double p) {
  const Side rows(x, a), columns(y, b);
  std::vector<PlanEntry> plan;
  VectorD v(y.size());
  climb(rows, columns, p, plan, v);
  double cost = 0;
  for (const PlanEntry& entry : plan)
    cost += entry.mass * powerOf(rows.value[entry.row] - columns.value[entry.column], p);
  return cost;
}

}  // namespace monge
