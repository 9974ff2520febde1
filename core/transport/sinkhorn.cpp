// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/transport/sinkhorn.h"

#include <algorithm>
#include <chrono>
#include <cmath>
#include <limits>
#include <vector>

#include "core/base/error.h"
#include "core/base/text.h"
#include "core/transport/cost_kernels.h"
#include "core/transport/discrete_measures.h"
#include "core/transport/nearest_lines.h"

namespace monge {

namespace {

using Line = GroundCost::Line;
using Clock = std::chrono::steady_clock;

constexpr double kInfinity = std::numeric_limits<double>::infinity();
/// From stage to stage epsilon falls by this; each but the last ends at the coarser marginal error or after a
/// few rounds.
constexpr double kEpsilonStep = 0.5;
constexpr double kStageError = 0.05;
constexpr int kStageRounds = 20;

Line across(Line line) {
  return line == Line::Row ? Line::Column : Line::Row;
}

Lanes lanesOf(const VectorD& values) {
  Lanes lanes(values.size(), -kInfinity);
  for (Eigen::Index at = 0; at < values.size(); ++at) lanes[at] = values[at];
  return lanes;
}

/// Sums of exp((own_i + other_j - c_ij) / epsilon) over j, for one line after the other; each one's potential
/// is taken relative to the largest term, so that nothing overflows.
struct LineSums {
  VectorD logarithm;  ///< epsilon log sum_j exp((other_j - c_ij) / epsilon)
  VectorD meanCost;   ///< sum_j c_ij e_ij / sum_j e_ij
};

/// One pass over all pairs.
class Passes {
 public:
  Passes(const GroundCost& cost, const SinkhornOptions& options)
      : m_cost(cost),
        m_stop(options.stop),
        m_team(usefulThreads(options.threads, cost.rows(), cost.columns())) {}

  LineSums logSums(Line line, const VectorD& other, double epsilon, bool withCost) {
    const Lanes potential = lanesOf(other);
    LineSums sums{VectorD::Zero(m_cost.count(line)), VectorD::Zero(m_cost.count(line))};
    VectorD least = VectorD::Constant(m_cost.count(line), kInfinity), total = sums.meanCost;
    const auto visit = [&](int at, int begin, int count, const double* tile, double tileLeast) {
      if (tileLeast == kInfinity) return;
      if (tileLeast < least[at]) {
        const double factor = std::exp((tileLeast - least[at]) / epsilon);
        total[at] *= factor;
        sums.meanCost[at] *= factor;
        least[at] = tileLeast;
      }
      double sum = 0, costSum = 0;
      costs::kernels().exponentialSums(tile, withCost ? potential.data() + begin : nullptr, least[at],
                                       1 / epsilon, paddedLanes(count), &sum, &costSum);
      total[at] += sum;
      sums.meanCost[at] += costSum;
    };
    visitTiles(m_cost, line, potential, m_team, m_stop, visit);
    sums.logarithm = epsilon * total.array().log() - least.array();
    sums.meanCost.array() /= total.array();
    return sums;
  }

  /// sum_j w_j c_ij for all lines.
  VectorD weightedCosts(Line line, const VectorD& weights) {
    const Lanes zero(m_cost.count(across(line)), 0);
    VectorD sums = VectorD::Zero(m_cost.count(line));
    visitTiles(m_cost, line, zero, m_team, m_stop,
               [&](int at, int begin, int count, const double* tile, double) {
                 sums[at] += Eigen::Map<const VectorD>(tile, count).dot(weights.segment(begin, count));
               });
    return sums;
  }

  VectorD transform(Line line, const VectorD& other) {
    const std::vector<double> values = cTransform(m_cost, line, lanesOf(other), m_team, m_stop);
    return Eigen::Map<const VectorD>(values.data(), std::ssize(values));
  }

 private:
  const GroundCost& m_cost;
  std::stop_token m_stop;
  ThreadTeam m_team;
};

/// The iteration on f and g with P_ij = a_i b_j exp((f_i + g_j - c_ij) / epsilon).
class Iteration {
 public:
  Iteration(Passes& passes, const VectorD& a, const VectorD& b, const SinkhornOptions& options)
      : m_passes(passes),
        m_options(options),
        m_a(a),
        m_b(b),
        m_logA(a.array().log()),
        m_logB(b.array().log()),
        m_f(VectorD::Zero(a.size())),
        m_g(VectorD::Zero(b.size())) {}

  SinkhornStatus run(double meanCost) {
    const double last = m_options.epsilon * meanCost;
    m_epsilon = std::max(meanCost, last);
    while (true) {
      const bool isLast = m_epsilon <= last;
      const SinkhornStatus status = stage(isLast);
      if (isLast || status == SinkhornStatus::Cancelled || m_count >= m_options.iterations) return status;
      m_epsilon = std::max(m_epsilon * kEpsilonStep, last);
    }
  }

  /// Cost of the plan rounded to the marginals.
  double roundedCost() {
    // Rows that have too much are scaled down, then columns; what is missing is spread as a product.
    const VectorD f = m_f.cwiseMin(softTransform(Line::Row, weighted(m_g, m_logB)));
    const VectorD g = m_g.cwiseMin(softTransform(Line::Column, weighted(f, m_logA)));
    const LineSums sums = m_passes.logSums(Line::Row, weighted(g, m_logB), m_epsilon, true);
    const VectorD rows = m_a.array() * ((f + sums.logarithm).array() / m_epsilon).exp();
    const LineSums others = m_passes.logSums(Line::Column, weighted(f, m_logA), m_epsilon, false);
    const VectorD columns = m_b.array() * ((g + others.logarithm).array() / m_epsilon).exp();
    const VectorD rowRest = (m_a - rows).cwiseMax(0), columnRest = (m_b - columns).cwiseMax(0);
    const double placed = rows.dot(sums.meanCost), missing = rowRest.sum();
    if (!(missing > 0 && columnRest.sum() > 0)) return placed;
    return placed + rowRest.dot(m_passes.weightedCosts(Line::Row, columnRest)) / columnRest.sum();
  }

  const VectorD& g() const { return m_g; }
  double epsilon() const { return m_epsilon; }
  double error() const { return m_error; }
  std::int64_t count() const { return m_count; }

 private:
  VectorD weighted(const VectorD& potential, const VectorD& logWeight) const {
    return potential + m_epsilon * logWeight;
  }
  VectorD softTransform(Line line, const VectorD& other) {
    return -m_passes.logSums(line, other, m_epsilon, false).logarithm;
  }

  SinkhornStatus stage(bool isLast) {
    const double goal = isLast ? m_options.marginalError : std::max(kStageError, m_options.marginalError);
    for (int round = 0; m_count < m_options.iterations; ++round) {
      m_f = softTransform(Line::Row, weighted(m_g, m_logB));
      const VectorD g = softTransform(Line::Column, weighted(m_f, m_logA));
      if (m_options.stop.stop_requested()) return SinkhornStatus::Cancelled;
      // With the old g the rows fit, and column j held b_j exp((old - new) / epsilon).
      m_error = (m_b.array() * (((m_g - g).array() / m_epsilon).exp() - 1).abs()).sum() / m_b.sum();
      m_g = g;
      ++m_count;
      if (m_options.progress) m_options.progress({m_count, m_epsilon, m_error});
      if (m_error <= goal) return SinkhornStatus::Converged;
      if (!isLast && round + 1 == kStageRounds) return SinkhornStatus::Converged;
    }
    return SinkhornStatus::IterationLimit;
  }

  Passes& m_passes;
  const SinkhornOptions& m_options;
  const VectorD &m_a, &m_b;
  VectorD m_logA, m_logB, m_f, m_g;
  double m_epsilon = 0, m_error = 0;
  std::int64_t m_count = 0;
};

void requireOptions(const SinkhornOptions& options) {
  if (!(options.epsilon > 0)) throw Error("epsilon", numberText(options.epsilon), "a positive number");
  if (!(options.marginalError > 0))
    throw Error("marginal error", numberText(options.marginalError), "a positive number");
  if (options.iterations < 1) throw Error("iterations", std::to_string(options.iterations), "at least 1");
}

/// The part of the set that has mass.
struct Support {
  std::vector<int> index;
  VectorD weight;

  explicit Support(const VectorD& weights) {
    for (Eigen::Index at = 0; at < weights.size(); ++at)
      if (weights[at] > 0) index.push_back(static_cast<int>(at));
    weight = weights(index);
  }
};

SinkhornEstimate cancelled(SinkhornEstimate result) {
  result.status = SinkhornStatus::Cancelled;
  result.lower = 0, result.upper = kInfinity;
  result.distance = std::numeric_limits<double>::quiet_NaN();
  return result;
}

SinkhornEstimate solve(const RowsD& x, const Support& rows, const RowsD& y, const Support& columns, double p,
                       const SinkhornOptions& options) {
  const PointCost cost(x(rows.index, Eigen::all), y(columns.index, Eigen::all), p);
  Passes passes(cost, options);
  const double mass = rows.weight.sum();
  const VectorD a = rows.weight / mass, b = columns.weight / columns.weight.sum();
  const double meanCost = a.dot(passes.weightedCosts(Line::Row, b));
  SinkhornEstimate result;
  if (options.stop.stop_requested()) return cancelled(result);
  if (!(meanCost > 0)) {  // all points are one
    result.u = VectorD::Zero(x.rows());
    result.v = VectorD::Zero(y.rows());
    return result;
  }
  Iteration iteration(passes, a, b, options);
  result.status = iteration.run(meanCost);
  result.epsilon = iteration.epsilon();
  result.marginalError = iteration.error();
  result.iterations = iteration.count();
  if (result.status != SinkhornStatus::Cancelled) {
    result.upper = mass * iteration.roundedCost();
    // Two transforms: the first makes the potentials feasible, the second the best for its side.
    const PointCost all(x, y, p);
    Passes passesOfAll(all, options);
    const VectorD u = passes.transform(Line::Row, iteration.g());
    VectorD spread = VectorD::Constant(x.rows(), -kInfinity);
    spread(rows.index) = u;
    result.v = passesOfAll.transform(Line::Column, spread);
    result.u = passesOfAll.transform(Line::Row, result.v);
    result.lower = std::max(mass * (a.dot(result.u(rows.index)) + b.dot(result.v(columns.index))), 0.0);
  }
  if (options.stop.stop_requested() || result.status == SinkhornStatus::Cancelled) return cancelled(result);
  return result;
}

/// From units of 2^exponent to data units.
void convert(SinkhornEstimate& result, double p, int exponent) {
  result.distance = distanceInDataUnits(result.upper, exponent, p);
  const auto inDataUnits = [&](double cost) { return costInDataUnits(cost, exponent, p); };
  for (double* cost : {&result.lower, &result.upper, &result.epsilon}) *cost = inDataUnits(*cost);
  result.u = result.u.unaryExpr(inDataUnits);
  result.v = result.v.unaryExpr(inDataUnits);
}

/// In units in which the powers of distances are numbers.
SinkhornEstimate solveInUnits(const RowsD& x, const VectorD& a, const RowsD& y, const VectorD& b, double p,
                              const SinkhornOptions& options) {
  const int exponent = unitExponent(x, y, p);
  SinkhornOptions within = options;
  if (options.progress)
    within.progress = [&](SinkhornProgress progress) {
      progress.epsilon = costInDataUnits(progress.epsilon, exponent, p);
      options.progress(progress);
    };
  SinkhornEstimate result;
  if (exponent == 0) {
    result = solve(x, Support(a), y, Support(b), p, within);
  } else {
    const auto [ownX, ownY] = pointsInUnits(x, y, exponent);
    result = solve(ownX, Support(a), ownY, Support(b), p, within);
  }
  if (result.status != SinkhornStatus::Cancelled) convert(result, p, exponent);
  return result;
}

}  // namespace

std::string name(SinkhornStatus status) {
  switch (status) {
    case SinkhornStatus::Converged:
      return "converged";
    case SinkhornStatus::IterationLimit:
      return "iteration_limit";
    case SinkhornStatus::Cancelled:
      break;
  }
  return "cancelled";
}

SinkhornEstimate sinkhornTransport(const RowsD& x, const VectorD& a, const RowsD& y, const VectorD& b,
                                   double p, const SinkhornOptions& options) {
  const Clock::time_point start = Clock::now();
  requirePoints(x, y);
  requirePower(p);
  requireWeights(a, x.rows(), b, y.rows());
  requireOptions(options);
  SinkhornEstimate result = solveInUnits(x, a, y, b, p, options);
  result.seconds = std::chrono::duration<double>(Clock::now() - start).count();
  return result;
}

}  // namespace monge
