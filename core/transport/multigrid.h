// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstddef>
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

  /// Takes another Laplacian of as many rows. The aggregates stay, which remain of use while rows that were
  /// coupled are so; and while little has changed, the coarser levels stay those of an older Laplacian, which
  /// saves most of the work. What they do is positive definite all the same.
  /// @return whether all levels are new
  bool update(const GraphLaplacian& laplacian);

  /// Up to a factor that is the same for all r: solution() = M^-1 right(), an approximation of L^+ right(),
  /// except for a constant. Entries of right() should be near 1 rather than near the ends of single
  /// precision.
  void apply() { cycle(0); }
  std::vector<float>& right() { return m_levels[0].right; }
  const std::vector<float>& solution() const { return m_levels[0].solution; }

  int levels() const { return static_cast<int>(m_levels.size()); }

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
    std::vector<float> diagonal, inverseDiagonal;  ///< the inverse of a 0 is 0
    std::vector<int> aggregates;                   ///< per row, its row on the next level
    int aggregateCount = 0;
    Matrix prolongation, restriction;  ///< to the next level, and its transpose
    std::vector<float> right, solution, previous, residual;
    int rows() const { return static_cast<int>(diagonal.size()); }
  };
  /// A matrix while it is made: rows in chunks, whose offsets count from the chunk's beginning.
  using Parts = std::vector<Matrix>;
  class RowSum;

  /// Gauss-Seidel runs within blocks of this many rows; across them it takes the values from before the
  /// sweep, so that blocks may run at the same time and in any order. Nor do aggregates cross them.
  static constexpr int kBlock = 8192;

  void renew(const GraphLaplacian& laplacian);
  bool hasNext(std::size_t depth);
  static void makeRoom(Level& level);
  template <class Value>
  static void writeRow(Level& level, int row, const int* columns, int count, const Value& value);
  void takeFinest(const GraphLaplacian& laplacian);
  static int aggregateBlock(Level& level, int begin, int end);
  void aggregate(Level& level);
  template <class AddRow>
  void fillParts(int rows, int columns, Parts& parts, const AddRow& addRow);
  void makeProlongation(Level& level);
  void transpose(const Matrix& matrix, int columns, Matrix& result);
  void makeCouplings(const Level& fine, Level& coarse);
  void takeParts(Level& level);
  void prepareCoarsest();

  void cycle(std::size_t depth);
  void smoothForward(Level& level);
  void findResidual(Level& level);
  void restrictResidual(const Level& level, Level& coarse);
  void addCorrection(Level& level, const Level& coarse);
  void smoothBackward(Level& level);
  void solveCoarsest(Level& level);

  std::vector<Level> m_levels;
  std::vector<float> m_coarsestInverse;
  Parts m_parts, m_image;
  std::vector<double> m_renewed;  ///< the diagonal that all levels come from
  double m_unit = 1;              ///< what couplings are multiplied by, so that single precision holds them
  ThreadTeam& m_team;
};

}  // namespace monge
