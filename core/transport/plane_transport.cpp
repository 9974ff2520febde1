// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/transport/plane_transport.h"

#include <cmath>
#include <numeric>
#include <string>
#include <utility>

#include "core/base/error.h"
#include "core/base/parallel_for.h"
#include "core/base/text.h"
#include "core/geometry/hilbert_order.h"
#include "core/transport/newton_start.h"

namespace monge {
namespace {

/// Checked before anything is sorted or summed.
PlaneProblem completed(PlaneProblem problem) {
  if (problem.sites.empty()) throw Error("sites", "none", "at least one");
  for (std::size_t row = 0; row < problem.sites.size(); ++row)
    if (!isFinite(problem.sites[row]))
      throw Error("site " + std::to_string(row), "a coordinate that is not finite", "finite coordinates");
  requireDistinct(problem.sites);
  if (problem.masses.empty()) problem.masses.assign(problem.sites.size(), 1);
  if (problem.masses.size() != problem.sites.size())
    throw Error("masses", std::to_string(problem.masses.size()),
                std::to_string(problem.sites.size()) + ", one for each site");
  double sum = 0;
  for (std::size_t row = 0; row < problem.masses.size(); ++row) {
    if (!(problem.masses[row] > 0) || !std::isfinite(problem.masses[row]))
      throw Error("mass " + std::to_string(row), numberText(problem.masses[row]), "a number above 0");
    sum += problem.masses[row];
  }
  for (double& mass : problem.masses) mass /= sum;
  if (!problem.density) problem.density = uniformDensity(problem.domain);
  return problem;
}

int knotsFor(std::size_t sites) {
  return std::clamp(static_cast<int>(std::pow(sites, 0.4)), 8, 256);
}

}  // namespace

PlaneTransport::PlaneTransport(PlaneProblem problem, const NewtonOptions& options, int threads)
    : m_problem(completed(std::move(problem))),
      m_team(threads > 0 ? threads : ThreadTeam::availableCores()),
      m_order(hilbertOrder(m_problem.sites)) {
  std::vector<Point2> sites;
  std::vector<double> masses;
  for (const int row : m_order)
    sites.push_back(m_problem.sites[row]), masses.push_back(m_problem.masses[row]);
  std::vector<double> start = quantileStart(sites, masses, m_problem.domain, knotsFor(sites.size()));
  m_cells = std::make_unique<PowerCells2>(std::move(sites), m_problem.domain, m_problem.density, m_team);
  m_newton =
      std::make_unique<SemidiscreteNewton>(*m_cells, std::move(masses), std::move(start), options, m_team);
}

void PlaneTransport::run(std::stop_token stop, const std::function<void(const NewtonStep&)>& report) {
  m_newton->run(stop, report);
}

std::vector<double> PlaneTransport::inProblemOrder(const std::vector<double>& values) const {
  std::vector<double> result(values.size());
  for (std::size_t row = 0; row < values.size(); ++row) result[m_order[row]] = values[row];
  return result;
}

std::vector<double> PlaneTransport::weights() const {
  std::vector<double> weights = inProblemOrder(m_newton->weights());
  const double mean =
      std::accumulate(weights.begin(), weights.end(), 0.0) / static_cast<double>(weights.size());
  for (double& weight : weights) weight -= mean;
  return weights;
}

std::vector<double> PlaneTransport::masses() const {
  return inProblemOrder(m_newton->masses());
}

TransportCertificate PlaneTransport::certificate() {
  constexpr std::int64_t kChunk = 1024;
  const auto count = static_cast<std::int64_t>(m_order.size());
  std::vector<double> costs((count + kChunk - 1) / kChunk), differences(costs.size());
  // A step that was not taken has left other cells behind.
  CellSystem system;
  m_cells->evaluate(m_newton->weights(), system);
  parallelChunks(m_team, count, kChunk, [&](std::int64_t begin, std::int64_t end, std::int64_t chunk) {
    for (int site = static_cast<int>(begin); site < end; ++site) {
      const ClippedCell2 cell = m_cells->cell(site);
      const Moments2 moments = m_problem.density->moments(cell.corners, m_cells->sites()[site]);
      costs[chunk] += (moments.xx + moments.yy) / 2;
      differences[chunk] += (m_newton->targets()[site] - moments.mass) * m_newton->weights()[site] / 2;
    }
  });
  TransportCertificate certificate;
  certificate.massError = residual();
  certificate.primal = std::accumulate(costs.begin(), costs.end(), 0.0);
  const double difference = std::accumulate(differences.begin(), differences.end(), 0.0);
  certificate.dual = certificate.primal + difference;
  certificate.gap = std::abs(difference);
  return certificate;
}

}  // namespace monge
