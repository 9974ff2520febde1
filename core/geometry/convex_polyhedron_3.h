// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <span>
#include <vector>

#include "core/geometry/point.h"

namespace monge {

/// The half-space <normal, x> <= offset.
struct HalfSpace3 {
  Point3 normal;
  double offset = 0;
};

/// A convex polyhedron by its facets, each of which knows what lies beyond it. Value; data units.
struct ConvexPolyhedron3 {
  std::vector<Point3> corners;  ///< none for an empty one
  std::vector<int> loops;       ///< corners of all facets, counter-clockwise seen from outside
  std::vector<int> starts{0};   ///< of facet f: loops[starts[f]] ... loops[starts[f + 1] - 1]
  std::vector<int> across;      ///< per facet, a number that means what its maker says

  int facets() const { return static_cast<int>(across.size()); }
  bool isEmpty() const { return across.empty(); }
  std::span<const int> loop(int facet) const {
    return {loops.data() + starts[facet], static_cast<std::size_t>(starts[facet + 1] - starts[facet])};
  }
  void clear();
};

/// Area times the outward unit normal.
Point3 facetArea(const ConvexPolyhedron3& polyhedron, int facet);
double volume(const ConvexPolyhedron3& polyhedron);
Point3 centroid(const ConvexPolyhedron3& polyhedron);

/// Cuts a convex polyhedron by half-spaces, one at a time. Keeps its memory between polyhedra; one per
/// thread.
class PolyhedronClipper3 {
 public:
  void start(const ConvexPolyhedron3& polyhedron) { m_now = polyhedron; }
  /// Keeps what has <normal, x - origin> <= reach. The new facet's `across` is given. The surface stays
  /// closed even where rounding has the plane meet a facet more than twice.
  void cut(Point3 origin, Point3 normal, double reach, int across);
  const ConvexPolyhedron3& polyhedron() const { return m_now; }

 private:
  struct Crossing {
    int inside, outside, corner;
  };

  int crossing(int inside, int outside);
  void clipFacet(int facet);
  void addCap(int across);

  ConvexPolyhedron3 m_now, m_next;
  std::vector<double> m_side;
  std::vector<int> m_kept;  ///< new number of each corner, or -1
  std::vector<Crossing> m_crossings;
  std::vector<std::pair<int, int>> m_cap;  ///< sides of the new facet, from corner to corner
};

}  // namespace monge
