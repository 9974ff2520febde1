// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstdint>
#include <vector>

#include "core/snapshot/arrays.h"

namespace monge {

struct Estimate {
  double value = 0, lower = 0, upper = 0;
};

/// What independent samples say of the masses w_i of the cells against the wanted nu_i. Nothing here is the
/// plain difference of the shares found, which is above 0 by chance alone even where w = nu.
struct MassTest {
  std::int64_t samples = 0;
  double confidence = 0;   ///< that each interval holds the true number
  VectorD masses;          ///< n, shares of the samples
  std::int64_t empty = 0;  ///< cells without a sample

  /// sum_i (w_i - nu_i)^2 / nu_i: the plain one less what chance adds to it, unbiased.
  double chiSquare = 0;
  /// 1/2 sum_i |w_i - nu_i|, the share of the mass that lies in a wrong cell.
  Estimate totalVariation;
  /// max_i |w_i - nu_i| / nu_i.
  Estimate largestRelative;
};

/// Counts of samples in the cells, in two halves.
struct MassCounts {
  std::vector<std::int64_t> halves[2];  ///< n each
  std::int64_t samples[2] = {0, 0};
};

/// Total variation. Below: with the signs s_i of the errors in the first half, E 1/2 sum s_i (w_i - nu_i) <=
/// TV whatever the signs, and the second half measures it (Hoeffding's bound). Above: the lesser of the plain
/// estimate with its deviation (McDiarmid's bound: one sample changes it by at most 1 / m) and of 1/2
/// sqrt(chi^2) (Cauchy and Schwarz), chi^2 with its normal deviation.
///
/// Largest relative error: Clopper and Pearson's exact intervals of all cells at once (Bonferroni).
///
/// Both values are the plain ones times what is left of sqrt(chi^2) when chance is taken off, put into the
/// interval: right where true errors and those of chance are alike in shape.
///
/// @param targets     nu, n, sum 1
/// @param confidence  in (0, 1)
MassTest testMasses(const MassCounts& counts, const VectorD& targets, double confidence);

/// sum_i (w_i - nu_i)^2 / nu_i from counts of `samples` independent samples, unbiased, and what chance adds
/// to the plain one: sum_i w_i (1 - w_i) / (nu_i m).
struct ChiSquare {
  double value = 0;  ///< may be below 0
  double noise = 0;
  double deviation = 0;  ///< of the value
  double pairs = 0;      ///< the part of deviation^2 that pairs of samples make, whatever the value
  /// Above the true one but for z deviations. The linear part of the deviation grows with the true value,
  /// which an estimate that is too low makes too low as well: so it is taken at the bound itself.
  double upperBound(double z, std::int64_t samples) const;
};
ChiSquare chiSquare(const std::vector<std::int64_t>& counts, std::int64_t samples, const VectorD& targets);

}  // namespace monge
