// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <stop_token>
#include <vector>

#include "core/geometry/power_cells_2.h"
#include "core/geometry/power_cells_3.h"
#include "core/transport/semidiscrete_newton.h"

namespace monge {

/// The types that transport in the plane works with.
struct Plane {
  using Point = Point2;
  using Domain = Domain2;
  using DensityPtr = Density2Ptr;
  using Cells = PowerCells2;
  static constexpr int kDimension = 2;
};

/// And in space.
struct Space {
  using Point = Point3;
  using Domain = Domain3;
  using DensityPtr = Density3Ptr;
  using Cells = PowerCells3;
  static constexpr int kDimension = 3;
};

/// Carry a density on a convex domain to masses on sites, at the least cost |x - y|^2 / 2.
template <class Where>
struct SiteProblem {
  typename Where::Domain domain;
  typename Where::DensityPtr density;        ///< on the domain; uniform when null
  std::vector<typename Where::Point> sites;  ///< data units; distinct
  std::vector<double> masses;  ///< of the sites, above 0; any sum, they are scaled to 1; equal when empty
};

/// What proves a solution. Both costs are of |x - y|^2 / 2; W_2 is the root of twice the primal one.
struct TransportCertificate {
  double primal = 0;  ///< cost of the map x -> y_i on W_i(h), which carries the density to the masses w_i(h)
  double dual = 0;    ///< integral of min_i (|x - y_i|^2 - w_i) / 2 + sum nu_i w_i / 2: no plan costs less
  double gap = 0;     ///< |primal - dual|
  double massError = 0;  ///< largest |w_i(h) - nu_i| / nu_i
};

/// Solves a SiteProblem by damped Newton, a step at a time. Sites are handed to the cells in Hilbert order
/// and come back in the problem's. Same result for any number of threads. Not shared between threads.
///
/// Where the density mu vanishes at places, the start may leave cells without mass. Then the steps are first
/// those for (1 - t) mu + t / |domain|, t = 0.1, 0.01, ..., each from the weights before: with every mass
/// nu_i held to a tenth and t <= min nu_i / 4 each cell has mass under mu too, and Newton goes on under mu.
/// Should it stall there, since mu's support has several parts, t goes on falling, until what the uniform
/// part adds to the masses is less than the tolerance. NewtonStep::uniformShare is t, and its numbers are of
/// the mixture, whose steps NewtonOptions::maxIterations limits; masses(), residual() and certificate() are
/// always mu's.
template <class Where>
class SiteTransport {
 public:
  /// @param threads  0 for all cores
  /// @throws Error on no sites, two on one spot, a value that is not finite, masses of another number than
  /// the sites or not above 0, a domain farther from the origin or sites farther from the domain than 1e7 of
  /// its extents
  SiteTransport(SiteProblem<Where> problem, const NewtonOptions& options, int threads = 0);

  const SiteProblem<Where>& problem() const { return m_problem; }  ///< its masses sum to 1
  SolveStatus status() const { return m_status; }
  /// One step; nothing when the status is not Running. A stop leaves the last good state.
  void step(std::stop_token stop = {});
  /// Steps until the end, or until a stop is asked for.
  void run(std::stop_token stop = {}, const std::function<void(const NewtonStep&)>& report = {});

  const std::vector<NewtonStep>& history() const { return m_history; }
  double residual() const;              ///< largest |w_i(h) - nu_i| / nu_i
  std::vector<double> weights() const;  ///< w_i, of mean 0
  std::vector<double> masses() const;   ///< w_i(h), what the cells hold
  TransportCertificate certificate();
  /// Under weights() once certificate() has been asked for.
  const typename Where::Cells& cells() const { return *m_cells; }
  /// Row of the problem of each row of cells().
  const std::vector<int>& order() const { return m_order; }
  ThreadTeam& team() { return m_team; }

 private:
  std::unique_ptr<typename Where::Cells> cellsUnder(double uniformShare);
  std::optional<int> enter(double uniformShare, std::unique_ptr<typename Where::Cells> cells,
                           std::vector<double> weights);
  SolveStatus goOn();
  SolveStatus goBack(SolveStatus status);
  double leastTarget() const;
  double nextShare() const;
  std::vector<double> rowMasses() const;
  double largestError(const std::vector<double>& rowMasses) const;
  std::vector<double> inProblemOrder(const std::vector<double>& values) const;

  SiteProblem<Where> m_problem;
  NewtonOptions m_options;
  mutable ThreadTeam m_team;
  std::vector<int> m_order;         ///< row of the problem of each row of the cells
  std::vector<double> m_targets;    ///< nu_i, by rows of the cells
  double m_uniformShare = 0;        ///< of the density that is solved for at present
  double m_lastShare = 1;           ///< the smallest above 0 so far
  bool m_triedPlain = false;        ///< the density itself
  std::vector<double> m_stalledAt;  ///< the weights where Newton stalled under it
  double m_stalledResidual = 0;
  std::unique_ptr<typename Where::Cells> m_cells;
  std::unique_ptr<SemidiscreteNewton> m_newton;
  std::vector<NewtonStep> m_history;
  SolveStatus m_status = SolveStatus::Running;
};

using PlaneProblem = SiteProblem<Plane>;
using SpaceProblem = SiteProblem<Space>;
using PlaneTransport = SiteTransport<Plane>;
using SpaceTransport = SiteTransport<Space>;

extern template class SiteTransport<Plane>;
extern template class SiteTransport<Space>;

}  // namespace monge
