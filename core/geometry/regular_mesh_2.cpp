// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/geometry/regular_mesh_2.h"

#include <algorithm>
#include <utility>

#include "core/base/parallel_for.h"
#include "core/geometry/predicates_2.h"

namespace monge {
namespace {

int next(int i) {
  return i == 2 ? 0 : i + 1;
}
int previous(int i) {
  return i == 0 ? 2 : i - 1;
}

int indexOf(const int (&values)[3], int value) {
  return values[0] == value ? 0 : values[1] == value ? 1 : 2;
}

}  // namespace

RegularMesh2::RegularMesh2(std::span<const Point2> sites, std::span<const double> weights)
    : m_sites(sites.begin(), sites.end()), m_weights(weights.begin(), weights.end()) {
  buildWithCgal();
  m_hidden = static_cast<int>(std::count(m_triangleOf.begin(), m_triangleOf.end(), -1));
  findFlatHullSites();
}

bool RegularMesh2::isInfinite(int triangle) const {
  const auto& v = m_triangles[triangle].vertex;
  return v[0] == infinite() || v[1] == infinite() || v[2] == infinite();
}

void RegularMesh2::findFlatHullSites() {
  for (const Triangle& triangle : m_triangles) {
    const int at = indexOf(triangle.vertex, infinite());
    if (triangle.vertex[at] != infinite()) continue;
    // The infinite triangle (infinite, u, v) lies beyond the hull edge; the one after v continues the hull.
    const int u = triangle.vertex[next(at)], v = triangle.vertex[previous(at)];
    const Triangle& after = m_triangles[triangle.neighbour[next(at)]];
    const int w = after.vertex[previous(indexOf(after.vertex, infinite()))];
    if (w == v) continue;
    if (orientation(m_sites[u], m_sites[v], m_sites[w]) == 0) m_flatHullSites.push_back(v);
  }
}

/// The triangle (site, w, infinite), counter-clockwise, of a site on the hull; w is its neighbour there.
int RegularMesh2::hullTriangle(int site) const {
  int triangle = m_triangleOf[site];
  while (true) {
    const auto& [vertex, neighbour] = m_triangles[triangle];
    const int at = indexOf(vertex, site);
    if (vertex[previous(at)] == infinite()) return triangle;
    triangle = neighbour[next(at)];
  }
}

std::optional<int> RegularMesh2::hiddenOnHull() const {
  const auto weighted = [&](int site) { return WeightedPoint2{m_sites[site], m_weights[site]}; };
  for (const int site : m_flatHullSites) {
    const Triangle& before = m_triangles[hullTriangle(site)];
    const int at = indexOf(before.vertex, site);
    const Triangle& after = m_triangles[before.neighbour[next(at)]];
    const int u = before.vertex[next(at)], w = after.vertex[previous(indexOf(after.vertex, site))];
    if (hidesBetween(weighted(u), weighted(site), weighted(w))) return site;
  }
  return std::nullopt;
}

int RegularMesh2::mirror(int triangle, int opposite) const {
  return indexOf(m_triangles[m_triangles[triangle].neighbour[opposite]].neighbour, triangle);
}

bool RegularMesh2::isIrregular(int triangle, int opposite) const {
  const auto& [vertex, neighbour] = m_triangles[triangle];
  const int d = m_triangles[neighbour[opposite]].vertex[mirror(triangle, opposite)];
  const auto [a, b, c] = vertex;
  if (a == infinite() || b == infinite() || c == infinite() || d == infinite()) return false;
  return powerSide({m_sites[a], m_weights[a]}, {m_sites[b], m_weights[b]}, {m_sites[c], m_weights[c]},
                   {m_sites[d], m_weights[d]}) > 0;
}

std::vector<RegularMesh2::Edge> RegularMesh2::irregularEdges(ThreadTeam& team) const {
  constexpr std::int64_t kChunk = 4096;
  const std::int64_t count = static_cast<std::int64_t>(m_triangles.size());
  std::vector<std::vector<Edge>> found((count + kChunk - 1) / kChunk);
  parallelChunks(team, count, kChunk, [&](std::int64_t begin, std::int64_t end, std::int64_t chunk) {
    for (int triangle = static_cast<int>(begin); triangle < end; ++triangle)
      for (int opposite = 0; opposite < 3; ++opposite)
        if (triangle < m_triangles[triangle].neighbour[opposite] && isIrregular(triangle, opposite))
          found[chunk].push_back({triangle, opposite});
  });
  std::vector<Edge> edges;
  for (const auto& part : found) edges.insert(edges.end(), part.begin(), part.end());
  return edges;
}

void RegularMesh2::relink(int triangle, int from, int to) {
  auto& neighbours = m_triangles[triangle].neighbour;
  neighbours[indexOf(neighbours, from)] = to;
}

/// (a, b, c) and (d, c, b) share the edge b c and become (a, b, d) and (d, c, a).
void RegularMesh2::flip(int first, int opposite) {
  Triangle& one = m_triangles[first];
  const int second = one.neighbour[opposite];
  Triangle& two = m_triangles[second];
  const int far = mirror(first, opposite);
  const int a = one.vertex[opposite], b = one.vertex[next(opposite)], c = one.vertex[previous(opposite)];
  const int d = two.vertex[far];
  const int overCa = one.neighbour[next(opposite)], overAb = one.neighbour[previous(opposite)];
  const int overBd = two.neighbour[next(far)], overDc = two.neighbour[previous(far)];
  one = {{a, b, d}, {overBd, second, overAb}};
  two = {{d, c, a}, {overCa, first, overDc}};
  relink(overBd, second, first);
  relink(overCa, first, second);
  m_triangleOf[a] = first;
  m_triangleOf[b] = first;
  m_triangleOf[c] = second;
  m_triangleOf[d] = second;
  ++m_flips;
}

std::optional<int> RegularMesh2::flipAll(std::vector<Edge>& edges) {
  while (!edges.empty()) {
    const auto [first, opposite] = edges.back();
    edges.pop_back();
    if (!isIrregular(first, opposite)) continue;
    const Triangle& triangle = m_triangles[first];
    const int second = triangle.neighbour[opposite];
    const int a = triangle.vertex[opposite], b = triangle.vertex[next(opposite)],
              c = triangle.vertex[previous(opposite)];
    const int d = m_triangles[second].vertex[mirror(first, opposite)];
    if (orientation(m_sites[a], m_sites[b], m_sites[d]) <= 0) return b;
    if (orientation(m_sites[a], m_sites[d], m_sites[c]) <= 0) return c;
    flip(first, opposite);
    edges.push_back({first, 0});
    edges.push_back({first, 2});
    edges.push_back({second, 0});
    edges.push_back({second, 2});
  }
  return std::nullopt;
}

std::optional<int> RegularMesh2::repair(std::span<const double> weights, ThreadTeam& team) {
  m_weights.assign(weights.begin(), weights.end());
  if (const auto hidden = hiddenOnHull()) return hidden;
  std::vector<Edge> edges = irregularEdges(team);
  return flipAll(edges);
}

}  // namespace monge
