// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <nlohmann/json.hpp>
#include <string>

#include "core/models/gan.h"
#include "core/snapshot/cell_law.h"

namespace monge {

/// The parameters of K1 in their own types; kgans_parameters.h describes each.
struct KGansOptions {
  int generators = 4, criticSteps = 1, draws = 1, burnIn = 600, prototypeEvery = 1, prototypeSteps = 1;
  double prototypeRate = 1e-3, boxMargin = 0;
  bool kMeansStart = true, trainStarved = false, revives = false;
  CellCost cost = CellCost::L2Squared;
  double power = 2, labelSame = 0.1, labelOther = 10;
  std::string featureNetwork;
  bool useLabels = false;
  bool fixedMasses = false;
  std::vector<double> masses;  ///< of a list; empty: all equal
  bool exactDual = true;
  int dualEvery = 10;
  double dualRate = 0.02;
  int reviveEvery = 500;
  enum class Decay { None, Linear, Cosine } decay = Decay::None;
  GanRates rates;

  /// From a validated parameter object.
  static KGansOptions from(const nlohmann::json& parameters);
  /// Factor of all learning rates at an iteration of `total`: a pure function, so that a run may be cut
  /// anywhere.
  double rateFactor(std::int64_t iteration, std::int64_t total) const;
};

GanShape ganShape(const nlohmann::json& parameters, const ImageShape& image, const RowsF& lower,
                  const RowsF& upper);

}  // namespace monge
