// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <vector>

namespace monge {

/// Rows of so many entries and more are not told apart when rows are sorted by their lengths.
constexpr int kManyEntries = 64;

/// Sorts by keys 0..keys-1; equal ones stay in order.
/// @param counts  working memory
template <class Key>
void countingSort(const int* from, int* to, int count, int keys, std::vector<int>& counts, const Key& key) {
  counts.assign(keys + 1, 0);
  for (int at = 0; at < count; ++at) ++counts[key(from[at]) + 1];
  for (int at = 1; at < keys; ++at) counts[at] += counts[at - 1];
  for (int at = 0; at < count; ++at) to[counts[key(from[at])]++] = from[at];
}

}  // namespace monge
