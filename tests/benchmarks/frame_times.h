// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QElapsedTimer>
#include <algorithm>
#include <vector>

namespace monge::benchmarks {

/// Milliseconds of the same work done again and again.
struct FrameTimes {
  std::vector<double> values;

  void add(const QElapsedTimer& timer) { values.push_back(static_cast<double>(timer.nsecsElapsed()) / 1e6); }
  /// @param q  0 for the least, 1 for the largest; sorts the values
  double quantile(double q) {
    std::sort(values.begin(), values.end());
    return values[std::min(values.size() - 1,
                           static_cast<std::size_t>(q * static_cast<double>(values.size())))];
  }
};

}  // namespace monge::benchmarks
