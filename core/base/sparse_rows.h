// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <algorithm>
#include <array>
#include <cstring>
#include <vector>

namespace monge {

/// Products of the rows of a sparse matrix with a vector. Rows of a few entries each, of numbers that cannot
/// be foretold, cost more in mispredicted ends of loops than in arithmetic: so entries are taken several at a
/// time, and in place of what lies beyond the row's end its first one counts, 0 times.
/// @tparam kWidth  entries at a time, a multiple of 4: what most rows have
template <int kWidth, class Value>
class SparseRows {
 public:
  /// All three must stay. Of the vector a product reads what its own entries stand for, nothing else.
  SparseRows(const std::vector<int>& columns, const std::vector<Value>& values, const std::vector<Value>& x)
      : m_columns(columns.data()),
        m_values(values.data()),
        m_x(x.data()),
        m_last(static_cast<int>(columns.size()) - kWidth) {}

  /// Sum over the entries begin <= at < end of values[at] x[columns[at]].
  Value product(int begin, int end) const {
    Four sum = {};
    int at = begin;
    for (; at < end && at <= m_last; at += kWidth) {
      const Pick& pick = kPicks[std::min(end - at, kWidth)];
      for (int part = 0; part < kWidth; part += 4) {
        const int* entry = pick.entry.data() + part;
        const Four x = {m_x[m_columns[at + entry[0]]], m_x[m_columns[at + entry[1]]],
                        m_x[m_columns[at + entry[2]]], m_x[m_columns[at + entry[3]]]};
        Four values, times;
        std::memcpy(&values, m_values + at + part, sizeof values);
        std::memcpy(&times, pick.times.data() + part, sizeof times);
        sum += values * times * x;
      }
    }
    Value total = (sum[0] + sum[2]) + (sum[1] + sum[3]);
    for (; at < end; ++at) total += m_values[at] * m_x[m_columns[at]];
    return total;
  }

 private:
  typedef Value Four __attribute__((vector_size(4 * sizeof(Value))));

  /// Which entries are read, and how many times they count, where so many are left of the row.
  struct Pick {
    std::array<int, kWidth> entry{};
    std::array<Value, kWidth> times{};
  };
  static constexpr std::array<Pick, kWidth + 1> kPicks = [] {
    std::array<Pick, kWidth + 1> picks{};
    for (int left = 0; left <= kWidth; ++left)
      for (int at = 0; at < left; ++at) picks[left].entry[at] = at, picks[left].times[at] = 1;
    return picks;
  }();

  const int* m_columns;
  const Value* m_values;
  const Value* m_x;
  int m_last;  ///< entries from here on are fewer than kWidth
};

template <int kWidth, class Value>
SparseRows<kWidth, Value> sparseRows(const std::vector<int>& columns, const std::vector<Value>& values,
                                     const std::vector<Value>& x) {
  return {columns, values, x};
}

}  // namespace monge
