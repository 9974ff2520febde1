// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/window/transport/transport_numbers.h"

#include "app/window/transport/number_columns.h"

namespace monge {
namespace {

void addSites(std::vector<NamedArray>& arrays, const TransportSnapshot& moment) {
  arrays.insert(
      arrays.end(),
      {table("domain", 2, moment.domain), table("sites", moment.sites), column("weights", moment.weights),
       column("heights", moment.heights), column("targets", moment.targets), column("masses", moment.masses),
       table("centroids", moment.centroids), column("hidden", moment.hidden),
       column("cell_starts", moment.cellStarts), table("cell_corners", 2, moment.cellCorners)});
  std::vector<std::int32_t> triangles;
  for (const auto& triangle : moment.triangles)
    triangles.insert(triangles.end(), triangle.begin(), triangle.end());
  arrays.push_back(table("triangles", 3, std::move(triangles)));
}

void addFacets(std::vector<NamedArray>& arrays, const TransportSnapshot& moment) {
  using Facet = TransportSnapshot::Facet;
  std::vector<std::int32_t> pairs;
  std::vector<double> ends;
  for (const Facet& facet : moment.facets) {
    pairs.insert(pairs.end(), {facet.first, facet.second});
    ends.insert(ends.end(), {facet.fromX, facet.fromY, facet.toX, facet.toY});
  }
  const auto& facets = moment.facets;
  arrays.insert(
      arrays.end(),
      {table("facets", 2, std::move(pairs)), table("facet_ends", 4, std::move(ends)),
       column("facet_jumps", each(facets, [](const Facet& facet) { return facet.jump; })),
       column("facet_angles", each(facets, [](const Facet& facet) { return facet.angle; })),
       column("facet_spreads", each(facets, [](const Facet& facet) { return facet.spread; })),
       column("facet_singular", each(facets, [](const Facet& facet) -> char { return facet.singular; }))});
}

void addSingularSet(std::vector<NamedArray>& arrays, const TransportSnapshot& moment) {
  using Curve = TransportSnapshot::SingularCurve;
  using Point = TransportSnapshot::SingularPoint;
  const auto& curves = moment.curves;
  const auto& points = moment.points;
  addPaths(
      arrays, "curve", 2, curves, [](const Curve& curve) -> auto& { return curve.path; });
  arrays.push_back(column("curve_lengths", each(curves, [](const Curve& curve) { return curve.length; })));
  arrays.push_back(
      column("curve_mean_jumps", each(curves, [](const Curve& curve) { return curve.meanJump; })));
  arrays.push_back(
      column("curve_largest_jumps", each(curves, [](const Curve& curve) { return curve.largestJump; })));
  std::vector<double> places;
  for (const Point& point : points) places.insert(places.end(), {point.x, point.y});
  arrays.push_back(table("singular_points", 2, std::move(places)));
  arrays.push_back(
      column("singular_kinds", each(points, [](const Point& point) { return singularKind(point.kind); })));
  arrays.push_back(column("singular_areas", each(points, [](const Point& point) { return point.area; })));
  addPaths(
      arrays, "subgradient", 2, points, [](const Point& point) -> auto& { return point.subgradient; });
}

void addSurface(std::vector<NamedArray>& arrays, const std::string& name, const SurfaceMesh& mesh) {
  std::vector<double> vertices(mesh.vertices.data(), mesh.vertices.data() + mesh.vertices.size());
  arrays.push_back(table(name + "_vertices", 3, std::move(vertices)));
  arrays.push_back(column(name + "_starts", mesh.starts));
  arrays.push_back(column(name + "_corners", mesh.corners));
}

}  // namespace

std::string sitesCsv(const TransportSnapshot& moment) {
  CsvText csv("site,x,y,weight,height,target,mass,centroid_x,centroid_y,hidden");
  for (int row = 0; row < moment.count(); ++row)
    csv.addRow(row, moment.sites(row, 0), moment.sites(row, 1), moment.weights[row], moment.heights[row],
               moment.targets[row], moment.masses[row], moment.centroids(row, 0), moment.centroids(row, 1),
               static_cast<int>(moment.hidden[static_cast<std::size_t>(row)]));
  return csv.text();
}

std::string facetsCsv(const TransportSnapshot& moment) {
  CsvText csv("first,second,from_x,from_y,to_x,to_y,jump,angle,singular");
  for (const auto& facet : moment.facets)
    csv.addRow(facet.first, facet.second, facet.fromX, facet.fromY, facet.toX, facet.toY, facet.jump,
               facet.angle, static_cast<int>(facet.singular));
  return csv.text();
}

std::string singularPointsCsv(const TransportSnapshot& moment) {
  CsvText csv("kind,x,y,area");
  for (const auto& point : moment.points) csv.addRow(point.kind, point.x, point.y, point.area);
  return csv.text();
}

std::vector<NamedArray> transportArrays(const TransportSnapshot& moment) {
  std::vector<NamedArray> arrays;
  addSites(arrays, moment);
  addFacets(arrays, moment);
  addSingularSet(arrays, moment);
  addSurface(arrays, "potential", moment.potential);
  arrays.push_back(column("potential_sites", moment.potential.sites));
  addSurface(arrays, "dual", moment.dual);
  for (const auto& [name, value] :
       {std::pair("primal", moment.primal), {"dual_value", moment.dualValue}, {"residual", moment.residual}})
    arrays.push_back({name, {}, std::vector<double>{value}});
  return arrays;
}

}  // namespace monge
