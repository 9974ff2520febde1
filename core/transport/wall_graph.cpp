// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/transport/wall_graph.h"

#include <Eigen/IterativeLinearSolvers>
#include <Eigen/SparseCore>
#include <algorithm>
#include <limits>

namespace monge {

double WallGraph::reachOf(const TopPlanes& found, double share) {
  std::vector<float> gaps = found.gap;
  const auto at = static_cast<std::ptrdiff_t>(share * static_cast<double>(gaps.size() - 1));
  std::nth_element(gaps.begin(), gaps.begin() + at, gaps.end());
  return std::max(gaps[static_cast<std::size_t>(at)], std::numeric_limits<float>::min());
}

void WallGraph::add(const TopPlanes& found) {
  for (std::size_t s = 0; s < found.gap.size(); ++s) {
    if (!(found.gap[s] < m_reach)) continue;
    const auto [low, high] = std::minmax(found.best[s], found.second[s]);
    m_walls.push_back(static_cast<std::uint64_t>(low) << 32 | static_cast<std::uint32_t>(high));
  }
}

namespace {

/// What a cell's diagonal should be about, by its target and the neighbours' diagonals for theirs: where
/// sites are dense a little height moves much mass.
VectorD usualDiagonal(const std::vector<Eigen::Triplet<double>>& couplings, const VectorD& diagonal,
                      const VectorD& targets, double least) {
  const double average = std::max(diagonal.sum(), least);  // for a target of 1, what the targets sum to
  VectorD usual = VectorD::Zero(diagonal.size());
  for (const auto& wall : couplings)
    usual[wall.row()] -= wall.value() * diagonal[wall.col()] / targets[wall.col()];
  for (Eigen::Index cell = 0; cell < usual.size(); ++cell)
    usual[cell] = targets[cell] * std::max(average, diagonal[cell] > 0 ? usual[cell] / diagonal[cell] : 0);
  return usual;
}

}  // namespace

WallGraph::Step WallGraph::solve(std::int64_t samples, const VectorD& targets, const VectorD& right,
                                 double damping) const {
  const double weight = 1 / (2 * m_reach * static_cast<double>(samples));
  std::vector<std::uint64_t> walls = m_walls;
  std::sort(walls.begin(), walls.end());
  std::vector<Eigen::Triplet<double>> entries;
  VectorD diagonal = VectorD::Zero(m_cells);
  for (std::size_t at = 0; at < walls.size();) {
    std::size_t end = at;
    while (end < walls.size() && walls[end] == walls[at]) ++end;
    const int low = static_cast<int>(walls[at] >> 32), high = static_cast<int>(walls[at] & 0xffffffffu);
    const double coupling = weight * static_cast<double>(end - at);
    entries.emplace_back(low, high, -coupling);
    entries.emplace_back(high, low, -coupling);
    diagonal[low] += coupling, diagonal[high] += coupling;
    at = end;
  }
  const VectorD usual = usualDiagonal(entries, diagonal, targets, weight);
  VectorD added(m_cells);
  for (int cell = 0; cell < m_cells; ++cell) {
    added[cell] = std::max(0.0, 0.5 * usual[cell] - diagonal[cell]) + damping * usual[cell];
    entries.emplace_back(cell, cell, diagonal[cell] + added[cell]);
  }
  Eigen::SparseMatrix<double, Eigen::RowMajor> matrix(m_cells, m_cells);
  matrix.setFromTriplets(entries.begin(), entries.end());
  Eigen::ConjugateGradient<decltype(matrix), Eigen::Lower | Eigen::Upper> solver(matrix);
  solver.setTolerance(0.03);  // far below what chance adds to the right side
  solver.setMaxIterations(500);
  Step step;
  step.heights = solver.solve(right);
  step.left = added.cwiseProduct(step.heights);
  return step;
}

}  // namespace monge
