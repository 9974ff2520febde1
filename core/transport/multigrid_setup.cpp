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
constexpr int kEntriesAChunk = 16'384;
constexpr int kCoarseBlock = 1024;  // rows of a restriction that are sorted among themselves

}  // namespace

/// Adds up rows of a matrix. Columns of a row come in the order of their first appearance. Whether an entry
/// is the first of its column cannot be foretold, so that nothing here branches on it.
class Multigrid::RowSum {
 public:
  /// What is added up in a column of the row at hand: 0, and not seen, between rows.
  struct Column {
    float sum = 0;
    int seen = 0;
  };

  RowSum(Matrix& part, std::vector<Column>& columns, std::vector<int>& seen)
      : m_part(part), m_columns(columns.data()), m_seen(seen.data()) {
    part.columns.clear();
    part.values.clear();
    part.offsets.assign(1, 0);
  }

  void add(int column, float value) {
    Column& to = m_columns[column];
    m_seen[m_count] = column;
    m_count += 1 - to.seen;
    to.seen = 1;
    to.sum += value;
  }
  /// @param without  a column that is left out
  void finishRow(float factor = 1, int without = -1) {
    const std::size_t begin = m_part.columns.size();
    m_part.columns.resize(begin + m_count);
    m_part.values.resize(begin + m_count);
    std::size_t to = begin;
    for (int at = 0; at < m_count; ++at) {
      const int column = m_seen[at];
      m_part.columns[to] = column;
      m_part.values[to] = factor * m_columns[column].sum;
      to += column != without;
      m_columns[column] = {};
    }
    m_part.columns.resize(to);
    m_part.values.resize(to);
    m_part.offsets.push_back(static_cast<int>(to));
    m_count = 0;
  }

 private:
  Matrix& m_part;
  Column* m_columns;
  int* m_seen;
  int m_count = 0;
};

Multigrid::Multigrid(const GraphLaplacian& laplacian, ThreadTeam& team) : m_levels(1), m_team(team) {
  renew(laplacian);
}

void Multigrid::renew(const GraphLaplacian& laplacian) {
  const double trace = std::accumulate(laplacian.diagonal.begin(), laplacian.diagonal.end(), 0.0);
  m_unit = trace > 0 ? std::exp2(std::round(std::log2(laplacian.rows() / trace))) : 1;
  m_renewed = laplacian.diagonal;
  SparseView couplings = takeFinest(laplacian);
  for (std::size_t depth = 0; hasNext(depth, couplings); ++depth) {
    if (depth + 1 == m_levels.size()) {
      m_levels[depth].isLast = m_levels[depth].isExact = false;
      m_levels.emplace_back();
      m_couplings.emplace_back();
    }
    Level& fine = m_levels[depth];
    makeProlongation(fine, couplings);
    transpose(m_prolongation, fine.aggregateCount, m_restriction);
    fine.prolongation.build(m_prolongation.view(), fine.sweeps.block(), m_team);
    fine.restriction.build(m_restriction.view(), kCoarseBlock, m_team);
    makeCouplings(fine, couplings, m_couplings[depth]);
    couplings = m_couplings[depth].view();
    takeLevel(m_levels[depth + 1], couplings);
  }
  prepareCoarsest(couplings);
}

bool Multigrid::update(const GraphLaplacian& laplacian) {
  constexpr double kLargeChange = 0.4;
  const auto sumOver = [&](const auto& value) {
    return parallelSum(m_team, std::ssize(m_renewed), kRowsAChunk, [&](std::int64_t begin, std::int64_t end) {
      double sum = 0;
      for (std::int64_t row = begin; row < end; ++row) sum += value(row);
      return sum;
    });
  };
  const double size = sumOver([&](std::int64_t row) { return m_renewed[row]; });
  const double change =
      sumOver([&](std::int64_t row) { return std::abs(laplacian.diagonal[row] - m_renewed[row]); });
  const bool large = m_levels.size() == 1 || !(change < kLargeChange * size);
  if (large)
    renew(laplacian);
  else
    takeFinest(laplacian);
  return large;
}

/// Whether there is a coarser level than this one, whose aggregates are then known.
bool Multigrid::hasNext(std::size_t depth, const SparseView& couplings) {
  Level& level = m_levels[depth];
  if (depth + 1 < m_levels.size()) return true;
  if (level.rows() <= kCoarsest || m_levels.size() >= kMostLevels) return false;
  aggregate(level, couplings);
  return level.aggregateCount * 10L <= level.rows() * 9L;  // else nothing is strongly coupled
}

/// @return the couplings, which stay as long as the Laplacian
SparseView Multigrid::takeFinest(const GraphLaplacian& laplacian) {
  const auto entries = static_cast<std::int64_t>(laplacian.columns.size());
  m_finest.resize(entries);
  parallelChunks(m_team, entries, kEntriesAChunk, [&](std::int64_t begin, std::int64_t end, std::int64_t) {
    for (std::int64_t at = begin; at < end; ++at)
      m_finest[at] = static_cast<float>(m_unit * laplacian.coupling[at]);
  });
  const SparseView couplings{laplacian.offsets.data(), laplacian.columns.data(), m_finest.data(),
                             laplacian.rows()};
  takeLevel(m_levels[0], couplings);
  return couplings;
}

void Multigrid::takeLevel(Level& level, const SparseView& couplings) {
  level.sweeps.build(couplings, m_team);
  for (auto* values : {&level.right, &level.solution, &level.residual}) values->resize(couplings.rows);
}

/// Each row not yet near an aggregate founds one with all its strong neighbours; rows between aggregates join
/// the one they are coupled to most. All within a block; aggregates are numbered from 0 in each.
int Multigrid::aggregateBlock(Level& level, const SparseView& couplings, int begin, int end) {
  const int *offsets = couplings.offsets, *columns = couplings.columns;
  const float* values = couplings.values;
  std::vector<float> least(end - begin);
  for (int row = begin; row < end; ++row) {
    float largest = 0;
    for (int at = offsets[row]; at < offsets[row + 1]; ++at) largest = std::max(largest, values[at]);
    least[row - begin] = kStrength * largest;
  }
  const auto isInside = [&](int at) { return columns[at] >= begin && columns[at] < end; };
  const auto strong = [&](int row, int at) {
    return isInside(at) && values[at] >= std::max(least[row - begin], least[columns[at] - begin]);
  };
  std::vector<int>& aggregates = level.aggregates;
  int count = 0;
  for (int row = begin; row < end; ++row) {
    if (aggregates[row] >= 0) continue;
    bool free = true;
    for (int at = offsets[row]; at < offsets[row + 1] && free; ++at)
      free = !strong(row, at) || aggregates[columns[at]] < 0;
    if (!free) continue;
    for (int at = offsets[row]; at < offsets[row + 1]; ++at)
      if (strong(row, at)) aggregates[columns[at]] = count;
    aggregates[row] = count++;
  }
  const std::vector<int> founded(aggregates.begin() + begin, aggregates.begin() + end);
  for (int row = begin; row < end; ++row) {
    if (founded[row - begin] >= 0) continue;
    float strongest = 0;
    for (int at = offsets[row]; at < offsets[row + 1]; ++at)
      if (isInside(at) && founded[columns[at] - begin] >= 0 && values[at] > strongest)
        strongest = values[at], aggregates[row] = founded[columns[at] - begin];
    if (aggregates[row] < 0) aggregates[row] = count++;
  }
  return count;
}

void Multigrid::aggregate(Level& level, const SparseView& couplings) {
  const int rows = level.rows(), block = level.sweeps.block();
  level.aggregates.assign(rows, -1);
  std::vector<int> starts(level.sweeps.blocks() + 1, 0);
  parallelChunks(m_team, rows, block, [&](std::int64_t begin, std::int64_t end, std::int64_t at) {
    starts[at + 1] = aggregateBlock(level, couplings, static_cast<int>(begin), static_cast<int>(end));
  });
  std::partial_sum(starts.begin(), starts.end(), starts.begin());
  for (int row = 0; row < rows; ++row) level.aggregates[row] += starts[row / block];
  level.aggregateCount = starts.back();
}

/// @param addRow  (row, sum): adds up a row of the matrix and finishes it; any thread
template <class AddRow>
void Multigrid::fillParts(int rows, int columns, Parts& parts, const AddRow& addRow) {
  parts.resize((rows + kRowsAChunk - 1) / kRowsAChunk);
  parallelChunks(m_team, rows, kRowsAChunk, [&](std::int64_t begin, std::int64_t end, std::int64_t chunk) {
    thread_local std::vector<RowSum::Column> sums;
    thread_local std::vector<int> seen;
    if (static_cast<int>(sums.size()) < columns) sums.resize(columns), seen.resize(columns + 1);
    RowSum sum(parts[chunk], sums, seen);
    for (int row = static_cast<int>(begin); row < end; ++row) addRow(row, sum);
  });
}

void Multigrid::join(const Parts& parts, Matrix& matrix) {
  matrix.offsets.assign(1, 0);
  for (const Matrix& part : parts)
    for (int row = 0, start = matrix.offsets.back(); row < part.rows(); ++row)
      matrix.offsets.push_back(start + part.offsets[row + 1]);
  matrix.columns.resize(matrix.offsets.back());
  matrix.values.resize(matrix.offsets.back());
  parallelChunks(m_team, static_cast<std::int64_t>(parts.size()), 1,
                 [&](std::int64_t chunk, std::int64_t, std::int64_t) {
                   const Matrix& part = parts[chunk];
                   const int start = matrix.offsets[chunk * kRowsAChunk];
                   std::copy(part.columns.begin(), part.columns.end(), matrix.columns.begin() + start);
                   std::copy(part.values.begin(), part.values.end(), matrix.values.begin() + start);
                 });
}

/// P = (I - omega D^-1 A) T of the indicator T of the aggregates, with A's weak couplings left out.
void Multigrid::makeProlongation(const Level& level, const SparseView& couplings) {
  const int *offsets = couplings.offsets, *columns = couplings.columns;
  const float* values = couplings.values;
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
    result.finishRow();
  });
  join(m_parts, m_prolongation);
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

/// P^T A P, without its diagonal.
void Multigrid::makeCouplings(const Level& fine, const SparseView& couplings, Matrix& coarse) {
  const int size = fine.aggregateCount;
  const Matrix& right = m_prolongation;
  fillParts(fine.rows(), size, m_image, [&](int row, RowSum& sum) {
    const auto addRow = [&](float factor, int from) {
      for (int at = right.offsets[from]; at < right.offsets[from + 1]; ++at)
        sum.add(right.columns[at], factor * right.values[at]);
    };
    addRow(static_cast<float>(fine.sweeps.diagonal()[row]), row);
    for (int at = couplings.offsets[row]; at < couplings.offsets[row + 1]; ++at)
      addRow(-couplings.values[at], couplings.columns[at]);
    sum.finishRow();
  });
  fillParts(size, size, m_parts, [&](int row, RowSum& sum) {
    for (int at = m_restriction.offsets[row]; at < m_restriction.offsets[row + 1]; ++at) {
      const int from = m_restriction.columns[at], within = from % kRowsAChunk;
      const Matrix& image = m_image[from / kRowsAChunk];
      for (int entry = image.offsets[within]; entry < image.offsets[within + 1]; ++entry)
        sum.add(image.columns[entry], m_restriction.values[at] * image.values[entry]);
    }
    sum.finishRow(-1, row);
  });
  join(m_parts, coarse);
}

/// The inverse on vectors of mean 0: (A + s 1 1^T)^-1 for any s > 0.
void Multigrid::prepareCoarsest(const SparseView& couplings) {
  Level& level = m_levels.back();
  const int rows = level.rows();
  level.isExact = rows <= 4 * kCoarsest;  // else aggregation stalled: smoothing has to do
  if (!level.isExact) return;
  const std::vector<double>& diagonal = level.sweeps.diagonal();
  const double trace = std::accumulate(diagonal.begin(), diagonal.end(), 0.0);
  Eigen::MatrixXd matrix = Eigen::MatrixXd::Constant(rows, rows, trace > 0 ? trace / rows / rows : 1.0);
  for (int row = 0; row < rows; ++row) {
    matrix(row, row) += diagonal[row] * (1 + 1e-7);
    for (int at = couplings.offsets[row]; at < couplings.offsets[row + 1]; ++at)
      matrix(row, couplings.columns[at]) -= couplings.values[at];
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
