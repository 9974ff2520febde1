// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/geometry/voronoi.h"

#include <CGAL/Delaunay_triangulation_2.h>
#include <CGAL/Exact_predicates_inexact_constructions_kernel.h>
#include <CGAL/Triangulation_vertex_base_with_info_2.h>

#include <algorithm>
#include <cmath>
#include <numeric>
#include <string>
#include <utility>
#include <vector>

#include "core/base/error.h"
#include "core/base/text.h"

namespace monge {
namespace {

using Kernel = CGAL::Exact_predicates_inexact_constructions_kernel;
using Vertex = CGAL::Triangulation_vertex_base_with_info_2<int, Kernel>;  // info: row of the site
using Delaunay = CGAL::Delaunay_triangulation_2<Kernel, CGAL::Triangulation_data_structure_2<Vertex>>;
using Point = Kernel::Point_2;
using Polygon = std::vector<Point>;

void requireValid(const RowsF& sites, const Box2& box) {
  const bool finite = std::isfinite(box.width()) && std::isfinite(box.height());
  if (!finite || !(box.width() > 0) || !(box.height() > 0)) {
    throw Error("box of the tessellation",
                "width " + numberText(box.width()) + ", height " + numberText(box.height()),
                "a finite box with positive width and height");
  }
  if (sites.rows() > 0 && sites.cols() != 2) {
    throw Error("sites of the tessellation", std::to_string(sites.cols()) + " coordinates", "2");
  }
  for (Eigen::Index row = 0; row < sites.rows(); ++row) {
    if (!sites.row(row).allFinite()) {
      throw Error("site " + std::to_string(row + 1), "a coordinate that is not finite", "finite coordinates");
    }
  }
}

/// The first row on each spot, with its point; the others have no cell.
std::vector<std::pair<Point, int>> distinctSites(const RowsF& sites) {
  std::vector<int> order(static_cast<std::size_t>(sites.rows()));
  std::iota(order.begin(), order.end(), 0);
  const auto key = [&](int row) { return std::pair(sites(row, 0), sites(row, 1)); };
  std::stable_sort(order.begin(), order.end(), [&](int a, int b) { return key(a) < key(b); });
  const auto sameSpot = [&](int a, int b) { return key(a) == key(b); };
  order.erase(std::unique(order.begin(), order.end(), sameSpot), order.end());
  std::vector<std::pair<Point, int>> result;
  for (const int row : order) result.emplace_back(Point(sites(row, 0), sites(row, 1)), row);
  return result;
}

/// Keeps the part of a convex polygon that is nearer to `site` than to `other` (Sutherland and Hodgman, one
/// plane). The sign is that of (other - site).(x - middle): the difference of squared distances without its
/// cancellation.
Polygon cutByBisector(const Polygon& polygon, const Point& site, const Point& other) {
  const double dx = other.x() - site.x(), dy = other.y() - site.y();
  const double mx = (other.x() + site.x()) / 2, my = (other.y() + site.y()) / 2;
  const auto excess = [&](const Point& p) { return dx * (p.x() - mx) + dy * (p.y() - my); };
  Polygon result;
  for (std::size_t i = 0; i < polygon.size(); ++i) {
    const Point &a = polygon[i], &b = polygon[(i + 1) % polygon.size()];
    const double fa = excess(a), fb = excess(b);
    if (fa <= 0) result.push_back(a);
    if ((fa < 0 && fb > 0) || (fa > 0 && fb < 0)) {
      const double t = fa / (fa - fb);
      result.emplace_back(a.x() + t * (b.x() - a.x()), a.y() + t * (b.y() - a.y()));
    }
  }
  result.erase(std::unique(result.begin(), result.end()), result.end());
  if (result.size() > 1 && result.front() == result.back()) result.pop_back();
  return result.size() < 3 ? Polygon{} : result;
}

Polygon cell(const Delaunay& triangulation, Delaunay::Vertex_handle vertex, const Box2& box) {
  Polygon polygon = {{box.xMin, box.yMin}, {box.xMax, box.yMin}, {box.xMax, box.yMax}, {box.xMin, box.yMax}};
  if (triangulation.dimension() < 1) return polygon;  // one site: the whole box
  const auto first = triangulation.incident_vertices(vertex);
  auto neighbour = first;
  do {
    if (!triangulation.is_infinite(neighbour)) {
      polygon = cutByBisector(polygon, vertex->point(), neighbour->point());
    }
  } while (++neighbour != first && !polygon.empty());
  return polygon;
}

}  // namespace

CellComplex voronoiCells(const RowsF& sites, const Box2& box) {
  requireValid(sites, box);
  CellComplex complex;
  complex.box = box;
  complex.cells.resize(static_cast<std::size_t>(sites.rows()));
  for (std::size_t row = 0; row < complex.cells.size(); ++row)
    complex.cells[row].site = static_cast<int>(row);

  const auto distinct = distinctSites(sites);
  const Delaunay triangulation(distinct.begin(), distinct.end());
  for (auto vertex = triangulation.finite_vertices_begin(); vertex != triangulation.finite_vertices_end();
       ++vertex) {
    for (const Point& corner : cell(triangulation, vertex, box)) {
      auto& polygon = complex.cells[static_cast<std::size_t>(vertex->info())].polygon;
      polygon.push_back(corner.x());
      polygon.push_back(corner.y());
    }
  }
  return complex;
}

}  // namespace monge
