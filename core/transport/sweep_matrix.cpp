// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/transport/sweep_matrix.h"

#include <algorithm>
#include <bit>
#include <limits>

#include "core/transport/counting_sort.h"

namespace monge {
namespace {

constexpr int kLargestBlock = 4096;

/// Blocks of about the same size, an even number of them.
int blockSize(int rows) {
  if (rows <= kLargestBlock / 2) return std::max(rows, 1);
  const int blocks = 2 * ((rows + 2 * kLargestBlock - 1) / (2 * kLargestBlock));
  return (rows + blocks - 1) / blocks;
}

}  // namespace

/// Makes one block of the matrix.
class SweepMatrix::Sorter {
 public:
  void sort(SweepMatrix& matrix, const SparseView& couplings, int begin, int end, Block& block);

 private:
  void paint();
  void countLower();
  void sortRows();
  void fill(SweepMatrix& matrix, Block& block) const;
  double fillRow(SweepMatrix& matrix, Block& block, int row, int start) const;

  /// The column's index in the block; m_count for those of other blocks.
  int indexOf(int column) const {
    const unsigned index = static_cast<unsigned>(column - m_begin);
    return static_cast<int>(std::min(index, static_cast<unsigned>(m_count)));
  }

  const int* m_offsets = nullptr;  ///< of the block's rows
  SparseView m_couplings;
  int m_begin = 0, m_count = 0, m_colourCount = 0;
  std::vector<std::uint16_t> m_colours, m_lower;
  std::vector<int> m_inner, m_order, m_sorted, m_counts;
  std::vector<float> m_values;  ///< of the block's rows: copied in order, they are in the cache when sorted
};

void SweepMatrix::build(const SparseView& couplings, ThreadTeam& team) {
  m_block = blockSize(couplings.rows);
  m_rows.resize(couplings.rows);
  m_inverse.resize(couplings.rows);
  m_diagonal.resize(couplings.rows);
  m_columns.resize(couplings.offsets[couplings.rows]);
  m_values.resize(m_columns.size());
  m_blocks.resize((couplings.rows + m_block - 1) / m_block);
  parallelChunks(
      team, couplings.rows, m_block, [&](std::int64_t begin, std::int64_t end, std::int64_t block) {
        thread_local Sorter sorter;
        sorter.sort(*this, couplings, static_cast<int>(begin), static_cast<int>(end), m_blocks[block]);
      });
}

void SweepMatrix::Sorter::sort(SweepMatrix& matrix, const SparseView& couplings, int begin, int end,
                               Block& block) {
  m_couplings = couplings;
  m_offsets = couplings.offsets + begin;
  m_begin = begin;
  m_count = end - begin;
  m_values.assign(couplings.values + m_offsets[0], couplings.values + m_offsets[m_count]);
  paint();
  countLower();
  sortRows();
  fill(matrix, block);
}

/// Each row in turn takes the first colour that none of its neighbours has. Where all of a word's bits are
/// taken, it takes a new one.
void SweepMatrix::Sorter::paint() {
  constexpr int kNone = 63;
  m_colours.assign(m_count + 1, kNone);
  std::uint16_t* colours = m_colours.data();
  int most = 0, next = kNone + 1;
  for (int row = 0; row < m_count; ++row) {
    std::uint64_t taken = 0;
    for (int at = m_offsets[row], end = m_offsets[row + 1]; at < end; ++at) {
      const int colour = colours[indexOf(m_couplings.columns[at])];
      taken |= std::uint64_t{colour < kNone} << (colour & 63);
    }
    const int free = std::countr_one(taken);
    const int colour = free < kNone ? free : next++;
    colours[row] = static_cast<std::uint16_t>(colour);
    most = std::max(most, colour);
  }
  colours[m_count] = std::numeric_limits<std::uint16_t>::max();
  m_colourCount = most + 1;
}

/// How many of each row's entries are to colours before its own, and how many are to its block.
void SweepMatrix::Sorter::countLower() {
  m_lower.resize(m_count);
  m_inner.resize(m_count);
  const std::uint16_t* colours = m_colours.data();
  for (int row = 0; row < m_count; ++row) {
    int lower = 0, inner = 0;
    const int own = colours[row];
    for (int at = m_offsets[row], end = m_offsets[row + 1]; at < end; ++at) {
      const int index = indexOf(m_couplings.columns[at]);
      lower += colours[index] < own;
      inner += index < m_count;
    }
    m_lower[row] = static_cast<std::uint16_t>(lower);
    m_inner[row] = inner;
  }
}

void SweepMatrix::Sorter::sortRows() {
  m_order.resize(m_count);
  m_sorted.resize(m_count);
  for (int row = 0; row < m_count; ++row) m_order[row] = row;
  const auto sortBy = [&](int keys, const auto& key) {
    countingSort(m_order.data(), m_sorted.data(), m_count, keys, m_counts, key);
    m_order.swap(m_sorted);
  };
  sortBy(kManyEntries, [&](int row) { return std::min(m_inner[row], kManyEntries - 1); });
  sortBy(kManyEntries, [&](int row) { return std::min<int>(m_lower[row], kManyEntries - 1); });
  sortBy(m_colourCount, [&](int row) { return static_cast<int>(m_colours[row]); });
}

void SweepMatrix::Sorter::fill(SweepMatrix& matrix, Block& block) const {
  block.runs.clear();
  block.others.clear();
  block.start = m_offsets[0];
  int start = m_offsets[0];
  for (int place = 0; place < m_count; ++place) {
    const int row = m_order[place], inner = m_inner[row];
    addToRuns(block.runs, m_lower[row], inner - m_lower[row]);
    const double sum = fillRow(matrix, block, row, start);
    start += inner;
    matrix.m_rows[m_begin + place] = static_cast<Index>(row);
    matrix.m_diagonal[m_begin + row] = sum;
    matrix.m_inverse[m_begin + place] = sum > 0 ? static_cast<float>(1 / sum) : 0;
  }
}

/// @return the sum of the row's couplings
double SweepMatrix::Sorter::fillRow(SweepMatrix& matrix, Block& block, int row, int start) const {
  const int begin = m_offsets[row], count = m_offsets[row + 1] - begin, own = m_colours[row];
  const int* columns = m_couplings.columns + begin;
  const float* values = m_values.data() + (begin - m_offsets[0]);
  const std::uint16_t* colours = m_colours.data();
  Index* toColumns = matrix.m_columns.data();
  float* toValues = matrix.m_values.data();
  int lower = start, upper = start + m_lower[row];
  double sum = 0;
  for (int at = 0; at < count; ++at) {
    const int index = indexOf(columns[at]);
    const float value = values[at];
    sum += value;
    if (index == m_count) {
      block.others.push_back({m_begin + row, columns[at], value});
      continue;
    }
    const bool before = colours[index] < own;
    const int to = before ? lower : upper;
    lower += before, upper += !before;
    toColumns[to] = static_cast<Index>(index);
    toValues[to] = value;
  }
  return sum;
}

/// task(run, place of its first row, its first entry)
template <class Task>
void SweepMatrix::forRuns(int block, const Task& task) const {
  std::size_t place = static_cast<std::size_t>(block) * m_block, entry = m_blocks[block].start;
  for (const RowRun& run : m_blocks[block].runs) {
    task(run, place, entry);
    place += run.rows;
    entry += static_cast<std::size_t>(run.rows) * (run.lower + run.upper);
  }
}

void SweepMatrix::forward(int block, const float* right, float* x) const {
  right += static_cast<std::ptrdiff_t>(block) * m_block;
  x += static_cast<std::ptrdiff_t>(block) * m_block;
  forRuns(block, [&](const RowRun& run, std::size_t place, std::size_t entry) {
    const int stride = run.lower + run.upper;
    withLength(run.lower, [&](auto lower) {
      for (const std::size_t end = place + run.rows; place != end; ++place, entry += stride) {
        const int row = m_rows[place];
        const float sum = rowProduct(lower, m_columns.data() + entry, m_values.data() + entry, x);
        x[row] = (right[row] + sum) * m_inverse[place];
      }
    });
  });
}

void SweepMatrix::findResidual(int block, const float* x, float* residual) const {
  x += static_cast<std::ptrdiff_t>(block) * m_block;
  residual += static_cast<std::ptrdiff_t>(block) * m_block;
  forRuns(block, [&](const RowRun& run, std::size_t place, std::size_t entry) {
    const int stride = run.lower + run.upper;
    entry += run.lower;
    withLength(run.upper, [&](auto upper) {
      for (const std::size_t end = place + run.rows; place != end; ++place, entry += stride)
        residual[m_rows[place]] = rowProduct(upper, m_columns.data() + entry, m_values.data() + entry, x);
    });
  });
}

void SweepMatrix::addOthers(int block, const float* x, float* y) const {
  for (const Other& other : m_blocks[block].others) y[other.row] += other.value * x[other.column];
}

void SweepMatrix::backward(int block, const float* right, float* x) const {
  right += static_cast<std::ptrdiff_t>(block) * m_block;
  x += static_cast<std::ptrdiff_t>(block) * m_block;
  const std::vector<RowRun>& runs = m_blocks[block].runs;
  std::size_t place = static_cast<std::size_t>(block) * m_block, entry = m_blocks[block].start;
  for (const RowRun& run : runs)
    place += run.rows, entry += static_cast<std::size_t>(run.rows) * (run.lower + run.upper);
  for (auto run = runs.rbegin(); run != runs.rend(); ++run)
    withLength(run->lower + run->upper, [&](auto length) {
      for (const std::size_t end = place - run->rows; place != end;) {
        --place, entry -= length;
        const int row = m_rows[place];
        const float sum = rowProduct(length, m_columns.data() + entry, m_values.data() + entry, x);
        x[row] = (right[row] + sum) * m_inverse[place];
      }
    });
}

void SweepMatrix::multiply(int block, const float* x, double* product) const {
  const int begin = block * m_block;
  thread_local std::vector<double> own;
  own.assign(x + begin, x + std::min(begin + m_block, rows()));
  const double* diagonal = m_diagonal.data() + begin;
  forRuns(block, [&](const RowRun& run, std::size_t place, std::size_t entry) {
    withLength(run.lower + run.upper, [&](auto length) {
      for (const std::size_t end = place + run.rows; place != end; ++place, entry += length) {
        const int row = m_rows[place];
        product[row] = diagonal[row] * own[row] -
                       rowProduct(length, m_columns.data() + entry, m_values.data() + entry, own.data());
      }
    });
  });
  for (const Other& other : m_blocks[block].others)
    product[other.row - begin] -= static_cast<double>(other.value) * x[other.column];
}

}  // namespace monge
