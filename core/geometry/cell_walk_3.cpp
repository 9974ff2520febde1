// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/geometry/cell_walk_3.h"

#include <algorithm>
#include <array>

namespace monge {
namespace {

int indexOf(const int (&values)[4], int value) {
  return values[0] == value ? 0 : values[1] == value ? 1 : values[2] == value ? 2 : 3;
}

/// kTurn[i][j]: the two other corners k, l of a tetrahedron such that i, k, j, l are positively oriented:
/// seen from corner k, the way around the edge i k from j to l is counter-clockwise.
constexpr std::array<std::array<std::array<int, 2>, 4>, 4> kTurn = [] {
  std::array<std::array<std::array<int, 2>, 4>, 4> turn{};
  for (int i = 0; i < 4; ++i)
    for (int j = 0; j < 4; ++j) {
      if (i == j) continue;
      int k = 0;
      while (k == i || k == j) ++k;
      const int l = 6 - i - j - k;
      const int order[4] = {i, k, j, l};
      int inversions = 0;
      for (int a = 0; a < 4; ++a)
        for (int b = a + 1; b < 4; ++b) inversions += order[a] > order[b];
      turn[i][j] = inversions % 2 == 0 ? std::array<int, 2>{k, l} : std::array<int, 2>{l, k};
    }
  return turn;
}();

}  // namespace

inline CellWalk3::Side& CellWalk3::sideTo(int neighbour, int tetrahedron) {
  Slot& slot = m_slots[neighbour];
  if (slot.visit != m_visit) {
    slot = {m_visit, static_cast<int>(m_sides.size())};
    m_sides.push_back({neighbour, tetrahedron, {}});
  }
  return m_sides[slot.side];
}

void CellWalk3::visit(const RegularMesh3& mesh, int site) {
  const auto& tetrahedra = mesh.tetrahedra();
  if (m_seen.size() < tetrahedra.size()) m_seen.resize(tetrahedra.size());
  if (static_cast<int>(m_slots.size()) <= mesh.siteCount()) m_slots.resize(mesh.siteCount() + 1);
  if (++m_visit == 0) {  // numbers of visits begin again
    std::fill(m_seen.begin(), m_seen.end(), Seen{});
    std::fill(m_slots.begin(), m_slots.end(), Slot{});
    m_visit = 1;
  }
  m_site = site;
  m_sides.clear();
  m_tetrahedra.assign(1, mesh.tetrahedronOf(site));
  m_seen[m_tetrahedra[0]] = {m_visit, 0};
  const Point3 centre = mesh.sites()[site];
  for (int order = 0; order < static_cast<int>(m_tetrahedra.size()); ++order) {
    const int here = m_tetrahedra[order];
    const auto& [vertex, neighbour, corner, error] = tetrahedra[here];
    const int at = indexOf(vertex, site);
    const Point3 from = corner - centre;
    for (int opposite = 0; opposite < 4; ++opposite) {
      if (opposite == at) continue;
      const int there = neighbour[opposite];
      Seen& seen = m_seen[there];
      if (seen.visit != m_visit) {
        seen = {m_visit, static_cast<int>(m_tetrahedra.size())};
        m_tetrahedra.push_back(there);
        __builtin_prefetch(&tetrahedra[there]);
      }
      if (seen.order > order) continue;  // each facet once, from the one of its two that is met later
      const Point3 area = cross(from, tetrahedra[there].centre - centre);
      const auto [k, l] = kTurn[at][opposite];
      Side& first = sideTo(vertex[k], here);
      first.twiceArea = first.twiceArea + area;
      Side& second = sideTo(vertex[l], here);
      second.twiceArea = second.twiceArea - area;
    }
  }
}

/// Calls task(tetrahedron, behind) for each tetrahedron around the edge.
template <class Task>
void CellWalk3::turnAround(const RegularMesh3& mesh, const Side& side, const Task& task) const {
  int here = side.tetrahedron;
  do {
    const auto& [vertex, neighbour, corner, error] = mesh.tetrahedra()[here];
    const int at = indexOf(vertex, m_site), to = indexOf(vertex, side.neighbour);
    int behind = 0;
    while (behind == at || behind == to || kTurn[at][behind][0] != to) ++behind;
    task(here, behind);
    here = neighbour[behind];
  } while (here != side.tetrahedron);
}

void CellWalk3::facet(const RegularMesh3& mesh, const Side& side, std::vector<Point3>& polygon) const {
  polygon.clear();
  turnAround(mesh, side,
             [&](int tetrahedron, int) { polygon.push_back(mesh.tetrahedra()[tetrahedron].centre); });
}

void CellWalk3::around(const RegularMesh3& mesh, const Side& side,
                       std::vector<std::pair<int, int>>& steps) const {
  steps.clear();
  turnAround(mesh, side, [&](int tetrahedron, int behind) { steps.emplace_back(tetrahedron, behind); });
}

}  // namespace monge
