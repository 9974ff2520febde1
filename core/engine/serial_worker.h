// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <condition_variable>
#include <cstddef>
#include <deque>
#include <functional>
#include <mutex>
#include <thread>
#include <utility>

namespace monge {

/// One thread that does what is posted, in order. The work must not throw.
class SerialWorker {
 public:
  SerialWorker() : m_thread([this] { run(); }) {}
  ~SerialWorker() { finish(); }
  SerialWorker(const SerialWorker&) = delete;
  SerialWorker& operator=(const SerialWorker&) = delete;

  void post(std::function<void()> work) {
    {
      std::lock_guard lock(m_mutex);
      m_work.push_back(std::move(work));
    }
    m_wake.notify_one();
  }
  /// Posted and not yet done.
  std::size_t pending() const {
    std::lock_guard lock(m_mutex);
    return m_work.size();
  }
  /// Does what was posted, then ends the thread. Idempotent; not from the worker itself.
  void finish() {
    {
      std::lock_guard lock(m_mutex);
      m_finishing = true;
    }
    m_wake.notify_one();
    if (m_thread.joinable()) m_thread.join();
  }

 private:
  void run() {
    std::unique_lock lock(m_mutex);
    for (;;) {
      m_wake.wait(lock, [this] { return m_finishing || !m_work.empty(); });
      if (m_work.empty()) return;
      const std::function<void()> work = m_work.front();
      lock.unlock();
      work();
      lock.lock();
      m_work.pop_front();
    }
  }

  mutable std::mutex m_mutex;
  std::condition_variable m_wake;
  std::deque<std::function<void()>> m_work;
  bool m_finishing = false;
  std::jthread m_thread;
};

}  // namespace monge
