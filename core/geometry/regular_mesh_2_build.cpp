// SPDX-License-Identifier: GPL-3.0-or-later
// The one place where RegularMesh2 meets CGAL's triangulations.
#include <CGAL/Delaunay_triangulation_2.h>
#include <CGAL/Exact_predicates_inexact_constructions_kernel.h>
#include <CGAL/Regular_triangulation_2.h>
#include <CGAL/Triangulation_face_base_with_info_2.h>
#include <CGAL/Triangulation_vertex_base_with_info_2.h>

#include <algorithm>
#include <utility>

#include "core/geometry/regular_mesh_2.h"

namespace monge {
namespace {

using Kernel = CGAL::Exact_predicates_inexact_constructions_kernel;
template <class VertexBase, class FaceBase>
using Structure =
    CGAL::Triangulation_data_structure_2<CGAL::Triangulation_vertex_base_with_info_2<int, Kernel, VertexBase>,
                                         CGAL::Triangulation_face_base_with_info_2<int, Kernel, FaceBase>>;
using Regular =
    CGAL::Regular_triangulation_2<Kernel, Structure<CGAL::Regular_triangulation_vertex_base_2<Kernel>,
                                                    CGAL::Regular_triangulation_face_base_2<Kernel>>>;
using Delaunay = CGAL::Delaunay_triangulation_2<
    Kernel, Structure<CGAL::Triangulation_vertex_base_2<Kernel>, CGAL::Triangulation_face_base_2<Kernel>>>;

/// Triangles in the order of their first vertices: close together in memory where the sites are.
template <class Triangulation>
std::vector<RegularMesh2::Triangle> flatten(Triangulation& triangulation, int infinite) {
  triangulation.infinite_vertex()->info() = infinite;
  std::vector<int> starts(infinite + 2, 0);
  const auto first = [](const auto& face) {
    return std::min({face->vertex(0)->info(), face->vertex(1)->info(), face->vertex(2)->info()});
  };
  for (auto face : triangulation.all_face_handles()) ++starts[(face->info() = first(face)) + 1];
  for (std::size_t at = 1; at < starts.size(); ++at) starts[at] += starts[at - 1];
  std::vector<RegularMesh2::Triangle> triangles(starts.back());
  for (auto face : triangulation.all_face_handles()) face->info() = starts[face->info()]++;
  for (auto face : triangulation.all_face_handles())
    for (int i = 0; i < 3; ++i) {
      triangles[face->info()].vertex[i] = face->vertex(i)->info();
      triangles[face->info()].neighbour[i] = face->neighbor(i)->info();
    }
  return triangles;
}

}  // namespace

/// Sites come in a good order already, so each is inserted from where the last one went.
void RegularMesh2::buildWithCgal() {
  const bool equal =
      std::all_of(m_weights.begin(), m_weights.end(), [&](double weight) { return weight == m_weights[0]; });
  if (equal) {
    Delaunay delaunay;
    Delaunay::Face_handle hint;
    for (int site = 0; site < siteCount(); ++site) {
      const auto vertex = delaunay.insert({m_sites[site].x, m_sites[site].y}, hint);
      vertex->info() = site;
      hint = vertex->face();
    }
    m_triangles = flatten(delaunay, infinite());
  } else {
    Regular regular;
    std::vector<std::pair<Regular::Weighted_point, int>> points;
    for (int site = 0; site < siteCount(); ++site)
      points.push_back({{{m_sites[site].x, m_sites[site].y}, m_weights[site]}, site});
    regular.insert(points.begin(), points.end());
    m_triangles = flatten(regular, infinite());
  }
  m_triangleOf.assign(m_sites.size() + 1, -1);
  for (std::size_t triangle = 0; triangle < m_triangles.size(); ++triangle)
    for (const int vertex : m_triangles[triangle].vertex) m_triangleOf[vertex] = static_cast<int>(triangle);
  m_triangleOf.pop_back();
}

}  // namespace monge
