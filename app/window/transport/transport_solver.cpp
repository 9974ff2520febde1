// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/window/transport/transport_solver.h"

#include <algorithm>
#include <exception>
#include <utility>

#include "app/window/transport/transport_session.h"

namespace monge {

TransportSolver::TransportSolver(QObject* parent)
    : QObject(parent),
      m_session(std::make_unique<TransportSession>(
          [this](std::shared_ptr<const TransportSnapshot> moment) { announce(std::move(moment)); })),
      m_thread([this](std::stop_token end) { loop(end); }) {}

TransportSolver::~TransportSolver() {
  m_thread.request_stop();
  {
    std::lock_guard lock(m_mutex);
    m_current.request_stop();
    m_jobs.clear();
  }
  m_wake.notify_all();
  m_thread.join();
}

void TransportSolver::queue(Job job) {
  {
    std::lock_guard lock(m_mutex);
    // A solve gives way to whatever comes, whether it runs or waits; but steps are taken one after the other.
    const bool isStep = job.kind == Job::Kind::Step;
    if (!job.isSolve()) std::erase_if(m_jobs, [](const Job& waiting) { return waiting.isSolve(); });
    if (!(isStep && m_running == Job::Kind::Step)) m_current.request_stop();
    const bool replaces = job.isReplaced() && !m_jobs.empty() && m_jobs.back().kind == job.kind &&
                          m_jobs.back().site == job.site;
    if (replaces) m_jobs.pop_back();
    m_jobs.push_back(std::move(job));
  }
  m_wake.notify_all();
}

/// An edit of a row of the moment on screen. Where rows have changed their meaning since, it is too late.
void TransportSolver::edit(Job::Kind kind, int site,
                           std::function<void(TransportSession&, std::stop_token)> change) {
  const int revision = m_moment ? m_moment->revision : 0;
  queue({kind, site, [revision, change = std::move(change)](TransportSession& session, std::stop_token stop) {
           if (session.revision() == revision) change(session, stop);
         }});
}

void TransportSolver::loop(std::stop_token end) {
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
    const auto say = [this](bool solving) {
      QMetaObject::invokeMethod(this, [this, solving] {
        m_solving = solving;
        emit solvingChanged(solving);
      });
    };
    if (job.isSolve()) say(true);
    try {
      job.run(*m_session, stop);
    } catch (const std::exception& error) {
      const QString words = QString::fromUtf8(error.what());
      QMetaObject::invokeMethod(this, [this, words] { emit problem(words); });
    }
    if (job.isSolve()) say(false);
    std::lock_guard lock(m_mutex);
    m_running = Job::Kind::Other;
  }
}

/// On the worker: the newest moment is taken when the GUI thread gets to it, older ones are skipped.
void TransportSolver::announce(std::shared_ptr<const TransportSnapshot> moment) {
  m_newest.put(std::move(moment));
  if (!m_announced.exchange(true)) QMetaObject::invokeMethod(this, [this] { takeMoment(); });
}

void TransportSolver::takeMoment() {
  m_announced = false;  // before it is taken: one that comes from now on announces itself
  auto moment = m_newest.take();
  if (!moment) return;
  m_moment = std::move(moment);
  emit momentChanged();
}

void TransportSolver::open(const EditedProblem& problem, const QString& name) {
  queue({Job::Kind::Other, -1, [problem, name](TransportSession& session, std::stop_token) {
           session.open(problem, name.toStdString());
         }});
}

void TransportSolver::save(const QString& folder) {
  queue({Job::Kind::Other, -1, [this, folder](TransportSession& session, std::stop_token) {
           session.save(folder.toStdString());
           QMetaObject::invokeMethod(this, [this, folder] { emit saved(folder); });
         }});
}

void TransportSolver::ask(std::function<void(const EditedProblem&)> answer) {
  queue(
      {Job::Kind::Other, -1, [this, answer = std::move(answer)](TransportSession& session, std::stop_token) {
         QMetaObject::invokeMethod(this, [answer, problem = session.edited()] { answer(problem); });
       }});
}

void TransportSolver::solve() {
  queue({Job::Kind::Solve, -1, [](TransportSession& session, std::stop_token stop) { session.solve(stop); }});
}

void TransportSolver::step() {
  queue({Job::Kind::Step, -1, [](TransportSession& session, std::stop_token stop) { session.step(stop); }});
}

void TransportSolver::back() {
  queue({Job::Kind::Other, -1, [](TransportSession& session, std::stop_token) { session.back(); }});
}

void TransportSolver::reset() {
  queue({Job::Kind::Other, -1, [](TransportSession& session, std::stop_token) { session.reset(); }});
}

void TransportSolver::undo() {
  queue({Job::Kind::Other, -1, [](TransportSession& session, std::stop_token) { session.undo(); }});
}

void TransportSolver::redo() {
  queue({Job::Kind::Other, -1, [](TransportSession& session, std::stop_token) { session.redo(); }});
}

void TransportSolver::pause() {
  std::lock_guard lock(m_mutex);
  std::erase_if(m_jobs, [](const Job& job) { return job.isSolve(); });
  m_current.request_stop();
}

void TransportSolver::moveSite(int site, Point2 to, bool follow, bool done) {
  edit(Job::Kind::Move, site, [site, to, follow, done](TransportSession& session, std::stop_token stop) {
    session.moveSite(site, to, follow, done, stop);
  });
}

void TransportSolver::addSites(std::vector<Point2> sites) {
  queue({Job::Kind::Other, -1, [sites = std::move(sites)](TransportSession& session, std::stop_token stop) {
           session.addSites(sites, stop);
         }});
}

void TransportSolver::removeSites(std::vector<int> sites) {
  edit(Job::Kind::Other, -1, [sites = std::move(sites)](TransportSession& session, std::stop_token stop) {
    session.removeSites(sites, stop);
  });
}

void TransportSolver::setMass(int site, double share) {
  edit(Job::Kind::Mass, site, [site, share](TransportSession& session, std::stop_token stop) {
    session.setMass(site, share, stop);
  });
}

void TransportSolver::setWeight(int site, double weight) {
  edit(Job::Kind::Weight, site,
       [site, weight](TransportSession& session, std::stop_token) { session.setWeight(site, weight); });
}

/// Each notch of a wheel counts, so none takes another's place.
void TransportSolver::turnWeight(int site, double change) {
  edit(Job::Kind::Other, site,
       [site, change](TransportSession& session, std::stop_token) { session.turnWeight(site, change); });
}

void TransportSolver::change(const EditedProblem& problem) {
  edit(Job::Kind::Other, -1,
       [problem](TransportSession& session, std::stop_token stop) { session.change(problem, stop); });
}

void TransportSolver::paint(std::vector<Point2> stroke, double radius, bool erases, bool done) {
  edit(Job::Kind::Paint, -1,
       [stroke = std::move(stroke), radius, erases, done](TransportSession& session, std::stop_token stop) {
         session.paint(stroke, radius, erases, done, stop);
       });
}

void TransportSolver::setRule(const SingularRule& rule) {
  queue({Job::Kind::Rule, -1, [rule](TransportSession& session, std::stop_token) { session.setRule(rule); }});
}

}  // namespace monge
