// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/geometry/graph_laplacian.h"

#include "core/base/parallel_for.h"

namespace monge {

void multiply(const GraphLaplacian& laplacian, const std::vector<double>& x, std::vector<double>& y,
              ThreadTeam& team) {
  y.resize(x.size());
  parallelChunks(team, laplacian.rows(), 4096, [&](std::int64_t begin, std::int64_t end, std::int64_t) {
    for (std::int64_t row = begin; row < end; ++row) {
      double sum = laplacian.diagonal[row] * x[row];
      for (int at = laplacian.offsets[row]; at < laplacian.offsets[row + 1]; ++at)
        sum -= laplacian.coupling[at] * x[laplacian.columns[at]];
      y[row] = sum;
    }
  });
}

}  // namespace monge
