// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <atomic>
#include <exception>
#include <functional>
#include <thread>
#include <vector>

namespace monge {

/// A few threads that work in step on very short tasks. run() calls the task once per member, the caller
/// being member 0; inside, barrier() waits for all. A waiting member spins for some microseconds (a step of a
/// small network is shorter than a futex call) and then sleeps, so that a busy machine is not made busier.
///
/// One run() at a time; the task must call barrier() equally often on all members, and must not throw where
/// it does. What a task without barriers throws, run() throws once all members are done: the first of it.
class ThreadTeam {
 public:
  explicit ThreadTeam(int members);
  ~ThreadTeam();
  ThreadTeam(const ThreadTeam&) = delete;
  ThreadTeam& operator=(const ThreadTeam&) = delete;

  int size() const { return m_size; }
  void run(const std::function<void(int member)>& task);
  void barrier();

  /// Cores that this process may use, at least 1.
  static int availableCores();

 private:
  static void await(const std::atomic<unsigned>& value, unsigned old);
  void serve(int member);
  void work(int member);

  int m_size;
  std::atomic<unsigned> m_start{0}, m_arrived{0}, m_round{0};
  std::atomic<bool> m_stop{false};
  const std::function<void(int)>* m_task = nullptr;
  std::atomic<bool> m_failed{false};
  std::exception_ptr m_error;  ///< written by the one that has set m_failed
  std::vector<std::thread> m_threads;
};

}  // namespace monge
