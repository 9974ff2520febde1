// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/geometry/hilbert_order.h"

#include <CGAL/hilbert_sort.h>

#include <vector>

namespace monge {
namespace {

/// A point that knows its row: sorted as they are, points are read in order and not through an index.
template <class Point>
struct Place {
  Point at;
  int row;
};

template <class Point>
struct LessX {
  bool operator()(const Place<Point>& a, const Place<Point>& b) const { return a.at.x < b.at.x; }
};
template <class Point>
struct LessY {
  bool operator()(const Place<Point>& a, const Place<Point>& b) const { return a.at.y < b.at.y; }
};
struct LessZ {
  bool operator()(const Place<Point3>& a, const Place<Point3>& b) const { return a.at.z < b.at.z; }
};

/// What CGAL asks of points that it sorts.
struct InPlane {
  using Point_2 = Place<Point2>;
  using Less_x_2 = LessX<Point2>;
  using Less_y_2 = LessY<Point2>;
  Less_x_2 less_x_2_object() const { return {}; }
  Less_y_2 less_y_2_object() const { return {}; }
};
struct InSpace {
  using Point_3 = Place<Point3>;
  using Less_x_3 = LessX<Point3>;
  using Less_y_3 = LessY<Point3>;
  using Less_z_3 = LessZ;
  Less_x_3 less_x_3_object() const { return {}; }
  Less_y_3 less_y_3_object() const { return {}; }
  Less_z_3 less_z_3_object() const { return {}; }
};

template <class Traits, class Point>
std::vector<int> order(std::span<const Point> points) {
  std::vector<Place<Point>> places;
  places.reserve(points.size());
  for (const Point point : points) places.push_back({point, static_cast<int>(places.size())});
  CGAL::hilbert_sort(places.begin(), places.end(), Traits());
  std::vector<int> rows;
  rows.reserve(places.size());
  for (const Place<Point>& place : places) rows.push_back(place.row);
  return rows;
}

}  // namespace

std::vector<int> hilbertOrder(std::span<const Point2> points) {
  return order<InPlane>(points);
}

std::vector<int> hilbertOrder(std::span<const Point3> points) {
  return order<InSpace>(points);
}

}  // namespace monge
