// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/geometry/graph_laplacian.h"

#include "core/base/parallel_for.h"
#include "core/base/sparse_rows.h"

namespace monge {

void multiply(const GraphLaplacian& laplacian, const std::vector<double>& x, std::vector<double>& y,
              ThreadTeam& team) {
  y.resize(x.size());
  const auto rows = sparseRows<8>(laplacian.columns, laplacian.coupling, x);
  parallelChunks(team, laplacian.rows(), lightChunk(laplacian.rows()),
                 [&](std::int64_t begin, std::int64_t end, std::int64_t) {
                   for (std::int64_t row = begin; row < end; ++row)
                     y[row] = laplacian.diagonal[row] * x[row] -
                              rows.product(laplacian.offsets[row], laplacian.offsets[row + 1]);
                 });
}

}  // namespace monge
