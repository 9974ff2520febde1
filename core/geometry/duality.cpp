// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/geometry/duality.h"

#include <algorithm>
#include <cmath>
#include <utility>
#include <vector>

#include "core/base/random.h"
#include "core/geometry/predicates_2.h"

namespace monge {
namespace {

class Checker {
 public:
  Checker(const BrenierPotential2& potential, const LegendreDual2& dual)
      : m_potential(potential),
        m_dual(dual),
        m_diagram(potential.diagram()),
        m_complex(potential.complex()),
        m_links(m_diagram.triangles, static_cast<int>(m_diagram.sites.size())) {}

  DualityCheck run(int randomPairs, std::uint64_t seed) {
    matchCells();
    matchVertices();
    drawPairs(randomPairs, seed);
    checkConvexity();
    checkHidden();
    checkComplexes();
    return m_check;
  }

 private:
  /// u(x) + u*(y) - <x, y>, relative to what it is the sum of.
  double slack(Point2 x, Point2 y, int nearSite, int nearTriangle) {
    const int site = m_potential.siteAt(x, nearSite);
    const Point2 slope = m_diagram.sites[site];
    const double u = m_potential.plane(site, x), dual = m_dual.value(y, nearTriangle);
    const double size = std::abs(x.x * slope.x) + std::abs(x.y * slope.y) + squaredNorm(slope) +
                        std::abs(m_diagram.weights[site]) + std::abs(dual) + std::abs(x.x * y.x) +
                        std::abs(x.y * y.y);
    ++m_check.pairs;
    return (u + dual - dot(x, y)) / std::max(size, 1e-300);
  }
  void match(Point2 x, Point2 y, int nearSite, int nearTriangle) {
    m_check.matchingError = std::max(m_check.matchingError, std::abs(slack(x, y, nearSite, nearTriangle)));
  }
  int triangleAround(int site) const {
    const auto edges = m_links.edgesFrom(site);
    return edges.empty() ? -1 : edges[0].triangle;
  }

  void matchCells() {
    for (int site = 0; site < static_cast<int>(m_diagram.sites.size()); ++site) {
      const auto& cell = m_diagram.cells[site];
      if (cell.outline.corners.empty()) continue;
      const Point2 y = m_diagram.sites[site];
      match(cell.centroid, y, site, triangleAround(site));
      for (const Point2 corner : cell.outline.corners) match(corner, y, site, triangleAround(site));
    }
  }

  void matchVertices() {
    for (std::size_t row = 0; row < m_diagram.triangles.size(); ++row) {
      const auto [a, b, c] = m_diagram.triangles[row];
      const Point2 middle = 1.0 / 3 * (m_diagram.sites[a] + m_diagram.sites[b] + m_diagram.sites[c]);
      match(m_dual.centres()[row], middle, a, static_cast<int>(row));
    }
  }

  void drawPairs(int count, std::uint64_t seed) {
    Random random(seed);
    std::vector<int> filled;
    for (int site = 0; site < static_cast<int>(m_diagram.sites.size()); ++site)
      if (m_complex.cell(site).size() >= 3) filled.push_back(site);
    for (int at = 0; at < count && !filled.empty(); ++at) {
      const int here = filled[random.below(filled.size())];
      const auto& corners = m_diagram.cells[here].outline.corners;
      const double share = random.uniform();
      const Point2 corner = corners[random.below(corners.size())];
      const Point2 x = share * corner + (1 - share) * m_diagram.cells[here].centroid;
      Point2 y = m_diagram.sites[random.below(m_diagram.sites.size())];
      int triangle = -1;
      if (!m_diagram.triangles.empty()) {
        triangle = static_cast<int>(random.below(m_diagram.triangles.size()));
        const auto [a, b, c] = m_diagram.triangles[triangle];
        const double s = random.uniform(), t = random.uniform() * (1 - s);
        y = s * m_diagram.sites[a] + t * m_diagram.sites[b] + (1 - s - t) * m_diagram.sites[c];
      }
      m_check.leastSlack = std::min(m_check.leastSlack, slack(x, y, here, triangle));
    }
  }

  WeightedPoint2 weighted(int site) const { return {m_diagram.sites[site], m_diagram.weights[site]}; }

  void checkConvexity() {
    for (std::size_t row = 0; row < m_diagram.triangles.size(); ++row) {
      const auto [a, b, c] = m_diagram.triangles[row];
      for (const int other : m_links.neighbours()[row]) {
        if (other < static_cast<int>(row)) continue;
        for (const int d : m_diagram.triangles[other])
          m_check.convexityFaults +=
              d != a && d != b && d != c && powerSide(weighted(a), weighted(b), weighted(c), weighted(d)) > 0;
      }
    }
    if (!m_diagram.triangles.empty()) return;
    const auto line = m_diagram.visibleInOrder();
    for (std::size_t at = 2; at < line.size(); ++at)
      m_check.convexityFaults +=
          hidesBetween(weighted(line[at - 2]), weighted(line[at - 1]), weighted(line[at]));
  }

  void checkHidden() {
    for (int site = 0; site < static_cast<int>(m_diagram.sites.size()); ++site) {
      if (!m_diagram.cells[site].hidden) continue;
      const Point2 y = m_diagram.sites[site];
      const double above = -m_potential.height(site) - m_dual.value(y);
      const double size = squaredNorm(y) + std::abs(m_diagram.weights[site]) + std::abs(m_dual.value(y));
      m_check.hiddenFaults += !(above >= -1e-12 * size);
    }
  }

  bool areLinked(int a, int b) const { return m_links.edge(a, b) || m_links.edge(b, a); }

  void checkComplexes() {
    const bool line = m_diagram.triangles.empty();
    for (std::size_t row = 0; row < m_diagram.facets.size(); ++row) {
      const auto& facet = m_diagram.facets[row];
      m_check.complexFaults += !line && !areLinked(facet.first, facet.second);
      for (const int end : m_complex.facetEnds[row]) {
        const auto sites = m_complex.sitesAt(m_diagram, end);
        for (const int site : {facet.first, facet.second})
          m_check.complexFaults += !std::binary_search(sites.begin(), sites.end(), site);
      }
    }
    for (int site = 0; site < static_cast<int>(m_diagram.sites.size()); ++site)
      m_check.complexFaults += !line && !m_complex.cell(site).empty() && m_links.edgesFrom(site).empty();
    std::vector<int> vertexOf(m_diagram.triangles.size(), -1);
    for (int vertex = 0; vertex < static_cast<int>(m_complex.vertices.size()); ++vertex)
      for (const int triangle : m_complex.trianglesAt(vertex))
        m_check.complexFaults += std::exchange(vertexOf[triangle], vertex) >= 0;
    checkEdges(vertexOf);
    checkAroundVertices();
  }

  /// Two neighbouring triangles whose vertices are apart and inside have a facet between them.
  void checkEdges(const std::vector<int>& vertexOf) {
    std::vector<std::pair<int, int>> facets;
    for (const auto& facet : m_diagram.facets) facets.emplace_back(facet.first, facet.second);
    for (std::size_t row = 0; row < vertexOf.size(); ++row)
      for (int corner = 0; corner < 3; ++corner) {
        const int other = m_links.neighbours()[row][corner];
        if (other < 0 || vertexOf[row] < 0 || vertexOf[other] < 0 || vertexOf[row] == vertexOf[other])
          continue;
        const std::pair<int, int> edge = std::minmax(m_diagram.triangles[row][(corner + 1) % 3],
                                                     m_diagram.triangles[row][(corner + 2) % 3]);
        m_check.complexFaults += !std::binary_search(facets.begin(), facets.end(), edge);
      }
  }

  /// Every cell that has a vertex in its outline is of a site that attains u there.
  void checkAroundVertices() {
    for (int site = 0; site < static_cast<int>(m_diagram.sites.size()); ++site)
      for (const int vertex : m_complex.cell(site)) {
        const auto sites = m_complex.sitesAt(m_diagram, vertex);
        m_check.complexFaults += !sites.empty() && !std::binary_search(sites.begin(), sites.end(), site);
      }
  }

  const BrenierPotential2& m_potential;
  const LegendreDual2& m_dual;
  const PowerDiagram2& m_diagram;
  const PowerComplex2& m_complex;
  TriangleLinks2 m_links;
  DualityCheck m_check;
};

}  // namespace

DualityCheck checkDuality(const BrenierPotential2& potential, const LegendreDual2& dual, int randomPairs,
                          std::uint64_t seed) {
  return Checker(potential, dual).run(randomPairs, seed);
}

}  // namespace monge
