// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <vector>

namespace monge {

/// The Laplacian of a weighted graph, row by row: (L x)_i = sum_j c_ij (x_i - x_j) with couplings c_ij >= 0.
/// The diagonal is kept apart; couplings stand as positive numbers. Symmetric: both c_ij and c_ji are stored.
struct GraphLaplacian {
  std::vector<int> offsets;      ///< n + 1
  std::vector<int> columns;      ///< neighbours of row i: columns[offsets[i]] ... columns[offsets[i + 1] - 1]
  std::vector<double> coupling;  ///< as columns
  std::vector<double> diagonal;  ///< n: sum of the row's couplings

  int rows() const { return static_cast<int>(offsets.size()) - 1; }
};

}  // namespace monge
