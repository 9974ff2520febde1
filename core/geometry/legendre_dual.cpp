// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/geometry/legendre_dual.h"

#include <algorithm>
#include <limits>
#include <utility>

#include "core/geometry/predicates_2.h"

namespace monge {
namespace {

constexpr double kInfinite = std::numeric_limits<double>::infinity();

bool isBefore(Point2 a, Point2 b) {
  return a.x != b.x ? a.x < b.x : a.y < b.y;
}

}  // namespace

Point2 powerCentre(const PowerDiagram2& diagram, const std::array<int, 3>& triangle) {
  const auto [a, b, c] = triangle;
  const Point2 p = diagram.sites[b] - diagram.sites[a], q = diagram.sites[c] - diagram.sites[a];
  const double pReach = squaredNorm(p) - (diagram.weights[b] - diagram.weights[a]);
  const double qReach = squaredNorm(q) - (diagram.weights[c] - diagram.weights[a]);
  const double scale = 0.5 / cross(p, q);
  return diagram.sites[a] +
         Point2{scale * (q.y * pReach - p.y * qReach), scale * (p.x * qReach - q.x * pReach)};
}

LegendreDual2::LegendreDual2(const PowerDiagram2& diagram)
    : m_sites(diagram.sites),
      m_triangles(diagram.triangles),
      m_links(m_triangles, static_cast<int>(m_sites.size())) {
  for (int site = 0; site < static_cast<int>(m_sites.size()); ++site)
    m_values.push_back(-diagram.height(site));
  for (const auto& triangle : m_triangles) m_centres.push_back(powerCentre(diagram, triangle));
  if (m_triangles.empty()) m_line = diagram.visibleInOrder();
}

/// The walk crosses a side that has y strictly beyond it. In a regular triangulation it cannot come back: the
/// triangles it meets lie behind each other as seen from y (Edelsbrunner 1990).
std::optional<int> LegendreDual2::triangleAt(Point2 y, int hint) const {
  if (m_triangles.empty()) return std::nullopt;
  int triangle = hint >= 0 ? hint : 0;
  while (true) {
    int next = triangle;
    for (int corner = 0; corner < 3 && next == triangle; ++corner) {
      const Point2 from = m_sites[m_triangles[triangle][(corner + 1) % 3]];
      const Point2 to = m_sites[m_triangles[triangle][(corner + 2) % 3]];
      if (orientation(from, to, y) < 0) next = m_links.neighbours()[triangle][corner];
    }
    if (next < 0) return std::nullopt;
    if (next == triangle) return triangle;
    triangle = next;
  }
}

double LegendreDual2::value(Point2 y, int hint) const {
  if (m_triangles.empty()) return valueOnLine(y);
  const auto triangle = triangleAt(y, hint);
  if (!triangle) return kInfinite;
  const auto [a, b, c] = m_triangles[*triangle];
  const Point2 p = m_sites[b] - m_sites[a], q = m_sites[c] - m_sites[a], r = y - m_sites[a];
  // A mean of the corners' values, so that a flat triangle costs no digits.
  const double area = cross(p, q), onB = cross(r, q) / area, onC = cross(p, r) / area;
  return (1 - onB - onC) * m_values[a] + onB * m_values[b] + onC * m_values[c];
}

double LegendreDual2::valueOnLine(Point2 y) const {
  const Point2 first = m_sites[m_line.front()], last = m_sites[m_line.back()];
  if (m_line.size() == 1) return y == first ? m_values[m_line[0]] : kInfinite;
  if (orientation(first, last, y) != 0 || isBefore(y, first) || isBefore(last, y)) return kInfinite;
  const auto after = std::find_if(m_line.begin() + 1, m_line.end() - 1,
                                  [&](int site) { return !isBefore(m_sites[site], y); });
  const Point2 from = m_sites[after[-1]], along = m_sites[*after] - from;
  const double share = dot(y - from, along) / squaredNorm(along);
  return (1 - share) * m_values[after[-1]] + share * m_values[*after];
}

std::optional<Point2> LegendreDual2::gradient(Point2 y, int hint) const {
  const auto triangle = triangleAt(y, hint);
  return triangle ? std::optional(m_centres[*triangle]) : std::nullopt;
}

PolygonMesh LegendreDual2::graph() const {
  PolygonMesh mesh;
  for (std::size_t site = 0; site < m_sites.size(); ++site)
    mesh.vertices.push_back({m_sites[site].x, m_sites[site].y, m_values[site]});
  for (const auto& triangle : m_triangles) mesh.faces.emplace_back(triangle.begin(), triangle.end());
  return mesh;
}

}  // namespace monge
