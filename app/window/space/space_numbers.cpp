// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/window/space/space_numbers.h"

#include "app/window/transport/number_columns.h"

namespace monge {
namespace {

void addCells(std::vector<NamedArray>& arrays, const SpaceSnapshot& moment) {
  arrays.insert(
      arrays.end(),
      {table("domain_vertices", moment.domain.vertices), column("domain_starts", moment.domain.starts),
       column("domain_corners", moment.domain.corners), table("sites", moment.sites),
       column("weights", moment.weights), column("heights", moment.heights),
       column("targets", moment.targets), column("masses", moment.masses),
       table("centroids", moment.centroids), table("cell_vertices", moment.cells.vertices),
       column("face_starts", moment.cells.starts), column("face_corners", moment.cells.corners),
       column("cell_starts", moment.cellStarts), column("face_across", moment.across),
       column("face_facets", moment.facetOf)});
}

void addFacets(std::vector<NamedArray>& arrays, const SpaceSnapshot& moment) {
  using Facet = SpaceSnapshot::Facet;
  std::vector<std::int32_t> pairs;
  for (const Facet& facet : moment.facets) pairs.insert(pairs.end(), {facet.first, facet.second});
  const auto& facets = moment.facets;
  arrays.insert(arrays.end(),
                {table("facets", 2, std::move(pairs)),
                 column("facet_areas", each(facets, [](const Facet& facet) { return facet.area; })),
                 column("facet_jumps", each(facets, [](const Facet& facet) { return facet.jump; })),
                 column("facet_angles", each(facets, [](const Facet& facet) { return facet.angle; })),
                 column("facet_surfaces",
                        each(facets, [](const Facet& facet) -> std::int32_t { return facet.surface; }))});
}

void addSingularSet(std::vector<NamedArray>& arrays, const SpaceSnapshot& moment) {
  using Surface = SpaceSnapshot::SingularSurface;
  using Curve = SpaceSnapshot::SingularCurve;
  using Point = SpaceSnapshot::SingularPoint;
  arrays.push_back(
      column("surface_areas", each(moment.surfaces, [](const Surface& surface) { return surface.area; })));
  arrays.push_back(column("surface_mean_jumps",
                          each(moment.surfaces, [](const Surface& surface) { return surface.meanJump; })));
  addPaths(
      arrays, "curve", 3, moment.curves, [](const Curve& curve) -> auto& { return curve.path; });
  arrays.push_back(
      column("curve_lengths", each(moment.curves, [](const Curve& curve) { return curve.length; })));
  arrays.push_back(column("curve_junctions", each(moment.curves, [](const Curve& curve) -> char {
                            return curve.kind == "junction";
                          })));
  std::vector<double> places;
  for (const Point& point : moment.points) places.insert(places.end(), point.at.begin(), point.at.end());
  arrays.push_back(table("singular_points", 3, std::move(places)));
  arrays.push_back(column("singular_kinds",
                          each(moment.points, [](const Point& point) { return singularKind(point.kind); })));
  arrays.push_back(
      column("singular_volumes", each(moment.points, [](const Point& point) { return point.volume; })));
}

}  // namespace

std::string spaceSitesCsv(const SpaceSnapshot& moment) {
  CsvText csv("site,x,y,z,weight,height,target,mass,centroid_x,centroid_y,centroid_z,hidden");
  for (int row = 0; row < moment.count(); ++row)
    csv.addRow(row, moment.sites(row, 0), moment.sites(row, 1), moment.sites(row, 2), moment.weights[row],
               moment.heights[row], moment.targets[row], moment.masses[row], moment.centroids(row, 0),
               moment.centroids(row, 1), moment.centroids(row, 2), static_cast<int>(!moment.hasCell(row)));
  return csv.text();
}

std::vector<NamedArray> spaceArrays(const SpaceSnapshot& moment) {
  std::vector<NamedArray> arrays;
  addCells(arrays, moment);
  addFacets(arrays, moment);
  addSingularSet(arrays, moment);
  for (const auto& [name, value] :
       {std::pair("primal", moment.primal), {"dual_value", moment.dualValue}, {"residual", moment.residual}})
    arrays.push_back({name, {}, std::vector<double>{value}});
  return arrays;
}

}  // namespace monge
