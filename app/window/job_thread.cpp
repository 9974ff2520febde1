// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/window/job_thread.h"

#include <exception>
#include <utility>

namespace monge {

JobThread::JobThread(QObject* parent)
    : QObject(parent), m_thread([this](std::stop_token end) { loop(end); }) {}

JobThread::~JobThread() {
  m_thread.request_stop();
  {
    std::lock_guard lock(m_mutex);
    m_current.request_stop();
    m_jobs.clear();
  }
  m_wake.notify_all();
  m_thread.join();
}

void JobThread::queue(Job job) {
  {
    std::lock_guard lock(m_mutex);
    // A solve gives way to whatever comes, whether it runs or waits; but steps are taken one after the other.
    const bool isStep = job.kind == Job::Kind::Step;
    if (!job.isSolve()) std::erase_if(m_jobs, [](const Job& waiting) { return waiting.isSolve(); });
    if (!(isStep && m_running == Job::Kind::Step)) m_current.request_stop();
    const bool replaces = job.kind == Job::Kind::Edit && !m_jobs.empty() &&
                          m_jobs.back().kind == Job::Kind::Edit && m_jobs.back().what == job.what &&
                          m_jobs.back().row == job.row;
    if (replaces) m_jobs.pop_back();
    m_jobs.push_back(std::move(job));
  }
  m_wake.notify_all();
}

void JobThread::stopSolving() {
  std::lock_guard lock(m_mutex);
  std::erase_if(m_jobs, [](const Job& job) { return job.isSolve(); });
  m_current.request_stop();
}

void JobThread::say(bool solving) {
  QMetaObject::invokeMethod(this, [this, solving] {
    m_solving = solving;
    emit solvingChanged(solving);
  });
}

void JobThread::loop(std::stop_token end) {
  for (;;) {
    Job job;
    std::stop_token stop;
    {
      std::unique_lock lock(m_mutex);
      if (!m_wake.wait(lock, end, [this] { return !m_jobs.empty(); })) return;
      job = std::move(m_jobs.front());
      m_jobs.pop_front();
      m_current = std::stop_source();
      // An edit is short, and what follows it wants its result; a solve is what people stop.
      stop = job.isSolve() ? m_current.get_token() : end;
      m_running = job.kind;
    }
    if (job.isSolve()) say(true);
    try {
      job.run(stop);
    } catch (const std::exception& error) {
      const QString words = QString::fromUtf8(error.what());
      QMetaObject::invokeMethod(this, [this, words] { emit problem(words); });
    }
    if (job.isSolve()) say(false);
    std::lock_guard lock(m_mutex);
    m_running = Job::Kind::Other;
  }
}

}  // namespace monge
