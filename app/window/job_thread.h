// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QObject>
#include <condition_variable>
#include <deque>
#include <functional>
#include <mutex>
#include <stop_token>
#include <thread>

namespace monge {

/// A thread that does what a person asks of a solver, one job after the other. Everything here returns at
/// once; the signals come on the thread that made it.
///
/// A job that would be out of date by the time it is done gives way: an edit replaces the edit before it that
/// nobody has begun, and a solve stops for whatever comes.
class JobThread : public QObject {
  Q_OBJECT
 public:
  struct Job {
    enum class Kind { Other, Edit, Step, Solve };
    Kind kind = Kind::Other;
    /// Of an edit: what it edits, and of which row; one of the same takes its place while it waits.
    int what = 0, row = -1;
    std::function<void(std::stop_token)> run;
    bool isSolve() const { return kind == Kind::Step || kind == Kind::Solve; }
  };

  explicit JobThread(QObject* parent = nullptr);
  ~JobThread() override;  ///< stops what runs and waits for it

  void queue(Job job);
  void stopSolving();  ///< at once, in the middle of a step; what else waits is done
  bool isSolving() const { return m_solving; }

 signals:
  void solvingChanged(bool solving);
  void problem(const QString& message);  ///< a job threw

 private:
  void loop(std::stop_token end);
  void say(bool solving);

  std::mutex m_mutex;
  std::condition_variable_any m_wake;
  std::deque<Job> m_jobs;
  std::stop_source m_current;  ///< of the job that runs
  Job::Kind m_running = Job::Kind::Other;
  bool m_solving = false;
  std::jthread m_thread;
};

}  // namespace monge
