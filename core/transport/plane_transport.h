// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <functional>
#include <memory>
#include <stop_token>
#include <vector>

#include "core/geometry/density_2.h"
#include "core/geometry/domain_2.h"
#include "core/geometry/power_cells_2.h"
#include "core/transport/semidiscrete_newton.h"

namespace monge {

/// Carry a density on a convex domain of the plane to masses on sites, at the least cost |x - y|^2 / 2.
struct PlaneProblem {
  Domain2 domain = Domain2::square();
  Density2Ptr density;         ///< on the domain; uniform when null
  std::vector<Point2> sites;   ///< data units; distinct
  std::vector<double> masses;  ///< of the sites, above 0; any sum, they are scaled to 1; equal when empty
};

/// What proves a solution. Both costs are of |x - y|^2 / 2; W_2 is the root of twice the primal one.
struct TransportCertificate {
  double primal = 0;  ///< cost of the map x -> y_i on W_i(h), which carries the density to the masses w_i(h)
  double dual = 0;    ///< integral of min_i (|x - y_i|^2 - w_i) / 2 + sum nu_i w_i / 2: no plan costs less
  double gap = 0;     ///< |primal - dual|
  double massError = 0;  ///< largest |w_i(h) - nu_i| / nu_i
};

/// Solves a PlaneProblem by damped Newton, a step at a time. Sites are handed to the cells in Hilbert order
/// and come back in the problem's. Same result for any number of threads. Not shared between threads.
class PlaneTransport {
 public:
  /// @param threads  0 for all cores
  /// @throws Error as PowerCells2 and SemidiscreteNewton do; on masses of another number than the sites
  PlaneTransport(PlaneProblem problem, const NewtonOptions& options, int threads = 0);

  const PlaneProblem& problem() const { return m_problem; }  ///< its masses sum to 1
  SolveStatus status() const { return m_newton->status(); }
  void step(std::stop_token stop = {}) { m_newton->step(stop); }
  void run(std::stop_token stop = {}, const std::function<void(const NewtonStep&)>& report = {});

  const std::vector<NewtonStep>& history() const { return m_newton->history(); }
  double residual() const { return m_newton->residual(); }
  std::vector<double> weights() const;  ///< w_i, of mean 0
  std::vector<double> masses() const;   ///< w_i(h), what the cells hold
  TransportCertificate certificate();
  ThreadTeam& team() { return m_team; }

 private:
  std::vector<double> inProblemOrder(const std::vector<double>& values) const;

  PlaneProblem m_problem;
  ThreadTeam m_team;
  std::vector<int> m_order;  ///< row of the problem of each row of the cells
  std::unique_ptr<PowerCells2> m_cells;
  std::unique_ptr<SemidiscreteNewton> m_newton;
};

}  // namespace monge
