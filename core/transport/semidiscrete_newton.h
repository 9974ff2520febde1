// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <functional>
#include <memory>
#include <stop_token>
#include <string>
#include <vector>

#include "core/geometry/power_system.h"
#include "core/transport/solve_laplacian.h"

namespace monge {

struct NewtonOptions {
  double tolerance = 1e-6;  ///< on the largest |w_i(h) - nu_i| / nu_i
  int maxIterations = 200;
};

enum class SolveStatus { Running, Converged, Cancelled, Stalled, IterationLimit };
std::string statusName(SolveStatus status);

/// One damped Newton step, as a person wants to see it.
struct NewtonStep {
  int iteration = 0;
  double residual = 0;       ///< largest relative mass error after the step
  double norm = 0;           ///< l2 norm of the mass errors after the step
  double damping = 1;        ///< length of the step taken, in (0, 1]
  int trials = 0;            ///< lengths tried, the taken one among them
  double smallestMass = 0;   ///< of any cell, after the step
  int linearIterations = 0;  ///< of conjugate gradients
  bool direct = false;       ///< the direction came from a factorisation
  double uniformShare = 0;   ///< of a uniform density, mixed into the one that is asked for
  double secondsCells = 0;   ///< triangulation and integration
  double secondsSetup = 0;   ///< multigrid levels
  double secondsLinear = 0;  ///< conjugate gradients
};

/// Damped Newton for the weights under which every power cell has its target mass (Kitagawa, Merigot and
/// Thibert 2019, algorithm 1): L(h) d = nu - w(h), h <- h + t d with t = 1, 1/2, 1/4, ... until all cells
/// keep at least half the smallest mass there was or is wanted, and the error falls by (1 - t / 2): its l2
/// norm, or the largest relative one once the norm is at rounding. Converges globally on a convex domain with
/// a density above 0, with quadratic speed at the end. Steps are corrected by a term of second order in t,
/// cell by cell, which makes longer ones succeed.
///
/// One step at a time, so that it can be watched, paused and cancelled. Deterministic: the steps do not
/// depend on the team's size. Not shared between threads.
class SemidiscreteNewton {
 public:
  /// @param system   the cells; outlives the solver
  /// @param targets  nu_i > 0, summing to the density's mass to 1e-9 relative
  /// @param weights  the start: under them every cell has mass
  /// @throws Error on targets that are not positive or whose sum is off; on a start that leaves a cell
  /// without mass
  SemidiscreteNewton(PowerSystem& system, std::vector<double> targets, std::vector<double> weights,
                     const NewtonOptions& options, ThreadTeam& team);
  /// The same of a start that was evaluated already.
  /// @param cells  the system under the weights; every cell has mass
  SemidiscreteNewton(PowerSystem& system, std::vector<double> targets, std::vector<double> weights,
                     CellSystem cells, const NewtonOptions& options, ThreadTeam& team);

  SolveStatus status() const { return m_status; }
  /// One step; nothing when the status is not Running. A stop asked for while it works leaves the last good
  /// state.
  void step(std::stop_token stop = {});
  /// Steps until the end, or until a stop is asked for.
  void run(std::stop_token stop = {}, const std::function<void(const NewtonStep&)>& report = {});

  const std::vector<double>& weights() const { return m_weights; }  ///< of mean 0
  const std::vector<double>& masses() const { return m_cells.masses; }
  const std::vector<double>& targets() const { return m_targets; }
  const std::vector<NewtonStep>& history() const { return m_history; }
  double residual() const { return m_errors.residual; }
  /// Whether the norm of the masses' errors is no more than the rounding of large cells.
  bool isAtRounding() const;

 private:
  struct MassErrors {
    std::vector<double> rows;  ///< target less mass
    double residual = 0;       ///< largest relative one
    double norm = 0;
    double smallestMass = 0;
  };

  bool findDirection(NewtonStep& step, bool directly, std::stop_token stop);
  bool solveByMultigrid(NewtonStep& step, const std::vector<double>& right, bool anew);
  LinearTolerance linearTolerance() const;
  void moveWeights(double damping, std::vector<double>& weights) const;
  bool isDescent(double damping) const;
  bool takeStep(NewtonStep& step, std::stop_token stop);
  void measure(const std::vector<double>& masses, MassErrors& errors) const;

  PowerSystem& m_system;
  std::vector<double> m_targets, m_weights, m_direction;
  NewtonOptions m_options;
  ThreadTeam& m_team;
  CellSystem m_cells, m_trial;
  MassErrors m_errors, m_trialErrors;
  std::unique_ptr<Multigrid> m_multigrid;
  std::vector<NewtonStep> m_history;
  SolveStatus m_status = SolveStatus::Running;
  double m_mass = 0, m_leastMass = 0, m_forcing = 0.2, m_lastDamping = 1;
};

}  // namespace monge
