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

  /// The column's index in the block; m_count for those of other blocks.
  int indexOf(int column) const {
    const unsigned index = static_cast<unsigned>(column - m_begin);
    return static_cast<int>(std::min(index, static_cast<unsigned>(m_count)));
  }
  int length(int row) const { return m_offsets[row + 1] - m_offsets[row]; }

  const int* m_offsets = nullptr;  ///< of the block's rows
  SparseView m_couplings;
  int m_begin = 0, m_count = 0, m_colourCount = 0;
  std::vector<std::uint16_t> m_colours, m_lower;
  std::vector<int> m_inner, m_order, m_sorted, m_counts;
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
  int most = 0, next = kNone + 1;
  for (int row = 0; row < m_count; ++row) {
    std::uint64_t taken = 0;
    for (int at = m_offsets[row]; at < m_offsets[row + 1]; ++at) {
      const int colour = m_colours[indexOf(m_couplings.columns[at])];
      taken |= std::uint64_t{colour <= kNone} << (colour & 63);
    }
    const int free = std::countr_one(taken & ~(std::uint64_t{1} << kNone));
    m_colours[row] = static_cast<std::uint16_t>(free < kNone ? free : next++);
    most = std::max<int>(most, m_colours[row]);
  }
  m_colours[m_count] = std::numeric_limits<std::uint16_t>::max();
  m_colourCount = most + 1;
}

/// How many of each row's entries are to colours before its own, and how many are to its block.
void SweepMatrix::Sorter::countLower() {
  m_lower.resize(m_count);
  m_inner.resize(m_count);
  for (int row = 0; row < m_count; ++row) {
    int lower = 0, inner = 0;
    const int own = m_colours[row];
    for (int at = m_offsets[row]; at < m_offsets[row + 1]; ++at) {
      const int index = indexOf(m_couplings.columns[at]);
      lower += m_colours[index] < own;
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
    const int row = m_order[place], own = m_colours[row], inner = m_inner[row];
    addToRuns(block.runs, m_lower[row], inner - m_lower[row]);
    int lower = start, upper = start + m_lower[row];
    double sum = 0;
    for (int at = m_offsets[row]; at < m_offsets[row + 1]; ++at) {
      const int index = indexOf(m_couplings.columns[at]);
      const float value = m_couplings.values[at];
      sum += value;
      if (index == m_count) {
        block.others.push_back({m_begin + row, m_couplings.columns[at], value});
        continue;
      }
      const bool before = m_colours[index] < own;
      const int to = before ? lower : upper;
      lower += before, upper += !before;
      matrix.m_columns[to] = static_cast<Index>(index);
      matrix.m_values[to] = value;
    }
    start += inner;
    matrix.m_rows[m_begin + place] = static_cast<Index>(row);
    matrix.m_diagonal[m_begin + row] = sum;
    matrix.m_inverse[m_begin + place] = sum > 0 ? static_cast<float>(1 / sum) : 0;
  }
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
        const float sum = rowProduct<float>(lower, m_columns.data() + entry, m_values.data() + entry, x);
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
        residual[m_rows[place]] =
            rowProduct<float>(upper, m_columns.data() + entry, m_values.data() + entry, x);
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
        const float sum = rowProduct<float>(length, m_columns.data() + entry, m_values.data() + entry, x);
        x[row] = (right[row] + sum) * m_inverse[place];
      }
    });
}

void SweepMatrix::multiply(int block, const float* x, double* product) const {
  const int begin = block * m_block;
  const float* own = x + begin;
  const double* diagonal = m_diagonal.data() + begin;
  forRuns(block, [&](const RowRun& run, std::size_t place, std::size_t entry) {
    withLength(run.lower + run.upper, [&](auto length) {
      for (const std::size_t end = place + run.rows; place != end; ++place, entry += length) {
        const int row = m_rows[place];
        product[row] = diagonal[row] * own[row] -
                       rowProduct<double>(length, m_columns.data() + entry, m_values.data() + entry, own);
      }
    });
  });
  for (const Other& other : m_blocks[block].others)
    product[other.row - begin] -= static_cast<double>(other.value) * x[other.column];
}

}  // namespace monge
