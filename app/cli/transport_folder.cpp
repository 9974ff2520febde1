// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/cli/transport_folder.h"

#include <string>
#include <utility>
#include <vector>

#include "core/base/error.h"

namespace monge {

PlaneFolder planeFolder(const TransportRecord& record, ThreadTeam& team) {
  Domain2 domain = planeDomain(record);
  const Density2Ptr density = planeDensity(record, domain);
  std::vector<Point2> sites;
  for (Eigen::Index row = 0; row < record.sites.rows(); ++row)
    sites.push_back({record.sites(row, 0), record.sites(row, 1)});
  const std::vector<double> weights(record.weights.begin(), record.weights.end());
  PowerDiagram2 diagram = powerDiagram(sites, weights, domain, *density, team);
  return {std::move(domain), std::move(diagram)};
}

std::unique_ptr<PowerCells3> spaceCells(const TransportRecord& record, ThreadTeam& team) {
  Domain3 domain = spaceDomain(record);
  Density3Ptr density = spaceDensity(record, domain);
  std::vector<Point3> sites;
  for (Eigen::Index row = 0; row < record.sites.rows(); ++row)
    sites.push_back({record.sites(row, 0), record.sites(row, 1), record.sites(row, 2)});
  auto cells = std::make_unique<PowerCells3>(std::move(sites), std::move(domain), std::move(density), team);
  CellSystem system;
  const std::vector<double> weights(record.weights.begin(), record.weights.end());
  if (const auto empty = cells->evaluate(weights, system))
    throw Error("weights", "the cell of site " + std::to_string(*empty) + " is empty",
                "weights under which every cell has mass");
  return cells;
}

}  // namespace monge
