// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/transport/discrete_measures.h"

#include <algorithm>
#include <cmath>
#include <numeric>
#include <string>

#include "core/base/error.h"
#include "core/base/text.h"

namespace monge {

namespace {

constexpr double kLargestPower = 64;
constexpr double kLargestCost = 1e300;
constexpr double kSumTolerance = 1e-9;
constexpr double kWholeSum = 0x1.0p60;

void requireFinite(const RowsD& points, const std::string& name) {
  for (Eigen::Index i = 0; i < points.rows(); ++i)
    if (!points.row(i).allFinite())
      throw Error(name + ", point " + std::to_string(i + 1), "a coordinate that is no number",
                  "finite coordinates");
}

void requireWeights(const VectorD& weights, Eigen::Index count, const std::string& name) {
  if (weights.size() != count)
    throw Error(name, std::to_string(weights.size()) + " weights",
                std::to_string(count) + ", one for each point");
  for (Eigen::Index i = 0; i < count; ++i)
    if (!std::isfinite(weights[i]) || weights[i] < 0)
      throw Error(name + ", weight " + std::to_string(i + 1), numberText(weights[i]),
                  "a finite number of at least 0");
  const double sum = weights.sum();
  if (!(sum > 0) || !std::isfinite(sum))
    throw Error(name, "weights of sum " + numberText(sum), "a positive, finite sum");
}

bool isUniform(const VectorD& weights) {
  return weights.minCoeff() == weights.maxCoeff();
}

bool isWhole(const VectorD& weights) {
  return weights.sum() < 0x1.0p53 && (weights.array() == weights.array().floor()).all();
}

std::vector<std::int64_t> rounded(const VectorD& weights) {
  std::vector<std::int64_t> masses(static_cast<std::size_t>(weights.size()));
  const double scale = kWholeSum / weights.sum();
  for (std::size_t i = 0; i < masses.size(); ++i)
    masses[i] = std::llround(weights[static_cast<Eigen::Index>(i)] * scale);
  return masses;
}

std::int64_t total(const std::vector<std::int64_t>& masses) {
  return std::accumulate(masses.begin(), masses.end(), std::int64_t{0});
}

}  // namespace

void requirePoints(const RowsD& x, const RowsD& y) {
  if (x.rows() == 0 || y.rows() == 0)
    throw Error(x.rows() == 0 ? "first set" : "second set", "no points", "at least one");
  if (x.cols() != y.cols() || x.cols() == 0)
    throw Error("second set", "points of dimension " + std::to_string(y.cols()),
                "dimension " + std::to_string(x.cols()) + " as in the first");
  requireFinite(x, "first set");
  requireFinite(y, "second set");
}

void requireCosts(const RowsD& cost) {
  if (cost.size() == 0) throw Error("cost matrix", "no entries", "at least one row and one column");
  for (Eigen::Index i = 0; i < cost.rows(); ++i)
    for (Eigen::Index j = 0; j < cost.cols(); ++j)
      if (!(std::abs(cost(i, j)) <= kLargestCost))
        throw Error("cost matrix, row " + std::to_string(i + 1) + ", column " + std::to_string(j + 1),
                    numberText(cost(i, j)),
                    std::isfinite(cost(i, j)) ? "a number of at most 1e300" : "a finite number");
}

void requirePower(double p) {
  if (!(p >= 1 && p <= kLargestPower)) throw Error("p", numberText(p), "a number from 1 to 64");
}

void requireWeights(const VectorD& a, Eigen::Index n, const VectorD& b, Eigen::Index m) {
  requireWeights(a, n, "first weights");
  requireWeights(b, m, "second weights");
  if (std::abs(a.sum() - b.sum()) > kSumTolerance * std::max(a.sum(), b.sum()))
    throw Error("second weights", "a sum of " + numberText(b.sum()),
                numberText(a.sum()) + ", the sum of the first");
}

int unitExponent(const RowsD& x, const RowsD& y, double p) {
  constexpr double kMostBits = 900;  // of a cost; sums of some have room above
  constexpr int kOrdinaryBits = 100;
  constexpr double kOrdinaryPower = 4;
  const Eigen::RowVectorXd lower = x.colwise().minCoeff().cwiseMin(y.colwise().minCoeff());
  const Eigen::RowVectorXd upper = x.colwise().maxCoeff().cwiseMax(y.colwise().maxCoeff());
  const double half = (upper / 2 - lower / 2).maxCoeff();
  if (!(half > 0)) return 0;
  const int bits = std::ilogb(half) + 2;  // of the longest side
  if (p <= kOrdinaryPower && std::abs(bits) <= kOrdinaryBits) return 0;
  const double mostBits =
      kMostBits / std::max(p, 2.0) - std::log2(static_cast<double>(x.cols())) / 2;  // of a side
  return bits - static_cast<int>(std::floor(mostBits));
}

std::pair<RowsD, RowsD> pointsInUnits(const RowsD& x, const RowsD& y, int exponent) {
  std::pair<RowsD, RowsD> points{x, y};
  for (Eigen::Index k = 0; k < x.cols(); ++k) {
    const bool isShared = (x.col(k).array() == x(0, k)).all() && (y.col(k).array() == x(0, k)).all();
    const auto inUnits = [&](double value) { return isShared ? 0 : std::ldexp(value, -exponent); };
    points.first.col(k) = x.col(k).unaryExpr(inUnits);
    points.second.col(k) = y.col(k).unaryExpr(inUnits);
  }
  return points;
}

double costInDataUnits(double cost, int exponent, double p) {
  const double bits = exponent * p, whole = std::floor(bits);
  return std::ldexp(cost * std::exp2(bits - whole), static_cast<int>(whole));
}

double distanceInDataUnits(double cost, int exponent, double p) {
  return std::ldexp(std::pow(std::max(cost, 0.0), 1 / p), exponent);
}

std::pair<std::vector<std::int64_t>, std::vector<std::int64_t>> wholeMasses(const VectorD& a,
                                                                            const VectorD& b) {
  if (isUniform(a) && isUniform(b)) {
    const std::int64_t n = a.size(), m = b.size(), divisor = std::gcd(n, m);
    return {std::vector<std::int64_t>(static_cast<std::size_t>(n), m / divisor),
            std::vector<std::int64_t>(static_cast<std::size_t>(m), n / divisor)};
  }
  if (isWhole(a) && isWhole(b) && a.sum() == b.sum()) {
    std::pair<std::vector<std::int64_t>, std::vector<std::int64_t>> masses;
    for (const double weight : a) masses.first.push_back(static_cast<std::int64_t>(weight));
    for (const double weight : b) masses.second.push_back(static_cast<std::int64_t>(weight));
    return masses;
  }
  std::pair masses{rounded(a), rounded(b)};
  const std::int64_t difference = total(masses.first) - total(masses.second);
  auto& smaller = difference > 0 ? masses.second : masses.first;
  *std::max_element(smaller.begin(), smaller.end()) += std::abs(difference);
  return masses;
}

}  // namespace monge
