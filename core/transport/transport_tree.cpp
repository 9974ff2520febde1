// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/transport/transport_tree.h"

#include <algorithm>
#include <limits>
#include <numeric>

namespace monge {

TransportTree::TransportTree(std::vector<std::int64_t> rowMass, std::vector<std::int64_t> columnMass)
    : m_rows(static_cast<int>(rowMass.size())),
      m_columns(static_cast<int>(columnMass.size())),
      m_root(m_rows + m_columns),
      m_mass(std::move(rowMass)) {
  m_mass.insert(m_mass.end(), columnMass.begin(), columnMass.end());
  m_nodes.resize(index(m_root) + 1);
  m_potential.resize(index(m_root) + 1);
}

void TransportTree::start(const std::vector<TransportArc>& arcs, const std::vector<double>& u,
                          const std::vector<double>& v, double penalty) {
  std::vector<std::int64_t> left = m_mass;
  std::vector<TransportArc> taken;
  for (const TransportArc& arc : arcs) {
    std::int64_t& supply = left[index(arc.row)];
    std::int64_t& demand = left[index(m_rows + arc.column)];
    if (supply == 0 || demand == 0) continue;
    const std::int64_t mass = std::min(supply, demand);
    supply -= mass;
    demand -= mass;
    taken.push_back(arc);
  }
  orderFrom(hang(taken, left, u, v, penalty));
  // The flow of each arc is what the subtree beyond it has too much or too little of.
  std::vector<std::int64_t> surplus = m_mass;
  for (int column = m_rows; column < m_root; ++column) surplus[index(column)] *= -1;
  surplus.push_back(0);
  visitUpwards([&](int node, int parent) {
    m_nodes[index(node)].flow = isRow(node) ? surplus[index(node)] : -surplus[index(node)];
    surplus[index(parent)] += surplus[index(node)];
  });
  refreshPotentials();
}

/// Sets parents and costs. Each arc taken by start() used up a row or a column, so they form a forest, and at
/// most one node of a component has mass left: there the component hangs from the root. One without any hangs
/// from a row, because an arc without flow must lead to the root.
/// @return the nodes, parents before children
std::vector<int> TransportTree::hang(const std::vector<TransportArc>& arcs, std::vector<std::int64_t>& left,
                                     const std::vector<double>& u, const std::vector<double>& v,
                                     double penalty) {
  std::vector<int> offset(index(m_root) + 1, 0), neighbour(2 * arcs.size());
  std::vector<double> cost(2 * arcs.size());
  for (const TransportArc& arc : arcs) ++offset[index(arc.row)], ++offset[index(m_rows + arc.column)];
  std::partial_sum(offset.begin(), offset.end(), offset.begin());
  const auto add = [&](int from, int to, double c) {
    const std::size_t at = index(--offset[index(from)]);
    neighbour[at] = to;
    cost[at] = c;
  };
  for (const TransportArc& arc : arcs) {
    add(arc.row, m_rows + arc.column, arc.cost);
    add(m_rows + arc.column, arc.row, arc.cost);
  }
  for (Node& node : m_nodes) node.parent = -1;
  std::vector<int> order;
  order.reserve(m_nodes.size());
  const auto grow = [&](int top, double price) {
    m_nodes[index(top)].parent = m_root;
    m_nodes[index(top)].cost = price;
    std::size_t at = order.size();
    for (order.push_back(top); at < order.size(); ++at) {
      const int node = order[at];
      for (int k = offset[index(node)]; k < offset[index(node) + 1]; ++k) {
        Node& child = m_nodes[index(neighbour[index(k)])];
        if (child.parent != -1) continue;
        child.parent = node;
        child.cost = cost[index(k)];
        order.push_back(neighbour[index(k)]);
      }
    }
  };
  const auto guess = [&](int node) { return isRow(node) ? u[index(node)] : v[index(node - m_rows)]; };
  for (int node = 0; node < m_root; ++node)
    if (left[index(node)] > 0) grow(node, guess(node) + penalty);
  for (int row = 0; row < m_rows; ++row)
    if (m_nodes[index(row)].parent == -1) grow(row, guess(row));
  return order;
}

/// Sizes and preorder from the parents.
void TransportTree::orderFrom(const std::vector<int>& outwards) {
  for (Node& node : m_nodes) node.size = 1;
  for (auto node = outwards.rbegin(); node != outwards.rend(); ++node)
    m_nodes[index(m_nodes[index(*node)].parent)].size += m_nodes[index(*node)].size;
  // place[p]: where the next child of p begins in preorder.
  std::vector<int> place(m_nodes.size()), preorder(m_nodes.size());
  place[index(m_root)] = 1;
  preorder[0] = m_root;
  m_nodes[index(m_root)].parent = -1;
  for (const int node : outwards) {
    const int own = place[index(m_nodes[index(node)].parent)];
    place[index(m_nodes[index(node)].parent)] += m_nodes[index(node)].size;
    place[index(node)] = own + 1;
    preorder[index(own)] = node;
  }
  for (std::size_t at = 0; at < preorder.size(); ++at) {
    link(preorder[at], preorder[(at + 1) % preorder.size()]);
    m_nodes[index(preorder[at])].last = preorder[at + index(m_nodes[index(preorder[at])].size) - 1];
  }
}

void TransportTree::refreshPotentials() {
  m_potential[index(m_root)] = 0;
  for (int node = m_nodes[index(m_root)].next; node != m_root; node = m_nodes[index(node)].next) {
    const Node& at = m_nodes[index(node)];
    m_potential[index(node)] = m_potential[index(at.parent)] + (isRow(node) ? at.cost : -at.cost);
  }
}

std::int64_t TransportTree::wholeMass() const {
  return std::accumulate(m_mass.begin(), m_mass.begin() + m_rows, std::int64_t{0});
}

std::int64_t TransportTree::unplaced() const {
  std::int64_t mass = 0;
  for (int row = 0; row < m_rows; ++row)
    if (m_nodes[index(row)].parent == m_root) mass += m_nodes[index(row)].flow;
  return mass;
}

void TransportTree::raisePenalty(double extra) {
  for (int node = 0; node < m_root; ++node)
    if (m_nodes[index(node)].parent == m_root && m_nodes[index(node)].flow > 0)
      m_nodes[index(node)].cost += extra;
  refreshPotentials();
}

void TransportTree::pivot(const TransportArc& arc) {
  const int row = arc.row, column = m_rows + arc.column;
  const Cycle cycle = findCycle(row, column);
  if (cycle.mass > 0) push(row, column, cycle);
  const double reduced = reducedCost(arc);
  const int top = cycle.leaving;
  const int inside = cycle.onRowSide ? row : column, outside = cycle.onRowSide ? column : row;
  cutSubtree(top, cycle.join);
  reverseStem(top, inside);
  insertSubtree(inside, outside, cycle.join);
  m_nodes[index(inside)].flow = cycle.mass;
  m_nodes[index(inside)].cost = arc.cost;
  shift(inside, cycle.onRowSide ? reduced : -reduced);
}

/// The flow goes from the join down to the row, over the new arc, and from the column up. It falls on the
/// arcs of rows on the row's side and of columns on the column's side; the last of the smallest in this
/// direction leaves.
TransportTree::Cycle TransportTree::findCycle(int row, int column) const {
  Cycle cycle{-1, 0, std::numeric_limits<std::int64_t>::max(), true};
  int columnLeaving = -1;
  std::int64_t columnMass = std::numeric_limits<std::int64_t>::max();
  while (row != column) {
    const Node &rowNode = m_nodes[index(row)], &columnNode = m_nodes[index(column)];
    if (rowNode.size < columnNode.size) {
      if (isRow(row) && rowNode.flow < cycle.mass) cycle.mass = rowNode.flow, cycle.leaving = row;
      row = rowNode.parent;
    } else {
      if (!isRow(column) && columnNode.flow <= columnMass)
        columnMass = columnNode.flow, columnLeaving = column;
      column = columnNode.parent;
    }
  }
  cycle.join = row;
  if (columnMass <= cycle.mass) {
    cycle.mass = columnMass;
    cycle.leaving = columnLeaving;
    cycle.onRowSide = false;
  }
  return cycle;
}

void TransportTree::push(int row, int column, const Cycle& cycle) {
  for (int node = row; node != cycle.join; node = m_nodes[index(node)].parent)
    m_nodes[index(node)].flow += isRow(node) ? -cycle.mass : cycle.mass;
  for (int node = column; node != cycle.join; node = m_nodes[index(node)].parent)
    m_nodes[index(node)].flow += isRow(node) ? cycle.mass : -cycle.mass;
}

/// Takes a subtree out of the preorder. Sizes above the join stay, because it comes back below it.
void TransportTree::cutSubtree(int top, int join) {
  const Node& cut = m_nodes[index(top)];
  const int before = cut.before, last = cut.last;
  for (int node = cut.parent; node != join; node = m_nodes[index(node)].parent)
    m_nodes[index(node)].size -= cut.size;
  for (int node = cut.parent; node != -1 && m_nodes[index(node)].last == last;
       node = m_nodes[index(node)].parent)
    m_nodes[index(node)].last = before;
  link(before, m_nodes[index(last)].next);
}

/// Turns the way from `top` down to `bottom` round, so that `bottom` is the subtree's root. In preorder the
/// parts that hang from the way follow one another from the bottom up. `bottom` itself gets no parent here.
void TransportTree::reverseStem(int top, int bottom) {
  const int wholeSize = m_nodes[index(top)].size;
  int node = bottom, parent = m_nodes[index(bottom)].parent;
  int tail = m_nodes[index(bottom)].last;
  int oldBefore = m_nodes[index(bottom)].before, oldSize = m_nodes[index(bottom)].size;
  int oldLast = tail, oldAfter = m_nodes[index(tail)].next;
  std::int64_t flow = m_nodes[index(bottom)].flow;
  double cost = m_nodes[index(bottom)].cost;
  m_nodes[index(bottom)].size = wholeSize;
  for (bool more = node != top; more;) {
    Node& at = m_nodes[index(parent)];
    const Node old = at;
    // Where both subtrees end together, what followed them has been linked anew already.
    const int afterSubtree = old.last == oldLast ? oldAfter : m_nodes[index(old.last)].next;
    more = parent != top;
    link(tail, parent);
    tail = oldBefore;  // [parent .. oldBefore], then [oldAfter .. old.last] where there is any
    if (old.last != oldLast) {
      link(tail, oldAfter);
      tail = old.last;
    }
    at.parent = node;
    at.flow = flow;
    at.cost = cost;
    at.size = wholeSize - oldSize;
    node = parent;
    parent = old.parent;
    flow = old.flow;
    cost = old.cost;
    oldBefore = old.before;
    oldSize = old.size;
    oldLast = old.last;
    oldAfter = afterSubtree;
  }
  for (int stem = node; stem != bottom; stem = m_nodes[index(stem)].parent) m_nodes[index(stem)].last = tail;
  m_nodes[index(bottom)].last = tail;
}

void TransportTree::insertSubtree(int top, int parent, int join) {
  Node& inserted = m_nodes[index(top)];
  const int after = m_nodes[index(parent)].next;
  inserted.parent = parent;
  for (int node = parent; node != join; node = m_nodes[index(node)].parent)
    m_nodes[index(node)].size += inserted.size;
  for (int node = parent; node != -1 && m_nodes[index(node)].last == parent;
       node = m_nodes[index(node)].parent)
    m_nodes[index(node)].last = inserted.last;
  link(parent, top);
  link(inserted.last, after);
}

/// Adds `amount` to the potentials of a subtree, or takes it from all others where those are fewer: only
/// differences count.
void TransportTree::shift(int top, double amount) {
  const Node& at = m_nodes[index(top)];
  int node = top, end = m_nodes[index(at.last)].next;
  if (2 * at.size > static_cast<int>(m_nodes.size())) {
    std::swap(node, end);
    amount = -amount;
  }
  for (; node != end; node = m_nodes[index(node)].next) m_potential[index(node)] += amount;
}

}  // namespace monge
