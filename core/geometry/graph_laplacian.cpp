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

double dot(const std::vector<double>& x, const std::vector<double>& y, ThreadTeam& team) {
  constexpr std::int64_t kChunk = 8192;
  const std::int64_t count = static_cast<std::int64_t>(x.size());
  std::vector<double> sums((count + kChunk - 1) / kChunk);
  parallelChunks(team, count, kChunk, [&](std::int64_t begin, std::int64_t end, std::int64_t chunk) {
    double sum = 0;
    for (std::int64_t at = begin; at < end; ++at) sum += x[at] * y[at];
    sums[chunk] = sum;
  });
  double total = 0;
  for (const double sum : sums) total += sum;
  return total;
}

}  // namespace monge
