// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/geometry/convex_hull_3.h"

#include <CGAL/Exact_predicates_inexact_constructions_kernel.h>
#include <CGAL/Surface_mesh.h>
#include <CGAL/boost/graph/helpers.h>
#include <CGAL/convex_hull_3.h>

#include <vector>

namespace monge {

ConvexPolyhedron3 convexHull(std::span<const Point3> points) {
  using Kernel = CGAL::Exact_predicates_inexact_constructions_kernel;
  std::vector<Kernel::Point_3> given;
  for (const Point3 point : points) given.emplace_back(point.x, point.y, point.z);
  CGAL::Surface_mesh<Kernel::Point_3> mesh;
  if (given.size() >= 4) CGAL::convex_hull_3(given.begin(), given.end(), mesh);
  ConvexPolyhedron3 hull;
  // Of points in one plane CGAL makes a flat mesh of fewer facets, or one that is open.
  if (mesh.number_of_faces() < 4 || !CGAL::is_closed(mesh)) return hull;
  for (const auto vertex : mesh.vertices()) {
    const auto& p = mesh.point(vertex);
    hull.corners.push_back({p.x(), p.y(), p.z()});
  }
  for (const auto face : mesh.faces()) {
    for (const auto vertex : mesh.vertices_around_face(mesh.halfedge(face)))
      hull.loops.push_back(static_cast<int>(vertex));
    hull.starts.push_back(static_cast<int>(hull.loops.size()));
    hull.across.push_back(-1);
  }
  return hull;
}

}  // namespace monge
