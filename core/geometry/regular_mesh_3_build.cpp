// SPDX-License-Identifier: GPL-3.0-or-later
// Where RegularMesh3 gets a triangulation from: equal weights are Monge's own work, others CGAL's.
#include <CGAL/Exact_predicates_inexact_constructions_kernel.h>
#include <CGAL/Regular_triangulation_3.h>
#include <CGAL/Triangulation_cell_base_with_info_3.h>
#include <CGAL/Triangulation_vertex_base_with_info_3.h>

#include <algorithm>
#include <utility>

#include "core/geometry/delaunay_parts_3.h"
#include "core/geometry/regular_mesh_3.h"

namespace monge {
namespace {

using Kernel = CGAL::Exact_predicates_inexact_constructions_kernel;
template <class VertexBase, class CellBase>
using Structure =
    CGAL::Triangulation_data_structure_3<CGAL::Triangulation_vertex_base_with_info_3<int, Kernel, VertexBase>,
                                         CGAL::Triangulation_cell_base_with_info_3<int, Kernel, CellBase>>;
using Regular =
    CGAL::Regular_triangulation_3<Kernel, Structure<CGAL::Regular_triangulation_vertex_base_3<Kernel>,
                                                    CGAL::Regular_triangulation_cell_base_3<Kernel>>>;

Regular regularTriangulation(std::span<const Point3> sites, std::span<const double> weights) {
  std::vector<std::pair<Regular::Weighted_point, int>> points;
  points.reserve(sites.size());
  for (std::size_t site = 0; site < sites.size(); ++site)
    points.push_back(
        {{{sites[site].x, sites[site].y, sites[site].z}, weights[site]}, static_cast<int>(site)});
  return Regular(points.begin(), points.end());
}

/// Tetrahedra in the order of their first vertices: close together in memory where the sites are.
std::vector<RegularMesh3::Tetrahedron> flatten(Regular& triangulation, int infinite) {
  triangulation.infinite_vertex()->info() = infinite;
  std::vector<int> starts(infinite + 2, 0);
  const auto first = [](const auto& cell) {
    return std::min(std::min(cell->vertex(0)->info(), cell->vertex(1)->info()),
                    std::min(cell->vertex(2)->info(), cell->vertex(3)->info()));
  };
  for (auto cell : triangulation.all_cell_handles()) ++starts[(cell->info() = first(cell)) + 1];
  for (std::size_t at = 1; at < starts.size(); ++at) starts[at] += starts[at - 1];
  std::vector<RegularMesh3::Tetrahedron> tetrahedra(starts.back());
  for (auto cell : triangulation.all_cell_handles()) cell->info() = starts[cell->info()]++;
  for (auto cell : triangulation.all_cell_handles())
    for (int i = 0; i < 4; ++i) {
      tetrahedra[cell->info()].vertex[i] = cell->vertex(i)->info();
      tetrahedra[cell->info()].neighbour[i] = cell->neighbor(i)->info();
    }
  return tetrahedra;
}

}  // namespace

/// Leaves the mesh as it is when there is a hidden site, the first of which it returns.
std::optional<int> RegularMesh3::build(ThreadTeam& team, const std::function<void()>& beside) {
  const bool equal =
      std::all_of(m_weights.begin(), m_weights.end(), [&](double weight) { return weight == m_weights[0]; });
  std::vector<Tetrahedron> built;
  if (equal) {
    built = delaunayInParts(m_sites, delaunayParts(m_sites.size()), team, beside).tetrahedra;
  } else {
    Regular regular = regularTriangulation(m_sites, m_weights);
    built = flatten(regular, infinite());
  }
  std::vector<int> tetrahedronOf(m_sites.size() + 1, -1);
  for (std::size_t at = 0; at < built.size(); ++at)
    for (const int vertex : built[at].vertex) tetrahedronOf[vertex] = static_cast<int>(at);
  tetrahedronOf.pop_back();
  const auto hidden = std::find(tetrahedronOf.begin(), tetrahedronOf.end(), -1);
  const bool complete = hidden == tetrahedronOf.end();
  if (!complete && !m_tetrahedra.empty()) return static_cast<int>(hidden - tetrahedronOf.begin());
  const auto site = static_cast<int>(hidden - tetrahedronOf.begin());
  m_tetrahedra = std::move(built);
  m_tetrahedronOf = std::move(tetrahedronOf);
  m_holes.clear();
  return complete ? std::nullopt : std::optional(site);
}

SiteGraph regularGraph(std::span<const Point3> sites, std::span<const double> weights) {
  const Regular regular = regularTriangulation(sites, weights);
  SiteGraph graph;
  std::vector<std::pair<int, int>> edges;
  std::vector<char> present(sites.size(), false);
  for (auto vertex : regular.finite_vertex_handles()) present[vertex->info()] = true;
  for (const auto& [cell, i, j] : regular.finite_edges()) {
    const int a = cell->vertex(i)->info(), b = cell->vertex(j)->info();
    edges.emplace_back(a, b);
    edges.emplace_back(b, a);
  }
  std::sort(edges.begin(), edges.end());
  graph.offsets.assign(sites.size() + 1, 0);
  for (const auto& [from, to] : edges) {
    ++graph.offsets[from + 1];
    graph.columns.push_back(to);
  }
  for (std::size_t site = 0; site < sites.size(); ++site) graph.offsets[site + 1] += graph.offsets[site];
  const auto hidden = std::find(present.begin(), present.end(), false);
  if (hidden != present.end()) graph.hidden = static_cast<int>(hidden - present.begin());
  return graph;
}

}  // namespace monge
