// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <array>
#include <span>
#include <vector>

namespace monge {

/// Which triangle lies to the left of each directed edge of a triangulation, and which lie side by side.
class TriangleLinks2 {
 public:
  struct Edge {
    int to = 0;        ///< the edge runs from the row's site to this one
    int apex = 0;      ///< third corner of the triangle to its left
    int triangle = 0;  ///< that triangle
  };

  /// @param triangles  counter-clockwise, corners in 0..siteCount-1
  TriangleLinks2(std::span<const std::array<int, 3>> triangles, int siteCount);

  std::span<const Edge> edgesFrom(int site) const {
    return {m_edges.data() + m_starts[site], static_cast<std::size_t>(m_starts[site + 1] - m_starts[site])};
  }
  /// Null where no triangle lies to the left of from -> to.
  const Edge* edge(int from, int to) const;
  /// Per triangle: the one opposite to each corner, -1 beyond the hull.
  const std::vector<std::array<int, 3>>& neighbours() const { return m_neighbours; }

 private:
  std::vector<int> m_starts;
  std::vector<Edge> m_edges;
  std::vector<std::array<int, 3>> m_neighbours;
};

}  // namespace monge
