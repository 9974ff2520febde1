// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/transport/semidiscrete_newton.h"

#include <algorithm>
#include <chrono>
#include <cmath>
#include <limits>
#include <numeric>
#include <utility>

#include "core/base/error.h"
#include "core/base/parallel_for.h"
#include "core/base/text.h"
#include "core/transport/direct_solve.h"

namespace monge {
namespace {

using Clock = std::chrono::steady_clock;

double secondsSince(Clock::time_point start) {
  return std::chrono::duration<double>(Clock::now() - start).count();
}

void requireTargets(const std::vector<double>& targets, int sites) {
  if (static_cast<int>(targets.size()) != sites)
    throw Error("masses", std::to_string(targets.size()), std::to_string(sites) + ", one for each site");
  for (std::size_t row = 0; row < targets.size(); ++row)
    if (!(targets[row] > 0) || !std::isfinite(targets[row]))
      throw Error("mass " + std::to_string(row + 1), numberText(targets[row]), "a number above 0");
}

CellSystem cellsUnder(PowerSystem& system, const std::vector<double>& weights) {
  CellSystem cells;
  if (const auto empty = system.evaluate(weights, cells))
    throw Error("start of the solver", "the cell of site " + std::to_string(*empty + 1) + " has no mass",
                "weights under which every cell has mass");
  return cells;
}

constexpr double kLargestForcing = 0.2;  // of the norm: with more the errors might not fall
constexpr double kRowForcing = 0.3;      // of each target: a looser solve lets small cells vanish
constexpr int kMostIterations = 120;     // of conjugate gradients; a factorisation costs about as much
constexpr std::int64_t kRowsAChunk = 4096;
constexpr double kSmallestDamping = 1e-7;
constexpr double kRounding =
    32 * std::numeric_limits<double>::epsilon();  // of the whole mass, in the norm of the errors
constexpr double kCurvature =
    0.25;  // a full, exact step leaves at most about this times the residual squared
constexpr double kLastForcing = 0.5;  // of the tolerance, for the rows of the solve that should be the last

/// How far the weight of a cell of mass m goes beyond its aim in a step t of Newton's direction. A cell's
/// mass grows with the square of its extent, so that sqrt(m) is what changes linearly: where the step adds t
/// e to a cell by its derivatives, it adds (sqrt(m + t e) - sqrt(m))^2 more by their change. Of second order
/// in t, as the errors of the step are, so that small steps go down all the same.
double overshoot(double mass, double change) {
  const double grown = std::sqrt(mass + change) - std::sqrt(mass);
  return grown * grown;
}

}  // namespace

std::string statusName(SolveStatus status) {
  switch (status) {
    case SolveStatus::Running:
      return "running";
    case SolveStatus::Converged:
      return "converged";
    case SolveStatus::Cancelled:
      return "cancelled";
    case SolveStatus::Stalled:
      return "stalled";
    case SolveStatus::IterationLimit:
      return "iteration_limit";
  }
  return "running";
}

SemidiscreteNewton::SemidiscreteNewton(PowerSystem& system, std::vector<double> targets,
                                       std::vector<double> weights, const NewtonOptions& options,
                                       ThreadTeam& team)
    : SemidiscreteNewton(system, std::move(targets), weights, cellsUnder(system, weights), options, team) {}

SemidiscreteNewton::SemidiscreteNewton(PowerSystem& system, std::vector<double> targets,
                                       std::vector<double> weights, CellSystem cells,
                                       const NewtonOptions& options, ThreadTeam& team)
    : m_system(system),
      m_targets(std::move(targets)),
      m_weights(std::move(weights)),
      m_options(options),
      m_team(team),
      m_cells(std::move(cells)) {
  requireTargets(m_targets, system.siteCount());
  m_mass = std::accumulate(m_cells.masses.begin(), m_cells.masses.end(), 0.0);
  const double wanted = std::accumulate(m_targets.begin(), m_targets.end(), 0.0);
  if (std::abs(m_mass - wanted) > 1e-9 * m_mass)
    throw Error("masses", "a sum of " + numberText(wanted),
                "the sum " + numberText(m_mass) + " of the density");
  measure(m_cells.masses, m_errors);
  m_leastMass = std::min(m_errors.smallestMass, *std::min_element(m_targets.begin(), m_targets.end())) / 2;
  if (m_errors.residual <= m_options.tolerance) m_status = SolveStatus::Converged;
}

void SemidiscreteNewton::measure(const std::vector<double>& masses, MassErrors& errors) const {
  struct Chunk {
    double largest = 0, smallestMass = std::numeric_limits<double>::infinity();
  };
  const std::int64_t count = std::ssize(m_targets);
  std::vector<Chunk> chunks((count + kRowsAChunk - 1) / kRowsAChunk);
  errors.rows.resize(count);
  const double squared = parallelSum(m_team, count, kRowsAChunk, [&](std::int64_t begin, std::int64_t end) {
    Chunk found;
    double sum = 0;
    for (std::int64_t row = begin; row < end; ++row) {
      const double error = errors.rows[row] = m_targets[row] - masses[row];
      sum += error * error;
      found.largest = std::max(found.largest, std::abs(error) / m_targets[row]);
      found.smallestMass = std::min(found.smallestMass, masses[row]);
    }
    chunks[begin / kRowsAChunk] = found;
    return sum;
  });
  Chunk all;
  for (const Chunk& chunk : chunks) {
    all.largest = std::max(all.largest, chunk.largest);
    all.smallestMass = std::min(all.smallestMass, chunk.smallestMass);
  }
  errors.norm = std::sqrt(squared);
  errors.residual = all.largest;
  errors.smallestMass = all.smallestMass;
}

/// Solves for the direction, only as exactly as the step deserves (Eisenstat and Walker 1996): by multigrid,
/// with a fresh hierarchy when an old one serves badly, and directly when that fails or a step along its
/// answer did.
bool SemidiscreteNewton::findDirection(NewtonStep& step, bool directly, std::stop_token stop) {
  std::vector<double> right = m_errors.rows;
  centre(m_team, right, kRowsAChunk);
  for (int attempt = 0; attempt < 2 && !directly && !stop.stop_requested(); ++attempt)
    if (solveByMultigrid(step, right, attempt > 0)) return true;
  if (stop.stop_requested()) return false;
  const auto start = Clock::now();
  step.direct = true;
  const bool solved = solveDirectly(m_cells.laplacian, right, m_direction);
  step.secondsLinear += secondsSince(start);
  return solved;
}

/// Where the step should be the last, what is left of each row has to be within the tolerance, and no more is
/// asked for than that and that errors fall.
LinearTolerance SemidiscreteNewton::linearTolerance() const {
  const double tolerance = m_options.tolerance;
  if (kCurvature * m_errors.residual * m_errors.residual < tolerance / 2)
    return {kLargestForcing, m_targets, kLastForcing * tolerance};
  return {m_forcing, m_targets, kRowForcing};
}

bool SemidiscreteNewton::solveByMultigrid(NewtonStep& step, const std::vector<double>& right, bool anew) {
  const auto start = Clock::now();
  bool fresh = true;
  if (anew || !m_multigrid)
    m_multigrid = std::make_unique<Multigrid>(m_cells.laplacian, m_team);
  else
    fresh = m_multigrid->update(m_cells.laplacian);
  const auto between = Clock::now();
  step.secondsSetup += std::chrono::duration<double>(between - start).count();
  const LinearSolve solve = solveLaplacian(*m_multigrid, right, m_direction, linearTolerance(),
                                           fresh ? kMostIterations : kMostIterations / 4, m_team);
  step.secondsLinear += secondsSince(between);
  step.linearIterations += solve.iterations;
  return solve.converged;
}

/// The weights after a step of this length, of mean 0: along the direction, and in each cell back by what its
/// own mass overshoots. Weights change twice as much as heights.
void SemidiscreteNewton::moveWeights(double damping, std::vector<double>& weights) const {
  const std::vector<double>& diagonal = m_cells.laplacian.diagonal;
  const auto count = static_cast<std::int64_t>(weights.size());
  parallelChunks(m_team, count, kRowsAChunk, [&](std::int64_t begin, std::int64_t end, std::int64_t) {
    for (std::int64_t row = begin; row < end; ++row) {
      const double beyond = overshoot(m_cells.masses[row], damping * m_errors.rows[row]);
      const double back = diagonal[row] > 0 ? beyond / diagonal[row] : 0;
      weights[row] = m_weights[row] + 2 * (damping * m_direction[row] - back);
    }
  });
  centre(m_team, weights, kRowsAChunk);
}

/// Whether the trial's errors are small enough beside those that are. A norm that is but the rounding of
/// large cells cannot fall, while small cells may still have to: then the largest relative error decides, as
/// long as it falls by more than rounding may make it.
bool SemidiscreteNewton::isDescent(double damping) const {
  constexpr double kLeastRounded = 0.25;
  const double factor = 1 - damping / 2;
  if (!isAtRounding()) return m_trialErrors.norm <= factor * m_errors.norm;
  return damping >= kLeastRounded && m_trialErrors.norm <= kRounding * m_mass &&
         m_trialErrors.residual <= factor * m_errors.residual;
}

bool SemidiscreteNewton::isAtRounding() const {
  return m_errors.norm <= kRounding * m_mass;
}

/// Tries ever shorter steps.
bool SemidiscreteNewton::takeStep(NewtonStep& step, std::stop_token stop) {
  std::vector<double> trial(m_weights.size());
  const auto start = Clock::now();
  // The last step's length tells where to begin; after a step that had to be halved often, four times that.
  for (double damping = std::min(1.0, 4 * m_lastDamping); damping > kSmallestDamping; damping /= 2) {
    if (stop.stop_requested()) return false;
    ++step.trials;
    moveWeights(damping, trial);
    if (m_system.evaluate(trial, m_trial)) continue;
    measure(m_trial.masses, m_trialErrors);
    if (m_trialErrors.smallestMass < m_leastMass) continue;
    if (!isDescent(damping)) continue;
    std::swap(m_errors, m_trialErrors);
    std::swap(m_cells, m_trial);
    std::swap(m_weights, trial);
    step.damping = damping;
    m_lastDamping = damping;
    step.secondsCells += secondsSince(start);
    return true;
  }
  return false;
}

void SemidiscreteNewton::step(std::stop_token stop) {
  if (m_status != SolveStatus::Running) return;
  NewtonStep step;
  step.iteration = static_cast<int>(m_history.size()) + 1;
  const double before = m_errors.norm;
  bool taken = findDirection(step, false, stop) && takeStep(step, stop);
  if (!taken && !step.direct && !stop.stop_requested())
    taken = findDirection(step, true, stop) && takeStep(step, stop);
  if (!taken) {
    m_status = stop.stop_requested() ? SolveStatus::Cancelled : SolveStatus::Stalled;
    return;
  }
  if (m_errors.residual <= m_options.tolerance) m_status = SolveStatus::Converged;
  const double ratio = m_errors.norm / before;
  m_forcing = std::clamp(0.5 * ratio * ratio, 1e-3, kLargestForcing);
  step.residual = m_errors.residual;
  step.norm = m_errors.norm;
  step.smallestMass = m_errors.smallestMass;
  m_history.push_back(step);
  if (m_status == SolveStatus::Running && step.iteration >= m_options.maxIterations)
    m_status = SolveStatus::IterationLimit;
}

void SemidiscreteNewton::run(std::stop_token stop, const std::function<void(const NewtonStep&)>& report) {
  while (m_status == SolveStatus::Running) {
    const std::size_t before = m_history.size();
    step(stop);
    if (report && m_history.size() > before) report(m_history.back());
  }
}

}  // namespace monge
