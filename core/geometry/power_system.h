// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <optional>
#include <span>
#include <vector>

#include "core/base/thread_team.h"
#include "core/geometry/graph_laplacian.h"

namespace monge {

/// What a solver has to know of power cells, in any dimension: the masses w_i(h) and their derivatives
/// dw_i/dh_j = -mu(W_i n W_j) / |y_i - y_j| (Lei et al. 2019, eq. (16) and (17)), h_i = (w_i - |y_i|^2) / 2.
struct CellSystem {
  std::vector<double> masses;
  GraphLaplacian laplacian;
};

/// The power cells of fixed sites under weights that change. Not shared between threads; works on its team.
class PowerSystem {
 public:
  virtual ~PowerSystem() = default;
  virtual int siteCount() const = 0;
  /// The cells under these weights, or a site whose cell is hidden or holds no mass; `system` then is not to
  /// be used. The result does not depend on the team's size.
  virtual std::optional<int> evaluate(std::span<const double> weights, CellSystem& system) = 0;
};

}  // namespace monge
