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
#include "core/geometry/blended_density.h"
#include "core/geometry/distinct_sites.h"
#include "core/geometry/hilbert_order.h"
#include "core/transport/newton_start.h"

namespace monge {
namespace {

/// Coordinates whose fourth powers, which predicates and costs take, leave room for sums.
constexpr double kLargestCoordinate = 1e60;
constexpr std::int64_t kSitesAChunk = 1024;
/// On the masses of a mixture with a uniform density, which is but a step on the way.
constexpr double kBlendedTolerance = 0.1;
/// Below this share of a uniform density its walls are lost beside the others in double precision.
constexpr double kLeastShare = 1e-13;

double largestCoordinate(Point2 point) {
  return std::max(std::abs(point.x), std::abs(point.y));
}
double largestCoordinate(Point3 point) {
  return std::max({std::abs(point.x), std::abs(point.y), std::abs(point.z)});
}

/// In extents of the domain: beyond it the digits that cells need are those that rounding takes.
constexpr double kFarthest = 1e7;

double extentOf(const Domain2& domain) {
  return std::max(domain.bounds().width(), domain.bounds().height());
}
double extentOf(const Domain3& domain) {
  return largestCoordinate(domain.bounds().high - domain.bounds().low);
}

template <class Where>
void requireNear(const SiteProblem<Where>& problem) {
  const auto centre = problem.domain.centroid();
  const double extent = extentOf(problem.domain), away = largestCoordinate(centre) / extent;
  if (away > kFarthest)
    throw Error("domain", numberText(away) + " times its extent away from the origin",
                "at most 1e7 times; shift sites and domain together, which changes no weight");
  if (problem.sites.size() == 1) return;  // its cell is the domain
  for (std::size_t row = 0; row < problem.sites.size(); ++row) {
    const double distance = largestCoordinate(problem.sites[row] - centre) / extent;
    if (distance > kFarthest)
      throw Error("site " + std::to_string(row + 1),
                  numberText(distance) + " times the domain's extent away from it",
                  "at most 1e7 times; bring sites and domain to one place and one scale");
  }
}

/// Of masses above 0. Their sum may be beyond all numbers.
std::vector<double> sharesOf(const std::vector<double>& masses, double sum) {
  const double unit = std::isfinite(sum) ? 1 : 0x1p-64;
  if (unit < 1) {
    sum = 0;
    for (const double mass : masses) sum += unit * mass;
  }
  std::vector<double> shares;
  for (const double mass : masses) {
    shares.push_back(unit * mass / sum);
    if (!(shares.back() > 0))
      throw Error("mass " + std::to_string(shares.size()), numberText(mass), "a share of the sum above 0");
  }
  return shares;
}

/// Checked before anything is sorted or summed.
template <class Where>
SiteProblem<Where> completed(SiteProblem<Where> problem) {
  if (problem.sites.empty()) throw Error("sites", "none", "at least one");
  for (std::size_t row = 0; row < problem.sites.size(); ++row)
    if (!isFinite(problem.sites[row]))
      throw Error("site " + std::to_string(row + 1), "a coordinate that is not finite", "finite coordinates");
  for (std::size_t row = 0; row < problem.sites.size(); ++row)
    if (largestCoordinate(problem.sites[row]) > kLargestCoordinate)
      throw Error("site " + std::to_string(row + 1), numberText(largestCoordinate(problem.sites[row])),
                  "coordinates of at most 1e60");
  requireNear(problem);
  requireDistinct(problem.sites);  // here, where rows are still those that the person knows
  if (problem.masses.empty()) problem.masses.assign(problem.sites.size(), 1);
  if (problem.masses.size() != problem.sites.size())
    throw Error("masses", std::to_string(problem.masses.size()),
                std::to_string(problem.sites.size()) + ", one for each site");
  double sum = 0;
  for (std::size_t row = 0; row < problem.masses.size(); ++row) {
    if (!(problem.masses[row] > 0) || !std::isfinite(problem.masses[row]))
      throw Error("mass " + std::to_string(row + 1), numberText(problem.masses[row]), "a number above 0");
    sum += problem.masses[row];
  }
  problem.masses = sharesOf(problem.masses, sum);
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
      m_options(options),
      m_team(threads > 0 ? threads : ThreadTeam::availableCores()),
      m_order(hilbertOrder(m_problem.sites)) {
  for (const int row : m_order) m_targets.push_back(m_problem.masses[row]);
  auto cells = cellsUnder(0);
  std::vector<double> start;
  cells->triangulate([&] {
    start = quantileStart(cells->sites(), m_targets, m_problem.domain, *m_problem.density,
                          knotsFor(m_targets.size()));
  });
  std::optional<int> empty = enter(0, std::move(cells), start);
  if (empty && m_problem.density->constant() == 0) empty = enter(nextShare(), cellsUnder(nextShare()), start);
  if (empty)
    throw Error("start of the solver",
                "the cell of site " + std::to_string(m_order[*empty] + 1) + " has no mass",
                "weights under which every cell has mass");
  m_status = goOn();
}

/// The cells of the density with this share of a uniform one.
template <class Where>
std::unique_ptr<typename Where::Cells> SiteTransport<Where>::cellsUnder(double uniformShare) {
  auto density = m_problem.density;
  if (uniformShare > 0) density = blendedWithUniform(m_problem.domain, density, uniformShare);
  std::vector<typename Where::Point> sites;
  for (const int row : m_order) sites.push_back(m_problem.sites[row]);
  return std::make_unique<typename Where::Cells>(std::move(sites), m_problem.domain, density, m_team);
}

/// Goes on with these cells from these weights. @return a row of the cells without mass, if there is one; all
/// is as it was then
template <class Where>
std::optional<int> SiteTransport<Where>::enter(double uniformShare,
                                               std::unique_ptr<typename Where::Cells> cells,
                                               std::vector<double> weights) {
  CellSystem system;
  if (const auto empty = cells->evaluate(weights, system)) return empty;
  // Where the density vanishes a cell holds nothing but the error of its integral.
  const auto& density = *m_problem.density;
  const auto least = std::min_element(system.masses.begin(), system.masses.end());
  if (density.constant() == 0 && *least <= std::min(density.quadratureError(), leastTarget() / 4))
    return static_cast<int>(least - system.masses.begin());
  NewtonOptions options = m_options;
  if (uniformShare > 0)
    options.tolerance = m_triedPlain ? options.tolerance / 2 : std::max(kBlendedTolerance, options.tolerance);
  m_newton = std::make_unique<SemidiscreteNewton>(*cells, m_targets, std::move(weights), std::move(system),
                                                  options, m_team);
  m_cells = std::move(cells);
  m_uniformShare = uniformShare;
  if (uniformShare > 0) m_lastShare = uniformShare;
  m_triedPlain = m_triedPlain || uniformShare == 0;
  return std::nullopt;
}

template <class Where>
double SiteTransport<Where>::leastTarget() const {
  return *std::min_element(m_targets.begin(), m_targets.end());
}

template <class Where>
double SiteTransport<Where>::nextShare() const {
  const bool isLast = m_uniformShare > 0 && m_uniformShare <= leastTarget() / 4 && !m_triedPlain;
  return isLast ? 0 : m_lastShare / 10;
}

/// What follows on the last step: another one, another density from the weights that were reached, or the
/// end.
template <class Where>
SolveStatus SiteTransport<Where>::goOn() {
  while (true) {
    const SolveStatus status = m_newton->status();
    const bool converged = status == SolveStatus::Converged, stalled = status == SolveStatus::Stalled;
    const bool blended = m_uniformShare > 0;
    if (blended && (stalled || status == SolveStatus::IterationLimit)) return goBack(status);
    if (!converged && !stalled) return status;
    if (!blended && (converged || m_problem.density->constant() > 0)) return status;
    if (converged && residual() <= m_options.tolerance) return status;
    if (!blended) {
      if (m_newton->isAtRounding()) return status;  // nothing to gain by mass between parts of the density
      m_stalledAt = m_newton->weights();
      m_stalledResidual = residual();
    }
    if (m_lastShare < kLeastShare || enter(nextShare(), cellsUnder(nextShare()), m_newton->weights()))
      return goBack(SolveStatus::Stalled);
  }
}

/// To where Newton stalled under the density itself, if mixtures have led to nothing better.
template <class Where>
SolveStatus SiteTransport<Where>::goBack(SolveStatus status) {
  if (m_uniformShare > 0 && !m_stalledAt.empty() && m_stalledResidual < residual())
    enter(0, cellsUnder(0), m_stalledAt);
  return status;
}

template <class Where>
void SiteTransport<Where>::step(std::stop_token stop) {
  const std::size_t before = m_history.size();
  // Newton may stall under one density and go on under another: that is one step too.
  while (m_status == SolveStatus::Running && m_history.size() == before) {
    const std::size_t taken = m_newton->history().size();
    m_newton->step(stop);
    if (m_newton->history().size() > taken) {
      m_history.push_back(m_newton->history().back());
      m_history.back().iteration = static_cast<int>(m_history.size());
      m_history.back().uniformShare = m_uniformShare;
    }
    m_status = goOn();
  }
}

template <class Where>
void SiteTransport<Where>::run(std::stop_token stop, const std::function<void(const NewtonStep&)>& report) {
  while (m_status == SolveStatus::Running) {
    const std::size_t before = m_history.size();
    step(stop);
    if (report && m_history.size() > before) report(m_history.back());
  }
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

/// What the density has in the cells, in their order; also while the solver works with another.
template <class Where>
std::vector<double> SiteTransport<Where>::rowMasses() const {
  if (m_uniformShare == 0) return m_newton->masses();
  CellSystem system;
  m_cells->evaluate(m_newton->weights(), system);
  parallelChunks(m_team, static_cast<std::int64_t>(m_order.size()), kSitesAChunk,
                 [&](std::int64_t begin, std::int64_t end, std::int64_t) {
                   for (int site = static_cast<int>(begin); site < end; ++site)
                     system.masses[site] = massAndSecondMoment(*m_cells, *m_problem.density, site).mass;
                 });
  return system.masses;
}

template <class Where>
std::vector<double> SiteTransport<Where>::masses() const {
  return inProblemOrder(rowMasses());
}

template <class Where>
double SiteTransport<Where>::residual() const {
  return m_uniformShare == 0 ? m_newton->residual() : largestError(rowMasses());
}

template <class Where>
double SiteTransport<Where>::largestError(const std::vector<double>& rowMasses) const {
  double largest = 0;
  for (std::size_t row = 0; row < rowMasses.size(); ++row)
    largest = std::max(largest, std::abs(rowMasses[row] - m_targets[row]) / m_targets[row]);
  return largest;
}

template <class Where>
TransportCertificate SiteTransport<Where>::certificate() {
  const auto count = static_cast<std::int64_t>(m_order.size());
  std::vector<double> costs((count + kSitesAChunk - 1) / kSitesAChunk), differences(costs.size());
  // A step that was not taken has left other cells behind.
  CellSystem system;
  m_cells->evaluate(m_newton->weights(), system);
  parallelChunks(m_team, count, kSitesAChunk, [&](std::int64_t begin, std::int64_t end, std::int64_t chunk) {
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
