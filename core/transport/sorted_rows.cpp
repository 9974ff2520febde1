// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/transport/sorted_rows.h"

#include <algorithm>

#include "core/transport/counting_sort.h"

namespace monge {

void SortedRows::build(const SparseView& matrix, int block, ThreadTeam& team) {
  const std::size_t blocks = (matrix.rows + block - 1) / block;
  m_block = block;
  m_rows.resize(matrix.rows);
  m_columns.resize(matrix.offsets[matrix.rows]);
  m_values.resize(m_columns.size());
  m_starts.resize(blocks);
  m_runs.resize(blocks);
  parallelChunks(team, matrix.rows, block, [&](std::int64_t begin, std::int64_t end, std::int64_t at) {
    buildBlock(matrix, static_cast<int>(begin), static_cast<int>(end), at);
  });
}

void SortedRows::buildBlock(const SparseView& matrix, int begin, int end, std::int64_t block) {
  const auto length = [&](int row) { return matrix.offsets[row + 1] - matrix.offsets[row]; };
  thread_local std::vector<int> rows, counts;
  rows.resize(end - begin);
  for (int row = begin; row < end; ++row) rows[row - begin] = row;
  countingSort(rows.data(), m_rows.data() + begin, end - begin, kManyEntries, counts,
               [&](int row) { return std::min(length(row), kManyEntries - 1); });
  std::vector<RowRun>& runs = m_runs[block];
  runs.clear();
  int to = matrix.offsets[begin];
  m_starts[block] = to;
  for (int place = begin; place < end; ++place) {
    const int row = m_rows[place], from = matrix.offsets[row], count = length(row);
    addToRuns(runs, 0, count);
    for (int at = 0; at < count; ++at) {
      m_columns[to + at] = matrix.columns[from + at];
      m_values[to + at] = matrix.values[from + at];
    }
    to += count;
  }
}

}  // namespace monge
