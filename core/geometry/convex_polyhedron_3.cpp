// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/geometry/convex_polyhedron_3.h"

#include <utility>

namespace monge {

void ConvexPolyhedron3::clear() {
  corners.clear();
  loops.clear();
  starts.assign(1, 0);
  across.clear();
}

Point3 facetArea(const ConvexPolyhedron3& polyhedron, int facet) {
  const std::span<const int> loop = polyhedron.loop(facet);
  const Point3 origin = polyhedron.corners[loop[0]];
  Point3 twice;
  for (std::size_t at = 1; at + 1 < loop.size(); ++at)
    twice = twice + cross(polyhedron.corners[loop[at]] - origin, polyhedron.corners[loop[at + 1]] - origin);
  return 0.5 * twice;
}

double volume(const ConvexPolyhedron3& polyhedron) {
  double thrice = 0;
  for (int facet = 0; facet < polyhedron.facets(); ++facet)
    thrice += dot(facetArea(polyhedron, facet),
                  polyhedron.corners[polyhedron.loop(facet)[0]] - polyhedron.corners[0]);
  return thrice / 3;
}

Point3 centroid(const ConvexPolyhedron3& polyhedron) {
  const Point3 origin = polyhedron.corners[0];
  Point3 moment;
  double whole = 0;
  for (int facet = 0; facet < polyhedron.facets(); ++facet) {
    const std::span<const int> loop = polyhedron.loop(facet);
    const Point3 a = polyhedron.corners[loop[0]] - origin;
    for (std::size_t at = 1; at + 1 < loop.size(); ++at) {
      const Point3 b = polyhedron.corners[loop[at]] - origin, c = polyhedron.corners[loop[at + 1]] - origin;
      const double part = dot(a, cross(b, c)) / 6;
      whole += part;
      moment = moment + part / 4 * (a + b + c);
    }
  }
  return origin + 1 / whole * moment;
}

/// The corner where the plane meets the side between two corners; the same one from both facets at that side.
int PolyhedronClipper3::crossing(int inside, int outside) {
  for (const Crossing& known : m_crossings)
    if (known.inside == inside && known.outside == outside) return known.corner;
  const double share = m_side[inside] / (m_side[inside] - m_side[outside]);
  const Point3 from = m_now.corners[inside];
  m_next.corners.push_back(from + share * (m_now.corners[outside] - from));
  m_crossings.push_back({inside, outside, static_cast<int>(m_next.corners.size()) - 1});
  return m_crossings.back().corner;
}

/// Sutherland and Hodgman's way, from a corner that is kept on: so every leaving is followed by a return.
void PolyhedronClipper3::clipFacet(int facet) {
  const std::span<const int> loop = m_now.loop(facet);
  const std::size_t count = loop.size();
  std::size_t first = 0;
  while (first < count && m_kept[loop[first]] < 0) ++first;
  if (first == count) return;
  int left = -1;
  for (std::size_t step = 0; step < count; ++step) {
    const int here = loop[(first + step) % count], there = loop[(first + step + 1) % count];
    const bool in = m_kept[here] >= 0, next = m_kept[there] >= 0;
    if (in) m_next.loops.push_back(m_kept[here]);
    if (in && !next) m_next.loops.push_back(left = crossing(here, there));
    if (!in && next) {
      m_next.loops.push_back(crossing(there, here));
      m_cap.emplace_back(m_next.loops.back(), left);
    }
  }
  m_next.starts.push_back(static_cast<int>(m_next.loops.size()));
  m_next.across.push_back(m_now.across[facet]);
}

/// The new facet runs along the cuts of the others, the other way round.
void PolyhedronClipper3::addCap(int across) {
  while (!m_cap.empty()) {
    const int first = m_cap.back().first;
    int corner = m_cap.back().second;
    m_cap.pop_back();
    m_next.loops.push_back(first);
    while (corner != first) {
      m_next.loops.push_back(corner);
      std::size_t at = 0;
      while (at < m_cap.size() && m_cap[at].first != corner) ++at;
      if (at == m_cap.size()) break;
      corner = m_cap[at].second;
      m_cap[at] = m_cap.back();
      m_cap.pop_back();
    }
    m_next.starts.push_back(static_cast<int>(m_next.loops.size()));
    m_next.across.push_back(across);
  }
}

void PolyhedronClipper3::cut(Point3 origin, Point3 normal, double reach, int across) {
  const std::size_t count = m_now.corners.size();
  m_side.resize(count);
  bool anyOutside = false, anyInside = false;
  for (std::size_t at = 0; at < count; ++at) {
    m_side[at] = dot(normal, m_now.corners[at] - origin) - reach;
    anyOutside = anyOutside || m_side[at] > 0;
    anyInside = anyInside || m_side[at] < 0;
  }
  if (!anyOutside) return;
  if (!anyInside) return m_now.clear();
  m_next.clear();
  m_crossings.clear();
  m_cap.clear();
  m_kept.assign(count, -1);
  for (std::size_t at = 0; at < count; ++at)
    if (m_side[at] <= 0) {
      m_kept[at] = static_cast<int>(m_next.corners.size());
      m_next.corners.push_back(m_now.corners[at]);
    }
  for (int facet = 0; facet < m_now.facets(); ++facet) clipFacet(facet);
  addCap(across);
  std::swap(m_now, m_next);
}

}  // namespace monge
