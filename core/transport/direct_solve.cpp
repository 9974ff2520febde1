// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/transport/direct_solve.h"

#include <suitesparse/cholmod.h>

#include <algorithm>
#include <cmath>
#include <memory>
#include <numeric>

namespace monge {
namespace {

/// CHOLMOD's workspace and what is made in it, freed together.
class Cholmod {
 public:
  Cholmod() { cholmod_start(&common), common.print = 0; }
  ~Cholmod() {
    cholmod_free_sparse(&matrix, &common);
    cholmod_free_dense(&right, &common);
    cholmod_free_dense(&solution, &common);
    cholmod_free_factor(&factor, &common);
    cholmod_finish(&common);
  }
  Cholmod(const Cholmod&) = delete;
  Cholmod& operator=(const Cholmod&) = delete;

  cholmod_common common{};
  cholmod_sparse* matrix = nullptr;
  cholmod_dense *right = nullptr, *solution = nullptr;
  cholmod_factor* factor = nullptr;
};

/// The lower triangle without row and column 0, column by column.
cholmod_sparse* lowerTriangle(const GraphLaplacian& laplacian, cholmod_common& common) {
  const int rows = laplacian.rows() - 1;
  const std::size_t most = laplacian.columns.size() + static_cast<std::size_t>(rows);
  cholmod_sparse* matrix = cholmod_allocate_sparse(rows, rows, most, false, true, -1, CHOLMOD_REAL, &common);
  if (!matrix) return nullptr;
  int* starts = static_cast<int*>(matrix->p);
  int* indices = static_cast<int*>(matrix->i);
  double* values = static_cast<double*>(matrix->x);
  int filled = 0;
  for (int row = 1; row <= rows; ++row) {
    starts[row - 1] = filled;
    indices[filled] = row - 1;
    values[filled++] = laplacian.diagonal[row];
    for (int at = laplacian.offsets[row]; at < laplacian.offsets[row + 1]; ++at) {
      if (laplacian.columns[at] <= row) continue;
      indices[filled] = laplacian.columns[at] - 1;
      values[filled++] = -laplacian.coupling[at];
    }
  }
  starts[rows] = filled;
  return matrix;
}

}  // namespace

bool solveDirectly(const GraphLaplacian& laplacian, const std::vector<double>& b, std::vector<double>& x) {
  const std::size_t rows = b.size();
  x.assign(rows, 0);
  if (rows < 2) return true;
  Cholmod work;
  work.matrix = lowerTriangle(laplacian, work.common);
  work.right = cholmod_allocate_dense(rows - 1, 1, rows - 1, CHOLMOD_REAL, &work.common);
  if (!work.matrix || !work.right) return false;
  std::copy(b.begin() + 1, b.end(), static_cast<double*>(work.right->x));
  work.factor = cholmod_analyze(work.matrix, &work.common);
  if (!work.factor || !cholmod_factorize(work.matrix, work.factor, &work.common) ||
      work.common.status != CHOLMOD_OK)
    return false;
  work.solution = cholmod_solve(CHOLMOD_A, work.factor, work.right, &work.common);
  if (!work.solution) return false;
  const double* values = static_cast<const double*>(work.solution->x);
  std::copy(values, values + rows - 1, x.begin() + 1);
  const double mean = std::accumulate(x.begin(), x.end(), 0.0) / static_cast<double>(rows);
  for (double& value : x) value -= mean;
  return std::isfinite(mean);
}

}  // namespace monge
