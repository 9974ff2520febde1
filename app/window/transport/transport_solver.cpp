// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/window/transport/transport_solver.h"

#include <utility>

#include "app/window/transport/transport_session.h"

namespace monge {

TransportSolver::TransportSolver(QObject* parent)
    : QObject(parent),
      m_newest(*this,
               [this](TransportSnapshotPtr moment) {
                 m_moment = std::move(moment);
                 emit momentChanged();
               }),
      m_session(std::make_unique<TransportSession>(
          [this](TransportSnapshotPtr moment) { m_newest.put(std::move(moment)); })),
      m_jobs(std::make_unique<JobThread>()) {
  connect(m_jobs.get(), &JobThread::solvingChanged, this, &TransportSolver::solvingChanged);
  connect(m_jobs.get(), &JobThread::problem, this, &TransportSolver::problem);
}

TransportSolver::~TransportSolver() = default;

bool TransportSolver::isSolving() const {
  return m_jobs->isSolving();
}

void TransportSolver::queue(Job job) {
  using Kind = JobThread::Job::Kind;
  const Kind kind = job.kind == Job::Kind::Solve  ? Kind::Solve
                    : job.kind == Job::Kind::Step ? Kind::Step
                    : job.isReplaced()            ? Kind::Edit
                                                  : Kind::Other;
  m_jobs->queue({kind, static_cast<int>(job.kind), job.site,
                 [this, run = std::move(job.run)](std::stop_token stop) { run(*m_session, stop); }});
}

/// An edit of a row of the moment on screen. Where rows have changed their meaning since, it is too late.
void TransportSolver::edit(Job::Kind kind, int site,
                           std::function<void(TransportSession&, std::stop_token)> change) {
  const int revision = m_moment ? m_moment->revision : 0;
  queue({kind, site, [revision, change = std::move(change)](TransportSession& session, std::stop_token stop) {
           if (session.revision() == revision) change(session, stop);
         }});
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
  m_jobs->stopSolving();
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
  // A stroke that is done is never replaced by the next one: they add up.
  edit(done ? Job::Kind::Other : Job::Kind::Paint, -1,
       [stroke = std::move(stroke), radius, erases, done](TransportSession& session, std::stop_token stop) {
         session.paint(stroke, radius, erases, done, stop);
       });
}

void TransportSolver::setRule(const SingularRule& rule) {
  queue({Job::Kind::Rule, -1, [rule](TransportSession& session, std::stop_token) { session.setRule(rule); }});
}

}  // namespace monge
