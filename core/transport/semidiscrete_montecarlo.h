// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <stop_token>
#include <string>
#include <vector>

#include "core/transport/highest_planes.h"
#include "core/transport/mass_test.h"
#include "core/transport/semidiscrete_newton.h"
#include "core/transport/source_measure.h"

namespace monge {

/// Carry a measure to masses on sites in any dimension, at the least cost |x - y|^2 / 2.
struct MonteCarloProblem {
  SourceMeasure source;
  RowsD sites;     ///< n x d, distinct; d from 2 to 128
  VectorD masses;  ///< n, above 0; any sum, they are scaled to 1; equal when empty
};

/// Sorts out what cannot be solved and scales the masses.
/// @throws Error on fewer than two sites, another dimension, a value that is not finite, two sites on one
/// spot (also once they are rounded to single precision), masses of another number or not above 0
MonteCarloProblem checkedProblem(MonteCarloProblem problem);

struct MonteCarloOptions {
  double tolerance = 0.02;   ///< on the total variation error: the share of the mass in wrong cells
  double confidence = 0.95;  ///< with which it is below, and of the intervals of the report
  std::int64_t maxSamples = std::int64_t{1} << 40;  ///< in all, tests among them
  PointKind points = PointKind::Sobol;
  std::uint64_t seed = 0;
};

/// One round of the descent.
struct MonteCarloRound {
  int iteration = 0;
  std::int64_t samples = 0;       ///< of this round
  std::int64_t totalSamples = 0;  ///< so far, those of tests among them
  double chiSquare = 0;           ///< unbiased, of the heights before the round's step; may be below 0
  double noise = 0;               ///< what chance adds to it
  double expected = 0;            ///< chi^2 expected after the step
  double divergence = 0;          ///< sum nu_i log(nu_i / w_i), about
  double gain = 1;                ///< length of the step, in (0, 1]
  double damping = 0;
  bool rejected = false;   ///< the step before was taken back
  std::int64_t empty = 0;  ///< cells without a sample
  double seconds = 0;
  double secondsLeft = 0;  ///< a guess
};

/// All that a descent goes on from.
struct MonteCarloState {
  VectorD heights, previous;  ///< n each, about the centres; the second are those before the last step
  int iteration = 0;          ///< rounds so far
  int tests = 0;
  std::int64_t batch = 0, samples = 0, nextTest = 0;
  double expected = -1;                                  ///< chi^2 of the heights; below 0: unknown
  double previousExpected = -1, previousDivergence = 0;  ///< of the previous heights
  double damping = 1;
  bool previousIsKept = false;
};

/// What a test on samples of its own says of the heights.
struct MonteCarloTest {
  MassTest masses;
  Estimate primal;  ///< cost of the map x -> y_i on W_i, which carries the source to w, not to nu
  Estimate dual;    ///< integral of min_i (|x - y_i|^2 - w_i) / 2 + sum nu_i w_i / 2: no plan costs less
};

/// Stochastic Newton descent on E(h) = integral max_i (<x, y_i> + h_i) dmu - sum nu_i h_i, whose gradient is
/// w_i(h) - nu_i (Lei et al. 2019, eq. (13), (16)): see docs/methods/montecarlo.md.
///
/// One round at a time, each on samples that were never used before. The result depends on the seed and
/// the instruction set alone, not on the team. A round that is stopped leaves the state before it, and a
/// descent that goes on from a state takes the same steps as one that was never interrupted. Not shared
/// between threads.
class SemidiscreteMonteCarlo {
 public:
  /// @param problem  checked
  /// @param search   over sitesAbout(problem); with the team it outlives the solver
  SemidiscreteMonteCarlo(MonteCarloProblem problem, const MonteCarloOptions& options, PlaneSearch& search,
                         ThreadTeam& team);

  /// The sites as the search wants them: about their mean, in single precision.
  static RowsF sitesAbout(const MonteCarloProblem& problem);

  const MonteCarloProblem& problem() const { return m_problem; }
  SolveStatus status() const { return m_status; }
  /// One round; nothing when the status is not Running. The first one of all looks for a start.
  void step(std::stop_token stop = {});
  /// Rounds until the end, or until a stop is asked for.
  void run(std::stop_token stop = {}, const std::function<void(const MonteCarloRound&)>& report = {});

  const std::vector<MonteCarloRound>& history() const { return m_history; }
  const MonteCarloState& state() const { return m_state; }
  /// @throws Error on one of another number of sites, or with a value that is not finite
  void restore(MonteCarloState state);

  VectorD weights() const;  ///< w_i, of mean 0
  /// Of the current heights, on `samples` that nothing else uses; the last one of a converged descent is
  /// kept.
  MonteCarloTest test(std::int64_t samples, double confidence, std::stop_token stop = {});
  const std::optional<MonteCarloTest>& lastTest() const { return m_test; }

 private:
  struct Batch;
  std::int64_t smallestBatch() const;
  void findStart(const std::stop_token& stop);
  bool draw(std::uint64_t stream, std::int64_t samples, bool uniform, const std::stop_token& stop,
            const std::function<void(const SamplePanels&, const TopPlanes&)>& visit);
  Batch drawBatch(std::uint64_t stream, std::int64_t samples, const std::stop_token& stop);
  void descend(MonteCarloRound& round, const std::stop_token& stop);
  void adaptDamping(const ChiSquare& chi);
  void takeStep(const Batch& batch, const VectorD& masses, const ChiSquare& chi, MonteCarloRound& round);
  bool isWorse(const MonteCarloRound& round, const ChiSquare& chi) const;
  void liftEmpty(const Batch& batch, const VectorD& masses);
  void testIfPromising(const std::stop_token& stop);
  double secondsLeft() const;

  MonteCarloProblem m_problem;
  MonteCarloOptions m_options;
  PlaneSearch& m_search;
  ThreadTeam& m_team;
  SampleStreams m_streams;
  RowsD m_centred;  ///< n x d, sites about their mean
  MonteCarloState m_state;
  SolveStatus m_status = SolveStatus::Running;
  std::vector<MonteCarloRound> m_history;
  std::optional<MonteCarloTest> m_test;
  double m_seconds = 0;
  std::int64_t m_timedSamples = 0;
};

}  // namespace monge
