// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/transport/exact_discrete.h"

#include <algorithm>
#include <chrono>
#include <cmath>
#include <limits>
#include <memory>
#include <numeric>

#include "core/base/error.h"
#include "core/transport/certify.h"
#include "core/transport/column_generation.h"
#include "core/transport/discrete_measures.h"
#include "core/transport/monotone_transport.h"
#include "core/transport/point_levels.h"

namespace monge {

namespace {

using Line = GroundCost::Line;
using Clock = std::chrono::steady_clock;
using Indices = std::vector<int>;

/// Sets up to this size are solved from scratch.
constexpr int kCoarsest = 256;

double secondsSince(Clock::time_point start) {
  return std::chrono::duration<double>(Clock::now() - start).count();
}

Lanes lanesOf(const VectorD& potential) {
  Lanes lanes(potential.size(), -std::numeric_limits<double>::infinity());
  for (Eigen::Index at = 0; at < potential.size(); ++at) lanes[at] = potential[at];
  return lanes;
}

/// Cost, masses and thread team of one call, and what is reported on the way.
struct Context {
  const DiscreteOptions& options;
  ThreadTeam team;
  DiscreteProgress progress{};

  Context(const DiscreteOptions& given, Eigen::Index rows, Eigen::Index columns)
      : options(given), team(usefulThreads(given.threads, rows, columns)) {}
};

VectorD cTransform(const GroundCost& cost, Line line, const VectorD& potential, Context& context) {
  const std::vector<double> values =
      cTransform(cost, line, lanesOf(potential), context.team, context.options.stop);
  return Eigen::Map<const VectorD>(values.data(), std::ssize(values));
}

/// Runs one level. @return false when it was stopped
bool solveLevel(ColumnGeneration& search, const VectorD& guess, Context& context) {
  DiscreteProgress& progress = context.progress;
  const std::int64_t before = progress.pivots;
  const double whole = static_cast<double>(search.tree().wholeMass());
  const bool done = search.solve({guess.begin(), guess.end()}, context.options.stop, [&](const auto& round) {
    progress.round = round.number;
    progress.pivots = before + round.pivots;
    progress.violated = round.violated;
    progress.unplaced = static_cast<double>(round.unplaced) / whole;
    if (context.options.progress) context.options.progress(progress);
  });
  progress.pivots = before + search.pivots();
  ++progress.level;
  return done;
}

/// The tree's flow for the masses as they were given, without the rounding to whole numbers.
std::vector<PlanEntry> planOf(const TransportTree& tree, const VectorD& a, const VectorD& b) {
  const int n = tree.rows(), root = n + tree.columns();
  VectorD surplus(root + 1);
  surplus << a, -b, 0;
  std::vector<PlanEntry> plan;
  tree.visitUpwards([&](int node, int parent) {
    const double mass = node < n ? surplus[node] : -surplus[node];
    surplus[parent] += surplus[node];
    if (parent == root || !(mass > 0)) return;
    plan.push_back(node < n ? PlanEntry{node, parent - n, mass} : PlanEntry{parent, node - n, mass});
  });
  return plan;
}

/// Makes costs between some of the rows and some of the columns.
using MakeCost = std::function<std::unique_ptr<GroundCost>(const Indices& rows, const Indices& columns)>;

/// Those of 0 .. count - 1 that are not in `some`.
Indices others(const Indices& some, Eigen::Index count) {
  std::vector<bool> there(static_cast<std::size_t>(count));
  for (const int at : some) there[static_cast<std::size_t>(at)] = true;
  Indices rest;
  for (Eigen::Index at = 0; at < count; ++at)
    if (!there[static_cast<std::size_t>(at)]) rest.push_back(static_cast<int>(at));
  return rest;
}

Indices all(Eigen::Index count) {
  Indices indices(static_cast<std::size_t>(count));
  std::iota(indices.begin(), indices.end(), 0);
  return indices;
}

/// Rows and columns that the search left out because they have no mass get the largest potentials that fit.
void fillIn(ExactTransport& result, const Indices& rows, const Indices& columns, const MakeCost& makeCost,
            Context& context) {
  const Indices otherColumns = others(columns, result.v.size()), otherRows = others(rows, result.u.size());
  if (!otherColumns.empty())
    result.v(otherColumns) = cTransform(*makeCost(rows, otherColumns), Line::Column, result.u(rows), context);
  if (!otherRows.empty())
    result.u(otherRows) =
        cTransform(*makeCost(otherRows, all(result.v.size())), Line::Row, result.v, context);
}

/// The answer in the order of the input. `rows` and `columns` say where the tree's nodes come from.
ExactTransport answer(const TransportTree& tree, const GroundCost& cost, const Indices& rows,
                      const Indices& columns, const VectorD& a, const VectorD& b, const MakeCost& makeCost,
                      Context& context) {
  ExactTransport result;
  const std::vector<double>& w = tree.potentials();
  const VectorD v = w.back() - Eigen::Map<const VectorD>(w.data() + tree.rows(), tree.columns()).array();
  const VectorD u = cTransform(cost, Line::Row, v, context);
  const VectorD most = cTransform(cost, Line::Column, u, context);
  result.plan = planOf(tree, a(rows), b(columns));
  for (PlanEntry& entry : result.plan) {
    entry.row = rows[static_cast<std::size_t>(entry.row)];
    entry.column = columns[static_cast<std::size_t>(entry.column)];
  }
  result.u.setZero(a.size());
  result.v.setZero(b.size());
  result.u(rows) = u;
  result.v(columns) = v;
  fillIn(result, rows, columns, makeCost, context);
  result.certificate.largestInfeasibility = std::max((v - most).maxCoeff(), 0.0);
  result.iterations = context.progress.pivots;
  return result;
}

ExactTransport cancelled(const Context& context) {
  ExactTransport result;
  result.status = DiscreteStatus::Cancelled;
  result.cost = result.distance = std::numeric_limits<double>::quiet_NaN();
  result.iterations = context.progress.pivots;
  return result;
}

Indices withMass(const std::vector<std::int64_t>& mass) {
  Indices indices;
  for (std::size_t at = 0; at < mass.size(); ++at)
    if (mass[at] > 0) indices.push_back(static_cast<int>(at));
  return indices;
}

std::vector<std::int64_t> massesAt(const Indices& indices, const std::vector<std::int64_t>& mass) {
  std::vector<std::int64_t> chosen;
  for (const int at : indices) chosen.push_back(mass[static_cast<std::size_t>(at)]);
  return chosen;
}

/// From coarse to fine: the row potentials of a level, transformed to the columns of the next, are its guess.
ExactTransport solvePoints(const RowsD& x, const VectorD& a, const RowsD& y, const VectorD& b, double p,
                           Context& context) {
  const auto [rowMass, columnMass] = wholeMasses(a, b);
  const std::vector<PointLevel> rows = pointLevels(x, rowMass, kCoarsest);
  const std::vector<PointLevel> columns = pointLevels(y, columnMass, kCoarsest);
  const std::size_t levels = std::max(rows.size(), columns.size());
  const auto at = [](const std::vector<PointLevel>& all, std::size_t level) -> const PointLevel& {
    return all[std::min(level, all.size() - 1)];
  };
  context.progress.levels = static_cast<int>(levels);
  VectorD guess = VectorD::Zero(columns.back().points.rows());
  for (std::size_t level = levels - 1;; --level) {
    const PointLevel &source = at(rows, level), &sink = at(columns, level);
    const PointCost cost(source.points, sink.points, p);
    ColumnGeneration search(cost, source.mass, sink.mass, context.team);
    if (!solveLevel(search, guess, context)) return cancelled(context);
    const auto makeCost = [&](const Indices& some, const Indices& others) {
      return std::make_unique<PointCost>(x(some, Eigen::all), y(others, Eigen::all), p);
    };
    if (level == 0) return answer(search.tree(), cost, source.origin, sink.origin, a, b, makeCost, context);
    const std::vector<double>& w = search.tree().potentials();
    const VectorD u = Eigen::Map<const VectorD>(w.data(), source.points.rows()).array() - w.back();
    guess = cTransform(PointCost(source.points, at(columns, level - 1).points, p), Line::Column, u, context);
  }
}

ExactTransport solveMatrix(const RowsD& matrix, const VectorD& a, const VectorD& b, Context& context) {
  const auto [rowMass, columnMass] = wholeMasses(a, b);
  const Indices rows = withMass(rowMass), columns = withMass(columnMass);
  const auto makeCost = [&](const Indices& some, const Indices& others) {
    return std::make_unique<MatrixCost>(matrix(some, others));
  };
  const bool whole = std::ssize(rows) == a.size() && std::ssize(columns) == b.size();
  const std::unique_ptr<MatrixCost> cost =
      whole ? std::make_unique<MatrixCost>(&matrix) : makeCost(rows, columns);
  ColumnGeneration search(*cost, massesAt(rows, rowMass), massesAt(columns, columnMass), context.team);
  if (!solveLevel(search, VectorD::Zero(std::ssize(columns)), context)) return cancelled(context);
  return answer(search.tree(), *cost, rows, columns, a, b, makeCost, context);
}

/// With its certificate, unless it was stopped on the way.
template <class Cost>
ExactTransport finished(ExactTransport result, const VectorD& a, const VectorD& b, const Cost& cost,
                        const Context& context) {
  if (context.options.stop.stop_requested()) return cancelled(context);
  certify(result, a, b, cost);
  return result;
}

/// b in units of a: both have the same sum, but for rounding.
VectorD scaledTo(const VectorD& a, const VectorD& b) {
  return a.sum() == b.sum() ? b : VectorD(b * (a.sum() / b.sum()));
}

/// Of points in any units; b has the sum of a.
ExactTransport solve(const RowsD& x, const VectorD& a, const RowsD& y, const VectorD& b, double p,
                     const DiscreteOptions& options) {
  if (x.cols() == 1) return monotoneTransport(x.col(0), a, y.col(0), b, p);
  Context context(options, x.rows(), y.rows());
  return finished(solvePoints(x, a, y, b, p, context), a, b, PointCost(x, y, p), context);
}

/// The root of order p of sum mass * |x - y|^p, also where the powers vanish.
double planDistance(const std::vector<PlanEntry>& plan, const RowsD& x, const RowsD& y, double p) {
  const auto apart = [&](const PlanEntry& entry) {
    return (x.row(entry.row) - y.row(entry.column)).stableNorm();
  };
  double most = 0, sum = 0;
  for (const PlanEntry& entry : plan) most = std::max(most, apart(entry));
  if (most == 0) return 0;
  for (const PlanEntry& entry : plan) sum += entry.mass * std::pow(apart(entry) / most, p);
  return most * std::pow(sum, 1 / p);
}

/// From units of 2^exponent to data units.
void convert(ExactTransport& result, const RowsD& x, const RowsD& y, double p, int exponent) {
  constexpr double kVanishing = 1e-290;
  result.distance = result.cost > kVanishing ? distanceInDataUnits(result.cost, exponent, p)
                                             : std::ldexp(planDistance(result.plan, x, y, p), exponent);
  if (exponent == 0) return;
  const auto inDataUnits = [&](double cost) { return costInDataUnits(cost, exponent, p); };
  DiscreteCertificate& proof = result.certificate;
  for (double* cost : {&result.cost, &proof.primal, &proof.dual, &proof.gap, &proof.largestInfeasibility})
    *cost = inDataUnits(*cost);
  result.u = result.u.unaryExpr(inDataUnits);
  result.v = result.v.unaryExpr(inDataUnits);
}

}  // namespace

std::string name(DiscreteStatus status) {
  return status == DiscreteStatus::Optimal ? "optimal" : "cancelled";
}

ExactTransport exactTransport(const RowsD& x, const VectorD& a, const RowsD& y, const VectorD& b, double p,
                              const DiscreteOptions& options) {
  const Clock::time_point start = Clock::now();
  requirePoints(x, y);
  requirePower(p);
  requireWeights(a, x.rows(), b, y.rows());
  const VectorD scaled = scaledTo(a, b);
  const int exponent = unitExponent(x, y, p);
  ExactTransport result;
  if (exponent == 0) {
    result = solve(x, a, y, scaled, p, options);
    if (result.status == DiscreteStatus::Optimal) convert(result, x, y, p, 0);
  } else {
    const auto [ownX, ownY] = pointsInUnits(x, y, exponent);
    result = solve(ownX, a, ownY, scaled, p, options);
    if (result.status == DiscreteStatus::Optimal) convert(result, ownX, ownY, p, exponent);
  }
  result.seconds = secondsSince(start);
  return result;
}

ExactTransport exactTransport(const RowsD& cost, const VectorD& a, const VectorD& b,
                              const DiscreteOptions& options) {
  const Clock::time_point start = Clock::now();
  requireCosts(cost);
  requireWeights(a, cost.rows(), b, cost.cols());
  const VectorD scaled = scaledTo(a, b);
  Context context(options, cost.rows(), cost.cols());
  ExactTransport result = finished(solveMatrix(cost, a, scaled, context), a, scaled, cost, context);
  result.distance = std::numeric_limits<double>::quiet_NaN();
  result.seconds = secondsSince(start);
  return result;
}

}  // namespace monge
