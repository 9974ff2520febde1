// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <functional>
#include <queue>
#include <utility>
#include <vector>

namespace monge {

/// A graph of curves that forgets what is too short to see: nodes joined by branches, each branch a chain of
/// edges. Knows lengths and widths only, so that it serves curves in the plane and in space.
class SingularGraph {
 public:
  struct Edge {
    int from = 0, to = 0;  ///< vertices
    double length = 0;
    double width = 0;  ///< below which nothing along this edge can be told apart
  };
  struct Branch {
    int from = 0, to = 0;                     ///< nodes; equal for a loop
    std::vector<std::pair<int, bool>> chain;  ///< edges in order; true where one is walked backwards
    double length = 0, weightedWidth = 0;
    double weight = 0;          ///< of the vertices between its ends
    std::vector<int> absorbed;  ///< vertices drawn into nodes that it has swallowed since
    bool alive = true;
    double width() const { return length > 0 ? weightedWidth / length : 0; }
  };
  struct Node {
    int vertex = 0;             ///< where it stands
    std::vector<int> absorbed;  ///< vertices drawn into it, itself among them
    std::vector<int> branches;  ///< that end here; a loop twice
    bool anchored = false;      ///< on the boundary
    double weight = 0;          ///< of all that was drawn into it
    bool alive = true;
  };
  struct Vertices {
    std::vector<char> anchored;  ///< per vertex: whether a curve may end there for good
    std::vector<double> weight;  ///< per vertex, or empty for none: what it gives to a branch
    double leastWeight = 0;      ///< a branch with a free end that weighs less is a spur, however long
  };

  SingularGraph(std::vector<Edge> edges, Vertices vertices);

  /// Prunes spurs and contracts short branches, shortest first, until none is left. A branch with a free end
  /// is a spur when it is shorter than its width or weighs too little; one with two free ends is a spot when
  /// each half is shorter than the width.
  void simplify();
  const std::vector<Node>& nodes() const { return m_nodes; }
  const std::vector<Branch>& branches() const { return m_branches; }

 private:
  using Entry = std::pair<double, int>;

  void chainBranches();
  int addNode(int vertex);
  void addBranch(Branch branch);
  void extend(Branch& branch, int edge, bool backwards) const;
  void absorb(const Branch& branch, int node);
  void detach(int branch);
  void prune(int branch, int leaf);
  void contract(int branch);
  void joinAt(int node);
  void touch(int node);
  bool hasFreeEnd(int branch, int leaf) const;
  bool isSpur(int branch, int leaf) const;
  bool isLight(const Branch& branch, const Node& leaf) const {
    return branch.weight + leaf.weight < m_vertices.leastWeight;
  }
  int middleOf(const Branch& branch) const;
  double weightOf(int vertex) const { return m_vertices.weight.empty() ? 0 : m_vertices.weight[vertex]; }

  std::vector<Edge> m_edges;
  Vertices m_vertices;
  std::vector<Node> m_nodes;
  std::vector<Branch> m_branches;
  std::priority_queue<Entry, std::vector<Entry>, std::greater<>> m_queue;
};

}  // namespace monge
