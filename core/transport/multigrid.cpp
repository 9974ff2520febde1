// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/transport/multigrid.h"

#include <cmath>

#include "core/base/parallel_for.h"

namespace monge {
namespace {

/// Gauss-Seidel runs within blocks of this many rows; across them it takes the values from before the sweep,
/// so that blocks may run at the same time and in any order.
constexpr std::int64_t kBlock = 8192;

double mean(const std::vector<double>& values) {
  double sum = 0;
  for (const double value : values) sum += value;
  return values.empty() ? 0 : sum / static_cast<double>(values.size());
}

}  // namespace

/// Brings the columns of each row into the order that the sweeps take them in.
void Multigrid::sortByBlock(Level& level) {
  auto& [offsets, columns, values] = level.couplings;
  const int rows = level.couplings.rows();
  level.middle.resize(rows);
  level.inner.resize(rows);
  std::vector<std::pair<int, float>> sorted[3];
  for (int row = 0; row < rows; ++row) {
    const std::int64_t begin = row / kBlock * kBlock, end = begin + kBlock;
    for (auto& part : sorted) part.clear();
    for (int at = offsets[row]; at < offsets[row + 1]; ++at) {
      const int column = columns[at];
      sorted[column < begin || column >= end ? 2 : column < row ? 0 : 1].emplace_back(column, values[at]);
    }
    int at = offsets[row];
    for (const auto& part : sorted)
      for (const auto& [column, value] : part) columns[at] = column, values[at++] = value;
    level.middle[row] = offsets[row] + static_cast<int>(sorted[0].size());
    level.inner[row] = level.middle[row] + static_cast<int>(sorted[1].size());
  }
}

/// From the zero vector: of the other rows only those before in the block count.
void Multigrid::smoothForward(Level& level) {
  const Matrix& matrix = level.couplings;
  parallelChunks(m_team, level.couplings.rows(), kBlock,
                 [&](std::int64_t begin, std::int64_t end, std::int64_t) {
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
  parallelChunks(m_team, level.couplings.rows(), kBlock,
                 [&](std::int64_t begin, std::int64_t end, std::int64_t) {
                   for (std::int64_t row = begin; row < end; ++row) {
                     float sum = 0;
                     for (int at = level.middle[row]; at < matrix.offsets[row + 1]; ++at)
                       sum += matrix.values[at] * level.solution[matrix.columns[at]];
                     level.residual[row] = sum;
                   }
                 });
}

void Multigrid::smoothBackward(Level& level) {
  const Matrix& matrix = level.couplings;
  level.previous = level.solution;
  parallelChunks(m_team, level.couplings.rows(), kBlock,
                 [&](std::int64_t begin, std::int64_t end, std::int64_t) {
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
  for (std::size_t row = 0; row < rows; ++row) {
    float sum = 0;
    for (std::size_t column = 0; column < rows; ++column)
      sum += m_coarsestInverse[row * rows + column] * level.right[column];
    level.solution[row] = sum;
  }
}

void Multigrid::cycle(std::size_t depth) {
  Level& level = m_levels[depth];
  if (depth + 1 == m_levels.size() && !m_coarsestInverse.empty()) return solveCoarsest(level);
  smoothForward(level);
  if (depth + 1 < m_levels.size()) {
    Level& coarse = m_levels[depth + 1];
    findResidual(level);
    parallelChunks(m_team, coarse.couplings.rows(), kBlock,
                   [&](std::int64_t begin, std::int64_t end, std::int64_t) {
                     const auto& [offsets, columns, values] = level.restriction;
                     for (std::int64_t row = begin; row < end; ++row) {
                       float sum = 0;
                       for (int at = offsets[row]; at < offsets[row + 1]; ++at)
                         sum += values[at] * level.residual[columns[at]];
                       coarse.right[row] = sum;
                     }
                   });
    cycle(depth + 1);
    parallelChunks(m_team, level.couplings.rows(), kBlock,
                   [&](std::int64_t begin, std::int64_t end, std::int64_t) {
                     const auto& [offsets, columns, values] = level.prolongation;
                     for (std::int64_t row = begin; row < end; ++row)
                       for (int at = offsets[row]; at < offsets[row + 1]; ++at)
                         level.solution[row] += values[at] * coarse.solution[columns[at]];
                   });
  }
  smoothBackward(level);
}

void Multigrid::apply(const std::vector<double>& r, std::vector<double>& z) {
  Level& finest = m_levels[0];
  // Single precision spans the scale of r only when r is brought near 1.
  double largest = 0;
  for (const double value : r) largest = std::max(largest, std::abs(value));
  const double scale = largest > 0 ? 1 / largest : 1;
  for (std::size_t row = 0; row < r.size(); ++row) finest.right[row] = static_cast<float>(scale * r[row]);
  cycle(0);
  z.resize(r.size());
  for (std::size_t row = 0; row < r.size(); ++row) z[row] = finest.solution[row] / scale;
  const double shift = mean(z);
  for (double& value : z) value -= shift;
}

LinearSolve solveLaplacian(const GraphLaplacian& laplacian, Multigrid& preconditioner,
                           const std::vector<double>& b, std::vector<double>& x,
                           const LinearTolerance& tolerance, int maxIterations, ThreadTeam& team) {
  LinearSolve report;
  const auto smallEverywhere = [&](const std::vector<double>& residual) {
    for (std::size_t row = 0; row < residual.size() && !tolerance.rows.empty(); ++row)
      if (std::abs(residual[row]) > tolerance.rows[row] * tolerance.ofRow) return false;
    return true;
  };
  std::vector<double> r = b, z, p, q;
  x.assign(b.size(), 0);
  const double target = tolerance.norm * tolerance.norm * dot(b, b, team), start = dot(b, b, team);
  double squared = start;
  if (start == 0) return {0, 0, true};
  double rho = 0;
  while ((squared > target || !smallEverywhere(r)) && report.iterations < maxIterations) {
    preconditioner.apply(r, z);
    const double rhoNew = dot(r, z, team);
    if (report.iterations == 0) {
      p = z;
    } else {
      const double beta = rhoNew / rho;
      for (std::size_t at = 0; at < p.size(); ++at) p[at] = z[at] + beta * p[at];
    }
    rho = rhoNew;
    multiply(laplacian, p, q, team);
    const double curvature = dot(p, q, team);
    if (!(curvature > 0)) break;
    const double alpha = rho / curvature;
    for (std::size_t at = 0; at < p.size(); ++at) x[at] += alpha * p[at], r[at] -= alpha * q[at];
    squared = dot(r, r, team);
    ++report.iterations;
  }
  report.residual = std::sqrt(squared / start);
  report.converged = squared <= target && smallEverywhere(r);
  return report;
}

}  // namespace monge
