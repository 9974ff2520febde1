// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cmath>
#include <limits>
#include <string>
#include <vector>

#include "core/snapshot/arrays.h"

namespace monge {

/// The costs c(x, y) that cells may follow (Ambrogioni et al. 2019, sec. 9).
enum class CellCost {
  L2,         ///< |x - y|
  L2Squared,  ///< |x - y|^2
  Power,      ///< sum |x_i - y_i|^p, eq. (30)
  Features,   ///< |f(x) - f(y)|^2 of a network's answers, eq. (31)
  Ssim,       ///< 1 - SSIM, images
};
/// "l2", "l2_squared", "power", "features", "ssim"
const char* toString(CellCost cost);
/// @throws Error on another name
CellCost cellCostFromString(const std::string& name);

/// Whose a point x is: that j's whose theta(l(x), l(y_j)) c(x, y_j) - g_j is least, the lowest of equal ones
/// (Ambrogioni et al. 2019, eq. (8), (10), (17), (32)). A value; views, geometry and trainers share it.
struct CellLaw {
  CellCost cost = CellCost::L2Squared;
  double power = 2;               ///< p of Power
  std::vector<double> weights;    ///< k: dual weights g_j, in units of the cost; empty: all 0
  std::vector<double> targets;    ///< k: masses that the cells are to hold, sum 1; empty: free
  std::vector<int> siteLabels;    ///< k: l(y_j); empty: labels do not count
  double same = 0.1, other = 10;  ///< theta of equal and of different labels; 1 where one is not known

  bool operator==(const CellLaw&) const = default;

  double weight(std::size_t site) const { return site < weights.size() ? weights[site] : 0; }
  bool usesLabels() const { return !siteLabels.empty(); }
  double theta(int pointLabel, std::size_t site) const;
  /// Whether c follows from the coordinates alone: no network, no windows of an image.
  bool isPointwise() const { return cost != CellCost::Features && cost != CellCost::Ssim; }
  /// Whether c is |x - y|^2, whatever its name.
  bool isSquared() const { return cost == CellCost::L2Squared || (cost == CellCost::Power && power == 2); }
  /// Whether the walls are straight: the cells are power cells, or Voronoi cells where weights are equal.
  bool hasStraightWalls() const;
  /// Weights of the power diagram of a law with straight walls; empty for a Voronoi diagram.
  std::vector<double> powerWeights() const;

  /// c(x, y) without weight and theta, of a pointwise cost; of another the squared distance. X: float or
  /// double.
  template <class X>
  double between(const X* x, const float* y, Eigen::Index dimension) const {
    double sum = 0;
    for (Eigen::Index c = 0; c < dimension; ++c)
      sum += part(std::abs(static_cast<double>(x[c]) - static_cast<double>(y[c])));
    return cost == CellCost::L2 ? std::sqrt(sum) : sum;
  }
  /// What one coordinate adds.
  double part(double apart) const {
    if (cost != CellCost::Power || power == 2) return apart * apart;
    return power == 1 ? apart : std::pow(apart, power);
  }
  /// Whose x is among sites (k x d), -1 without sites; label -1: not known.
  template <class X>
  int owner(const RowsF& sites, const X* x, int label = -1) const {
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
};

}  // namespace monge
