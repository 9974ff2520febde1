// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/training/step_pacer.h"

#include <algorithm>

namespace monge {

namespace {

using Seconds = std::chrono::duration<double>;

SteadyTime later(SteadyTime time, double seconds) {
  return time + std::chrono::duration_cast<SteadyTime::duration>(Seconds(seconds));
}

}  // namespace

void StepPacer::setSpeed(double iterationsPerSecond) {
  m_speed = std::max(0.0, iterationsPerSecond);
  m_next = SteadyTime{};
}

std::int64_t StepPacer::chunk(std::int64_t atMost) const {
  if (m_lastChunk == 0) return 1;
  double count = kChunkSeconds / std::max(m_iterationSeconds, 1e-9);
  // One quick chunk may be chance: grow by doubling.
  count = std::min(count, 2.0 * static_cast<double>(m_lastChunk));
  if (m_speed > 0) count = std::min(count, m_speed * kChunkSeconds);
  return std::clamp(static_cast<std::int64_t>(count), std::int64_t{1}, atMost);
}

void StepPacer::ran(std::int64_t iterations, SteadyTime began, SteadyTime ended) {
  m_lastChunk = std::max<std::int64_t>(iterations, 1);
  m_iterationSeconds = Seconds(ended - began).count() / static_cast<double>(m_lastChunk);
  if (m_speed <= 0) return;
  // A hiccup is caught up for a tenth of a second, not for ever.
  m_next = later(std::max(m_next, later(began, -0.1)), static_cast<double>(iterations) / m_speed);
}

void RateMeter::mark(std::int64_t iteration, SteadyTime now) {
  m_marks.emplace_back(now, iteration);
  // Two marks stay however old they are: an iteration may take longer than a second.
  while (m_marks.size() > 2 && now - m_marks[1].first > std::chrono::seconds(1)) m_marks.pop_front();
}

double RateMeter::perSecond() const {
  if (m_marks.size() < 2) return 0;
  double seconds = Seconds(m_marks.back().first - m_marks.front().first).count();
  return seconds > 0 ? static_cast<double>(m_marks.back().second - m_marks.front().second) / seconds : 0;
}

}  // namespace monge
