// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <atomic>
#include <cstdint>
#include <vector>

namespace monge {

/// Spins for some microseconds, a network's step, before it sleeps.
inline void awaitAtLeast(const std::atomic<std::int64_t>& value, std::int64_t wanted) {
  for (int spin = 0; spin < 2000; ++spin) {
    if (value.load(std::memory_order_acquire) >= wanted) return;
#if defined(__x86_64__)
    __builtin_ia32_pause();
#endif
  }
  for (std::int64_t now = value.load(); now < wanted; now = value.load()) value.wait(now);
}

/// Shares the networks of each iteration out to threads. A thread begins with the same ones every time, so
/// that their numbers stay in its core's cache, and goes on with what the others have not reached.
class NetworkShares {
 public:
  NetworkShares(int networks, int threads)
      : m_networks(networks), m_threads(threads), m_begun(static_cast<std::size_t>(networks)) {}

  /// A network that nobody has begun in this iteration, -1 when there is none. All of the iteration before
  /// are done.
  int take(std::int64_t iteration, int thread) {
    const int first = m_networks * thread / m_threads, last = m_networks * (thread + 1) / m_threads;
    for (int j = first; j < last; ++j)
      if (begin(j, iteration)) return j;
    for (int n = 1; n <= m_networks - (last - first); ++n) {
      const int j = (first - n + m_networks) % m_networks;  // from the others' ends
      if (begin(j, iteration)) return j;
    }
    return -1;
  }

 private:
  struct alignas(64) Begun {
    std::atomic<std::int64_t> iterations{0};
  };
  bool begin(int j, std::int64_t iteration) {
    auto& begun = m_begun[static_cast<std::size_t>(j)].iterations;
    return begun.load(std::memory_order_relaxed) == iteration &&
           begun.compare_exchange_strong(iteration, iteration + 1);
  }

  int m_networks, m_threads;
  std::vector<Begun> m_begun;
};

}  // namespace monge
