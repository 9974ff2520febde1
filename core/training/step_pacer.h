// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <chrono>
#include <cstdint>
#include <deque>
#include <utility>

namespace monge {

using SteadyTime = std::chrono::steady_clock::time_point;

/// How many iterations to run before looking at the commands again, and when. The training itself does not
/// depend on it. One thread.
class StepPacer {
 public:
  /// Commands wait for the chunk under way, so a chunk is as many iterations as take about this long, at
  /// least one.
  static constexpr double kChunkSeconds = 0.01;

  void setSpeed(double iterationsPerSecond);  ///< 0: as fast as possible
  /// Iterations to run now, 1..atMost (atMost >= 1).
  std::int64_t chunk(std::int64_t atMost) const;
  void ran(std::int64_t iterations, SteadyTime began, SteadyTime ended);
  /// When the next chunk may begin under the speed limit.
  SteadyTime next() const { return m_next; }

 private:
  double m_speed = 0;
  double m_iterationSeconds = 0;  ///< of the last chunk
  std::int64_t m_lastChunk = 0;
  SteadyTime m_next{};
};

/// Iterations per second over about the last second.
class RateMeter {
 public:
  void clear() { m_marks.clear(); }
  void mark(std::int64_t iteration, SteadyTime now);
  double perSecond() const;

 private:
  std::deque<std::pair<SteadyTime, std::int64_t>> m_marks;
};

}  // namespace monge
