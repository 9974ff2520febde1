// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <algorithm>
#include <vector>

namespace monge {

/// Rows in the order of a value, the largest first, and no more than a table can hold.
template <class Value>
std::vector<int> ranked(std::vector<int> rows, Value value) {
  constexpr std::size_t kMostRows = 200;
  const auto larger = [&](int a, int b) { return value(a) > value(b); };
  const auto shown = static_cast<std::ptrdiff_t>(std::min(rows.size(), kMostRows));
  std::partial_sort(rows.begin(), rows.begin() + shown, rows.end(),
                    [&](int a, int b) { return larger(a, b) || (!larger(b, a) && a < b); });
  rows.resize(static_cast<std::size_t>(shown));
  return rows;
}

}  // namespace monge
