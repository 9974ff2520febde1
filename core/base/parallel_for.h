// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <algorithm>
#include <atomic>
#include <cstdint>

#include "core/base/thread_team.h"

namespace monge {

/// Calls task(begin, end, chunk) for the chunks [0, size), [size, 2 size), ... of 0..count-1, shared out over
/// the team as its members come free. The chunks depend on `count` and `size` alone, never on the number of
/// threads: what is reduced chunk by chunk, in their order, is the same with any team. The task must not
/// throw.
template <class Task>
void parallelChunks(ThreadTeam& team, std::int64_t count, std::int64_t size, const Task& task) {
  const std::int64_t chunks = (count + size - 1) / size;
  std::atomic<std::int64_t> next{0};
  const auto work = [&](int) {
    for (std::int64_t chunk = next++; chunk < chunks; chunk = next++)
      task(chunk * size, std::min(count, (chunk + 1) * size), chunk);
  };
  if (chunks <= 1 || team.size() == 1) return work(0);
  team.run(work);
}

/// Size of the chunks for work of a few nanoseconds an item: one for all where waking the team and waiting
/// for it would take about as long as the work.
constexpr std::int64_t lightChunk(std::int64_t count) {
  return count <= 16'384 ? 16'384 : 4096;
}

}  // namespace monge
