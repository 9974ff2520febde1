// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/snapshot/cell_law.h"

#include <algorithm>
#include <array>

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

}  // namespace monge
