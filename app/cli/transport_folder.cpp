// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/cli/transport_folder.h"

#include <string>
#include <utility>
#include <vector>

#include "core/base/error.h"
#include "core/transport/transport_directory.h"

namespace monge {

PlaneFolder readPlaneFolder(const std::filesystem::path& folder, ThreadTeam& team) {
  const TransportRecord record = readTransportDirectory(folder);
  if (record.sites.cols() != 2)
    throw Error(folder.string(), "points of dimension " + std::to_string(record.sites.cols()),
                "points in the plane");
  Domain2 domain = planeDomain(record);
  std::vector<Point2> sites;
  for (Eigen::Index row = 0; row < record.sites.rows(); ++row)
    sites.push_back({record.sites(row, 0), record.sites(row, 1)});
  const std::vector<double> weights(record.weights.begin(), record.weights.end());
  PowerDiagram2 diagram = powerDiagram(sites, weights, domain, *uniformDensity(domain), team);
  return {std::move(domain), std::move(diagram), record.density.value("name", "") == "uniform"};
}

}  // namespace monge
