// SPDX-License-Identifier: GPL-3.0-or-later
#include "views/extremes.h"

#include <algorithm>

namespace monge::views {

void Extremes::Bucket::add(const Point& point) {
  if (rows == 0 || point.value < low.value) low = point;
  if (rows == 0 || point.value > high.value) high = point;
  ++rows;
}

void Extremes::Bucket::add(const Bucket& other) {
  if (rows == 0 || other.low.value < low.value) low = other.low;
  if (rows == 0 || other.high.value > high.value) high = other.high;
  rows += other.rows;
}

void Extremes::append(double key, double value) {
  m_last = {key, value};
  if (m_buckets.empty() || m_buckets.back().rows >= m_rowsPerBucket) {
    if (m_buckets.size() == kMostBuckets) mergeNeighbours();
    if (m_buckets.empty() || m_buckets.back().rows >= m_rowsPerBucket) m_buckets.emplace_back();
  }
  m_buckets.back().add(m_last);
}

void Extremes::mergeNeighbours() {
  std::vector<Bucket> merged;
  for (std::size_t i = 0; i < m_buckets.size(); i += 2) {
    Bucket bucket = m_buckets[i];
    if (i + 1 < m_buckets.size()) bucket.add(m_buckets[i + 1]);
    merged.push_back(bucket);
  }
  m_buckets = std::move(merged);
  m_rowsPerBucket *= 2;
}

void Extremes::cutFrom(double key) {
  if (m_buckets.empty() || m_last.key < key) return;
  while (!m_buckets.empty() && m_buckets.back().low.key >= key && m_buckets.back().high.key >= key)
    m_buckets.pop_back();
  if (m_buckets.empty()) return;
  Bucket& across = m_buckets.back();
  if (across.low.key >= key) across.low = across.high;
  if (across.high.key >= key) across.high = across.low;
  m_last = across.low.key > across.high.key ? across.low : across.high;
}

std::vector<Extremes::Point> Extremes::points(std::size_t mostBuckets) const {
  std::vector<Point> points;
  const std::size_t most = std::max<std::size_t>(mostBuckets, 1);
  const std::size_t together = (m_buckets.size() + most - 1) / most;
  for (std::size_t first = 0; first < m_buckets.size(); first += together) {
    Bucket bucket;
    for (std::size_t i = first; i < std::min(first + together, m_buckets.size()); ++i)
      bucket.add(m_buckets[i]);
    const bool lowFirst = bucket.low.key <= bucket.high.key;
    points.push_back(lowFirst ? bucket.low : bucket.high);
    if (bucket.low.key != bucket.high.key) points.push_back(lowFirst ? bucket.high : bucket.low);
  }
  if (!points.empty() && points.back().key < m_last.key) points.push_back(m_last);
  return points;
}

double Extremes::low() const {
  return std::min_element(m_buckets.begin(), m_buckets.end(),
                          [](const Bucket& a, const Bucket& b) { return a.low.value < b.low.value; })
      ->low.value;
}

double Extremes::high() const {
  return std::max_element(m_buckets.begin(), m_buckets.end(),
                          [](const Bucket& a, const Bucket& b) { return a.high.value < b.high.value; })
      ->high.value;
}

}  // namespace monge::views
