// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <time.h>

#include <QApplication>
#include <QEvent>
#include <QThread>
#include <QTimer>
#include <algorithm>
#include <atomic>
#include <chrono>
#include <thread>
#include <utility>
#include <vector>

namespace monge::benchmarks {

constexpr double kSlowMs = 50;  ///< deliveries of one event that are told one by one

using Clock = std::chrono::steady_clock;

inline double millisecondsSince(Clock::time_point then) {
  return std::chrono::duration<double, std::milli>(Clock::now() - then).count();
}

/// Time that the processor spent on this thread: what is missing from the wall clock was spent waiting.
inline double threadMilliseconds() {
  timespec spent{};
  ::clock_gettime(CLOCK_THREAD_CPUTIME_ID, &spent);
  return static_cast<double>(spent.tv_sec) * 1e3 + static_cast<double>(spent.tv_nsec) / 1e6;
}

/// Tells which deliveries of an event kept the thread for long; nested ones are told as well.
class WatchedApplication : public QApplication {
 public:
  struct Slow {
    QEvent::Type type;
    const char* receiver;
    double wall, processor;
  };

  using QApplication::QApplication;
  void watch(bool on) { m_watching = on; }
  std::vector<Slow> takeSlow() { return std::exchange(m_slow, {}); }

  bool notify(QObject* receiver, QEvent* event) override {
    if (!m_watching || QThread::currentThread() != thread()) return QApplication::notify(receiver, event);
    // Neither the receiver nor the event may be there afterwards.
    Slow entry{event->type(), receiver->metaObject()->className(), 0, threadMilliseconds()};
    const Clock::time_point began = Clock::now();
    const bool result = QApplication::notify(receiver, event);
    entry.wall = millisecondsSince(began);
    entry.processor = threadMilliseconds() - entry.processor;
    if (entry.wall > kSlowMs) m_slow.push_back(entry);
    return result;
  }

 private:
  std::atomic<bool> m_watching = false;
  std::vector<Slow> m_slow;
};

/// How long this thread keeps others waiting: what a timer of 1 ms is late by, and what passes between the
/// post of an event from another thread, every 10 ms, and its delivery.
class LatencyProbe : public QObject {
 public:
  LatencyProbe() {
    m_tick.setTimerType(Qt::PreciseTimer);
    m_tick.setInterval(1);
    connect(&m_tick, &QTimer::timeout, this, [this] {
      late.push_back(std::max(0.0, millisecondsSince(m_lastTick) - 1));
      m_lastTick = Clock::now();
    });
    m_lastTick = Clock::now();
    m_tick.start();
    m_poster = std::thread([this] {
      for (Clock::time_point due = Clock::now(); !m_ended; std::this_thread::sleep_until(due)) {
        QCoreApplication::postEvent(this, new Stamped);
        due += std::chrono::milliseconds(10);
      }
    });
  }
  ~LatencyProbe() override {
    m_ended = true;
    m_poster.join();
  }

  std::vector<double> late, waited;  ///< milliseconds

 protected:
  bool event(QEvent* event) override {
    if (event->type() != QEvent::User) return QObject::event(event);
    waited.push_back(millisecondsSince(static_cast<Stamped*>(event)->posted));
    return true;
  }

 private:
  struct Stamped : QEvent {
    Stamped() : QEvent(QEvent::User) {}
    Clock::time_point posted = Clock::now();
  };

  QTimer m_tick;
  Clock::time_point m_lastTick;
  std::atomic<bool> m_ended = false;
  std::thread m_poster;
};

}  // namespace monge::benchmarks
