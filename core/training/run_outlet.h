// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <atomic>
#include <chrono>
#include <cstdint>
#include <mutex>
#include <utility>

#include "core/base/latest_value.h"
#include "core/experiment/experiment.h"
#include "core/snapshot/snapshot.h"
#include "core/training/run_history.h"

namespace monge {

/// A value that one thread sets and others copy.
template <class T>
class Published {
 public:
  void set(T value) {
    std::lock_guard lock(m_mutex);
    m_value = std::move(value);
  }
  T get() const {
    std::lock_guard lock(m_mutex);
    return m_value;
  }

 private:
  mutable std::mutex m_mutex;
  T m_value;
};

/// What the trainer's thread puts out for all others. Any thread; nobody holds a lock while computing.
struct RunOutlet {
  LatestValue<EnsembleSnapshot> snapshots;
  RunHistory history;
  Published<RunProgress> progress;
  Published<Experiment> experiment;
  /// Steady clock's ticks when the step under way began; 0 between steps.
  std::atomic<std::chrono::steady_clock::rep> stepBegan{0};
};

}  // namespace monge
