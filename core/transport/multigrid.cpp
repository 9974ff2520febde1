// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/transport/multigrid.h"

#include <algorithm>

#include "core/base/parallel_for.h"

namespace monge {
namespace {

constexpr std::int64_t kChunk = 4096;

}  // namespace

/// From the zero vector: of the other rows only those before in the block count.
void Multigrid::smoothForward(Level& level) {
  const Matrix& matrix = level.couplings;
  parallelChunks(m_team, level.rows(), kBlock, [&](std::int64_t begin, std::int64_t end, std::int64_t) {
    for (std::int64_t row = begin; row < end; ++row) {
      float sum = level.right[row];
      for (int at = matrix.offsets[row]; at < level.middle[row]; ++at)
        sum += matrix.values[at] * level.solution[matrix.columns[at]];
      level.solution[row] = sum * level.inverseDiagonal[row];
    }
  });
}

/// After the forward sweep from zero, what is left of each row are the couplings that it has not seen.
void Multigrid::findResidual(Level& level) {
  const Matrix& matrix = level.couplings;
  parallelChunks(m_team, level.rows(), kChunk, [&](std::int64_t begin, std::int64_t end, std::int64_t) {
    for (std::int64_t row = begin; row < end; ++row) {
      float sum = 0;
      for (int at = level.middle[row]; at < matrix.offsets[row + 1]; ++at)
        sum += matrix.values[at] * level.solution[matrix.columns[at]];
      level.residual[row] = sum;
    }
  });
}

void Multigrid::restrictResidual(const Level& level, Level& coarse) {
  parallelChunks(m_team, coarse.rows(), kChunk / 4, [&](std::int64_t begin, std::int64_t end, std::int64_t) {
    const auto& [offsets, columns, values] = level.restriction;
    for (std::int64_t row = begin; row < end; ++row) {
      float sum = 0;
      for (int at = offsets[row]; at < offsets[row + 1]; ++at)
        sum += values[at] * level.residual[columns[at]];
      coarse.right[row] = sum;
    }
  });
}

/// And keeps the values for rows of other blocks in the sweep that comes next.
void Multigrid::addCorrection(Level& level, const Level& coarse) {
  parallelChunks(m_team, level.rows(), kChunk, [&](std::int64_t begin, std::int64_t end, std::int64_t) {
    const auto& [offsets, columns, values] = level.prolongation;
    for (std::int64_t row = begin; row < end; ++row) {
      float sum = level.solution[row];
      for (int at = offsets[row]; at < offsets[row + 1]; ++at)
        sum += values[at] * coarse.solution[columns[at]];
      level.solution[row] = level.previous[row] = sum;
    }
  });
}

void Multigrid::smoothBackward(Level& level) {
  const Matrix& matrix = level.couplings;
  parallelChunks(m_team, level.rows(), kBlock, [&](std::int64_t begin, std::int64_t end, std::int64_t) {
    for (std::int64_t row = end - 1; row >= begin; --row) {
      float sum = level.right[row];
      for (int at = matrix.offsets[row]; at < level.inner[row]; ++at)
        sum += matrix.values[at] * level.solution[matrix.columns[at]];
      for (int at = level.inner[row]; at < matrix.offsets[row + 1]; ++at)
        sum += matrix.values[at] * level.previous[matrix.columns[at]];
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
