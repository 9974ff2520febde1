// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/transport/column_generation.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <numeric>

namespace monge {

namespace {

using Line = GroundCost::Line;

/// Arcs per line at the start and at most in one round of pricing.
constexpr int kFirstArcs = 8, kRoundArcs = 4;
/// First price of leaving mass at the root, in mean reduced costs of the first arcs; and its growth.
constexpr double kPenalty = 2, kPenaltyGrowth = 4;
/// Least first price, relative to the potentials.
constexpr double kLeastPenalty = 1e-9;
/// Rounding of a reduced cost c - u - v whose potentials were summed along the tree, relative to |u| + |v|.
constexpr double kRounding = 64 * std::numeric_limits<double>::epsilon();

std::size_t index(std::int64_t at) {
  return static_cast<std::size_t>(at);
}

Lanes padded(const std::vector<double>& values) {
  Lanes lanes(std::ssize(values), -std::numeric_limits<double>::infinity());
  for (std::size_t at = 0; at < values.size(); ++at) lanes[static_cast<std::int64_t>(at)] = values[at];
  return lanes;
}

double largest(const std::vector<double>& values) {
  double most = 0;
  for (const double value : values) most = std::max(most, std::abs(value));
  return most;
}

/// In proportion to what arcs differ by; never so small that it drowns in rounding.
double firstPenalty(const std::vector<double>& reduced, const std::vector<double>& u,
                    const std::vector<double>& v) {
  const double mean =
      std::accumulate(reduced.begin(), reduced.end(), 0.0) / static_cast<double>(reduced.size());
  const double penalty = std::max(kPenalty * mean, kLeastPenalty * (largest(u) + largest(v)));
  return penalty > 0 ? penalty : 1;
}

}  // namespace

ColumnGeneration::ColumnGeneration(const GroundCost& cost, std::vector<std::int64_t> rows,
                                   std::vector<std::int64_t> columns, ThreadTeam& team)
    : m_cost(cost), m_team(team), m_tree(std::move(rows), std::move(columns)) {}

void ColumnGeneration::addNearest(Line line, const NearestLines& nearest) {
  for (std::size_t at = 0; at < nearest.across.size(); ++at) {
    if (nearest.across[at] < 0) continue;
    const int own = static_cast<int>(at) / nearest.most, across = nearest.across[at];
    const int row = line == Line::Row ? own : across, column = line == Line::Row ? across : own;
    m_arcs.push_back({row, column, m_cost(row, column)});
  }
}

void ColumnGeneration::sortArcs() {
  const auto key = [](const TransportArc& arc) { return std::pair(arc.row, arc.column); };
  std::sort(m_arcs.begin(), m_arcs.end(), [&](const auto& a, const auto& b) { return key(a) < key(b); });
  m_arcs.erase(std::unique(m_arcs.begin(), m_arcs.end(),
                           [&](const auto& a, const auto& b) { return key(a) == key(b); }),
               m_arcs.end());
}

/// u = c-transform of the guess, v = c-transform of u: feasible potentials, and the arcs on which they are
/// nearly tight. Those carry the first plan, tightest first.
void ColumnGeneration::begin(const std::vector<double>& columnGuess, const std::stop_token& stop) {
  const NearestLines ofRows = nearestLines(m_cost, Line::Row, padded(columnGuess), {},
                                           std::min(kFirstArcs, m_cost.columns()), m_team, stop);
  std::vector<double> u(index(m_cost.rows())), v(index(m_cost.columns()));
  for (std::size_t row = 0; row < u.size(); ++row) u[row] = ofRows.reduced[row * index(ofRows.most)];
  const NearestLines ofColumns =
      nearestLines(m_cost, Line::Column, padded(u), {}, std::min(kFirstArcs, m_cost.rows()), m_team, stop);
  for (std::size_t column = 0; column < v.size(); ++column)
    v[column] = ofColumns.reduced[column * index(ofColumns.most)];
  addNearest(Line::Row, ofRows);
  addNearest(Line::Column, ofColumns);
  sortArcs();
  std::vector<double> reduced(m_arcs.size());
  for (std::size_t at = 0; at < m_arcs.size(); ++at)
    reduced[at] = m_arcs[at].cost - u[index(m_arcs[at].row)] - v[index(m_arcs[at].column)];
  m_penalty = firstPenalty(reduced, u, v);
  m_tree.start(inOrderOf(reduced), u, v, m_penalty);
}

/// The arcs by ascending key; ties by row and column.
std::vector<TransportArc> ColumnGeneration::inOrderOf(const std::vector<double>& key) const {
  std::vector<std::size_t> order(key.size());
  std::iota(order.begin(), order.end(), std::size_t{0});
  std::sort(order.begin(), order.end(),
            [&](std::size_t s, std::size_t t) { return key[s] < key[t] || (key[s] == key[t] && s < t); });
  std::vector<TransportArc> arcs;
  arcs.reserve(order.size());
  for (const std::size_t at : order) arcs.push_back(m_arcs[at]);
  return arcs;
}

double ColumnGeneration::tolerance(const TransportArc& arc) const {
  const std::vector<double>& w = m_tree.potentials();
  return kRounding * (std::abs(w[index(arc.row)]) + std::abs(w[index(m_cost.rows() + arc.column)]));
}

/// Network simplex on the arcs: of each block of arcs in turn the one of least reduced cost enters.
bool ColumnGeneration::optimise(const std::stop_token& stop) {
  const std::size_t block =
      std::max<std::size_t>(32, static_cast<std::size_t>(std::sqrt(static_cast<double>(m_arcs.size()))));
  std::size_t clean = 0;  // arcs seen in a row without one to enter
  if (m_next >= m_arcs.size()) m_next = 0;
  while (clean < m_arcs.size()) {
    const std::size_t end = std::min(m_next + block, m_arcs.size());
    const TransportArc* best = nullptr;
    double least = 0;
    for (std::size_t at = m_next; at < end; ++at) {
      const double reduced = m_tree.reducedCost(m_arcs[at]);
      if (reduced < least && reduced < -tolerance(m_arcs[at])) least = reduced, best = &m_arcs[at];
    }
    clean = best ? 0 : clean + (end - m_next);
    m_next = end == m_arcs.size() ? 0 : end;
    if (!best) continue;
    m_tree.pivot(*best);
    if (++m_pivots % 1024 == 0 && stop.stop_requested()) return false;
  }
  return true;
}

/// Prices all pairs. The tolerance is put into the potentials: c < (u - e|u|) + (v - e|v|).
std::int64_t ColumnGeneration::addViolated(const std::stop_token& stop) {
  const std::vector<double>& w = m_tree.potentials();
  const double root = w.back();
  const auto lowered = [&](double value) { return value - kRounding * (std::abs(value) + std::abs(root)); };
  std::vector<double> u(index(m_cost.rows())), v(index(m_cost.columns()));
  for (std::size_t row = 0; row < u.size(); ++row) u[row] = lowered(w[row]);
  for (std::size_t column = 0; column < v.size(); ++column) v[column] = lowered(-w[u.size() + column]);
  const std::size_t before = m_arcs.size();
  addNearest(Line::Row, nearestLines(m_cost, Line::Row, padded(v), u, kRoundArcs, m_team, stop));
  if (m_arcs.size() > before)
    addNearest(Line::Column, nearestLines(m_cost, Line::Column, padded(u), v, kRoundArcs, m_team, stop));
  sortArcs();
  return static_cast<std::int64_t>(m_arcs.size() - before);
}

bool ColumnGeneration::solve(const std::vector<double>& columnGuess, const std::stop_token& stop,
                             const std::function<void(const Round&)>& report) {
  begin(columnGuess, stop);
  for (int number = 1; !stop.stop_requested(); ++number) {
    if (!optimise(stop)) return false;
    m_tree.refreshPotentials();
    const std::int64_t violated = addViolated(stop), unplaced = m_tree.unplaced();
    if (stop.stop_requested()) return false;  // not all pairs were priced
    if (report) report({number, m_pivots, violated, unplaced});
    if (violated == 0 && unplaced == 0) return true;
    if (unplaced > 0) {
      m_tree.raisePenalty(m_penalty);
      m_penalty *= kPenaltyGrowth;
    }
  }
  return false;
}

}  // namespace monge
