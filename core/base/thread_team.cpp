// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/base/thread_team.h"

#include <sched.h>

#include <algorithm>
#include <utility>

namespace monge {

ThreadTeam::ThreadTeam(int members) : m_size(std::max(members, 1)) {
  for (int member = 1; member < m_size; ++member) m_threads.emplace_back([this, member] { serve(member); });
}

ThreadTeam::~ThreadTeam() {
  m_stop = true;
  ++m_start;
  m_start.notify_all();
  for (auto& thread : m_threads) thread.join();
}

void ThreadTeam::await(const std::atomic<unsigned>& value, unsigned old) {
  constexpr int kSpins = 4000, kSpinsATurn = 250;
  for (int spin = 1; spin <= kSpins; ++spin) {
    if (value.load(std::memory_order_acquire) != old) return;
#if defined(__x86_64__)
    __builtin_ia32_pause();
#endif
    // The one that is waited for may be on this very core, as a young team often is.
    if (spin % kSpinsATurn == 0) sched_yield();
  }
  value.wait(old, std::memory_order_acquire);
}

void ThreadTeam::run(const std::function<void(int)>& task) {
  if (m_size == 1) return task(0);
  m_task = &task;
  ++m_start;
  m_start.notify_all();
  work(0);
  barrier();  // all are done with the task before it goes out of scope
  if (!m_failed) return;
  m_failed = false;
  std::rethrow_exception(std::exchange(m_error, nullptr));
}

void ThreadTeam::work(int member) {
  try {
    (*m_task)(member);
  } catch (...) {
    if (!m_failed.exchange(true)) m_error = std::current_exception();
  }
}

void ThreadTeam::barrier() {
  if (m_size == 1) return;
  const unsigned round = m_round.load(std::memory_order_acquire);
  if (m_arrived.fetch_add(1, std::memory_order_acq_rel) + 1 == static_cast<unsigned>(m_size)) {
    m_arrived.store(0, std::memory_order_relaxed);
    m_round.store(round + 1, std::memory_order_release);
    m_round.notify_all();
  } else {
    await(m_round, round);
  }
}

void ThreadTeam::serve(int member) {
  unsigned seen = 0;
  while (true) {
    await(m_start, seen);
    ++seen;
    if (m_stop) return;
    work(member);
    barrier();
  }
}

int ThreadTeam::availableCores() {
  cpu_set_t set;
  CPU_ZERO(&set);
  if (sched_getaffinity(0, sizeof set, &set) == 0) return std::max(CPU_COUNT(&set), 1);
  return std::max(static_cast<int>(std::thread::hardware_concurrency()), 1);
}

}  // namespace monge
