// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/window/space/space_session.h"

#include <utility>

namespace monge {
namespace {

const NewtonOptions kOptions{1e-6, 200};
/// With more sites the singular set comes once the solver rests; with many more it is left out.
constexpr std::size_t kMostWhileMoving = 1000, kMostAtRest = 100000;
constexpr qint64 kBetweenMoments = 60;  ///< milliseconds

SolveStep shown(const NewtonStep& step) {
  return {step.iteration,   step.residual,     step.damping,
          step.trials,      step.smallestMass, step.secondsCells + step.secondsSetup + step.secondsLinear,
          step.uniformShare};
}

}  // namespace

void SpaceSession::open(const SpaceProblem& problem, const std::string& name) {
  // Says what is wrong with it. Every solver starts from what this one makes of it, to the last digit.
  auto checked = std::make_unique<SpaceProblem>(SpaceTransport(problem, kOptions, 1).problem());
  auto pictures = std::make_unique<SpacePictures>(checked->sites, checked->domain, checked->density,
                                                  checked->masses, m_team);
  m_solver.reset();
  m_problem = std::move(checked);
  m_pictures = std::move(pictures);
  m_name = name;
  ++m_revision;
  start();
}

void SpaceSession::start() {
  m_past.clear();
  m_steps.clear();
  m_certificate = {};
  if (!m_solver || !m_solver->history().empty())
    m_solver = std::make_unique<SpaceTransport>(*m_problem, kOptions);
  m_weights = m_solver->weights();
  show(atRest(), "new");
}

SpaceDetail SpaceSession::whileMoving() const {
  return m_problem->sites.size() <= kMostWhileMoving ? SpaceDetail::Whole : SpaceDetail::Cells;
}

SpaceDetail SpaceSession::atRest() const {
  return m_problem->sites.size() <= kMostAtRest ? SpaceDetail::Whole : SpaceDetail::Cells;
}

void SpaceSession::show(SpaceDetail detail, const std::string& status) {
  auto moment = std::make_shared<SpaceSnapshot>(m_pictures->at(m_weights, spaceRule(), detail));
  moment->name = m_name;
  moment->revision = m_revision;
  moment->status = status;
  moment->steps = m_steps;
  moment->primal = m_certificate.primal;
  moment->dualValue = m_certificate.dual;
  m_sinceMoment.start();
  m_announce(std::move(moment));
}

/// A solver where this one stands. Steps are deterministic, so those taken before a pause or a look back are
/// taken again.
void SpaceSession::prepare(std::stop_token stop) {
  if (m_solver) return;
  m_solver = std::make_unique<SpaceTransport>(*m_problem, kOptions);
  for (std::size_t taken = 0; taken < m_past.size() && !stop.stop_requested(); ++taken) m_solver->step();
}

/// One step; answers whether there may be another.
bool SpaceSession::advance(std::stop_token stop) {
  prepare(stop);
  if (stop.stop_requested() || m_solver->status() != SolveStatus::Running) return false;
  const std::size_t before = m_solver->history().size();
  m_past.push_back(m_weights);
  m_solver->step(stop);
  if (m_solver->history().size() == before) m_past.pop_back();  // nothing was done
  m_weights = m_solver->weights();
  for (std::size_t at = before; at < m_solver->history().size(); ++at)
    m_steps.push_back(shown(m_solver->history()[at]));
  return m_solver->status() == SolveStatus::Running;
}

void SpaceSession::solve(std::stop_token stop) {
  if (!m_problem) return;
  while (!stop.stop_requested() && advance(stop))
    if (!m_sinceMoment.isValid() || m_sinceMoment.elapsed() >= kBetweenMoments)
      show(whileMoving(), "running");
  rest(stop);
}

void SpaceSession::step(std::stop_token stop) {
  if (!m_problem) return;
  advance(stop);
  rest(stop);
}

/// Shows where the steps have led. A cancelled solver does not go on; the next step makes another.
void SpaceSession::rest(std::stop_token stop) {
  if (stop.stop_requested()) {
    m_solver.reset();
    return show(atRest(), "paused");
  }
  if (m_solver->status() == SolveStatus::Converged) m_certificate = m_solver->certificate();
  show(atRest(), m_solver->status() == SolveStatus::Running ? "paused" : statusName(m_solver->status()));
}

void SpaceSession::back() {
  if (m_past.empty()) return;
  m_weights = std::move(m_past.back());
  m_past.pop_back();
  m_steps.resize(m_past.size());
  m_solver.reset();
  m_certificate = {};
  show(atRest(), m_past.empty() ? "new" : "paused");
}

void SpaceSession::reset() {
  if (m_problem) start();
}

}  // namespace monge
