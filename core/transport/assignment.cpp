// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/transport/assignment.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <numeric>

#include "core/base/error.h"

namespace monge {

namespace {

constexpr double kInfinity = std::numeric_limits<double>::infinity();
constexpr int kNone = -1;
/// Times that the rows without a column bid for one, before paths are searched.
constexpr int kBiddingRounds = 8;

std::size_t index(int at) {
  return static_cast<std::size_t>(at);
}

/// Keeps u_i + v_j <= c_ij with equality on the pairs made so far, v <= 0 and v = 0 on free columns.
class Augmentation {
 public:
  explicit Augmentation(const RowsD& cost)
      : m_cost(cost),
        m_rows(static_cast<int>(cost.rows())),
        m_columns(static_cast<int>(cost.cols())),
        m_u(VectorD::Zero(m_rows)),
        m_v(VectorD::Zero(m_columns)),
        m_columnOf(index(m_rows), kNone),
        m_rowOf(index(m_columns), kNone),
        m_distance(m_columns),
        m_before(index(m_columns)) {}

  Assignment run(const std::stop_token& stop) {
    std::vector<int> free(index(m_rows));
    std::iota(free.begin(), free.end(), 0);
    for (int round = 0; round < kBiddingRounds; ++round) free = bid(free);
    for (const int row : free) {
      if (stop.stop_requested()) return {AssignmentStatus::Cancelled, {}, std::nan(""), {}, {}, {}};
      const int end = shortestPath(row);
      if (end == kNone) return {AssignmentStatus::Infeasible, {}, std::nan(""), {}, {}, reachedRows(row)};
      flip(row, end);
    }
    return answer();
  }

 private:
  /// Augmenting row reduction: each row takes its cheapest column and lowers the column's price until its
  /// second choice is as good. @return the rows that are left without one
  std::vector<int> bid(const std::vector<int>& bidders) {
    std::vector<int> losers;
    for (const int row : bidders) {
      const auto [column, least, second] = twoCheapest(row);
      const int owner = column == kNone ? kNone : m_rowOf[index(column)];
      // With a single choice there is no price to find, and between equals nothing is won.
      if (second == kInfinity || (owner != kNone && !(second > least))) {
        losers.push_back(row);
        continue;
      }
      m_v[column] -= second - least;
      m_u[row] = second;
      m_rowOf[index(column)] = row;
      m_columnOf[index(row)] = column;
      if (owner == kNone) continue;
      m_columnOf[index(owner)] = kNone;
      losers.push_back(owner);
    }
    return losers;
  }

  struct Choice {
    int column;
    double least, second;  ///< of c - v
  };
  Choice twoCheapest(int row) const {
    Choice choice{kNone, kInfinity, kInfinity};
    const double* cost = m_cost.row(row).data();
    for (int j = 0; j < m_columns; ++j) {
      const double reduced = cost[j] - m_v[j];
      if (reduced >= choice.second) continue;
      if (reduced < choice.least)
        choice = {j, reduced, choice.least};
      else
        choice.second = reduced;
    }
    return choice;
  }

  /// Dijkstra over columns with reduced costs, from a row without a column to the nearest free column.
  /// Sets distances, predecessors and the order in which columns were reached; changes the potentials when it
  /// gets there.
  /// @return the free column, or kNone
  int shortestPath(int start) {
    std::vector<int> open(index(m_columns));
    std::iota(open.begin(), open.end(), 0);
    m_distance.setConstant(kInfinity);
    m_reached.clear();
    int row = start;
    double base = 0;  // distance of `row`
    m_u[start] = (m_cost.row(start).transpose() - m_v).minCoeff();
    if (m_u[start] == kInfinity) return kNone;
    while (true) {
      const std::size_t nearest = relax(row, base, open);
      if (nearest == open.size()) return kNone;
      const int column = open[nearest];
      open[nearest] = open.back();
      open.pop_back();
      base = m_distance[column];
      if (m_rowOf[index(column)] == kNone) {
        raise(start, base);
        return column;
      }
      m_reached.push_back(column);
      row = m_rowOf[index(column)];
    }
  }

  /// @return place in `open` of the nearest column, a free one where several are; open.size() when none can
  /// be reached
  std::size_t relax(int row, double base, const std::vector<int>& open) {
    const double* cost = m_cost.row(row).data();
    std::size_t nearest = open.size();
    double least = kInfinity;
    for (std::size_t at = 0; at < open.size(); ++at) {
      const int j = open[at];
      const double distance = base + (cost[j] - m_u[row] - m_v[j]);
      if (distance < m_distance[j]) m_distance[j] = distance, m_before[index(j)] = row;
      const double found = m_distance[j];
      if (found < least || (found == least && found < kInfinity && m_rowOf[index(j)] == kNone))
        least = found, nearest = at;
    }
    return nearest;
  }

  /// Makes the path tight: the potentials of what was reached move by how much nearer than its end it was.
  void raise(int start, double length) {
    m_u[start] += length;
    for (const int column : m_reached) {
      const double slack = length - m_distance[column];
      m_u[m_rowOf[index(column)]] += slack;
      m_v[column] -= slack;
    }
  }

  void flip(int start, int column) {
    while (true) {
      const int row = m_before[index(column)];
      std::swap(column, m_columnOf[index(row)]);
      m_rowOf[index(m_columnOf[index(row)])] = row;
      if (row == start) return;
    }
  }

  std::vector<int> reachedRows(int start) const {
    std::vector<int> rows{start};
    for (const int column : m_reached) rows.push_back(m_rowOf[index(column)]);
    std::sort(rows.begin(), rows.end());
    return rows;
  }

  Assignment answer() const {
    Assignment result;
    result.column = m_columnOf;
    for (int row = 0; row < m_rows; ++row) result.cost += m_cost(row, m_columnOf[index(row)]);
    result.u = m_u;
    result.v = m_v;
    return result;
  }

  const RowsD& m_cost;
  int m_rows, m_columns;
  VectorD m_u, m_v;
  std::vector<int> m_columnOf, m_rowOf;
  VectorD m_distance;
  std::vector<int> m_before, m_reached;
};

void requireMatrix(const RowsD& cost) {
  if (cost.rows() == 0) throw Error("cost matrix", "no rows", "at least one");
  if (cost.rows() > cost.cols())
    throw Error("cost matrix",
                std::to_string(cost.rows()) + " rows and " + std::to_string(cost.cols()) + " columns",
                "at least as many columns as rows");
  for (Eigen::Index i = 0; i < cost.rows(); ++i)
    for (Eigen::Index j = 0; j < cost.cols(); ++j)
      if (!(cost(i, j) > -kInfinity))
        throw Error("cost matrix, row " + std::to_string(i + 1) + ", column " + std::to_string(j + 1),
                    std::isnan(cost(i, j)) ? "NaN" : "-infinity",
                    "a number, or infinity where it is forbidden");
}

}  // namespace

std::string name(AssignmentStatus status) {
  if (status == AssignmentStatus::Optimal) return "optimal";
  return status == AssignmentStatus::Infeasible ? "infeasible" : "cancelled";
}

Assignment assign(const RowsD& cost, const std::stop_token& stop) {
  requireMatrix(cost);
  return Augmentation(cost).run(stop);
}

}  // namespace monge
