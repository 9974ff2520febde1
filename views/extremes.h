// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstdint>
#include <vector>

namespace monge::views {

/// A growing curve of bounded size: the smallest and the largest value of each of at most kMostBuckets runs
/// of rows.
///
/// When the buckets are full, neighbours are merged and each holds twice as many rows from then on, so that
/// appending costs the same after a million rows as at the start, and no spike is ever lost. Keys ascend.
class Extremes {
 public:
  static constexpr std::size_t kMostBuckets = 400;  ///< about one a pixel column of a chart

  struct Point {
    double key = 0, value = 0;
  };

  void append(double key, double value);
  /// Forgets what lies at `key` or after it. Of the bucket across it, the extremes before it stay.
  void cutFrom(double key);

  bool empty() const { return m_buckets.empty(); }
  /// At most two points for each of at most `mostBuckets` runs of rows and the last one, by ascending key.
  std::vector<Point> points(std::size_t mostBuckets = kMostBuckets) const;
  Point last() const { return m_last; }
  double low() const;
  double high() const;

 private:
  struct Bucket {
    Point low, high;
    std::int64_t rows = 0;
    void add(const Point& point);
    void add(const Bucket& other);
  };
  void mergeNeighbours();

  std::vector<Bucket> m_buckets;
  std::int64_t m_rowsPerBucket = 1;
  Point m_last;
};

}  // namespace monge::views
