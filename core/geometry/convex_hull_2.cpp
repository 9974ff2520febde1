// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/geometry/convex_hull_2.h"

#include <algorithm>

#include "core/geometry/predicates_2.h"

namespace monge {

std::vector<Point2> convexHull(std::vector<Point2> points) {
  std::sort(points.begin(), points.end());
  points.erase(std::unique(points.begin(), points.end()), points.end());
  if (points.size() < 3) return points;
  std::vector<Point2> hull;
  // The lower chain from left to right, then the upper one back (Andrew 1979).
  for (int chain = 0; chain < 2; ++chain) {
    const std::size_t start = hull.size();
    for (const Point2 point : points) {
      while (hull.size() >= start + 2 && orientation(hull[hull.size() - 2], hull.back(), point) <= 0)
        hull.pop_back();
      hull.push_back(point);
    }
    hull.pop_back();
    std::reverse(points.begin(), points.end());
  }
  return hull;
}

double polygonArea(const std::vector<Point2>& polygon) {
  double twice = 0;
  for (std::size_t at = 1; at + 1 < polygon.size(); ++at)
    twice += cross(polygon[at] - polygon[0], polygon[at + 1] - polygon[0]);
  return twice / 2;
}

}  // namespace monge
