// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/window/space/space_solver.h"

#include <utility>

#include "app/window/space/space_session.h"

namespace monge {

using Kind = JobThread::Job::Kind;

SpaceSolver::SpaceSolver(QObject* parent)
    : QObject(parent),
      m_newest(*this,
               [this](SpaceSnapshotPtr moment) {
                 m_moment = std::move(moment);
                 emit momentChanged();
               }),
      m_session(std::make_unique<SpaceSession>(
          [this](SpaceSnapshotPtr moment) { m_newest.put(std::move(moment)); })),
      m_jobs(std::make_unique<JobThread>()) {
  connect(m_jobs.get(), &JobThread::solvingChanged, this, &SpaceSolver::solvingChanged);
  connect(m_jobs.get(), &JobThread::problem, this, &SpaceSolver::problem);
}

SpaceSolver::~SpaceSolver() = default;

bool SpaceSolver::isSolving() const {
  return m_jobs->isSolving();
}

void SpaceSolver::open(const SpaceProblem& problem, const QString& name) {
  m_jobs->queue({Kind::Other, 0, -1,
                 [this, problem, name](std::stop_token) { m_session->open(problem, name.toStdString()); }});
}

void SpaceSolver::solve() {
  m_jobs->queue({Kind::Solve, 0, -1, [this](std::stop_token stop) { m_session->solve(stop); }});
}

void SpaceSolver::step() {
  m_jobs->queue({Kind::Step, 0, -1, [this](std::stop_token stop) { m_session->step(stop); }});
}

void SpaceSolver::back() {
  m_jobs->queue({Kind::Other, 0, -1, [this](std::stop_token) { m_session->back(); }});
}

void SpaceSolver::reset() {
  m_jobs->queue({Kind::Other, 0, -1, [this](std::stop_token) { m_session->reset(); }});
}

void SpaceSolver::pause() {
  m_jobs->stopSolving();
}

}  // namespace monge
