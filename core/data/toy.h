// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/data/dataset.h"

namespace monge {

/// A distribution that we can sample and, where it is known in closed form, evaluate.
///
/// E1 discs (k-gans, sec. 10.1), E3 ring of 8 and 3D ball (pot-gan), E5 ring of 10 (assignment), E7 uniform
/// disc and two clusters, E8 shape with holes and dumbbell (ae-ot), E9 5 x 5 Gaussians (ae-ot, fig. 6).
class ToyDistribution {
 public:
  virtual ~ToyDistribution() = default;
  virtual std::string name() const = 0;   ///< key in experiments: "four_clusters"
  virtual std::string title() const = 0;  ///< for people: "Four discs, radius 0.25"
  virtual int dimension() const = 0;
  virtual std::string source() const = 0;  ///< "k-gans, sec. 10.1"
  virtual Dataset sample(std::int64_t count, std::uint64_t seed) const = 0;
  /// Probability density at x (d values), with respect to Lebesgue measure; nullopt where no closed form is
  /// known.
  virtual std::optional<double> density(const double* x) const = 0;
  virtual std::vector<Disc> mask() const { return {}; }
  /// Means of the modes of a mixture (m x d), and their common standard deviation; 0 rows for others.
  virtual RowsF modes() const { return {}; }
  virtual double modeDeviation() const { return 0; }
};

/// Every toy distribution, in the order of targets; the pointers live as long as the program.
const std::vector<const ToyDistribution*>& toyDistributions();

/// @throws Error naming the known ones when there is no such distribution.
const ToyDistribution& toyDistribution(std::string_view name);

}  // namespace monge
