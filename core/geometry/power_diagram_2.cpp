// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/geometry/power_diagram_2.h"

#include <algorithm>
#include <numeric>
#include <string>
#include <utility>

#include "core/base/error.h"
#include "core/base/parallel_for.h"
#include "core/geometry/predicates_2.h"
#include "core/geometry/regular_mesh_2.h"

namespace monge {
namespace {

void requireValid(std::span<const Point2> sites, std::span<const double> weights) {
  if (sites.empty()) throw Error("sites", "none", "at least one");
  if (sites.size() != weights.size())
    throw Error("weights", std::to_string(weights.size()),
                std::to_string(sites.size()) + ", one for each site");
  for (std::size_t row = 0; row < sites.size(); ++row)
    if (!isFinite(sites[row]) || !std::isfinite(weights[row]))
      throw Error("site " + std::to_string(row + 1), "a value that is not finite",
                  "finite coordinates and weight");
}

/// The sites that may have a cell, in lexicographic order: of those on one spot the heaviest.
std::vector<int> heaviestOnEachSpot(std::span<const Point2> sites, std::span<const double> weights) {
  std::vector<int> order(sites.size());
  std::iota(order.begin(), order.end(), 0);
  std::sort(order.begin(), order.end(), [&](int a, int b) {
    if (sites[a] != sites[b]) return sites[a] < sites[b];
    return weights[a] != weights[b] ? weights[a] > weights[b] : a < b;
  });
  const auto sameSpot = [&](int a, int b) { return sites[a] == sites[b]; };
  order.erase(std::unique(order.begin(), order.end(), sameSpot), order.end());
  return order;
}

/// Neighbours of each site, by row; none for hidden ones that are not `visible`.
struct Neighbours {
  std::vector<std::vector<int>> rows;
  std::vector<char> visible;
  std::vector<std::array<int, 3>> triangles;
};

/// Sites in order along a line: those on the lower hull of the lifted points, each next to its neighbours.
void linkLine(const std::vector<int>& order, std::span<const Point2> sites, std::span<const double> weights,
              Neighbours& graph) {
  const auto weighted = [&](int site) { return WeightedPoint2{sites[site], weights[site]}; };
  std::vector<int> hull;
  for (const int site : order) {
    while (hull.size() >= 2 &&
           hidesBetween(weighted(hull[hull.size() - 2]), weighted(hull.back()), weighted(site)))
      hull.pop_back();
    hull.push_back(site);
  }
  for (std::size_t at = 0; at < hull.size(); ++at) {
    graph.visible[hull[at]] = true;
    if (at > 0) graph.rows[hull[at]].push_back(hull[at - 1]);
    if (at + 1 < hull.size()) graph.rows[hull[at]].push_back(hull[at + 1]);
  }
}

void linkPlane(const std::vector<int>& order, std::span<const Point2> sites, std::span<const double> weights,
               Neighbours& graph) {
  std::vector<Point2> points;
  std::vector<double> heavy;
  for (const int site : order) points.push_back(sites[site]), heavy.push_back(weights[site]);
  const RegularMesh2 mesh(points, heavy);
  for (int at = 0; at < mesh.siteCount(); ++at) graph.visible[order[at]] = mesh.triangleOf(at) >= 0;
  for (const auto& [vertex, neighbour, centre, error] : mesh.triangles()) {
    bool finite = true;
    for (int corner = 0; corner < 3; ++corner) {
      const int a = vertex[corner], b = vertex[(corner + 1) % 3];
      finite = finite && a != mesh.infinite();
      // Each edge is met once in either direction, from its two triangles.
      if (a != mesh.infinite() && b != mesh.infinite()) graph.rows[order[a]].push_back(order[b]);
    }
    if (finite) graph.triangles.push_back({order[vertex[0]], order[vertex[1]], order[vertex[2]]});
  }
}

bool onOneLine(const std::vector<int>& order, std::span<const Point2> sites) {
  return std::all_of(order.begin(), order.end(), [&](int site) {
    return orientation(sites[order.front()], sites[order.back()], sites[site]) == 0;
  });
}

PowerDiagram2::Cell measured(ClippedCell2 outline, Point2 site, const Density2& density) {
  PowerDiagram2::Cell cell;
  cell.centroid = site;
  cell.outline = std::move(outline);
  if (cell.outline.corners.empty()) return cell;
  // Moments about the site, so that small cells far from the origin lose nothing.
  const Moments2 moments = density.moments(cell.outline.corners, site);
  cell.mass = moments.mass;
  cell.secondMoment = moments.xx + moments.yy;
  if (cell.mass > 0) cell.centroid = site + 1 / cell.mass * Point2{moments.x, moments.y};
  return cell;
}

void collectFacets(PowerDiagram2& diagram, const Density2& density) {
  for (std::size_t site = 0; site < diagram.cells.size(); ++site) {
    const auto& [corners, across] = diagram.cells[site].outline;
    const std::size_t start = diagram.facets.size();
    for (std::size_t side = 0; side < corners.size(); ++side) {
      if (across[side] <= static_cast<int>(site)) continue;
      const Point2 from = corners[side], to = corners[(side + 1) % corners.size()];
      if (from == to) continue;
      diagram.facets.push_back(
          {static_cast<int>(site), across[side], from, to, density.alongSegment(from, to)});
    }
    std::sort(diagram.facets.begin() + static_cast<std::ptrdiff_t>(start), diagram.facets.end(),
              [](const auto& a, const auto& b) { return a.second < b.second; });
  }
}

}  // namespace

std::vector<int> PowerDiagram2::visibleInOrder() const {
  std::vector<int> order;
  for (std::size_t site = 0; site < sites.size(); ++site)
    if (!cells[site].hidden) order.push_back(static_cast<int>(site));
  std::sort(order.begin(), order.end(), [&](int a, int b) { return sites[a] < sites[b]; });
  return order;
}

PowerDiagram2 powerDiagram(std::span<const Point2> sites, std::span<const double> weights,
                           const Domain2& domain, const Density2& density, ThreadTeam& team) {
  requireValid(sites, weights);
  PowerDiagram2 diagram;
  diagram.sites.assign(sites.begin(), sites.end());
  diagram.weights.assign(weights.begin(), weights.end());
  Neighbours graph{std::vector<std::vector<int>>(sites.size()), std::vector<char>(sites.size(), false), {}};
  const std::vector<int> order = heaviestOnEachSpot(sites, weights);
  (onOneLine(order, sites) ? linkLine : linkPlane)(order, sites, weights, graph);
  diagram.triangles = std::move(graph.triangles);
  diagram.cells.resize(sites.size());
  parallelChunks(team, static_cast<std::int64_t>(sites.size()), 256,
                 [&](std::int64_t begin, std::int64_t end, std::int64_t) {
                   CellClipper2 clipper;
                   for (std::int64_t site = begin; site < end; ++site) {
                     ClippedCell2 outline;
                     if (graph.visible[site]) {
                       clipper.start(domain);
                       for (const int other : graph.rows[site])
                         clipper.cut(sites[site], weights[site], sites[other], weights[other], other);
                       outline = clipper.cell();
                     }
                     diagram.cells[site] = measured(std::move(outline), sites[site], density);
                     diagram.cells[site].hidden = !graph.visible[site];
                   }
                 });
  collectFacets(diagram, density);
  return diagram;
}

}  // namespace monge
