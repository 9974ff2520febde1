// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/geometry/domain_3.h"

#include <algorithm>
#include <cmath>
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

Domain3::Domain3(std::span<const HalfSpace3> halfSpaces, std::string name) : m_name(std::move(name)) {
  const std::vector<HalfSpace3> planes = distinctPlanes(halfSpaces, m_name);
  m_polyhedron = commonPart(planes, m_name);
  sharpenCorners(m_polyhedron, planes);
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
  const ConvexPolyhedron3 hull = convexHull(points);
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
  return Domain3(planes, std::move(name));
}

bool Domain3::contains(Point3 point) const {
  for (const HalfSpace3& plane : m_planes)
    if (dot(plane.normal, point) > plane.offset) return false;
  return true;
}

}  // namespace monge
