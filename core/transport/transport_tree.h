// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstdint>
#include <vector>

namespace monge {

/// A pair (row, column) of a transport problem with its cost.
struct TransportArc {
  int row, column;
  double cost;
};

/// The basis of the network simplex method on a bipartite graph: a spanning tree with its flow and
/// potentials.
///
/// Nodes 0..n-1 are rows (sources), n..n+m-1 columns (sinks), n+m the root. A row may send its mass to the
/// root and a column draw it from there, at a price: so every tree carries a flow that fits the masses, and
/// the problem is solved once nothing flows through the root. An arc always leads from a row or the root to a
/// column or the root, so a node's kind says which way the arc to its parent leads.
///
/// Masses are whole numbers and the tree is kept strongly feasible (Cunningham 1976: arcs without flow lead
/// towards the root), so that degenerate pivots cannot cycle. The tree is kept in preorder as in Barr,
/// Glover, Klingman 1979. Potentials: w_i = u_i on rows, -v_j on columns; reduced cost c_ij - w_i + w_j. One
/// thread at a time.
class TransportTree {
 public:
  /// @param rowMass, columnMass  all > 0, of equal sums below 2^62
  TransportTree(std::vector<std::int64_t> rowMass, std::vector<std::int64_t> columnMass);

  int rows() const { return m_rows; }
  int columns() const { return m_columns; }

  /// Starts anew: takes `arcs` in their order, each with all the flow that still fits. What is left over goes
  /// through the root, at a price of `penalty` over the guessed potentials u (n) and v (m).
  void start(const std::vector<TransportArc>& arcs, const std::vector<double>& u,
             const std::vector<double>& v, double penalty);

  double reducedCost(const TransportArc& arc) const {
    return arc.cost - m_potential[index(arc.row)] + m_potential[index(m_rows + arc.column)];
  }
  const std::vector<double>& potentials() const { return m_potential; }

  /// Brings an arc of negative reduced cost into the tree; the arc it replaces leaves.
  void pivot(const TransportArc& arc);

  std::int64_t wholeMass() const;
  /// Mass that flows through the root.
  std::int64_t unplaced() const;
  /// Makes the root dearer by `extra` for every node that still uses it.
  void raisePenalty(double extra);
  /// Computes the potentials anew from the tree's arcs, without the rounding of the pivots.
  void refreshPotentials();

  /// Calls visit(row, column, mass) for the tree's arcs between rows and columns, also those of mass 0.
  template <class Visit>
  void visitArcs(const Visit& visit) const {
    for (int node = 0; node < m_root; ++node) {
      const Node& at = m_nodes[index(node)];
      if (at.parent == m_root) continue;
      if (node < m_rows)
        visit(node, at.parent - m_rows, at.flow);
      else
        visit(at.parent, node - m_rows, at.flow);
    }
  }
  /// Calls visit(node, parent) from the leaves to the root.
  template <class Visit>
  void visitUpwards(const Visit& visit) const {
    for (int node = m_nodes[index(m_root)].last; node != m_root; node = m_nodes[index(node)].before)
      visit(node, m_nodes[index(node)].parent);
  }

 private:
  struct Node {
    int parent, next, before, last;  ///< neighbours in preorder; last node of the subtree
    int size;                        ///< of the subtree
    std::int64_t flow;               ///< on the arc between the node and its parent
    double cost;                     ///< of that arc
  };
  struct Cycle {
    int leaving;        ///< node whose arc to its parent leaves the tree
    int join;           ///< where the two ways to the root meet
    std::int64_t mass;  ///< flow that the cycle takes
    bool onRowSide;
  };

  static std::size_t index(int node) { return static_cast<std::size_t>(node); }
  bool isRow(int node) const { return node < m_rows; }
  void link(int node, int next) {
    m_nodes[index(node)].next = next;
    m_nodes[index(next)].before = node;
  }
  std::vector<int> hang(const std::vector<TransportArc>& arcs, std::vector<std::int64_t>& left,
                        const std::vector<double>& u, const std::vector<double>& v, double penalty);
  void orderFrom(const std::vector<int>& outwards);
  Cycle findCycle(int row, int column) const;
  void push(int row, int column, const Cycle& cycle);
  void cutSubtree(int top, int join);
  void reverseStem(int top, int bottom);
  void insertSubtree(int top, int parent, int join);
  void shift(int top, double amount);

  int m_rows, m_columns, m_root;
  std::vector<std::int64_t> m_mass;
  std::vector<Node> m_nodes;
  std::vector<double> m_potential;  ///< n + m + 1
};

}  // namespace monge
