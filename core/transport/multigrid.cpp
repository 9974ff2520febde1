// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/transport/multigrid.h"

#include <algorithm>

namespace monge {
namespace {

constexpr int kFewBlocks = 8;  // whose couplings among each other take no longer than to wake the team

}  // namespace

void Multigrid::goDown(Level& level, int block) {
  if (level.isExact) return;
  level.sweeps.forward(block, level.right.data(), level.solution.data());
  if (!level.isLast) level.sweeps.findResidual(block, level.solution.data(), level.residual.data());
}

/// Between the sweeps: the correction by the coarser levels. Blocks then take each other's rows as they are
/// here.
void Multigrid::turn(std::size_t depth) {
  Level& level = m_levels[depth];
  if (level.isExact) return solveCoarsest(level);
  const auto addOthers = [&](std::vector<float>& sums) {
    const int blocks = level.sweeps.blocks(), size = blocks <= kFewBlocks ? kFewBlocks : 1;
    parallelChunks(m_team, blocks, size, [&](std::int64_t begin, std::int64_t end, std::int64_t) {
      for (std::int64_t block = begin; block < end; ++block)
        level.sweeps.addOthers(static_cast<int>(block), level.solution.data(), sums.data());
    });
  };
  if (!level.isLast) {
    Level& coarse = m_levels[depth + 1];
    const SortedRows &up = level.prolongation, &down = level.restriction;
    addOthers(level.residual);
    parallelChunks(m_team, coarse.rows(), down.block(), [&](std::int64_t, std::int64_t, std::int64_t block) {
      down.multiply(block, level.residual.data(), [&](int row, float sum) { coarse.right[row] = sum; });
    });
    cycle(depth + 1);
    parallelChunks(m_team, level.rows(), up.block(), [&](std::int64_t, std::int64_t, std::int64_t block) {
      up.multiply(block, coarse.solution.data(), [&](int row, float sum) { level.solution[row] += sum; });
    });
  }
  addOthers(level.right);
}

void Multigrid::goUp(Level& level, int block) {
  if (!level.isExact) level.sweeps.backward(block, level.right.data(), level.solution.data());
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
  const auto forEach = [&](void (Multigrid::*go)(Level&, int)) {
    parallelChunks(m_team, level.sweeps.blocks(), 1, [&](std::int64_t block, std::int64_t, std::int64_t) {
      (this->*go)(level, static_cast<int>(block));
    });
  };
  forEach(&Multigrid::goDown);
  turn(depth);
  forEach(&Multigrid::goUp);
}

}  // namespace monge
