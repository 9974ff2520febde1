// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/transport/multigrid.h"

#include <algorithm>

#include "core/base/parallel_for.h"
#include "core/base/sparse_rows.h"

namespace monge {
/// From the zero vector: of the other rows only those before in the block count.
void Multigrid::smoothForward(Level& level) {
  const Matrix& matrix = level.couplings;
  const auto rows = sparseRows<4>(matrix.columns, matrix.values, level.solution);
  parallelChunks(m_team, level.rows(), kBlock, [&](std::int64_t begin, std::int64_t end, std::int64_t) {
    for (std::int64_t row = begin; row < end; ++row) {
      const float sum = level.right[row] + rows.product(matrix.offsets[row], level.middle[row]);
      level.solution[row] = sum * level.inverseDiagonal[row];
    }
  });
}

/// After the forward sweep from zero, what is left of each row are the couplings that it has not seen.
void Multigrid::findResidual(Level& level) {
  const Matrix& matrix = level.couplings;
  const auto rows = sparseRows<4>(matrix.columns, matrix.values, level.solution);
  parallelChunks(m_team, level.rows(), lightChunk(level.rows()),
                 [&](std::int64_t begin, std::int64_t end, std::int64_t) {
                   for (std::int64_t row = begin; row < end; ++row)
                     level.residual[row] = rows.product(level.middle[row], matrix.offsets[row + 1]);
                 });
}

void Multigrid::restrictResidual(const Level& level, Level& coarse) {
  const Matrix& matrix = level.restriction;
  const auto rows = sparseRows<4>(matrix.columns, matrix.values, level.residual);
  parallelChunks(m_team, coarse.rows(), lightChunk(level.rows()) / 4,
                 [&](std::int64_t begin, std::int64_t end, std::int64_t) {
                   for (std::int64_t row = begin; row < end; ++row)
                     coarse.right[row] = rows.product(matrix.offsets[row], matrix.offsets[row + 1]);
                 });
}

/// And keeps the values for rows of other blocks in the sweep that comes next.
void Multigrid::addCorrection(Level& level, const Level& coarse) {
  const Matrix& matrix = level.prolongation;
  const auto rows = sparseRows<4>(matrix.columns, matrix.values, coarse.solution);
  parallelChunks(m_team, level.rows(), lightChunk(level.rows()),
                 [&](std::int64_t begin, std::int64_t end, std::int64_t) {
                   for (std::int64_t row = begin; row < end; ++row)
                     level.solution[row] = level.previous[row] =
                         level.solution[row] + rows.product(matrix.offsets[row], matrix.offsets[row + 1]);
                 });
}

void Multigrid::smoothBackward(Level& level) {
  const Matrix& matrix = level.couplings;
  const auto within = sparseRows<8>(matrix.columns, matrix.values, level.solution);
  const auto beyond = sparseRows<4>(matrix.columns, matrix.values, level.previous);
  parallelChunks(m_team, level.rows(), kBlock, [&](std::int64_t begin, std::int64_t end, std::int64_t) {
    for (std::int64_t row = end - 1; row >= begin; --row) {
      const float sum = level.right[row] + within.product(matrix.offsets[row], level.inner[row]) +
                        beyond.product(level.inner[row], matrix.offsets[row + 1]);
      level.solution[row] = sum * level.inverseDiagonal[row];
    }
  });
}

void Multigrid::solveCoarsest(Level& level) {
  const std::size_t rows = level.right.size();
  std::fill(level.solution.begin(), level.solution.end(), 0.0F);
  for (std::size_t row = 0; row < rows; ++row)  // the inverse is symmetric
    for (std::size_t column = 0; column < rows; ++column)
      level.solution[column] += m_coarsestInverse[row * rows + column] * level.right[row];
}

void Multigrid::cycle(std::size_t depth) {
  Level& level = m_levels[depth];
  if (depth + 1 == m_levels.size() && !m_coarsestInverse.empty()) return solveCoarsest(level);
  smoothForward(level);
  if (depth + 1 < m_levels.size()) {
    Level& coarse = m_levels[depth + 1];
    findResidual(level);
    restrictResidual(level, coarse);
    cycle(depth + 1);
    addCorrection(level, coarse);
  } else {
    level.previous = level.solution;
  }
  smoothBackward(level);
}

}  // namespace monge
