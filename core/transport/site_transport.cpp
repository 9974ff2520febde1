// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/transport/site_transport.h"

#include <algorithm>
#include <cmath>
#include <numeric>
#include <string>
#include <utility>

#include "core/base/error.h"
#include "core/base/parallel_for.h"
#include "core/base/text.h"
#include "core/geometry/distinct_sites.h"
#include "core/geometry/hilbert_order.h"
#include "core/transport/newton_start.h"

namespace monge {
namespace {

/// Coordinates whose fourth powers, which predicates and costs take, leave room for sums.
constexpr double kLargestCoordinate = 1e60;

double largestCoordinate(Point2 point) {
  return std::max(std::abs(point.x), std::abs(point.y));
}
double largestCoordinate(Point3 point) {
  return std::max({std::abs(point.x), std::abs(point.y), std::abs(point.z)});
}

/// Checked before anything is sorted or summed.
template <class Where>
SiteProblem<Where> completed(SiteProblem<Where> problem) {
  if (problem.sites.empty()) throw Error("sites", "none", "at least one");
  for (std::size_t row = 0; row < problem.sites.size(); ++row)
    if (!isFinite(problem.sites[row]))
      throw Error("site " + std::to_string(row), "a coordinate that is not finite", "finite coordinates");
  for (std::size_t row = 0; row < problem.sites.size(); ++row)
    if (largestCoordinate(problem.sites[row]) > kLargestCoordinate)
      throw Error("site " + std::to_string(row), numberText(largestCoordinate(problem.sites[row])),
                  "coordinates of at most 1e60");
  requireDistinct(problem.sites);  // here, where rows are still those that the person knows
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

struct CellMoments {
  double mass = 0, second = 0;
};

/// Mass of a cell and integral of |x - y_i|^2 over it.
CellMoments massAndSecondMoment(const PowerCells2& cells, const Density2& density, int site) {
  const Moments2 moments = density.moments(cells.cell(site).corners, cells.sites()[site]);
  return {moments.mass, moments.xx + moments.yy};
}

CellMoments massAndSecondMoment(const PowerCells3& cells, const Density3& density, int site) {
  const Point3 y = cells.sites()[site];
  if (density.constant() > 0) {
    // About the site, so that a domain far from the origin loses nothing.
    ConvexPolyhedron3 cell = cells.cell(site);
    for (Point3& corner : cell.corners) corner = corner - y;
    const Moments3 m = density.moments(cell);
    return {m.mass, m.xx + m.yy + m.zz};
  }
  const Moments3 m = density.moments(cells.cell(site));
  return {m.mass, m.xx + m.yy + m.zz - 2 * dot(y, Point3{m.x, m.y, m.z}) + squaredNorm(y) * m.mass};
}

int knotsFor(std::size_t sites) {
  return std::clamp(static_cast<int>(std::pow(sites, 0.4)), 8, 256);
}

}  // namespace

template <class Where>
SiteTransport<Where>::SiteTransport(SiteProblem<Where> problem, const NewtonOptions& options, int threads)
    : m_problem(completed(std::move(problem))),
      m_team(threads > 0 ? threads : ThreadTeam::availableCores()),
      m_order(hilbertOrder(m_problem.sites)) {
  std::vector<typename Where::Point> sites;
  std::vector<double> masses;
  for (const int row : m_order)
    sites.push_back(m_problem.sites[row]), masses.push_back(m_problem.masses[row]);
  m_cells = std::make_unique<typename Where::Cells>(sites, m_problem.domain, m_problem.density, m_team);
  std::vector<double> start;
  // Each of the two is the work of one thread.
  parallelChunks(m_team, 2, 1, [&](std::int64_t part, std::int64_t, std::int64_t) {
    if (part == 0)
      m_cells->triangulate();
    else
      start = quantileStart(sites, masses, m_problem.domain, *m_problem.density, knotsFor(sites.size()));
  });
  m_newton =
      std::make_unique<SemidiscreteNewton>(*m_cells, std::move(masses), std::move(start), options, m_team);
}

template <class Where>
std::vector<double> SiteTransport<Where>::inProblemOrder(const std::vector<double>& values) const {
  std::vector<double> result(values.size());
  for (std::size_t row = 0; row < values.size(); ++row) result[m_order[row]] = values[row];
  return result;
}

template <class Where>
std::vector<double> SiteTransport<Where>::weights() const {
  std::vector<double> weights = inProblemOrder(m_newton->weights());
  const double mean =
      std::accumulate(weights.begin(), weights.end(), 0.0) / static_cast<double>(weights.size());
  for (double& weight : weights) weight -= mean;
  return weights;
}

template <class Where>
std::vector<double> SiteTransport<Where>::masses() const {
  return inProblemOrder(m_newton->masses());
}

template <class Where>
TransportCertificate SiteTransport<Where>::certificate() {
  constexpr std::int64_t kChunk = 1024;
  const auto count = static_cast<std::int64_t>(m_order.size());
  std::vector<double> costs((count + kChunk - 1) / kChunk), differences(costs.size());
  // A step that was not taken has left other cells behind.
  CellSystem system;
  m_cells->evaluate(m_newton->weights(), system);
  parallelChunks(m_team, count, kChunk, [&](std::int64_t begin, std::int64_t end, std::int64_t chunk) {
    for (int site = static_cast<int>(begin); site < end; ++site) {
      const auto [mass, secondMoment] = massAndSecondMoment(*m_cells, *m_problem.density, site);
      costs[chunk] += secondMoment / 2;
      differences[chunk] += (m_newton->targets()[site] - mass) * m_newton->weights()[site] / 2;
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

template class SiteTransport<Plane>;
template class SiteTransport<Space>;

}  // namespace monge
