// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/transport/transport_folder.h"

#include <cmath>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "core/base/error.h"
#include "core/base/text.h"
#include "core/transport/problem_source.h"

namespace monge {

namespace {

constexpr double kMassesAgree = 1e-8;  // of the whole mass: another machine's rounding

/// The cells hold what the folder says, or one of its files has been changed since. Masses of Monte-Carlo
/// transport are estimates and no measure of that.
void requireMasses(const TransportRecord& record, std::span<const double> masses, double quadratureError) {
  const nlohmann::json method = record.report.value("method", nlohmann::json());
  if (method == "montecarlo") return;
  const double allowed = kMassesAgree + 2 * quadratureError;
  for (std::size_t row = 0; row < masses.size(); ++row)
    if (!(std::abs(masses[row] - record.masses(static_cast<Eigen::Index>(row))) <= allowed))
      throw Error(
          "sites.csv, row " + std::to_string(row + 1),
          "mass " + numberText(record.masses(static_cast<Eigen::Index>(row))),
          numberText(masses[row]) +
              ", what its cell holds of the density in the folder; one of its files has been changed");
}

}  // namespace

PlaneFolder planeFolder(const TransportRecord& record, ThreadTeam& team) {
  Domain2 domain = planeDomain(record);
  Density2Ptr density = planeDensity(record, domain);
  const std::vector<double> weights(record.weights.begin(), record.weights.end());
  PowerDiagram2 diagram = powerDiagram(planePoints(record.sites, "sites"), weights, domain, *density, team);
  std::vector<double> masses;
  for (const PowerDiagram2::Cell& cell : diagram.cells) masses.push_back(cell.mass);
  requireMasses(record, masses, density->quadratureError());
  return {std::move(domain), std::move(density), std::move(diagram)};
}

std::unique_ptr<PowerCells3> spaceCells(const TransportRecord& record, ThreadTeam& team) {
  Domain3 domain = spaceDomain(record);
  Density3Ptr density = spaceDensity(record, domain);
  const double quadratureError = density->quadratureError();
  auto cells = std::make_unique<PowerCells3>(spacePoints(record.sites, "sites"), std::move(domain),
                                             std::move(density), team);
  CellSystem system;
  const std::vector<double> weights(record.weights.begin(), record.weights.end());
  if (const auto empty = cells->evaluate(weights, system))
    throw Error("weights", "the cell of site " + std::to_string(*empty + 1) + " is empty",
                "weights under which every cell has mass");
  requireMasses(record, system.masses, quadratureError);
  return cells;
}

}  // namespace monge
