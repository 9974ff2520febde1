// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstddef>
#include <utility>
#include <vector>

#include "core/base/parallel_for.h"

namespace monge {

/// A sparse matrix in single precision, row by row. Whoever holds the arrays keeps them.
struct SparseView {
  const int* offsets = nullptr;  ///< rows + 1
  const int* columns = nullptr;
  const float* values = nullptr;
  int rows = 0;
};

/// Rows next to each other that have as many entries: `lower` ones and, behind them, `upper` ones.
struct RowRun {
  int rows = 0, lower = 0, upper = 0;
};

/// Adds rows of such lengths to the runs, one after the other.
inline void addToRuns(std::vector<RowRun>& runs, int lower, int upper) {
  if (runs.empty() || runs.back().lower != lower || runs.back().upper != upper)
    runs.push_back({0, lower, upper});
  ++runs.back().rows;
}

constexpr int kLongestUnrolled = 16;

/// task(length), the length as a constant where it is small.
template <class Task>
inline void withLength(int length, const Task& task) {
  const auto tryAll = [&]<int... kLengths>(std::integer_sequence<int, kLengths...>) {
    return ((length == kLengths && (task(std::integral_constant<int, kLengths>()), true)) || ...);
  };
  if (!tryAll(std::make_integer_sequence<int, kLongestUnrolled + 1>())) task(length);
}

/// Sum of the entries of a row times what they stand for in x.
template <class Length, class Column, class Value>
inline Value rowProduct(Length length, const Column* columns, const float* values, const Value* x) {
  Value sum = 0;
  for (int at = 0; at < length; ++at) sum += static_cast<Value>(values[at]) * x[columns[at]];
  return sum;
}

/// A matrix for products with vectors. Rows of a few entries each, of numbers that cannot be foretold, cost
/// more in mispredicted ends of loops than in arithmetic: so rows are sorted, block by block, by how many
/// entries they have.
class SortedRows {
 public:
  /// @param block  rows that are sorted among themselves
  void build(const SparseView& matrix, int block, ThreadTeam& team);

  int block() const { return m_block; }

  /// use(row, product of the row with x) for all rows of a block, in any order.
  template <class Use>
  void multiply(std::int64_t block, const float* x, const Use& use) const {
    const int* row = m_rows.data() + block * m_block;
    std::size_t entry = m_starts[block];
    for (const RowRun& run : m_runs[block])
      withLength(run.upper, [&](auto length) {
        for (const int* end = row + run.rows; row != end; ++row, entry += length)
          use(*row, rowProduct(length, m_columns.data() + entry, m_values.data() + entry, x));
      });
  }

 private:
  void buildBlock(const SparseView& matrix, int begin, int end, std::int64_t block);

  int m_block = 1;
  std::vector<int> m_rows, m_columns;
  std::vector<float> m_values;
  std::vector<std::size_t> m_starts;        ///< per block, its first entry
  std::vector<std::vector<RowRun>> m_runs;  ///< per block
};

}  // namespace monge
