// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/window/transport/transport_session.h"

#include <QTemporaryDir>
#include <algorithm>
#include <cmath>
#include <utility>

#include "app/window/transport/density_brush.h"
#include "core/base/error.h"
#include "core/geometry/image_density_2.h"
#include "core/transport/newton_start.h"
#include "core/transport/transport_directory.h"

namespace monge {
namespace {

constexpr double kTolerance = 1e-6;
/// While something is dragged: cells are drawn to a pixel, not to six digits.
constexpr double kDragTolerance = 1e-3;
/// With more sites the surfaces come once the hand is still.
constexpr int kMostWithSurfaces = 3000;
/// With more sites they are not made at all: nobody could turn them.
constexpr int kMostSites = 50000;
constexpr qint64 kBetweenMoments = 40;  ///< milliseconds
/// Of all problems kept to be undone.
constexpr std::size_t kMostKeptSites = 4'000'000, kMostEdits = 200;

SolveStep shown(const NewtonStep& step) {
  return {step.iteration,   step.residual,     step.damping,
          step.trials,      step.smallestMass, step.secondsCells + step.secondsSetup + step.secondsLinear,
          step.uniformShare};
}

}  // namespace

void TransportSession::requireSite(int site) const {
  if (site < 0 || site >= static_cast<int>(m_now.problem.sites.size()))
    throw Error("site", std::to_string(site + 1), "one of " + std::to_string(m_now.problem.sites.size()));
}

std::vector<double> TransportSession::shares() const {
  std::vector<double> masses = m_now.problem.masses;
  if (masses.empty()) masses.assign(m_now.problem.sites.size(), 1);
  double sum = 0;
  for (const double mass : masses) sum += mass;
  for (double& mass : masses) mass /= sum;
  return masses;
}

void TransportSession::open(EditedProblem problem, std::string name) {
  PlaneTransport(problem.problem, {}, 1);  // says what is wrong with it before anything changes
  m_now = {};
  static_cast<EditedProblem&>(m_now) = std::move(problem);
  if (!m_now.problem.density) m_now.problem.density = uniformDensity(m_now.problem.domain);
  m_name = std::move(name);
  m_undo.clear();
  m_redo.clear();
  m_canvas.reset();
  ++m_revision;
  start();
  show(atRest(), "new");
}

void TransportSession::start() {
  forgetSteps();
  m_now.weights = quantileStart(m_now.problem.sites, shares(), m_now.problem.domain, *m_now.problem.density);
}

void TransportSession::forgetSteps() {
  m_solver.reset();
  m_past.clear();
  m_now.steps.clear();
  m_now.certificate = {};
}

PictureDetail TransportSession::detail(int most) const {
  return static_cast<int>(m_now.problem.sites.size()) <= most ? PictureDetail::Whole : PictureDetail::Diagram;
}

PictureDetail TransportSession::whileMoving() const {
  return detail(kMostWithSurfaces);
}

PictureDetail TransportSession::atRest() const {
  return detail(kMostSites);
}

void TransportSession::show(PictureDetail detail, std::string status) {
  m_now.status = std::move(status);
  const PlaneProblem& problem = m_now.problem;
  const PowerDiagram2 diagram =
      powerDiagram(problem.sites, m_now.weights, problem.domain, *problem.density, m_team);
  auto moment = std::make_shared<TransportSnapshot>(
      transportPicture(diagram, problem.domain, shares(), m_rule, detail));
  if (m_fieldOf != problem.density) {
    m_fieldOf = problem.density;
    m_field = densityField(*problem.density, problem.domain);
  }
  moment->density = m_field;
  moment->name = m_name;
  moment->status = m_now.status;
  moment->revision = m_revision;
  moment->steps = m_now.steps;
  moment->primal = m_now.certificate.primal;
  moment->dualValue = m_now.certificate.dual;
  if (!m_undo.empty()) moment->undo = m_undo.back().name;
  if (!m_redo.empty()) moment->redo = m_redo.back().name;
  m_sinceMoment.start();
  m_announce(std::move(moment));
}

/// A solver where this one stands. Steps are deterministic, so those taken before a pause or a look back are
/// taken again.
void TransportSession::prepare(std::stop_token stop) {
  if (m_solver) return;
  if (m_past.empty()) m_now.steps.clear();
  m_solver = std::make_unique<PlaneTransport>(m_now.problem, NewtonOptions{kTolerance, 200});
  for (std::size_t taken = 0; taken < m_past.size() && !stop.stop_requested(); ++taken) m_solver->step();
}

/// One step; answers whether there may be another.
bool TransportSession::advance(std::stop_token stop) {
  prepare(stop);
  if (stop.stop_requested() || m_solver->status() != SolveStatus::Running) return false;
  m_past.push_back(m_solver->weights());
  const std::size_t before = m_solver->history().size();
  m_solver->step(stop);
  if (m_solver->history().size() == before) m_past.pop_back();  // nothing was done
  m_now.weights = m_solver->weights();
  for (std::size_t at = before; at < m_solver->history().size(); ++at)
    m_now.steps.push_back(shown(m_solver->history()[at]));
  return m_solver->status() == SolveStatus::Running;
}

void TransportSession::solve(std::stop_token stop) {
  if (m_now.problem.sites.empty()) return;
  while (!stop.stop_requested() && advance(stop))
    if (!m_sinceMoment.isValid() || m_sinceMoment.elapsed() >= kBetweenMoments)
      show(whileMoving(), "running");
  rest(stop);
}

void TransportSession::step(std::stop_token stop) {
  if (m_now.problem.sites.empty()) return;
  advance(stop);
  rest(stop);
}

/// Shows where the steps have led. A cancelled solver does not go on; the next step makes another.
void TransportSession::rest(std::stop_token stop) {
  if (stop.stop_requested()) {
    m_solver.reset();
    return show(atRest(), "paused");
  }
  if (m_solver->status() == SolveStatus::Converged) m_now.certificate = m_solver->certificate();
  show(atRest(), m_solver->status() == SolveStatus::Running ? "paused" : statusName(m_solver->status()));
}

void TransportSession::back() {
  if (m_past.empty()) return;
  m_now.weights = std::move(m_past.back());
  m_past.pop_back();
  m_now.steps.pop_back();
  m_solver.reset();
  m_now.certificate = {};
  show(atRest(), "paused");
}

void TransportSession::reset() {
  if (m_now.problem.sites.empty()) return;
  start();
  show(atRest(), "new");
}

/// Keeps what an edit changes. The parts of one drag are one edit.
void TransportSession::remember(Edit edit) {
  m_redo.clear();
  if (edit.name != "density") m_canvas.reset();
  const bool goesOn = !m_undo.empty() && m_undo.back().open && m_undo.back().name == edit.name &&
                      m_undo.back().site == edit.site;
  if (goesOn) {
    m_undo.back().open = edit.open;
    return;
  }
  m_undo.push_back(std::move(edit));
  const std::size_t most = std::clamp(kMostKeptSites / std::max<std::size_t>(m_now.problem.sites.size(), 1),
                                      std::size_t{1}, kMostEdits);
  while (m_undo.size() > most) m_undo.pop_front();
}

void TransportSession::exchange(std::deque<Edit>& from, std::deque<Edit>& to) {
  if (from.empty()) return;
  Edit edit = std::move(from.back());
  from.pop_back();
  m_solver.reset();
  m_past.clear();
  m_canvas.reset();
  if (edit.before.problem.sites.size() != m_now.problem.sites.size()) ++m_revision;
  std::swap(m_now, edit.before);
  m_now.steps.clear();  // the way there is not kept
  edit.open = false;
  to.push_back(std::move(edit));
  show(atRest(), m_now.status);
}

void TransportSession::undo() {
  exchange(m_undo, m_redo);
}

void TransportSession::redo() {
  exchange(m_redo, m_undo);
}

/// Solves an edited problem; on an error the old one stays.
void TransportSession::solveEdited(Edit edit, EditedProblem edited, std::stop_token stop, double tolerance) {
  auto fresh = std::make_unique<PlaneTransport>(edited.problem, NewtonOptions{tolerance, 60});
  std::vector<std::vector<double>> before;
  while (fresh->status() == SolveStatus::Running && !stop.stop_requested()) {
    before.push_back(fresh->weights());
    fresh->step(stop);
  }
  if (stop.stop_requested()) return;
  if (edited.problem.sites.size() != m_now.problem.sites.size()) ++m_revision;
  const std::string status = statusName(fresh->status());
  edit.before = m_now;
  remember(std::move(edit));
  static_cast<EditedProblem&>(m_now) = std::move(edited);
  forgetSteps();
  m_now.weights = fresh->weights();
  for (const NewtonStep& done : fresh->history()) m_now.steps.push_back(shown(done));
  m_past = std::move(before);
  m_past.resize(m_now.steps.size());
  m_now.certificate = fresh->certificate();
  show(tolerance > kTolerance ? whileMoving() : atRest(), status);
}

/// The same sites under other weights, unsolved.
void TransportSession::drawEdited(Edit edit, std::vector<double> weights, PictureDetail detail) {
  edit.before = m_now;
  remember(std::move(edit));
  forgetSteps();
  m_now.weights = std::move(weights);
  show(detail, "edited");
}

void TransportSession::moveSite(int site, Point2 to, bool follow, bool done, std::stop_token stop) {
  requireSite(site);
  EditedProblem edited = m_now;
  edited.problem.sites[static_cast<std::size_t>(site)] = to;
  Edit edit{"move", site, !done, {}};
  if (follow)
    return solveEdited(std::move(edit), std::move(edited), stop, done ? kTolerance : kDragTolerance);
  PlaneTransport(edited.problem, {}, 1);  // says what is wrong with it before anything changes
  edit.before = m_now;
  remember(std::move(edit));
  m_now.problem = std::move(edited.problem);
  forgetSteps();
  show(done ? atRest() : whileMoving(), "edited");
}

void TransportSession::addSites(const std::vector<Point2>& sites, std::stop_token stop) {
  if (m_now.problem.sites.empty() || sites.empty()) return;
  EditedProblem edited = m_now;
  edited.problem.sites.insert(edited.problem.sites.end(), sites.begin(), sites.end());
  // As much as the others have on average.
  if (!edited.problem.masses.empty()) {
    double sum = 0;
    for (const double mass : edited.problem.masses) sum += mass;
    edited.problem.masses.resize(edited.problem.sites.size(),
                                 sum / static_cast<double>(edited.problem.masses.size()));
  }
  solveEdited({"add", -1, false, {}}, std::move(edited), stop, kTolerance);
}

void TransportSession::removeSites(std::vector<int> sites, std::stop_token stop) {
  std::sort(sites.begin(), sites.end());
  sites.erase(std::unique(sites.begin(), sites.end()), sites.end());
  for (const int site : sites) requireSite(site);
  if (sites.empty()) return;
  EditedProblem edited = m_now;
  if (edited.problem.sites.size() <= sites.size())
    throw Error("sites", "all of them to be removed", "at least one that stays");
  for (auto site = sites.rbegin(); site != sites.rend(); ++site) {
    edited.problem.sites.erase(edited.problem.sites.begin() + *site);
    if (!edited.problem.masses.empty()) edited.problem.masses.erase(edited.problem.masses.begin() + *site);
  }
  solveEdited({"remove", -1, false, {}}, std::move(edited), stop, kTolerance);
}

void TransportSession::setMass(int site, double share, std::stop_token stop) {
  requireSite(site);
  if (!(share > 0 && share < 1)) throw Error("mass", std::to_string(share), "a share between 0 and 1");
  EditedProblem edited = m_now;
  edited.problem.masses = shares();
  const double others = 1 - edited.problem.masses[static_cast<std::size_t>(site)];
  for (double& mass : edited.problem.masses) mass *= others > 0 ? (1 - share) / others : 1;
  edited.problem.masses[static_cast<std::size_t>(site)] = share;
  solveEdited({"mass", site, false, {}}, std::move(edited), stop, kTolerance);
}

void TransportSession::setWeight(int site, double weight) {
  requireSite(site);
  if (!std::isfinite(weight)) throw Error("weight", std::to_string(weight), "a finite number");
  std::vector<double> weights = m_now.weights;
  weights[static_cast<std::size_t>(site)] = weight;
  drawEdited({"weight", site, false, {}}, std::move(weights), atRest());
}

void TransportSession::turnWeight(int site, double change) {
  requireSite(site);
  std::vector<double> weights = m_now.weights;
  weights[static_cast<std::size_t>(site)] += change;
  drawEdited({"weight", site, true, {}}, std::move(weights), whileMoving());
}

void TransportSession::change(EditedProblem problem, std::stop_token stop) {
  if (!problem.problem.density) problem.problem.density = uniformDensity(problem.problem.domain);
  solveEdited({"problem", -1, false, {}}, std::move(problem), stop, kTolerance);
}

void TransportSession::paint(const std::vector<Point2>& stroke, double radius, bool erases, bool done,
                             std::stop_token stop) {
  if (m_now.problem.sites.empty()) return;
  EditedProblem edited = m_now;
  if (!m_canvas)
    m_canvas = m_now.painted
                   ? m_now.painted
                   : std::make_shared<RowsD>(densityCanvas(*m_now.problem.density, m_now.problem.domain));
  edited.painted = std::make_shared<RowsD>(
      paintedDensity(*m_canvas, edited.problem.domain.bounds(), stroke, radius, erases));
  edited.problem.density = imageDensity(edited.problem.domain, *edited.painted);
  if (done) m_canvas.reset();
  solveEdited({"density", -1, !done, {}}, std::move(edited), stop, done ? kTolerance : kDragTolerance);
}

void TransportSession::save(const std::filesystem::path& folder) {
  if (m_now.problem.sites.empty()) throw Error("transport", "nothing is open", "a problem to be saved");
  const PlaneProblem& problem = m_now.problem;
  const PowerDiagram2 diagram =
      powerDiagram(problem.sites, m_now.weights, problem.domain, *problem.density, m_team);
  const TransportSnapshot moment =
      transportPicture(diagram, problem.domain, shares(), m_rule, PictureDetail::Diagram);
  const QTemporaryDir drawn;
  DensitySource source = m_now.density;
  if (m_now.painted) source = writtenDensity(*m_now.painted, drawn.filePath(QStringLiteral("density.png")));
  TransportRecord record;
  record.domain = domainJson(problem.domain);
  record.density = toJson(source);
  record.densityFile = source.file;
  record.report = {{"status", m_now.status},
                   {"method", "newton"},
                   {"sites", problem.sites.size()},
                   {"dimension", 2},
                   {"iterations", m_now.steps.size()},
                   {"residual", moment.residual},
                   {"primal", m_now.certificate.primal},
                   {"dual", m_now.certificate.dual},
                   {"gap", m_now.certificate.gap},
                   {"hidden", std::count(moment.hidden.begin(), moment.hidden.end(), 1)},
                   {"seconds", 0.0}};
  record.sites = moment.sites;
  record.weights = moment.weights;
  record.targets = moment.targets;
  record.masses = moment.masses;
  writeTransportDirectory(folder, record);
}

void TransportSession::setRule(const SingularRule& rule) {
  requireValid(rule);
  m_rule = rule;
  if (!m_now.problem.sites.empty()) show(atRest(), m_now.status);
}

}  // namespace monge
