// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <vector>

#include "core/geometry/graph_laplacian.h"

namespace monge {

inline std::vector<double> laplacianTimes(const GraphLaplacian& laplacian, const std::vector<double>& x) {
  std::vector<double> product;
  for (int row = 0; row < laplacian.rows(); ++row) {
    double sum = 0;
    for (int at = laplacian.offsets[row]; at < laplacian.offsets[row + 1]; ++at)
      sum += laplacian.coupling[at] * (x[row] - x[laplacian.columns[at]]);
    product.push_back(sum);
  }
  return product;
}

}  // namespace monge
