// SPDX-License-Identifier: GPL-3.0-or-later
#include <algorithm>
#include <numeric>
#include <string>
#include <utility>
#include <vector>

#include "core/base/error.h"
#include "core/base/text.h"
#include "core/transport/semidiscrete_montecarlo.h"

namespace monge {
namespace {

constexpr Eigen::Index kLeastDimension = 2, kLargestDimension = 128;

void requireSites(const RowsD& sites) {
  if (sites.rows() < 2) throw Error("points", std::to_string(sites.rows()), "at least 2");
  if (sites.cols() < kLeastDimension || sites.cols() > kLargestDimension)
    throw Error("points", std::to_string(sites.cols()) + (sites.cols() == 1 ? " column" : " columns"),
                "2 to 128, one a coordinate");
  for (Eigen::Index row = 0; row < sites.rows(); ++row)
    if (!sites.row(row).allFinite())
      throw Error("point " + std::to_string(row + 1), "a value that is not finite", "finite coordinates");
}

void requireSinglePrecision(const RowsF& sites) {
  for (Eigen::Index row = 0; row < sites.rows(); ++row)
    if (!sites.row(row).allFinite())
      throw Error("point " + std::to_string(row + 1), "a coordinate too large for single precision",
                  "less than 3e38");
}

/// As the search sees them: apart by less than single precision tells is on one spot.
void requireDistinct(const RowsF& sites) {
  const auto compare = [&](Eigen::Index a, Eigen::Index b) {
    return std::lexicographical_compare_three_way(sites.row(a).begin(), sites.row(a).end(),
                                                  sites.row(b).begin(), sites.row(b).end());
  };
  std::vector<Eigen::Index> order(static_cast<std::size_t>(sites.rows()));
  std::iota(order.begin(), order.end(), 0);
  std::sort(order.begin(), order.end(), [&](Eigen::Index a, Eigen::Index b) {
    const auto by = compare(a, b);
    return by < 0 || (by == 0 && a < b);
  });
  for (std::size_t at = 1; at < order.size(); ++at)
    if (compare(order[at - 1], order[at]) == 0)
      throw Error("points",
                  std::to_string(order[at - 1] + 1) + " and " + std::to_string(order[at] + 1) +
                      " on one spot, as far as single precision tells",
                  "distinct ones");
}

VectorD scaledMasses(const VectorD& masses, Eigen::Index count) {
  if (masses.size() == 0) return VectorD::Constant(count, 1.0 / static_cast<double>(count));
  if (masses.size() != count)
    throw Error("masses", std::to_string(masses.size()), std::to_string(count) + ", one for each point");
  for (Eigen::Index at = 0; at < count; ++at)
    if (!(masses[at] > 0) || !std::isfinite(masses[at]))
      throw Error("mass " + std::to_string(at + 1), numberText(masses[at]), "above 0");
  if (!std::isfinite(masses.sum())) throw Error("masses", "a sum that is not finite", "a finite one");
  return masses / masses.sum();
}

}  // namespace

MonteCarloProblem checkedProblem(MonteCarloProblem problem) {
  requireSites(problem.sites);
  if (problem.source.dimension() != problem.sites.cols())
    throw Error("source", "dimension " + std::to_string(problem.source.dimension()),
                std::to_string(problem.sites.cols()) + ", that of the points");
  problem.masses = scaledMasses(problem.masses, problem.sites.rows());
  const RowsF sites = SemidiscreteMonteCarlo::sitesAbout(problem);
  requireSinglePrecision(sites);
  requireDistinct(sites);
  return problem;
}

}  // namespace monge
