// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <span>
#include <vector>

#include "core/transport/multigrid.h"

namespace monge {

/// When a linear solve is good enough: |L x - b| <= norm |b|, and in each row |L x - b|_i <= ofRow * rows_i,
/// with couplings of L rounded to single precision. For L itself each row is off by at most 6e-8 of what
/// flows through it, sum_j c_ij |x_i - x_j|.
struct LinearTolerance {
  double norm = 1e-10;
  std::span<const double> rows;  ///< empty: no bound on rows
  double ofRow = 1;
};

struct LinearSolve {
  int iterations = 0;
  double residual = 0;  ///< |L x - b| / |b| at the end
  bool converged = false;
};

/// Conjugate gradients on L x = b, b of mean 0, in double precision, for the Laplacian L that the
/// preconditioner has. x has mean 0. The same with any team.
LinearSolve solveLaplacian(Multigrid& preconditioner, const std::vector<double>& b, std::vector<double>& x,
                           const LinearTolerance& tolerance, int maxIterations, ThreadTeam& team);

}  // namespace monge
