// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <vector>

#include "core/transport/semidiscrete_montecarlo.h"

namespace monge {

/// Transport costs |x - y|^2 / 2 of samples, each to the site of its cell: their mean, and what weights make
/// of it as a bound from below. In double precision; added up in an order that does not depend on the team.
class CostSums {
 public:
  /// @param problem  outlives the sums
  CostSums(const MonteCarloProblem& problem, VectorD weights)
      : m_problem(problem), m_weights(std::move(weights)) {}

  void add(const SamplePanels& panels, const TopPlanes& found, ThreadTeam& team);

  /// See MonteCarloTest; normal intervals.
  Estimate primal(double confidence) const { return mean(0, confidence, 0); }
  Estimate dual(double confidence) const {
    return mean(1, confidence, 0.5 * m_problem.masses.dot(m_weights));
  }

 private:
  Estimate mean(int of, double confidence, double constant) const;

  const MonteCarloProblem& m_problem;
  VectorD m_weights;
  std::vector<double> m_costs;  ///< of the samples added last
  double m_sums[2] = {0, 0}, m_squares[2] = {0, 0};
  std::int64_t m_samples = 0;
};

}  // namespace monge
