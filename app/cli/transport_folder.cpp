// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/cli/transport_folder.h"

#include <utility>
#include <vector>

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

}  // namespace monge
