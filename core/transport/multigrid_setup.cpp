// SPDX-License-Identifier: GPL-3.0-or-later
// How the levels of the multigrid are made.
#include <Eigen/Cholesky>
#include <algorithm>
#include <cmath>
#include <numeric>

#include "core/base/parallel_for.h"
#include "core/transport/multigrid.h"

namespace monge {
namespace {

constexpr int kCoarsest = 160;  // rows that a dense inverse serves at once
constexpr std::size_t kMostLevels = 24;
constexpr float kStrength = 0.05F;  // of both rows' largest couplings: what is weaker joins no aggregates
constexpr float kDamping = 2.0F / 3;
constexpr int kRowsAChunk = 2048;

}  // namespace

/// Adds up rows of a matrix. Columns of a row come in the order of their first appearance.
class Multigrid::RowSum {
 public:
  /// @param place  -1 for each column, as it is again after finishRow()
  RowSum(Matrix& part, std::vector<int>& place) : m_part(part), m_place(place) {
    part.columns.clear();
    part.values.clear();
    part.offsets.assign(1, 0);
  }

  void add(int column, float value) {
    int& slot = m_place[column];
    if (slot < 0) {
      slot = static_cast<int>(m_part.columns.size());
      m_part.columns.push_back(column);
      m_part.values.push_back(value);
    } else {
      m_part.values[slot] += value;
    }
  }
  void finishRow() {
    for (std::size_t at = m_part.offsets.back(); at < m_part.columns.size(); ++at)
      m_place[m_part.columns[at]] = -1;
    m_part.offsets.push_back(static_cast<int>(m_part.columns.size()));
  }

 private:
  Matrix& m_part;
  std::vector<int>& m_place;
};

Multigrid::Multigrid(const GraphLaplacian& laplacian, ThreadTeam& team) : m_levels(1), m_team(team) {
  renew(laplacian);
}

void Multigrid::renew(const GraphLaplacian& laplacian) {
  const double trace = std::accumulate(laplacian.diagonal.begin(), laplacian.diagonal.end(), 0.0);
  m_unit = trace > 0 ? laplacian.rows() / trace : 1;
  m_renewed = laplacian.diagonal;
  takeFinest(laplacian);
  for (std::size_t depth = 0; hasNext(depth); ++depth) {
    if (depth + 1 == m_levels.size()) m_levels.emplace_back();
    Level &fine = m_levels[depth], &coarse = m_levels[depth + 1];
    makeProlongation(fine);
    transpose(fine.prolongation, fine.aggregateCount, fine.restriction);
    makeCouplings(fine, coarse);
  }
  prepareCoarsest();
}

bool Multigrid::update(const GraphLaplacian& laplacian) {
  constexpr double kLargeChange = 0.4;
  double change = 0, size = 0;
  for (std::size_t row = 0; row < m_renewed.size(); ++row) {
    change += std::abs(laplacian.diagonal[row] - m_renewed[row]);
    size += m_renewed[row];
  }
  const bool large = m_levels.size() == 1 || !(change < kLargeChange * size);
  if (large)
    renew(laplacian);
  else
    takeFinest(laplacian);
  return large;
}

/// Whether there is a coarser level than this one, whose aggregates are then known.
bool Multigrid::hasNext(std::size_t depth) {
  Level& level = m_levels[depth];
  if (depth + 1 < m_levels.size()) return true;
  if (level.rows() <= kCoarsest || m_levels.size() >= kMostLevels) return false;
  aggregate(level);
  return level.aggregateCount * 10L <= level.rows() * 9L;  // else nothing is strongly coupled
}

/// Makes room for a level whose offsets are known.
void Multigrid::makeRoom(Level& level) {
  const std::size_t rows = level.couplings.offsets.size() - 1;
  for (auto* values : {&level.diagonal, &level.inverseDiagonal, &level.right, &level.solution,
                       &level.previous, &level.residual})
    values->resize(rows);
  level.middle.resize(rows);
  level.inner.resize(rows);
  level.couplings.columns.resize(level.couplings.offsets.back());
  level.couplings.values.resize(level.couplings.offsets.back());
}

/// Puts a row's couplings, value(0..count-1) to columns other than its own, into the order that the sweeps
/// take them in. Its diagonal is taken as their sum, which is what it is in exact arithmetic: rounding must
/// not make the constants leave the null space.
template <class Value>
void Multigrid::writeRow(Level& level, int row, const int* columns, int count, const Value& value) {
  Matrix& matrix = level.couplings;
  const int begin = row / kBlock * kBlock, end = begin + kBlock;
  int place = matrix.offsets[row];
  double sum = 0;
  const auto putWhere = [&](const auto& condition) {
    for (int at = 0; at < count; ++at) {
      if (columns[at] == row || !condition(columns[at])) continue;
      matrix.columns[place] = columns[at];
      sum += matrix.values[place++] = value(at);
    }
  };
  putWhere([&](int column) { return column < row && column >= begin; });
  level.middle[row] = place;
  putWhere([&](int column) { return column > row && column < end; });
  level.inner[row] = place;
  putWhere([&](int column) { return column < begin || column >= end; });
  level.diagonal[row] = static_cast<float>(sum);
  level.inverseDiagonal[row] = sum > 0 ? static_cast<float>(1 / sum) : 0;
}

void Multigrid::takeFinest(const GraphLaplacian& laplacian) {
  Level& level = m_levels[0];
  level.couplings.offsets = laplacian.offsets;
  makeRoom(level);
  parallelChunks(m_team, level.rows(), kRowsAChunk, [&](std::int64_t from, std::int64_t to, std::int64_t) {
    for (int row = static_cast<int>(from); row < to; ++row) {
      const int begin = laplacian.offsets[row], count = laplacian.offsets[row + 1] - begin;
      const double* coupling = laplacian.coupling.data() + begin;
      writeRow(level, row, laplacian.columns.data() + begin, count,
               [&](int at) { return static_cast<float>(m_unit * coupling[at]); });
    }
  });
}

/// Each row not yet near an aggregate founds one with all its strong neighbours; rows between aggregates join
/// the one they are coupled to most. All within a block; aggregates are numbered from `rows.front()`.
int Multigrid::aggregateBlock(Level& level, int begin, int end) {
  const std::vector<int>&offsets = level.couplings.offsets, &columns = level.couplings.columns;
  const std::vector<float>& values = level.couplings.values;
  std::vector<float> least(end - begin);
  for (int row = begin; row < end; ++row) {
    float largest = 0;
    for (int at = offsets[row]; at < offsets[row + 1]; ++at) largest = std::max(largest, values[at]);
    least[row - begin] = kStrength * largest;
  }
  const auto strong = [&](int row, int at) {
    return values[at] >= std::max(least[row - begin], least[columns[at] - begin]);
  };
  std::vector<int>& aggregates = level.aggregates;
  int count = 0;
  for (int row = begin; row < end; ++row) {
    if (aggregates[row] >= 0) continue;
    bool free = true;
    for (int at = offsets[row]; at < level.inner[row] && free; ++at)
      free = !strong(row, at) || aggregates[columns[at]] < 0;
    if (!free) continue;
    for (int at = offsets[row]; at < level.inner[row]; ++at)
      if (strong(row, at)) aggregates[columns[at]] = count;
    aggregates[row] = count++;
  }
  const std::vector<int> founded(aggregates.begin() + begin, aggregates.begin() + end);
  for (int row = begin; row < end; ++row) {
    if (founded[row - begin] >= 0) continue;
    float strongest = 0;
    for (int at = offsets[row]; at < level.inner[row]; ++at)
      if (founded[columns[at] - begin] >= 0 && values[at] > strongest)
        strongest = values[at], aggregates[row] = founded[columns[at] - begin];
    if (aggregates[row] < 0) aggregates[row] = count++;
  }
  return count;
}

void Multigrid::aggregate(Level& level) {
  const int rows = level.rows();
  level.aggregates.assign(rows, -1);
  std::vector<int> starts((rows + kBlock - 1) / kBlock + 1, 0);
  parallelChunks(m_team, rows, kBlock, [&](std::int64_t begin, std::int64_t end, std::int64_t block) {
    starts[block + 1] = aggregateBlock(level, static_cast<int>(begin), static_cast<int>(end));
  });
  std::partial_sum(starts.begin(), starts.end(), starts.begin());
  for (int row = 0; row < rows; ++row) level.aggregates[row] += starts[row / kBlock];
  level.aggregateCount = starts.back();
}

/// @param addRow  (row, sum): adds up a row of the matrix; any thread
template <class AddRow>
void Multigrid::fillParts(int rows, int columns, Parts& parts, const AddRow& addRow) {
  parts.resize((rows + kRowsAChunk - 1) / kRowsAChunk);
  parallelChunks(m_team, rows, kRowsAChunk, [&](std::int64_t begin, std::int64_t end, std::int64_t chunk) {
    thread_local std::vector<int> place;
    if (static_cast<int>(place.size()) < columns) place.assign(columns, -1);
    RowSum sum(parts[chunk], place);
    for (int row = static_cast<int>(begin); row < end; ++row) {
      addRow(row, sum);
      sum.finishRow();
    }
  });
}

/// P = (I - omega D^-1 A) T of the indicator T of the aggregates, with A's weak couplings left out.
void Multigrid::makeProlongation(Level& level) {
  const std::vector<int>&offsets = level.couplings.offsets, &columns = level.couplings.columns;
  const std::vector<float>& values = level.couplings.values;
  const std::vector<int>& aggregates = level.aggregates;
  fillParts(level.rows(), level.aggregateCount, m_parts, [&](int row, RowSum& result) {
    float largest = 0, sum = 0;
    for (int at = offsets[row]; at < offsets[row + 1]; ++at) largest = std::max(largest, values[at]);
    const float least = kStrength * largest;
    for (int at = offsets[row]; at < offsets[row + 1]; ++at)
      if (values[at] >= least) sum += values[at];
    result.add(aggregates[row], sum > 0 ? 1 - kDamping : 1);
    const float share = sum > 0 ? kDamping / sum : 0;
    for (int at = offsets[row]; at < offsets[row + 1] && sum > 0; ++at)
      if (values[at] >= least) result.add(aggregates[columns[at]], share * values[at]);
  });
  Matrix& matrix = level.prolongation;
  matrix.offsets.assign(1, 0);
  for (const Matrix& part : m_parts)
    for (int row = 0, start = matrix.offsets.back(); row < part.rows(); ++row)
      matrix.offsets.push_back(start + part.offsets[row + 1]);
  matrix.columns.resize(matrix.offsets.back());
  matrix.values.resize(matrix.offsets.back());
  parallelChunks(m_team, static_cast<std::int64_t>(m_parts.size()), 1,
                 [&](std::int64_t chunk, std::int64_t, std::int64_t) {
                   const Matrix& part = m_parts[chunk];
                   const int start = matrix.offsets[chunk * kRowsAChunk];
                   std::copy(part.columns.begin(), part.columns.end(), matrix.columns.begin() + start);
                   std::copy(part.values.begin(), part.values.end(), matrix.values.begin() + start);
                 });
}

/// Each member of the team goes through all entries and moves those of its own range of columns.
void Multigrid::transpose(const Matrix& matrix, int columns, Matrix& result) {
  const int rows = matrix.rows();
  result.offsets.assign(columns + 1, 0);
  for (const int column : matrix.columns) ++result.offsets[column + 1];
  std::partial_sum(result.offsets.begin(), result.offsets.end(), result.offsets.begin());
  result.columns.resize(matrix.columns.size());
  result.values.resize(matrix.values.size());
  const int members = m_team.size(), share = (columns + members - 1) / members;
  parallelChunks(m_team, columns, share, [&](std::int64_t begin, std::int64_t end, std::int64_t) {
    std::vector<int> fill(result.offsets.begin() + begin, result.offsets.begin() + end);
    for (int row = 0; row < rows; ++row)
      for (int at = matrix.offsets[row]; at < matrix.offsets[row + 1]; ++at) {
        const int column = matrix.columns[at];
        if (column < begin || column >= end) continue;
        const int to = fill[column - begin]++;
        result.columns[to] = row;
        result.values[to] = matrix.values[at];
      }
  });
}

/// P^T A P.
void Multigrid::makeCouplings(const Level& fine, Level& coarse) {
  const int size = fine.aggregateCount;
  const Matrix &left = fine.couplings, &right = fine.prolongation;
  fillParts(fine.rows(), size, m_image, [&](int row, RowSum& sum) {
    const auto addRow = [&](float factor, int from) {
      for (int at = right.offsets[from]; at < right.offsets[from + 1]; ++at)
        sum.add(right.columns[at], factor * right.values[at]);
    };
    addRow(fine.diagonal[row], row);
    for (int at = left.offsets[row]; at < left.offsets[row + 1]; ++at)
      addRow(-left.values[at], left.columns[at]);
  });
  fillParts(size, size, m_parts, [&](int row, RowSum& sum) {
    for (int at = fine.restriction.offsets[row]; at < fine.restriction.offsets[row + 1]; ++at) {
      const int from = fine.restriction.columns[at], within = from % kRowsAChunk;
      const Matrix& image = m_image[from / kRowsAChunk];
      for (int entry = image.offsets[within]; entry < image.offsets[within + 1]; ++entry)
        sum.add(image.columns[entry], fine.restriction.values[at] * image.values[entry]);
    }
  });
  takeParts(coarse);
}

/// The couplings of a level from the matrix in m_parts, which has an entry on each place of the diagonal.
void Multigrid::takeParts(Level& level) {
  auto& offsets = level.couplings.offsets;
  offsets.assign(1, 0);
  for (const Matrix& part : m_parts)
    for (int row = 0; row < part.rows(); ++row)
      offsets.push_back(offsets.back() + part.offsets[row + 1] - part.offsets[row] - 1);
  makeRoom(level);
  parallelChunks(m_team, level.rows(), kRowsAChunk,
                 [&](std::int64_t from, std::int64_t to, std::int64_t chunk) {
                   const Matrix& part = m_parts[chunk];
                   for (int row = static_cast<int>(from); row < to; ++row) {
                     const int begin = part.offsets[row - from], end = part.offsets[row - from + 1];
                     writeRow(level, row, part.columns.data() + begin, end - begin,
                              [&](int at) { return -part.values[begin + at]; });
                   }
                 });
}

/// The inverse on vectors of mean 0: (A + s 1 1^T)^-1 for any s > 0.
void Multigrid::prepareCoarsest() {
  const Level& level = m_levels.back();
  const int rows = level.rows();
  m_coarsestInverse.clear();
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

}  // namespace monge
