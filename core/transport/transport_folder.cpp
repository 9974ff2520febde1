// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/transport/transport_folder.h"

#include <string>
#include <utility>
#include <vector>

#include "core/base/error.h"
#include "core/transport/problem_source.h"

namespace monge {

PlaneFolder planeFolder(const TransportRecord& record, ThreadTeam& team) {
  Domain2 domain = planeDomain(record);
  Density2Ptr density = planeDensity(record, domain);
  const std::vector<double> weights(record.weights.begin(), record.weights.end());
  PowerDiagram2 diagram = powerDiagram(planePoints(record.sites, "sites"), weights, domain, *density, team);
  return {std::move(domain), std::move(density), std::move(diagram)};
}

std::unique_ptr<PowerCells3> spaceCells(const TransportRecord& record, ThreadTeam& team) {
  Domain3 domain = spaceDomain(record);
  Density3Ptr density = spaceDensity(record, domain);
  auto cells = std::make_unique<PowerCells3>(spacePoints(record.sites, "sites"), std::move(domain),
                                             std::move(density), team);
  CellSystem system;
  const std::vector<double> weights(record.weights.begin(), record.weights.end());
  if (const auto empty = cells->evaluate(weights, system))
    throw Error("weights", "the cell of site " + std::to_string(*empty) + " is empty",
                "weights under which every cell has mass");
  return cells;
}

}  // namespace monge
