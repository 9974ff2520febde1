// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <functional>
#include <memory>
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
template <class Where>
class SiteTransport {
 public:
  /// @param threads  0 for all cores
  /// @throws Error on no sites, two on one spot, a value that is not finite, masses of another number than
  /// the sites or
  ///         not above 0
  SiteTransport(SiteProblem<Where> problem, const NewtonOptions& options, int threads = 0);

  const SiteProblem<Where>& problem() const { return m_problem; }  ///< its masses sum to 1
  SolveStatus status() const { return m_newton->status(); }
  void step(std::stop_token stop = {}) { m_newton->step(stop); }
  void run(std::stop_token stop = {}, const std::function<void(const NewtonStep&)>& report = {}) {
    m_newton->run(stop, report);
  }

  const std::vector<NewtonStep>& history() const { return m_newton->history(); }
  double residual() const { return m_newton->residual(); }
  std::vector<double> weights() const;  ///< w_i, of mean 0
  std::vector<double> masses() const;   ///< w_i(h), what the cells hold
  TransportCertificate certificate();
  /// Under weights() once certificate() has been asked for.
  const typename Where::Cells& cells() const { return *m_cells; }
  /// Row of the problem of each row of cells().
  const std::vector<int>& order() const { return m_order; }
  ThreadTeam& team() { return m_team; }

 private:
  std::vector<double> inProblemOrder(const std::vector<double>& values) const;

  SiteProblem<Where> m_problem;
  ThreadTeam m_team;
  std::vector<int> m_order;  ///< row of the problem of each row of the cells
  std::unique_ptr<typename Where::Cells> m_cells;
  std::unique_ptr<SemidiscreteNewton> m_newton;
};

using PlaneProblem = SiteProblem<Plane>;
using SpaceProblem = SiteProblem<Space>;
using PlaneTransport = SiteTransport<Plane>;
using SpaceTransport = SiteTransport<Space>;

extern template class SiteTransport<Plane>;
extern template class SiteTransport<Space>;

}  // namespace monge
