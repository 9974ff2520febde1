// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/geometry/cell_walk_3.h"

#include <algorithm>

#include "core/geometry/tetrahedron_corners.h"

namespace monge {

void CellWalk3::startVisit(const RegularMesh3& mesh, int site) {
  constexpr std::size_t kFew = 64;
  m_seen.resize(std::max(m_seen.size(), mesh.tetrahedra().size()));
  m_slots.resize(std::max(m_slots.size(), mesh.sites().size() + 1));
  if (++m_visit == 0) {  // numbers of visits begin again
    std::fill(m_seen.begin(), m_seen.end(), 0);
    std::fill(m_slots.begin(), m_slots.end(), Slot{});
    m_visit = 1;
  }
  m_site = site;
  makeRoom(kFew, kFew);
  m_ownVisits[0].tetrahedron = mesh.tetrahedronOf(site);
  m_seen[mesh.tetrahedronOf(site)] = m_visit;
}

/// Makes the vectors large enough for so many visits and sides.
void CellWalk3::makeRoom(std::size_t visits, std::size_t sides) {
  if (m_ownVisits.size() < visits) m_ownVisits.resize(2 * visits);
  if (m_ownNeighbours.size() < sides) m_ownNeighbours.resize(2 * sides);
  if (m_twiceAreas.size() >= sides) return;
  m_tetrahedronAt.resize(2 * sides);
  m_twiceAreas.resize(2 * sides);
}

/// Goes from tetrahedron to tetrahedron. What is new cannot be foretold, so all is written as if it were and
/// counted where it is.
void CellWalk3::visit(const RegularMesh3& mesh, int site) {
  startVisit(mesh, site);
  const RegularMesh3::Tetrahedron* const tetrahedra = mesh.tetrahedra().data();
  std::uint32_t* const seen = m_seen.data();
  Slot* const slots = m_slots.data();
  const std::uint32_t visit = m_visit;
  const Point3 centre = mesh.sites()[site];
  std::uint32_t visits = 1, sides = 0;
  for (std::uint32_t order = 0; order < visits; ++order) {
    makeRoom(visits + 3, sides + 3);
    const int here = m_ownVisits[order].tetrahedron;
    const auto& [vertex, neighbour, corner, error] = tetrahedra[here];
    const int at = cornerOf(vertex, site);
    const auto& others = kOthers[at];
    const Point3 from = corner - centre;
    std::uint32_t found[3];
    for (int i = 0; i < 3; ++i) {
      const int there = neighbour[others[i == 2 ? 0 : i + 1]], other = vertex[others[i]];
      m_ownVisits[visits].tetrahedron = there;
      visits += seen[there] != visit;
      seen[there] = visit;
      Slot& slot = slots[other];
      const bool isNew = slot.visit != visit;
      const std::uint32_t side = isNew ? sides : slot.side;
      slot = {visit, side};
      sides += isNew;
      m_ownNeighbours[side] = other;
      m_tetrahedronAt[side] = here;
      const Point3 before = isNew ? Point3{} : m_twiceAreas[side];
      m_twiceAreas[side] = before + cross(from, tetrahedra[there].centre - centre);
      found[i] = side % kMostSides;
    }
    m_ownVisits[order] = {here, static_cast<std::uint32_t>(at), found[0], found[1], found[2]};
  }
  m_visits = {m_ownVisits.data(), visits};
  m_neighbours = {m_ownNeighbours.data(), sides};
}

void CellWalk3::recall(const RegularMesh3& mesh, int site, std::span<const Visit> visits,
                       std::span<const int> neighbours) {
  m_site = site;
  m_visits = visits;
  m_neighbours = neighbours;
  makeRoom(0, neighbours.size());
  std::fill_n(m_twiceAreas.begin(), neighbours.size(), Point3{});
  const RegularMesh3::Tetrahedron* const tetrahedra = mesh.tetrahedra().data();
  const Point3 centre = mesh.sites()[site];
  for (const Visit& visit : visits) {
    const RegularMesh3::Tetrahedron& here = tetrahedra[visit.tetrahedron];
    const auto& others = kOthers[visit.at];
    const Point3 from = here.centre - centre;
    const auto add = [&](std::uint32_t side, int behind) {
      const Point3 to = tetrahedra[here.neighbour[behind]].centre - centre;
      m_twiceAreas[side] = m_twiceAreas[side] + cross(from, to);
      m_tetrahedronAt[side] = visit.tetrahedron;
    };
    add(visit.first, others[1]);
    add(visit.second, others[2]);
    add(visit.third, others[0]);
  }
}

/// Calls task(tetrahedron, behind) for each tetrahedron around the edge.
template <class Task>
void CellWalk3::turnAround(const RegularMesh3& mesh, std::size_t side, const Task& task) const {
  const int other = m_neighbours[side];
  int here = m_tetrahedronAt[side];
  do {
    const auto& [vertex, neighbour, corner, error] = mesh.tetrahedra()[here];
    const auto& others = kOthers[cornerOf(vertex, m_site)];
    const int behind = vertex[others[0]] == other   ? others[1]
                       : vertex[others[1]] == other ? others[2]
                                                    : others[0];
    task(here, behind);
    here = neighbour[behind];
  } while (here != m_tetrahedronAt[side]);
}

void CellWalk3::facet(const RegularMesh3& mesh, std::size_t side, std::vector<Point3>& polygon) const {
  polygon.clear();
  turnAround(mesh, side,
             [&](int tetrahedron, int) { polygon.push_back(mesh.tetrahedra()[tetrahedron].centre); });
}

void CellWalk3::around(const RegularMesh3& mesh, std::size_t side,
                       std::vector<std::pair<int, int>>& steps) const {
  steps.clear();
  turnAround(mesh, side, [&](int tetrahedron, int behind) { steps.emplace_back(tetrahedron, behind); });
}

}  // namespace monge
