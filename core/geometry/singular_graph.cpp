// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/geometry/singular_graph.h"

#include <algorithm>
#include <map>

namespace monge {

SingularGraph::SingularGraph(std::vector<Edge> edges, Vertices vertices)
    : m_edges(std::move(edges)), m_vertices(std::move(vertices)) {
  chainBranches();
}

int SingularGraph::addNode(int vertex) {
  m_nodes.push_back({vertex, {vertex}, {}, m_vertices.anchored[vertex] != 0, weightOf(vertex), true});
  return static_cast<int>(m_nodes.size()) - 1;
}

void SingularGraph::addBranch(Branch branch) {
  const int row = static_cast<int>(m_branches.size());
  m_nodes[branch.from].branches.push_back(row);
  m_nodes[branch.to].branches.push_back(row);
  m_queue.emplace(branch.length, row);
  m_branches.push_back(std::move(branch));
}

void SingularGraph::extend(Branch& branch, int edge, bool backwards) const {
  branch.chain.emplace_back(edge, backwards);
  branch.length += m_edges[edge].length;
  branch.weightedWidth += m_edges[edge].length * m_edges[edge].width;
}

/// Nodes stand where other than two edges meet or the boundary is; what is left then are closed curves, each
/// of which gets a node at its least vertex.
void SingularGraph::chainBranches() {
  std::map<int, std::vector<int>> around;
  for (std::size_t row = 0; row < m_edges.size(); ++row) {
    around[m_edges[row].from].push_back(static_cast<int>(row));
    around[m_edges[row].to].push_back(static_cast<int>(row));
  }
  std::map<int, int> nodeAt;
  for (const auto& [vertex, list] : around)
    if (list.size() != 2 || m_vertices.anchored[vertex]) nodeAt[vertex] = addNode(vertex);
  std::vector<char> used(m_edges.size(), false);
  const auto follow = [&](int vertex, int edge) {
    Branch branch;
    branch.from = nodeAt.at(vertex);
    while (true) {
      used[edge] = true;
      const bool backwards = m_edges[edge].to == vertex;
      extend(branch, edge, backwards);
      vertex = backwards ? m_edges[edge].from : m_edges[edge].to;
      const auto node = nodeAt.find(vertex);
      if (node != nodeAt.end()) {
        branch.to = node->second;
        return addBranch(std::move(branch));
      }
      branch.weight += weightOf(vertex);
      const auto& pair = around.at(vertex);
      edge = pair[0] == edge ? pair[1] : pair[0];
    }
  };
  const auto followAll = [&](int vertex) {
    for (const int edge : around.at(vertex))
      if (!used[edge]) follow(vertex, edge);
  };
  const std::map<int, int> open = nodeAt;
  for (const auto& [vertex, node] : open) followAll(vertex);
  for (const auto& [vertex, list] : around) {
    if (used[list[0]] || nodeAt.contains(vertex)) continue;
    nodeAt[vertex] = addNode(vertex);
    followAll(vertex);
  }
}

void SingularGraph::absorb(const Branch& branch, int node) {
  auto& absorbed = m_nodes[node].absorbed;
  for (const auto& [edge, backwards] : branch.chain)
    absorbed.insert(absorbed.end(), {m_edges[edge].from, m_edges[edge].to});
  absorbed.insert(absorbed.end(), branch.absorbed.begin(), branch.absorbed.end());
  m_nodes[node].weight += branch.weight;
}

void SingularGraph::detach(int row) {
  Branch& branch = m_branches[row];
  branch.alive = false;
  std::erase(m_nodes[branch.from].branches, row);
  std::erase(m_nodes[branch.to].branches, row);
}

/// The branches at a node may have become spurs, or may be contracted now.
void SingularGraph::touch(int node) {
  for (const int row : m_nodes[node].branches) m_queue.emplace(m_branches[row].length, row);
}

/// A node that two branches are left at is a point of one curve.
void SingularGraph::joinAt(int node) {
  Node& at = m_nodes[node];
  if (at.anchored || at.branches.size() != 2 || at.branches[0] == at.branches[1]) return touch(node);
  const int first = at.branches[0], second = at.branches[1];
  Branch joined = m_branches[first];
  if (joined.to != node) {
    std::swap(joined.from, joined.to);
    std::reverse(joined.chain.begin(), joined.chain.end());
    for (auto& [edge, backwards] : joined.chain) backwards = !backwards;
  }
  Branch tail = m_branches[second];
  const bool forwards = tail.from == node;
  if (!forwards) std::reverse(tail.chain.begin(), tail.chain.end());
  for (const auto& [edge, backwards] : tail.chain) extend(joined, edge, forwards ? backwards : !backwards);
  joined.to = forwards ? tail.to : tail.from;
  joined.weight += tail.weight + at.weight;
  joined.absorbed.insert(joined.absorbed.end(), tail.absorbed.begin(), tail.absorbed.end());
  joined.absorbed.insert(joined.absorbed.end(), at.absorbed.begin(), at.absorbed.end());
  detach(first);
  detach(second);
  at.alive = false;
  const int from = joined.from, to = joined.to;
  addBranch(std::move(joined));
  touch(from);
  touch(to);
}

int SingularGraph::middleOf(const Branch& branch) const {
  double walked = 0;
  for (const auto& [edge, backwards] : branch.chain) {
    walked += m_edges[edge].length;
    if (2 * walked >= branch.length) return backwards ? m_edges[edge].from : m_edges[edge].to;
  }
  return m_nodes[branch.to].vertex;
}

void SingularGraph::prune(int row, int leaf) {
  const Branch branch = m_branches[row];
  const int kept = branch.from == leaf ? branch.to : branch.from;
  if (hasFreeEnd(row, kept)) m_nodes[kept].vertex = middleOf(branch);
  detach(row);
  absorb(branch, kept);
  auto& absorbed = m_nodes[kept].absorbed;
  absorbed.insert(absorbed.end(), m_nodes[leaf].absorbed.begin(), m_nodes[leaf].absorbed.end());
  m_nodes[kept].weight += m_nodes[leaf].weight;
  m_nodes[leaf].alive = false;
  joinAt(kept);
}

void SingularGraph::contract(int row) {
  const Branch branch = m_branches[row];
  detach(row);
  absorb(branch, branch.from);
  if (branch.from != branch.to) {
    Node& kept = m_nodes[branch.from];
    Node& gone = m_nodes[branch.to];
    kept.absorbed.insert(kept.absorbed.end(), gone.absorbed.begin(), gone.absorbed.end());
    kept.weight += gone.weight;
    for (const int other : gone.branches) {
      if (m_branches[other].from == branch.to)
        m_branches[other].from = branch.from;
      else
        m_branches[other].to = branch.from;
      kept.branches.push_back(other);
    }
    gone.alive = false;
    gone.branches.clear();
  }
  joinAt(branch.from);
}

bool SingularGraph::hasFreeEnd(int row, int leaf) const {
  const Node& end = m_nodes[leaf];
  if (end.branches.size() != 1) return false;
  if (!end.anchored) return true;
  // Of two branches from one node to the boundary a short and light one is free.
  const Branch& branch = m_branches[row];
  const int root = branch.from == leaf ? branch.to : branch.from;
  const auto reachesBoundary = [&](int other) {
    const Branch& candidate = m_branches[other];
    const int far = candidate.from == root ? candidate.to : candidate.from;
    return other != row && m_nodes[far].anchored && m_nodes[far].branches.size() == 1;
  };
  const auto& around = m_nodes[root].branches;
  return branch.length < branch.width() && isLight(branch, end) && around.size() >= 3 &&
         std::any_of(around.begin(), around.end(), reachesBoundary);
}

bool SingularGraph::isSpur(int row, int leaf) const {
  const Branch& branch = m_branches[row];
  if (branch.from == branch.to || !hasFreeEnd(row, leaf)) return false;
  const int root = branch.from == leaf ? branch.to : branch.from;
  if (hasFreeEnd(row, root)) return branch.length < 2 * branch.width();
  // What is left of a curve to the boundary is a curve, however short.
  if (m_nodes[root].branches.size() == 1) return false;
  return branch.length < branch.width() || isLight(branch, m_nodes[leaf]);
}

void SingularGraph::simplify() {
  while (!m_queue.empty()) {
    const int row = m_queue.top().second;
    m_queue.pop();
    const Branch& branch = m_branches[row];
    if (!branch.alive) continue;
    const int from = branch.from, to = branch.to;
    if (isSpur(row, from))
      prune(row, from);
    else if (isSpur(row, to))
      prune(row, to);
    else if (branch.length < branch.width() && !hasFreeEnd(row, from) && !hasFreeEnd(row, to) &&
             !m_nodes[from].anchored && !m_nodes[to].anchored)
      contract(row);
  }
}

}  // namespace monge
