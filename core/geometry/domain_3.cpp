// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/geometry/domain_3.h"

#include <algorithm>
#include <cmath>
#include <numeric>
#include <utility>

#include "core/base/error.h"
#include "core/base/text.h"
#include "core/geometry/convex_hull_3.h"

namespace monge {
namespace {

constexpr int kFarAway = -1;  // across the facets of the box that cutting starts from

std::string text(Point3 p) {
  return "(" + numberText(p.x) + ", " + numberText(p.y) + ", " + numberText(p.z) + ")";
}

ConvexPolyhedron3 boxPolyhedron(Point3 low, Point3 high) {
  ConvexPolyhedron3 box;
  for (int corner = 0; corner < 8; ++corner)
    box.corners.push_back(
        {corner & 1 ? high.x : low.x, corner & 2 ? high.y : low.y, corner & 4 ? high.z : low.z});
  box.loops = {0, 4, 6, 2, 1, 3, 7, 5, 0, 1, 5, 4, 2, 6, 7, 3, 0, 2, 3, 1, 4, 5, 7, 6};
  box.starts = {0, 4, 8, 12, 16, 20, 24};
  box.across.assign(6, kFarAway);
  return box;
}

/// Half-spaces with unit normals, each once.
std::vector<HalfSpace3> distinctPlanes(std::span<const HalfSpace3> halfSpaces, const std::string& name) {
  std::vector<HalfSpace3> planes;
  for (const HalfSpace3& given : halfSpaces) {
    const double length = norm(given.normal);
    if (!(length > 0) || !std::isfinite(length) || !std::isfinite(given.offset))
      throw Error(
          "domain " + name,
          "a half-space with normal " + text(given.normal) + " and offset " + numberText(given.offset),
          "finite numbers and a normal that is not 0");
    const HalfSpace3 plane{1 / length * given.normal, given.offset / length};
    const auto same = [&](const HalfSpace3& known) {
      return norm(known.normal - plane.normal) < 1e-12 &&
             std::abs(known.offset - plane.offset) <= 1e-12 * (1 + std::abs(plane.offset));
    };
    if (std::none_of(planes.begin(), planes.end(), same)) planes.push_back(plane);
  }
  return planes;
}

/// Cut out of a box so large that nothing bounded of any size that numbers allow for reaches it.
ConvexPolyhedron3 commonPart(const std::vector<HalfSpace3>& planes, const std::string& name) {
  double reach = 1;
  for (const HalfSpace3& plane : planes) reach = std::max(reach, std::abs(plane.offset));
  reach *= 1e6;
  PolyhedronClipper3 clipper;
  clipper.start(boxPolyhedron({-reach, -reach, -reach}, {reach, reach, reach}));
  for (std::size_t at = 0; at < planes.size(); ++at)
    clipper.cut({0, 0, 0}, planes[at].normal, planes[at].offset, static_cast<int>(at));
  const ConvexPolyhedron3& found = clipper.polyhedron();
  if (std::count(found.across.begin(), found.across.end(), kFarAway) > 0)
    throw Error("domain " + name, "half-spaces whose common part is unbounded", "a bounded polyhedron");
  return found;
}

/// The planes at each corner meet in it; taken from three that meet at good angles, the corner keeps none of
/// the rounding that cutting down from a large box has left.
void sharpenCorners(ConvexPolyhedron3& polyhedron, const std::vector<HalfSpace3>& planes) {
  std::vector<std::vector<int>> at(polyhedron.corners.size());
  for (int facet = 0; facet < polyhedron.facets(); ++facet)
    for (const int corner : polyhedron.loop(facet)) at[corner].push_back(polyhedron.across[facet]);
  for (std::size_t corner = 0; corner < at.size(); ++corner) {
    if (at[corner].size() < 3) continue;
    const HalfSpace3& p = planes[at[corner][0]];
    const auto best = [&](const auto& measure) {
      return planes[*std::max_element(at[corner].begin(), at[corner].end(),
                                      [&](int a, int b) { return measure(planes[a]) < measure(planes[b]); })];
    };
    const HalfSpace3 q = best([&](const HalfSpace3& plane) { return norm(cross(p.normal, plane.normal)); });
    const Point3 along = cross(p.normal, q.normal);
    const HalfSpace3 r = best([&](const HalfSpace3& plane) { return std::abs(dot(along, plane.normal)); });
    const double determinant = dot(along, r.normal);
    if (std::abs(determinant) < 1e-9) continue;
    polyhedron.corners[corner] =
        1 / determinant *
        (p.offset * cross(q.normal, r.normal) + q.offset * cross(r.normal, p.normal) + r.offset * along);
  }
}

/// Corners nearer to each other than this share of the whole are one, which rounding has split.
constexpr double kOneCorner = 1e-12;

/// Of each point the first that lies on the same spot.
std::vector<int> firstOnSpot(std::span<const Point3> points) {
  Point3 low = points[0], high = points[0];
  for (const Point3 point : points) {
    low = {std::min(low.x, point.x), std::min(low.y, point.y), std::min(low.z, point.z)};
    high = {std::max(high.x, point.x), std::max(high.y, point.y), std::max(high.z, point.z)};
  }
  const double near = kOneCorner * norm(high - low);
  std::vector<int> byX(points.size()), first(points.size());
  std::iota(byX.begin(), byX.end(), 0);
  std::iota(first.begin(), first.end(), 0);
  std::stable_sort(byX.begin(), byX.end(), [&](int a, int b) { return points[a].x < points[b].x; });
  for (std::size_t at = 0; at < byX.size(); ++at)
    for (std::size_t before = at; before-- > 0 && points[byX[at]].x - points[byX[before]].x <= near;)
      if (norm(points[byX[at]] - points[byX[before]]) <= near) first[byX[at]] = first[byX[before]];
  return first;
}

/// Where more than three planes meet, cutting them one by one leaves a corner for every three.
void joinCorners(ConvexPolyhedron3& polyhedron) {
  if (polyhedron.isEmpty()) return;
  const std::vector<int> first = firstOnSpot(polyhedron.corners);
  std::vector<int> rows(first.size(), -1);
  ConvexPolyhedron3 joined;
  for (std::size_t corner = 0; corner < first.size(); ++corner) {
    int& row = rows[first[corner]];
    if (row < 0) {
      row = static_cast<int>(joined.corners.size());
      joined.corners.push_back(polyhedron.corners[first[corner]]);
    }
  }
  for (int facet = 0; facet < polyhedron.facets(); ++facet) {
    const std::size_t begin = joined.loops.size();
    for (const int corner : polyhedron.loop(facet)) {
      const int row = rows[first[corner]];
      if (joined.loops.size() == begin || joined.loops.back() != row) joined.loops.push_back(row);
    }
    while (joined.loops.size() > begin + 1 && joined.loops.back() == joined.loops[begin])
      joined.loops.pop_back();
    if (joined.loops.size() < begin + 3) {
      joined.loops.resize(begin);
      continue;
    }
    joined.starts.push_back(static_cast<int>(joined.loops.size()));
    joined.across.push_back(polyhedron.across[facet]);
  }
  polyhedron = std::move(joined);
}

/// For a polyhedron whose true corners are known: planes that are nearly one leave theirs far off.
void moveToNearest(ConvexPolyhedron3& polyhedron, std::span<const Point3> corners) {
  for (Point3& corner : polyhedron.corners)
    corner = *std::min_element(corners.begin(), corners.end(), [&](Point3 a, Point3 b) {
      return squaredNorm(a - corner) < squaredNorm(b - corner);
    });
}

/// Without the facets that planes leave which only touch it.
ConvexPolyhedron3 withoutFlatFacets(const ConvexPolyhedron3& given) {
  double largest = 0;
  for (int facet = 0; facet < given.facets(); ++facet)
    largest = std::max(largest, norm(facetArea(given, facet)));
  ConvexPolyhedron3 kept;
  kept.corners = given.corners;
  for (int facet = 0; facet < given.facets(); ++facet) {
    if (norm(facetArea(given, facet)) <= 1e-14 * largest) continue;
    const auto loop = given.loop(facet);
    kept.loops.insert(kept.loops.end(), loop.begin(), loop.end());
    kept.starts.push_back(static_cast<int>(kept.loops.size()));
    kept.across.push_back(given.across[facet]);
  }
  return kept;
}

}  // namespace

Domain3::Domain3(std::span<const HalfSpace3> halfSpaces, std::string name)
    : Domain3(halfSpaces, {}, std::move(name)) {}

Domain3::Domain3(std::span<const HalfSpace3> halfSpaces, std::span<const Point3> corners, std::string name)
    : m_name(std::move(name)) {
  const std::vector<HalfSpace3> planes = distinctPlanes(halfSpaces, m_name);
  m_polyhedron = commonPart(planes, m_name);
  sharpenCorners(m_polyhedron, planes);
  if (!corners.empty()) moveToNearest(m_polyhedron, corners);
  joinCorners(m_polyhedron);
  m_polyhedron = withoutFlatFacets(m_polyhedron);
  if (!m_polyhedron.isEmpty()) m_volume = monge::volume(m_polyhedron);
  if (!(m_volume > 0)) throw Error("domain " + m_name, "a polyhedron without volume", "a convex polyhedron");
  for (int& plane : m_polyhedron.across) {
    m_planes.push_back(planes[plane]);
    plane = static_cast<int>(m_planes.size()) - 1;
  }
  m_centroid = monge::centroid(m_polyhedron);
  m_bounds = {m_polyhedron.corners[0], m_polyhedron.corners[0]};
  for (const Point3 corner : m_polyhedron.corners) {
    m_bounds.low = {std::min(m_bounds.low.x, corner.x), std::min(m_bounds.low.y, corner.y),
                    std::min(m_bounds.low.z, corner.z)};
    m_bounds.high = {std::max(m_bounds.high.x, corner.x), std::max(m_bounds.high.y, corner.y),
                     std::max(m_bounds.high.z, corner.z)};
  }
}

Domain3 Domain3::box(const Box3& box) {
  const auto [low, high] = box;
  const HalfSpace3 sides[] = {{{-1, 0, 0}, -low.x}, {{1, 0, 0}, high.x},  {{0, -1, 0}, -low.y},
                              {{0, 1, 0}, high.y},  {{0, 0, -1}, -low.z}, {{0, 0, 1}, high.z}};
  return Domain3(sides, "box");
}

Domain3 Domain3::cube() {
  const HalfSpace3 sides[] = {{{-1, 0, 0}, 0}, {{1, 0, 0}, 1},  {{0, -1, 0}, 0},
                              {{0, 1, 0}, 1},  {{0, 0, -1}, 0}, {{0, 0, 1}, 1}};
  return Domain3(sides, "cube");
}

Domain3 Domain3::hull(std::span<const Point3> points, std::string name) {
  for (const Point3 point : points)
    if (!isFinite(point)) throw Error("domain " + name, "the corner " + text(point), "finite coordinates");
  // Three points on one spot span a plane in any direction that rounding likes.
  std::vector<Point3> distinct;
  const std::vector<int> first = points.empty() ? std::vector<int>() : firstOnSpot(points);
  for (std::size_t row = 0; row < points.size(); ++row)
    if (first[row] == static_cast<int>(row)) distinct.push_back(points[row]);
  const ConvexPolyhedron3 hull = convexHull(distinct);
  if (hull.isEmpty())
    throw Error("domain " + name, std::to_string(points.size()) + " corners that span no volume",
                "a convex polyhedron");
  std::vector<HalfSpace3> planes;
  for (int facet = 0; facet < hull.facets(); ++facet) {
    const std::span<const int> loop = hull.loop(facet);
    const Point3 corner = hull.corners[loop[0]];
    const Point3 normal = cross(hull.corners[loop[1]] - corner, hull.corners[loop[2]] - corner);
    planes.push_back({normal, dot(normal, corner)});
  }
  return Domain3(planes, hull.corners, std::move(name));
}

bool Domain3::contains(Point3 point) const {
  for (const HalfSpace3& plane : m_planes)
    if (dot(plane.normal, point) > plane.offset) return false;
  return true;
}

}  // namespace monge
