// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <algorithm>
#include <atomic>
#include <cstdint>
#include <numeric>
#include <vector>

#include "core/base/thread_team.h"

namespace monge {

/// Calls task(begin, end, chunk) for the chunks [0, size), [size, 2 size), ... of 0..count-1, shared out over
/// the team as its members come free. The chunks depend on `count` and `size` alone, never on the number of
/// threads: what is reduced chunk by chunk, in their order, is the same with any team. What the task throws
/// is thrown once all members are done, which then leave out the chunks that are left.
template <class Task>
void parallelChunks(ThreadTeam& team, std::int64_t count, std::int64_t size, const Task& task) {
  const std::int64_t chunks = (count + size - 1) / size;
  std::atomic<std::int64_t> next{0};
  const auto work = [&](int) {
    try {
      for (std::int64_t chunk = next++; chunk < chunks; chunk = next++)
        task(chunk * size, std::min(count, (chunk + 1) * size), chunk);
    } catch (...) {
      next = chunks;
      throw;
    }
  };
  if (chunks <= 1 || team.size() == 1) return work(0);
  team.run(work);
}

/// Sum of sum(begin, end) over the chunks, in their order: the same with any team.
template <class Sum>
double parallelSum(ThreadTeam& team, std::int64_t count, std::int64_t size, const Sum& sum) {
  std::vector<double> sums((count + size - 1) / size);
  parallelChunks(team, count, size, [&](std::int64_t begin, std::int64_t end, std::int64_t chunk) {
    sums[chunk] = sum(begin, end);
  });
  return std::accumulate(sums.begin(), sums.end(), 0.0);
}

/// Takes values to mean 0. The same with any team.
inline void centre(ThreadTeam& team, std::vector<double>& values, std::int64_t size) {
  const std::int64_t count = std::ssize(values);
  const double sum = parallelSum(team, count, size, [&](std::int64_t begin, std::int64_t end) {
    return std::accumulate(values.begin() + begin, values.begin() + end, 0.0);
  });
  const double mean = count > 0 ? sum / static_cast<double>(count) : 0;
  parallelChunks(team, count, size, [&](std::int64_t begin, std::int64_t end, std::int64_t) {
    for (std::int64_t at = begin; at < end; ++at) values[at] -= mean;
  });
}

}  // namespace monge
