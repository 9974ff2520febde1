// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/geometry/domain_2.h"

#include <algorithm>
#include <cmath>
#include <numbers>
#include <utility>

#include "core/base/error.h"
#include "core/base/text.h"
#include "core/geometry/convex_hull_2.h"
#include "core/geometry/predicates_2.h"

namespace monge {
namespace {

std::string text(Point2 p) {
  return "(" + numberText(p.x) + ", " + numberText(p.y) + ")";
}

/// Drops repeated corners and those in the middle of a side.
std::vector<Point2> withoutFlatCorners(std::vector<Point2> corners) {
  for (bool changed = true; changed && corners.size() >= 3;) {
    changed = false;
    for (std::size_t at = 0; at < corners.size() && corners.size() >= 3; ++at) {
      const Point2 before = corners[(at + corners.size() - 1) % corners.size()];
      const Point2 after = corners[(at + 1) % corners.size()];
      const bool flat =
          orientation(before, corners[at], after) == 0 && dot(corners[at] - before, after - corners[at]) >= 0;
      if (!flat) continue;
      corners.erase(corners.begin() + static_cast<std::ptrdiff_t>(at));
      changed = true;
    }
  }
  return corners;
}

/// Convex means: every corner turns left, and all turns together make one round.
void requireConvex(const std::vector<Point2>& corners, const std::string& name) {
  double round = 0;
  for (std::size_t at = 0; at < corners.size(); ++at) {
    const Point2 a = corners[at], b = corners[(at + 1) % corners.size()],
                 c = corners[(at + 2) % corners.size()];
    if (orientation(a, b, c) <= 0)
      throw Error("domain " + name, "a corner at " + text(b) + " that points inwards", "a convex polygon");
    round += std::atan2(cross(b - a, c - b), dot(b - a, c - b));
  }
  if (std::abs(round - 2 * std::numbers::pi) > 1e-3)
    throw Error("domain " + name, "a polygon that winds around more than once", "a convex polygon");
}

}  // namespace

Domain2::Domain2(std::vector<Point2> corners, std::string name) : m_name(std::move(name)) {
  for (const Point2 corner : corners)
    if (!isFinite(corner))
      throw Error("domain " + m_name, "the corner " + text(corner), "finite coordinates");
  const std::size_t given = corners.size();
  m_corners = withoutFlatCorners(std::move(corners));
  if (m_corners.size() < 3)
    throw Error("domain " + m_name, std::to_string(given) + " corners that span no area", "a convex polygon");
  if (polygonArea(m_corners) < 0) std::reverse(m_corners.begin(), m_corners.end());
  requireConvex(m_corners, m_name);
  m_area = polygonArea(m_corners);
  Point2 moment;
  for (std::size_t at = 1; at + 1 < m_corners.size(); ++at) {
    const Point2 a = m_corners[at] - m_corners[0], b = m_corners[at + 1] - m_corners[0];
    moment = moment + cross(a, b) / 6 * (a + b);
  }
  m_centroid = m_corners[0] + 1 / m_area * moment;
  const auto byX = [](Point2 a, Point2 b) { return a.x < b.x; };
  const auto byY = [](Point2 a, Point2 b) { return a.y < b.y; };
  const auto [left, right] = std::minmax_element(m_corners.begin(), m_corners.end(), byX);
  const auto [low, high] = std::minmax_element(m_corners.begin(), m_corners.end(), byY);
  m_bounds = {left->x, low->y, right->x, high->y};
}

Domain2 Domain2::square() {
  return Domain2({{0, 0}, {1, 0}, {1, 1}, {0, 1}}, "square");
}

Domain2 Domain2::box(const Box2& box) {
  return Domain2({{box.xMin, box.yMin}, {box.xMax, box.yMin}, {box.xMax, box.yMax}, {box.xMin, box.yMax}},
                 "box");
}

Domain2 Domain2::disc(Point2 centre, double radius, double accuracy) {
  if (!(radius > 0) || !std::isfinite(radius))
    throw Error("radius of the disc", numberText(radius), "a number above 0");
  if (!(accuracy >= 1e-9 && accuracy < 0.5))
    throw Error("accuracy of the disc", numberText(accuracy), "a number from 1e-9 to 0.5");
  // With the area kept, sides lie up to pi^2 / (3 n^2) radii inside the circle and corners half of that
  // outside.
  const int count = std::max(8, static_cast<int>(std::ceil(std::numbers::pi / std::sqrt(3 * accuracy))));
  const double step = 2 * std::numbers::pi / count;
  const double reach = radius * std::sqrt(step / std::sin(step));
  std::vector<Point2> corners;
  for (int at = 0; at < count; ++at)
    corners.push_back(centre + Point2{reach * std::cos(at * step), reach * std::sin(at * step)});
  return Domain2(std::move(corners), "disc");
}

bool Domain2::contains(Point2 point) const {
  // The fan from corner 0 is sorted by angle: find the one triangle that can hold the point.
  const Point2 origin = m_corners[0];
  std::size_t low = 1, high = m_corners.size() - 1;
  if (cross(m_corners[low] - origin, point - origin) < 0 ||
      cross(m_corners[high] - origin, point - origin) > 0)
    return false;
  while (high - low > 1) {
    const std::size_t middle = (low + high) / 2;
    (cross(m_corners[middle] - origin, point - origin) >= 0 ? low : high) = middle;
  }
  return cross(m_corners[high] - m_corners[low], point - m_corners[low]) >= 0;
}

}  // namespace monge
