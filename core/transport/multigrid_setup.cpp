// SPDX-License-Identifier: GPL-3.0-or-later
// How the levels of the multigrid are made.
#include <Eigen/Cholesky>
#include <algorithm>
#include <utility>

#include "core/base/parallel_for.h"
#include "core/transport/multigrid.h"

namespace monge {
namespace {

constexpr int kCoarsest = 160;  // rows that a dense inverse serves at once
constexpr int kMostLevels = 24;
constexpr float kStrength = 0.05F;  // of both rows' largest couplings: what is weaker joins no aggregates
constexpr float kDamping = 2.0F / 3;
constexpr std::int64_t kRowsAChunk = 2048;

}  // namespace

Multigrid::Multigrid(const GraphLaplacian& laplacian, ThreadTeam& team) : m_team(team) {
  Level finest;
  finest.couplings.offsets = laplacian.offsets;
  finest.couplings.columns = laplacian.columns;
  finest.couplings.values.assign(laplacian.coupling.begin(), laplacian.coupling.end());
  finest.diagonal.assign(laplacian.diagonal.begin(), laplacian.diagonal.end());
  m_levels.push_back(std::move(finest));
  while (m_levels.back().couplings.rows() > kCoarsest && levels() < kMostLevels) {
    Level& fine = m_levels.back();
    int count = 0;
    const std::vector<int> aggregates = aggregate(fine, kStrength, count);
    if (count * 10 > fine.couplings.rows() * 9) break;  // no progress: nothing is strongly coupled
    fine.prolongation = smoothedProlongation(fine, aggregates, kStrength);
    fine.restriction = transpose(fine.prolongation, count);
    Level coarse = nextLevel(fine, count, team);
    m_levels.push_back(std::move(coarse));
  }
  for (Level& level : m_levels) {
    sortByBlock(level);
    const std::size_t rows = level.diagonal.size();
    level.inverseDiagonal.resize(rows);
    for (std::size_t row = 0; row < rows; ++row)
      level.inverseDiagonal[row] = level.diagonal[row] > 0 ? 1 / level.diagonal[row] : 0;
    for (auto* vector : {&level.right, &level.solution, &level.previous, &level.residual})
      vector->resize(rows);
  }
  prepareCoarsest();
}

/// Each row not yet near an aggregate founds one with all its strong neighbours; rows between aggregates join
/// the one they are coupled to most.
std::vector<int> Multigrid::aggregate(const Level& level, float strength, int& count) {
  const std::vector<int>&offsets = level.couplings.offsets, &columns = level.couplings.columns;
  const std::vector<float>& values = level.couplings.values;
  const int rows = level.couplings.rows();
  std::vector<int> aggregates(rows, -1);
  std::vector<float> least(rows);
  for (int row = 0; row < rows; ++row) {
    float largest = 0;
    for (int at = offsets[row]; at < offsets[row + 1]; ++at) largest = std::max(largest, values[at]);
    least[row] = strength * largest;
  }
  const auto strong = [&](int row, int at) { return values[at] >= std::max(least[row], least[columns[at]]); };
  for (int row = 0; row < rows; ++row) {
    if (aggregates[row] >= 0) continue;
    bool free = true;
    for (int at = offsets[row]; at < offsets[row + 1] && free; ++at)
      free = !strong(row, at) || aggregates[columns[at]] < 0;
    if (!free) continue;
    for (int at = offsets[row]; at < offsets[row + 1]; ++at)
      if (strong(row, at)) aggregates[columns[at]] = count;
    aggregates[row] = count++;
  }
  std::vector<int> joined = aggregates;
  for (int row = 0; row < rows; ++row) {
    if (aggregates[row] >= 0) continue;
    float strongest = 0;
    for (int at = offsets[row]; at < offsets[row + 1]; ++at)
      if (aggregates[columns[at]] >= 0 && values[at] > strongest)
        strongest = values[at], joined[row] = aggregates[columns[at]];
    if (joined[row] < 0) joined[row] = count++;
  }
  return joined;
}

/// P = (I - omega D^-1 A) T of the indicator T of the aggregates, with A's weak couplings left out.
Multigrid::Matrix Multigrid::smoothedProlongation(const Level& level, const std::vector<int>& aggregates,
                                                  float strength) {
  const auto& [offsets, columns, values] = level.couplings;
  const int rows = level.couplings.rows();
  Matrix result;
  result.offsets.reserve(rows + 1);
  result.offsets.push_back(0);
  result.columns.reserve(3L * rows);
  result.values.reserve(3L * rows);
  for (int row = 0; row < rows; ++row) {
    float largest = 0, sum = 0;
    for (int at = offsets[row]; at < offsets[row + 1]; ++at) largest = std::max(largest, values[at]);
    for (int at = offsets[row]; at < offsets[row + 1]; ++at)
      if (values[at] >= strength * largest) sum += values[at];
    const std::size_t begin = result.columns.size();
    const auto add = [&](int column, float value) {
      for (std::size_t at = begin; at < result.columns.size(); ++at)
        if (result.columns[at] == column) return void(result.values[at] += value);
      result.columns.push_back(column);
      result.values.push_back(value);
    };
    add(aggregates[row], sum > 0 ? 1 - kDamping : 1);
    for (int at = offsets[row]; at < offsets[row + 1]; ++at)
      if (sum > 0 && values[at] >= strength * largest)
        add(aggregates[columns[at]], kDamping * values[at] / sum);
    result.offsets.push_back(static_cast<int>(result.columns.size()));
  }
  return result;
}

Multigrid::Matrix Multigrid::transpose(const Matrix& matrix, int columns) {
  Matrix result;
  result.offsets.assign(columns + 1, 0);
  for (const int column : matrix.columns) ++result.offsets[column + 1];
  for (int column = 0; column < columns; ++column) result.offsets[column + 1] += result.offsets[column];
  result.columns.resize(matrix.columns.size());
  result.values.resize(matrix.values.size());
  std::vector<int> fill(result.offsets.begin(), result.offsets.end() - 1);
  for (int row = 0; row < matrix.rows(); ++row)
    for (int at = matrix.offsets[row]; at < matrix.offsets[row + 1]; ++at) {
      const int to = fill[matrix.columns[at]]++;
      result.columns[to] = row;
      result.values[to] = matrix.values[at];
    }
  return result;
}

/// left * right, or (diagonal - left) * right when the diagonal is given. Columns of a row come in the order
/// of their first appearance.
Multigrid::Matrix Multigrid::multiply(const Matrix& left, const std::vector<float>* diagonal,
                                      const Matrix& right, int columns, ThreadTeam& team) {
  const std::int64_t rows = left.rows();
  std::vector<Matrix> parts((rows + kRowsAChunk - 1) / kRowsAChunk);
  parallelChunks(team, rows, kRowsAChunk, [&](std::int64_t begin, std::int64_t end, std::int64_t chunk) {
    thread_local std::vector<int> place;
    if (static_cast<int>(place.size()) < columns) place.assign(columns, -1);
    Matrix& part = parts[chunk];
    for (int row = static_cast<int>(begin); row < end; ++row) {
      const std::size_t start = part.columns.size();
      const auto addRow = [&](float factor, int from) {
        for (int at = right.offsets[from]; at < right.offsets[from + 1]; ++at) {
          int& slot = place[right.columns[at]];
          if (slot < 0) {
            slot = static_cast<int>(part.columns.size());
            part.columns.push_back(right.columns[at]);
            part.values.push_back(0);
          }
          part.values[slot] += factor * right.values[at];
        }
      };
      if (diagonal) addRow((*diagonal)[row], row);
      for (int at = left.offsets[row]; at < left.offsets[row + 1]; ++at)
        addRow(diagonal ? -left.values[at] : left.values[at], left.columns[at]);
      for (std::size_t at = start; at < part.columns.size(); ++at) place[part.columns[at]] = -1;
      part.offsets.push_back(static_cast<int>(part.columns.size()));
    }
  });
  Matrix result;
  result.offsets.reserve(rows + 1);
  result.offsets.push_back(0);
  for (const Matrix& part : parts) {
    const int start = static_cast<int>(result.columns.size());
    for (const int offset : part.offsets) result.offsets.push_back(start + offset);
    result.columns.insert(result.columns.end(), part.columns.begin(), part.columns.end());
    result.values.insert(result.values.end(), part.values.begin(), part.values.end());
  }
  return result;
}

/// P^T A P. Its diagonal is taken as the sum of the row's couplings, which is what it is in exact arithmetic:
/// rounding must not make the constants leave the null space.
Multigrid::Level Multigrid::nextLevel(const Level& fine, int size, ThreadTeam& team) {
  const Matrix image = multiply(fine.couplings, &fine.diagonal, fine.prolongation, size, team);
  const Matrix product = multiply(fine.restriction, nullptr, image, size, team);
  Level coarse;
  coarse.couplings.offsets.push_back(0);
  coarse.couplings.columns.reserve(product.columns.size());
  coarse.couplings.values.reserve(product.columns.size());
  for (int row = 0; row < size; ++row) {
    float sum = 0;
    for (int at = product.offsets[row]; at < product.offsets[row + 1]; ++at) {
      if (product.columns[at] == row) continue;
      coarse.couplings.columns.push_back(product.columns[at]);
      coarse.couplings.values.push_back(-product.values[at]);
      sum -= product.values[at];
    }
    coarse.diagonal.push_back(sum);
    coarse.couplings.offsets.push_back(static_cast<int>(coarse.couplings.columns.size()));
  }
  return coarse;
}

/// The inverse on vectors of mean 0: (A + s 1 1^T)^-1 for any s > 0.
void Multigrid::prepareCoarsest() {
  const Level& level = m_levels.back();
  const int rows = level.couplings.rows();
  if (rows > 4 * kCoarsest) return;  // aggregation stalled: smoothing has to do
  double trace = 0;
  for (const float value : level.diagonal) trace += value;
  Eigen::MatrixXd matrix = Eigen::MatrixXd::Constant(rows, rows, trace > 0 ? trace / rows / rows : 1.0);
  for (int row = 0; row < rows; ++row) {
    matrix(row, row) += level.diagonal[row] * (1 + 1e-7);
    for (int at = level.couplings.offsets[row]; at < level.couplings.offsets[row + 1]; ++at)
      matrix(row, level.couplings.columns[at]) -= level.couplings.values[at];
  }
  matrix = 0.5 * (matrix + matrix.transpose().eval());
  const Eigen::MatrixXd inverse = matrix.llt().solve(Eigen::MatrixXd::Identity(rows, rows));
  m_coarsestInverse.resize(static_cast<std::size_t>(rows) * rows);
  for (int row = 0; row < rows; ++row)
    for (int column = 0; column < rows; ++column)
      m_coarsestInverse[static_cast<std::size_t>(row) * rows + column] =
          static_cast<float>(inverse(row, column));
}

double Multigrid::operatorComplexity() const {
  double sum = 0;
  for (const Level& level : m_levels) sum += static_cast<double>(level.couplings.columns.size());
  return m_levels[0].couplings.columns.empty()
             ? 1
             : sum / static_cast<double>(m_levels[0].couplings.columns.size());
}

}  // namespace monge
