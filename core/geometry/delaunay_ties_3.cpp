// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/geometry/delaunay_ties_3.h"

#include <CGAL/Exact_predicates_inexact_constructions_kernel.h>

#include <algorithm>
#include <array>

#include "core/geometry/predicates_3.h"

namespace monge {
namespace {

using Kernel = CGAL::Exact_predicates_inexact_constructions_kernel;

Kernel::Point_3 toCgal(Point3 p) {
  return {p.x, p.y, p.z};
}

int planeOrientation(const std::array<Point3, 4>& points) {
  return static_cast<int>(
      Kernel().coplanar_orientation_3_object()(toCgal(points[0]), toCgal(points[1]), toCgal(points[2])));
}

/// Places of the points in the order of their coordinates, the last one first.
template <std::size_t N>
std::array<int, N> lastFirst(const std::array<Point3, N>& points) {
  std::array<int, N> places;
  for (std::size_t at = 0; at < N; ++at) places[at] = static_cast<int>(at);
  std::sort(places.begin(), places.end(), [&](int i, int j) { return points[j] < points[i]; });
  return places;
}

/// The shift of a point outweighs those of all before it in the order of coordinates. The last one whose
/// shift moves it off the sphere decides: a vertex by the side of the opposite facet that p is on.
bool shiftsIntoSphere(const std::array<Point3, 5>& points) {
  for (const int place : lastFirst(points)) {
    if (place == 4) return false;
    std::array<Point3, 5> moved = points;
    moved[place] = points[4];
    const int side = orientation(moved[0], moved[1], moved[2], moved[3]);
    if (side != 0) return side > 0;
  }
  return false;
}

bool shiftsIntoCircle(const std::array<Point3, 4>& points) {
  const int local = planeOrientation(points);
  for (const int place : lastFirst(points)) {
    if (place == 3) return false;
    std::array<Point3, 4> moved = points;
    moved[place] = points[3];
    const int side = planeOrientation(moved);
    if (side != 0) return side == local;
  }
  return false;
}

}  // namespace

bool isInShiftedSphere(Point3 a, Point3 b, Point3 c, Point3 d, Point3 p) {
  const int side = powerSide({a}, {b}, {c}, {d}, {p});
  return side != 0 ? side > 0 : shiftsIntoSphere({a, b, c, d, p});
}

bool isInShiftedHalfSpace(Point3 a, Point3 b, Point3 c, Point3 p) {
  const int side = orientation(a, b, c, p);
  if (side != 0) return side > 0;
  const auto inCircle =
      Kernel().coplanar_side_of_bounded_circle_3_object()(toCgal(a), toCgal(b), toCgal(c), toCgal(p));
  if (inCircle != CGAL::ON_BOUNDARY) return inCircle == CGAL::ON_BOUNDED_SIDE;
  return shiftsIntoCircle({a, b, c, p});
}

}  // namespace monge
