// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <utility>
#include <vector>

#include "core/geometry/regular_mesh_3.h"

namespace monge {

/// What there is around one site of a triangulation: its tetrahedra, its neighbours, and the facets between
/// their power cells. Keeps its memory between sites; one per thread.
class CellWalk3 {
 public:
  struct Side {
    int neighbour;    ///< may be infinite()
    int tetrahedron;  ///< one of those around the edge from the site to the neighbour
    /// Twice the facet's area times its outward unit normal: the sum of (c - y) x (c' - y) over the sides of
    /// the polygon of power centres, y the site. Of no meaning where a centre is none.
    Point3 twiceArea;
  };

  void visit(const RegularMesh3& mesh, int site);

  int site() const { return m_site; }
  const std::vector<int>& tetrahedra() const { return m_tetrahedra; }
  const std::vector<Side>& sides() const { return m_sides; }
  /// The power centres around the facet towards a side's neighbour, counter-clockwise as the neighbour sees
  /// them.
  void facet(const RegularMesh3& mesh, const Side& side, std::vector<Point3>& polygon) const;
  /// The tetrahedra around the edge to a side's neighbour in the same order, each with the index of its
  /// vertex opposite to the next one.
  void around(const RegularMesh3& mesh, const Side& side, std::vector<std::pair<int, int>>& steps) const;

 private:
  struct Seen {
    unsigned visit = 0;
    int order = 0;
  };
  struct Slot {
    unsigned visit = 0;
    int side = 0;
  };

  Side& sideTo(int neighbour, int tetrahedron);
  template <class Task>
  void turnAround(const RegularMesh3& mesh, const Side& side, const Task& task) const;

  int m_site = -1;
  unsigned m_visit = 0;
  std::vector<int> m_tetrahedra;
  std::vector<Side> m_sides;
  std::vector<Seen> m_seen;   ///< per tetrahedron, the visit that last met it, and its place in m_tetrahedra
  std::vector<Slot> m_slots;  ///< per vertex, its place in m_sides
};

}  // namespace monge
