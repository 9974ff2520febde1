// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/geometry/brenier_potential.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <utility>

#include "core/geometry/convex_hull_2.h"
#include "core/geometry/facet_jump.h"

namespace monge {

BrenierPotential2::BrenierPotential2(PowerDiagram2 diagram)
    : m_diagram(std::move(diagram)), m_complex(powerComplex(m_diagram)) {
  for (int site = 0; site < static_cast<int>(m_diagram.sites.size()); ++site)
    m_heights.push_back(m_diagram.height(site));
  while (!isVisible(m_first)) ++m_first;
  linkNeighbours();
}

/// Along the triangles' edges, or from site to site where all lie on a line.
void BrenierPotential2::linkNeighbours() {
  std::vector<std::pair<int, int>> links;
  for (const auto& [a, b, c] : m_diagram.triangles)
    links.insert(links.end(), {{a, b}, {b, a}, {b, c}, {c, b}, {c, a}, {a, c}});
  if (m_diagram.triangles.empty()) {
    const std::vector<int> line = m_diagram.visibleInOrder();
    for (std::size_t at = 1; at < line.size(); ++at)
      links.insert(links.end(), {{line[at - 1], line[at]}, {line[at], line[at - 1]}});
  }
  std::sort(links.begin(), links.end());
  links.erase(std::unique(links.begin(), links.end()), links.end());
  m_starts.assign(m_heights.size() + 1, 0);
  for (const auto& [from, to] : links) {
    ++m_starts[from + 1];
    m_neighbours.push_back(to);
  }
  for (std::size_t site = 0; site < m_heights.size(); ++site) m_starts[site + 1] += m_starts[site];
}

int BrenierPotential2::siteAt(Point2 x, int hint) const {
  int site = hint >= 0 && isVisible(hint) ? hint : m_first;
  double best = plane(site, x);
  for (int before = -1; before != site;) {
    before = site;
    for (int at = m_starts[before]; at < m_starts[before + 1]; ++at)
      if (const double here = plane(m_neighbours[at], x); here > best) best = here, site = m_neighbours[at];
  }
  return site;
}

std::vector<int> BrenierPotential2::sitesAt(Point2 x, int hint) const {
  const int first = siteAt(x, hint);
  const double best = plane(first, x);
  const auto attains = [&](int site) {
    const Point2 y = m_diagram.sites[site];
    // Two products, two sums and a height of two roundings each, for either site.
    const double size = std::abs(x.x * y.x) + std::abs(x.y * y.y) + squaredNorm(y) +
                        std::abs(m_diagram.weights[site]) + std::abs(best);
    return best - plane(site, x) <= 8 * std::numeric_limits<double>::epsilon() * size;
  };
  std::vector<int> found = {first};
  for (std::size_t next = 0; next < found.size(); ++next)
    for (int at = m_starts[found[next]]; at < m_starts[found[next] + 1]; ++at) {
      const int site = m_neighbours[at];
      if (attains(site) && std::find(found.begin(), found.end(), site) == found.end()) found.push_back(site);
    }
  std::sort(found.begin(), found.end());
  return found;
}

std::vector<Point2> BrenierPotential2::subgradient(Point2 x, int hint) const {
  std::vector<Point2> sites;
  for (const int site : sitesAt(x, hint)) sites.push_back(m_diagram.sites[site]);
  return convexHull(std::move(sites));
}

std::vector<Point2> BrenierPotential2::subgradientAtVertex(int vertex) const {
  std::vector<Point2> sites;
  for (const int site : m_complex.sitesAt(m_diagram, vertex)) sites.push_back(m_diagram.sites[site]);
  // Only one site's cell reaches a mere corner of the domain.
  if (sites.empty()) sites.push_back(gradient(m_complex.vertices[vertex].at));
  return convexHull(std::move(sites));
}

PolygonMesh BrenierPotential2::graph() const {
  PolygonMesh mesh;
  for (const auto& vertex : m_complex.vertices) mesh.vertices.push_back({vertex.at.x, vertex.at.y, 0});
  std::vector<double> sites;
  for (int site = 0; site < static_cast<int>(m_heights.size()); ++site) {
    const auto loop = m_complex.cell(site);
    if (loop.size() < 3) continue;
    for (const int vertex : loop) mesh.vertices[vertex][2] = plane(site, m_complex.vertices[vertex].at);
    mesh.faces.emplace_back(loop.begin(), loop.end());
    sites.push_back(site);
  }
  mesh.faceData = {{"site", std::move(sites)}};
  return mesh;
}

std::vector<BrenierPotential2::Ridge> BrenierPotential2::ridges() const {
  std::vector<Ridge> ridges;
  for (std::size_t row = 0; row < m_diagram.facets.size(); ++row) {
    const auto& facet = m_diagram.facets[row];
    const Point2 first = m_diagram.sites[facet.first], second = m_diagram.sites[facet.second];
    const auto [from, to] = m_complex.facetEnds[row];
    ridges.push_back({static_cast<int>(row), from, to, norm(second - first), graphAngle(first, second)});
  }
  return ridges;
}

}  // namespace monge
