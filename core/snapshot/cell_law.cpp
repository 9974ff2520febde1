// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/snapshot/cell_law.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <limits>

#include "core/base/error.h"

namespace monge {
namespace {

constexpr std::array<const char*, 5> kNames = {"l2", "l2_squared", "power", "features", "ssim"};

}  // namespace

const char* toString(CellCost cost) {
  return kNames[static_cast<std::size_t>(cost)];
}

CellCost cellCostFromString(const std::string& name) {
  const auto found = std::find(kNames.begin(), kNames.end(), name);
  if (found == kNames.end()) throw Error("cost", name, "l2, l2_squared, power, features or ssim");
  return static_cast<CellCost>(found - kNames.begin());
}

double CellLaw::theta(int pointLabel, std::size_t site) const {
  if (siteLabels.empty() || pointLabel < 0 || siteLabels[site] < 0) return 1;
  return pointLabel == siteLabels[site] ? same : other;
}

bool CellLaw::hasStraightWalls() const {
  if (usesLabels()) return false;
  const auto differs = [this](double weight) { return weight != weights.front(); };
  return isSquared() || (cost == CellCost::L2 && std::none_of(weights.begin(), weights.end(), differs));
}

std::vector<double> CellLaw::powerWeights() const {
  return isSquared() ? weights : std::vector<double>{};
}

double CellLaw::between(const float* x, const float* y, Eigen::Index dimension) const {
  double sum = 0;
  for (Eigen::Index c = 0; c < dimension; ++c) {
    const double apart = std::abs(static_cast<double>(x[c]) - y[c]);
    if (cost != CellCost::Power || power == 2)
      sum += apart * apart;
    else
      sum += power == 1 ? apart : std::pow(apart, power);
  }
  return cost == CellCost::L2 ? std::sqrt(sum) : sum;
}

int CellLaw::owner(const RowsF& sites, const float* x, int label) const {
  int result = -1;
  double least = std::numeric_limits<double>::infinity();
  for (Eigen::Index j = 0; j < sites.rows(); ++j) {
    const auto site = static_cast<std::size_t>(j);
    const double value = theta(label, site) * between(x, sites.row(j).data(), sites.cols()) - weight(site);
    if (!(value < least)) continue;
    least = value;
    result = static_cast<int>(j);
  }
  return result;
}

}  // namespace monge
