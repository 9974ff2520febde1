// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/geometry/power_complex_2.h"

#include <algorithm>
#include <map>
#include <utility>

#include "core/geometry/disjoint_sets.h"
#include "core/geometry/predicates_2.h"
#include "core/geometry/triangle_links_2.h"

namespace monge {
namespace {

/// Gathers names for the corners of all cells, and which of them mean the same vertex. Names: the triangles,
/// then two for each facet (its ends on the boundary), then one for each other spot.
class VertexNames {
 public:
  explicit VertexNames(const PowerDiagram2& diagram)
      : m_diagram(diagram),
        m_links(diagram.triangles, static_cast<int>(diagram.sites.size())),
        m_sets(static_cast<int>(diagram.triangles.size() + 2 * diagram.facets.size())) {
    uniteCocircular();
  }

  int find(int name) { return m_sets.find(name); }
  void unite(int a, int b) { m_sets.unite(a, b); }
  int count() const { return m_sets.size(); }

  int facetBetween(int a, int b) const {
    const auto before = [](const PowerDiagram2::Facet& facet, std::pair<int, int> key) {
      return std::pair(facet.first, facet.second) < key;
    };
    const std::pair<int, int> key = std::minmax(a, b);
    const auto at = std::lower_bound(m_diagram.facets.begin(), m_diagram.facets.end(), key, before);
    const bool found = at != m_diagram.facets.end() && std::pair(at->first, at->second) == key;
    return found ? static_cast<int>(at - m_diagram.facets.begin()) : -1;
  }

  /// The corner of a cell at `point`, after the side to `before` and ahead of the side to `after`.
  int name(int site, int before, int after, Point2 point) {
    const bool ends = before != ClippedCell2::kDomain, begins = after != ClippedCell2::kDomain;
    if (ends && begins) return nameBetween(site, before, after, point);
    if (!ends && !begins) return nameOfSpot(point);
    const int other = ends ? before : after, facet = facetBetween(site, other);
    if (facet < 0) return nameOfSpot(point);
    // The cell of a facet's first site runs along it from `from` to `to`, the other one back.
    const bool atTo = ends == (site < other);
    return static_cast<int>(m_diagram.triangles.size()) + 2 * facet + (atTo ? 1 : 0);
  }

 private:
  /// Where both sides belong to cells the corner is a power centre. Sides that rounding swallowed leave
  /// several triangles between the two: they are one vertex.
  int nameBetween(int site, int before, int after, Point2 point) {
    int first = -1;
    for (int at = before; at != after;) {
      const auto* edge = m_links.edge(site, at);
      if (!edge) return first < 0 ? nameOfSpot(point) : first;
      if (first < 0) first = edge->triangle;
      unite(first, edge->triangle);
      at = edge->apex;
      if (at == before) break;
    }
    return first;
  }

  int nameOfSpot(Point2 point) {
    const auto [at, added] = m_spots.try_emplace({point.x, point.y}, m_sets.size());
    if (added) m_sets.add();
    return at->second;
  }

  void uniteCocircular() {
    const auto weighted = [&](int site) {
      return WeightedPoint2{m_diagram.sites[site], m_diagram.weights[site]};
    };
    const auto& neighbours = m_links.neighbours();
    for (std::size_t row = 0; row < neighbours.size(); ++row)
      for (const int other : neighbours[row]) {
        if (other < static_cast<int>(row)) continue;
        const auto [a, b, c] = m_diagram.triangles[row];
        for (const int d : m_diagram.triangles[other])
          if (d != a && d != b && d != c &&
              powerSide(weighted(a), weighted(b), weighted(c), weighted(d)) == 0)
            unite(static_cast<int>(row), other);
      }
  }

  const PowerDiagram2& m_diagram;
  TriangleLinks2 m_links;
  DisjointSets m_sets;
  std::map<std::pair<double, double>, int> m_spots;
};

/// One name per corner, cell by cell.
std::vector<std::vector<int>> nameCorners(const PowerDiagram2& diagram, VertexNames& names) {
  std::vector<std::vector<int>> corners(diagram.cells.size());
  for (std::size_t site = 0; site < corners.size(); ++site) {
    const auto& [points, across] = diagram.cells[site].outline;
    const std::size_t count = points.size();
    for (std::size_t at = 0; at < count; ++at)
      corners[site].push_back(
          names.name(static_cast<int>(site), across[at == 0 ? count - 1 : at - 1], across[at], points[at]));
    for (std::size_t at = 0; at < count; ++at)
      if (points[at] == points[(at + 1) % count])
        names.unite(corners[site][at], corners[site][(at + 1) % count]);
  }
  return corners;
}

/// The names at a facet's ends as the cell of `site` sees them, in the order of that cell; none where
/// rounding left the cell without this side.
std::vector<int> endsSeenFrom(int site, int other, const PowerDiagram2& diagram,
                              const std::vector<std::vector<int>>& corners) {
  const auto& across = diagram.cells[site].outline.across;
  const auto side = std::find(across.begin(), across.end(), other) - across.begin();
  if (side == static_cast<std::ptrdiff_t>(across.size())) return {};
  const auto after = side + 1 == static_cast<std::ptrdiff_t>(across.size()) ? 0 : side + 1;
  return {corners[site][side], corners[site][after]};
}

std::vector<std::array<int, 2>> nameFacetEnds(const PowerDiagram2& diagram,
                                              const std::vector<std::vector<int>>& corners,
                                              VertexNames& names) {
  std::vector<std::array<int, 2>> ends;
  for (const auto& facet : diagram.facets) {
    const auto here = endsSeenFrom(facet.first, facet.second, diagram, corners);
    const auto there = endsSeenFrom(facet.second, facet.first, diagram, corners);
    if (!there.empty()) names.unite(here[0], there[1]), names.unite(here[1], there[0]);
    ends.push_back({here[0], here[1]});
  }
  return ends;
}

/// Numbers the names that are in use, in the order in which cells meet them.
std::vector<int> numberVertices(const PowerDiagram2& diagram, const std::vector<std::vector<int>>& corners,
                                VertexNames& names, int nameCount, PowerComplex2& complex) {
  std::vector<int> number(nameCount, -1);
  complex.cellStarts.push_back(0);
  for (std::size_t site = 0; site < corners.size(); ++site) {
    const auto& outline = diagram.cells[site].outline;
    const std::size_t start = complex.cellVertices.size();
    for (std::size_t at = 0; at < corners[site].size(); ++at) {
      int& vertex = number[names.find(corners[site][at])];
      if (vertex < 0) {
        vertex = static_cast<int>(complex.vertices.size());
        complex.vertices.push_back({outline.corners[at], PowerComplex2::Place::Inside, 0, 0, -1});
      }
      const bool repeats = complex.cellVertices.size() > start && complex.cellVertices.back() == vertex;
      if (!repeats) complex.cellVertices.push_back(vertex);
      const bool before =
          outline.across[at == 0 ? corners[site].size() - 1 : at - 1] == ClippedCell2::kDomain;
      const bool after = outline.across[at] == ClippedCell2::kDomain;
      auto& place = complex.vertices[vertex].place;
      if (before && after) place = PowerComplex2::Place::Corner;
      if (before != after && place == PowerComplex2::Place::Inside) place = PowerComplex2::Place::Boundary;
    }
    if (complex.cellVertices.size() > start + 1 && complex.cellVertices.back() == complex.cellVertices[start])
      complex.cellVertices.pop_back();
    complex.cellStarts.push_back(static_cast<int>(complex.cellVertices.size()));
  }
  return number;
}

void listTriangles(const std::vector<int>& vertexOfTriangle, PowerComplex2& complex) {
  for (const int vertex : vertexOfTriangle)
    if (vertex >= 0) ++complex.vertices[vertex].triangleCount;
  int start = 0;
  for (auto& vertex : complex.vertices) {
    vertex.firstTriangle = start;
    start += std::exchange(vertex.triangleCount, 0);
  }
  complex.vertexTriangles.resize(start);
  for (std::size_t row = 0; row < vertexOfTriangle.size(); ++row) {
    if (vertexOfTriangle[row] < 0) continue;
    auto& vertex = complex.vertices[vertexOfTriangle[row]];
    complex.vertexTriangles[vertex.firstTriangle + vertex.triangleCount++] = static_cast<int>(row);
  }
}

}  // namespace

std::span<const int> PowerComplex2::trianglesAt(int vertex) const {
  return {vertexTriangles.data() + vertices[vertex].firstTriangle,
          static_cast<std::size_t>(vertices[vertex].triangleCount)};
}

std::span<const int> PowerComplex2::cell(int site) const {
  return {cellVertices.data() + cellStarts[site],
          static_cast<std::size_t>(cellStarts[site + 1] - cellStarts[site])};
}

std::vector<int> PowerComplex2::sitesAt(const PowerDiagram2& diagram, int vertex) const {
  std::vector<int> sites;
  for (const int triangle : trianglesAt(vertex))
    sites.insert(sites.end(), diagram.triangles[triangle].begin(), diagram.triangles[triangle].end());
  const int facet = vertices[vertex].facet;
  if (facet >= 0) sites.insert(sites.end(), {diagram.facets[facet].first, diagram.facets[facet].second});
  std::sort(sites.begin(), sites.end());
  sites.erase(std::unique(sites.begin(), sites.end()), sites.end());
  return sites;
}

PowerComplex2 powerComplex(const PowerDiagram2& diagram) {
  PowerComplex2 complex;
  VertexNames names(diagram);
  const auto corners = nameCorners(diagram, names);
  complex.facetEnds = nameFacetEnds(diagram, corners, names);
  const auto number = numberVertices(diagram, corners, names, names.count(), complex);
  for (std::size_t row = 0; row < complex.facetEnds.size(); ++row)
    for (int& end : complex.facetEnds[row]) {
      end = number[names.find(end)];
      complex.vertices[end].facet = static_cast<int>(row);
    }
  std::vector<int> vertexOfTriangle(diagram.triangles.size());
  for (std::size_t row = 0; row < vertexOfTriangle.size(); ++row)
    vertexOfTriangle[row] = number[names.find(static_cast<int>(row))];
  listTriangles(vertexOfTriangle, complex);
  return complex;
}

}  // namespace monge
