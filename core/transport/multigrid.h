// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <span>
#include <vector>

#include "core/base/thread_team.h"
#include "core/geometry/graph_laplacian.h"

namespace monge {

/// Algebraic multigrid for graph Laplacians: smoothed aggregation (Vanek, Mandel, Brezina 1996), one
/// symmetric Gauss-Seidel cycle V(1, 1) in single precision, an exact solve on the coarsest level. A
/// preconditioner for conjugate gradients: symmetric, positive definite on vectors of mean 0, constant from
/// one application to the next, and the same with any team.
class Multigrid {
 public:
  Multigrid(const GraphLaplacian& laplacian, ThreadTeam& team);

  /// z = M^-1 r, an approximation of L^+ r.
  void apply(const std::vector<double>& r, std::vector<double>& z);

  int levels() const { return static_cast<int>(m_levels.size()); }
  /// Entries on all levels as a multiple of the finest's.
  double operatorComplexity() const;

 private:
  /// Rows of off-diagonal entries as positive couplings, as in GraphLaplacian.
  struct Matrix {
    std::vector<int> offsets, columns;
    std::vector<float> values;
    int rows() const { return static_cast<int>(offsets.size()) - 1; }
  };
  struct Level {
    /// Of each row first the columns before it in its block (to `middle`), then those behind it there (to
    /// `inner`), then those of other blocks.
    Matrix couplings;
    std::vector<int> middle, inner;
    std::vector<float> diagonal, inverseDiagonal;
    Matrix prolongation, restriction;  ///< to the next level, and its transpose
    std::vector<float> right, solution, previous, residual;
  };
  struct Coarsest;

  static std::vector<int> aggregate(const Level& level, float strength, int& count);
  static Matrix smoothedProlongation(const Level& level, const std::vector<int>& aggregates, float strength);
  static Matrix transpose(const Matrix& matrix, int columns);
  static Matrix multiply(const Matrix& left, const std::vector<float>* minusDiagonal, const Matrix& right,
                         int columns, ThreadTeam& team);
  static Level nextLevel(const Level& fine, int size, ThreadTeam& team);

  void prepareCoarsest();
  void cycle(std::size_t depth);
  void smoothForward(Level& level);
  void findResidual(Level& level);
  static void sortByBlock(Level& level);
  void smoothBackward(Level& level);
  void solveCoarsest(Level& level);

  std::vector<Level> m_levels;
  std::vector<float> m_coarsestInverse;
  ThreadTeam& m_team;
};

/// When a linear solve is good enough: |L x - b| <= norm |b|, and in each row |L x - b|_i <= ofRow * rows_i.
struct LinearTolerance {
  double norm = 1e-10;
  std::span<const double> rows;  ///< empty: no bound on rows
  double ofRow = 1;
};

/// Conjugate gradients on L x = b, b of mean 0, preconditioned.
struct LinearSolve {
  int iterations = 0;
  double residual = 0;  ///< |L x - b| / |b| at the end
  bool converged = false;
};
LinearSolve solveLaplacian(const GraphLaplacian& laplacian, Multigrid& preconditioner,
                           const std::vector<double>& b, std::vector<double>& x,
                           const LinearTolerance& tolerance, int maxIterations, ThreadTeam& team);

}  // namespace monge
