// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <utility>
#include <vector>

#include "core/geometry/regular_mesh_3.h"

namespace monge {

/// What there is around one site of a triangulation: its tetrahedra, its neighbours, and the facets between
/// their power cells. Keeps its memory between sites; one per thread.
class CellWalk3 {
 public:
  /// A tetrahedron around the site: which of its vertices the site is, and the sides towards the other three,
  /// in the order of kOthers. Of a site with more than kMostSides sides they have no meaning.
  struct Visit {
    int tetrahedron;
    std::uint32_t at : 2, first : 10, second : 10, third : 10;
  };
  static constexpr std::size_t kMostSides = 1 << 10;

  void visit(const RegularMesh3& mesh, int site);
  /// The same from the visits and neighbours of an earlier walk, where the tetrahedra around the site are
  /// still those; for sites of at most kMostSides sides. Both must stay until the next visit.
  void recall(const RegularMesh3& mesh, int site, std::span<const Visit> visits,
              std::span<const int> neighbours);

  int site() const { return m_site; }
  std::span<const Visit> visits() const { return m_visits; }
  /// One of them may be infinite().
  std::span<const int> neighbours() const { return m_neighbours; }
  /// For each neighbour twice the facet's area times its outward unit normal: the sum of (c - y) x (c' - y)
  /// over the sides of the polygon of power centres, y the site. Of no meaning where a centre is none.
  std::span<const Point3> twiceAreas() const { return {m_twiceAreas.data(), m_neighbours.size()}; }
  /// The power centres around the facet towards a neighbour, by its place among them, counter-clockwise as
  /// the neighbour sees them.
  void facet(const RegularMesh3& mesh, std::size_t side, std::vector<Point3>& polygon) const;
  /// The tetrahedra around the edge to a neighbour in the same order, each with the index of its vertex
  /// opposite to the next one.
  void around(const RegularMesh3& mesh, std::size_t side, std::vector<std::pair<int, int>>& steps) const;

 private:
  struct Slot {
    std::uint32_t visit = 0, side = 0;
  };

  void startVisit(const RegularMesh3& mesh, int site);
  void makeRoom(std::size_t visits, std::size_t sides);
  template <class Task>
  void turnAround(const RegularMesh3& mesh, std::size_t side, const Task& task) const;

  int m_site = -1;
  std::uint32_t m_visit = 0;
  std::span<const Visit> m_visits;
  std::span<const int> m_neighbours;
  // With room for more:
  std::vector<Visit> m_ownVisits;
  std::vector<int> m_ownNeighbours;
  std::vector<int> m_tetrahedronAt;  ///< of each side one of the tetrahedra around it
  std::vector<Point3> m_twiceAreas;
  std::vector<std::uint32_t> m_seen;  ///< per tetrahedron, the visit that last met it
  std::vector<Slot> m_slots;          ///< per vertex, its place among the neighbours
};

}  // namespace monge
