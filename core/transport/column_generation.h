// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstdint>
#include <functional>
#include <stop_token>
#include <vector>

#include "core/base/thread_team.h"
#include "core/transport/ground_cost.h"
#include "core/transport/nearest_lines.h"
#include "core/transport/transport_tree.h"

namespace monge {

/// Exact transport by the network simplex on a set of arcs that grows: after each optimum of the set, all
/// pairs are priced, and the arcs of most negative reduced cost join. Ends when no pair is left that could
/// improve the plan by more than rounding. One thread at a time; works on `team`.
class ColumnGeneration {
 public:
  struct Round {
    int number;
    std::int64_t pivots, violated, unplaced;
  };

  /// @param rows, columns  masses > 0 of equal sums
  ColumnGeneration(const GroundCost& cost, std::vector<std::int64_t> rows, std::vector<std::int64_t> columns,
                   ThreadTeam& team);

  /// @param columnGuess  m: potentials that the search begins with; the better, the faster
  /// @return             false when it was stopped
  bool solve(const std::vector<double>& columnGuess, const std::stop_token& stop,
             const std::function<void(const Round&)>& report);

  const TransportTree& tree() const { return m_tree; }
  std::int64_t pivots() const { return m_pivots; }

 private:
  void begin(const std::vector<double>& columnGuess, const std::stop_token& stop);
  void addNearest(GroundCost::Line line, const NearestLines& nearest);
  std::int64_t addViolated(const std::stop_token& stop);
  void sortArcs();
  std::vector<TransportArc> inOrderOf(const std::vector<double>& key) const;
  bool optimise(const std::stop_token& stop);
  double tolerance(const TransportArc& arc) const;

  const GroundCost& m_cost;
  ThreadTeam& m_team;
  TransportTree m_tree;
  std::vector<TransportArc> m_arcs;  ///< by row, then column; no pair twice
  double m_penalty = 0;
  std::size_t m_next = 0;  ///< where pricing goes on
  std::int64_t m_pivots = 0;
};

}  // namespace monge
