// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstddef>
#include <vector>

#include "core/base/parallel_for.h"
#include "core/base/thread_team.h"
#include "core/geometry/graph_laplacian.h"
#include "core/transport/sweep_matrix.h"

namespace monge {

/// Algebraic multigrid for graph Laplacians: smoothed aggregation (Vanek, Mandel, Brezina 1996), one
/// symmetric Gauss-Seidel cycle V(1, 1) in single precision, an exact solve on the coarsest level. A
/// preconditioner for conjugate gradients: symmetric, positive definite on vectors of mean 0, constant from
/// one application to the next, and the same with any team. Rows should come in an order that keeps those
/// that are strongly coupled together: two of them in different blocks are hardly seen.
///
/// An application is begun and finished in two calls, so that the caller's work on vectors is done block by
/// block of the rows, while they are in the cache. Sums over blocks, added up in their order, are the same
/// with any team.
class Multigrid {
 public:
  Multigrid(const GraphLaplacian& laplacian, ThreadTeam& team);

  /// Takes another Laplacian of as many rows. The aggregates stay, which remain of use while rows that were
  /// coupled are so; and while little has changed, the coarser levels stay those of an older Laplacian, which
  /// saves most of the work. What they do is positive definite all the same.
  /// @return whether all levels are new
  bool update(const GraphLaplacian& laplacian);

  int rows() const { return m_levels[0].rows(); }
  int blocks() const { return m_levels[0].sweeps.blocks(); }

  /// Begins solution() = M^-1 right(), up to a factor that is the same for all right(): an approximation of
  /// L^+ right(), except for a constant. Entries of right() should be near 1 rather than near the ends of
  /// single precision.
  /// @param fill  (begin, end, block): fills right()[begin..end-1]; any thread
  template <class Fill>
  void begin(const Fill& fill) {
    forBlocks([&](std::int64_t first, std::int64_t end, std::int64_t block) {
      fill(first, end, block);
      goDown(m_levels[0], static_cast<int>(block));
    });
  }
  /// @param use  (begin, end, block): may use solution()[begin..end-1]; any thread
  template <class Use>
  void finish(const Use& use) {
    turn(0);
    forBlocks([&](std::int64_t first, std::int64_t end, std::int64_t block) {
      goUp(m_levels[0], static_cast<int>(block));
      use(first, end, block);
    });
  }
  /// unit() L times solution(), in double precision, where L's couplings are rounded to single precision, its
  /// diagonal is their sum.
  /// @param use  (begin, end, block, product of the block's rows); any thread
  template <class Use>
  void multiply(const Use& use) const {
    forBlocks([&](std::int64_t first, std::int64_t end, std::int64_t block) {
      thread_local std::vector<double> product;
      product.resize(end - first);
      m_levels[0].sweeps.multiply(static_cast<int>(block), solution().data(), product.data());
      use(first, end, block, product.data());
    });
  }

  std::vector<float>& right() { return m_levels[0].right; }
  const std::vector<float>& solution() const { return m_levels[0].solution; }
  double unit() const { return m_unit; }
  int levels() const { return static_cast<int>(m_levels.size()); }

 private:
  /// Rows of off-diagonal entries as positive couplings, as in GraphLaplacian.
  struct Matrix {
    std::vector<int> offsets, columns;
    std::vector<float> values;
    int rows() const { return static_cast<int>(offsets.size()) - 1; }
    SparseView view() const { return {offsets.data(), columns.data(), values.data(), rows()}; }
  };
  struct Level {
    SweepMatrix sweeps;
    std::vector<int> aggregates;  ///< per row, its row on the next level
    int aggregateCount = 0;
    SortedRows prolongation, restriction;  ///< to the next level, and its transpose
    std::vector<float> right, solution, residual;
    bool isLast = true, isExact = false;  ///< of the last level: it has an inverse
    int rows() const { return sweeps.rows(); }
  };
  /// A matrix while it is made: rows in chunks, whose offsets count from the chunk's beginning.
  using Parts = std::vector<Matrix>;
  class RowSum;

  template <class Task>
  void forBlocks(const Task& task) const {
    parallelChunks(m_team, rows(), m_levels[0].sweeps.block(), task);
  }

  void renew(const GraphLaplacian& laplacian);
  SparseView takeFinest(const GraphLaplacian& laplacian);
  void takeLevel(Level& level, const SparseView& couplings);
  bool hasNext(std::size_t depth, const SparseView& couplings);
  static int aggregateBlock(Level& level, const SparseView& couplings, int begin, int end);
  void aggregate(Level& level, const SparseView& couplings);
  template <class AddRow>
  void fillParts(int rows, int columns, Parts& parts, const AddRow& addRow);
  void join(const Parts& parts, Matrix& matrix);
  void makeProlongation(const Level& level, const SparseView& couplings);
  void transpose(const Matrix& matrix, int columns, Matrix& result);
  void makeCouplings(const Level& fine, const SparseView& couplings, Matrix& coarse);
  void prepareCoarsest(const SparseView& couplings);

  void cycle(std::size_t depth);
  void goDown(Level& level, int block);
  void turn(std::size_t depth);
  void goUp(Level& level, int block);
  void solveCoarsest(Level& level);

  std::vector<Level> m_levels;
  std::vector<float> m_coarsestInverse;
  std::vector<double> m_renewed;  ///< the diagonal that all levels come from
  double m_unit = 1;  ///< what couplings are multiplied by, so that single precision holds them: a power of 2
  std::vector<float> m_finest;           ///< couplings
  Matrix m_prolongation, m_restriction;  ///< of the level whose coarser one is being made
  std::vector<Matrix> m_couplings;       ///< of the coarser levels
  Parts m_parts, m_image;
  ThreadTeam& m_team;
};

}  // namespace monge
