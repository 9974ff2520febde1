// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/geometry/triangle_links_2.h"

namespace monge {

TriangleLinks2::TriangleLinks2(std::span<const std::array<int, 3>> triangles, int siteCount)
    : m_starts(siteCount + 1, 0), m_edges(3 * triangles.size()), m_neighbours(triangles.size()) {
  for (const auto& triangle : triangles)
    for (const int site : triangle) ++m_starts[site + 1];
  for (int site = 0; site < siteCount; ++site) m_starts[site + 1] += m_starts[site];
  std::vector<int> next(m_starts.begin(), m_starts.end() - 1);
  for (std::size_t row = 0; row < triangles.size(); ++row)
    for (int corner = 0; corner < 3; ++corner)
      m_edges[next[triangles[row][corner]]++] = {triangles[row][(corner + 1) % 3],
                                                 triangles[row][(corner + 2) % 3], static_cast<int>(row)};
  for (std::size_t row = 0; row < triangles.size(); ++row)
    for (int corner = 0; corner < 3; ++corner) {
      const Edge* back = edge(triangles[row][(corner + 2) % 3], triangles[row][(corner + 1) % 3]);
      m_neighbours[row][corner] = back ? back->triangle : -1;
    }
}

const TriangleLinks2::Edge* TriangleLinks2::edge(int from, int to) const {
  for (const Edge& edge : edgesFrom(from))
    if (edge.to == to) return &edge;
  return nullptr;
}

}  // namespace monge
