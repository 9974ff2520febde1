// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/window/transport/transport_solver.h"

#include <QElapsedTimer>
#include <algorithm>
#include <cmath>
#include <exception>
#include <utility>

#include "app/window/transport/transport_picture.h"
#include "core/base/error.h"
#include "core/transport/newton_start.h"

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

}  // namespace

struct TransportSolver::Work {
  TransportSolver& owner;
  PlaneProblem problem{Domain2::square(), {}, {}, {}};
  QString name;
  std::vector<double> weights;
  std::unique_ptr<PlaneTransport> solver;  ///< null once the problem or its weights were edited
  std::vector<std::vector<double>> past;   ///< weights before each step
  std::vector<SolveStep> steps;
  std::string status = "new";
  TransportCertificate certificate;
  int revision = 0;  ///< grows when rows of the problem change their meaning
  ThreadTeam team{ThreadTeam::availableCores()};
  QElapsedTimer sinceMoment;

  explicit Work(TransportSolver& solverOwner) : owner(solverOwner) {}

  std::vector<double> shares() const {
    std::vector<double> masses = problem.masses;
    if (masses.empty()) masses.assign(problem.sites.size(), 1);
    double sum = 0;
    for (const double mass : masses) sum += mass;
    for (double& mass : masses) mass /= sum;
    return masses;
  }

  void start() {
    forget();
    status = "new";
    weights = quantileStart(problem.sites, shares(), problem.domain, *problem.density);
  }

  void show(PictureDetail detail, std::string word) {
    status = std::move(word);
    const PowerDiagram2 diagram =
        powerDiagram(problem.sites, weights, problem.domain, *problem.density, team);
    auto moment =
        std::make_shared<TransportSnapshot>(transportPicture(diagram, problem.domain, shares(), {}, detail));
    moment->name = name.toStdString();
    moment->status = status;
    moment->revision = revision;
    moment->steps = steps;
    moment->primal = certificate.primal;
    moment->dualValue = certificate.dual;
    sinceMoment.start();
    owner.announce(std::move(moment));
  }

  PictureDetail detail(int most) const {
    return static_cast<int>(problem.sites.size()) <= most ? PictureDetail::Whole : PictureDetail::Diagram;
  }
  PictureDetail whileMoving() const { return detail(kMostWithSurfaces); }
  PictureDetail atRest() const { return detail(kMostSites); }

  void forget() {
    solver.reset();
    past.clear();
    steps.clear();
    certificate = {};
  }

  /// A solver where this one stands. Steps are deterministic, so those taken before a pause or a look back
  /// are taken again.
  void prepare(std::stop_token stop) {
    if (solver) return;
    if (past.empty()) steps.clear();
    solver = std::make_unique<PlaneTransport>(problem, NewtonOptions{kTolerance, 200});
    for (std::size_t taken = 0; taken < past.size() && !stop.stop_requested(); ++taken) solver->step();
  }

  /// One step; answers whether there may be another.
  bool advance(std::stop_token stop) {
    prepare(stop);
    if (stop.stop_requested() || solver->status() != SolveStatus::Running) return false;
    past.push_back(solver->weights());
    const std::size_t before = solver->history().size();
    solver->step(stop);
    if (solver->history().size() == before) past.pop_back();  // nothing was done
    weights = solver->weights();
    for (std::size_t at = before; at < solver->history().size(); ++at)
      steps.push_back(shown(solver->history()[at]));
    return solver->status() == SolveStatus::Running;
  }

  void solve(std::stop_token stop) {
    while (!stop.stop_requested() && advance(stop))
      if (!sinceMoment.isValid() || sinceMoment.elapsed() >= kBetweenMoments) show(whileMoving(), "running");
    rest(stop);
  }

  /// Shows where the steps have led. A cancelled solver does not go on; the next step makes another.
  void rest(std::stop_token stop) {
    if (stop.stop_requested()) {
      solver.reset();
      return show(atRest(), "paused");
    }
    if (solver->status() == SolveStatus::Converged) certificate = solver->certificate();
    show(atRest(), solver->status() == SolveStatus::Running ? "paused" : statusName(solver->status()));
  }

  /// Solves an edited problem; on an error the old one stays.
  void solveEdited(PlaneProblem edited, std::stop_token stop, double tolerance) {
    auto fresh = std::make_unique<PlaneTransport>(edited, NewtonOptions{tolerance, 60});
    std::vector<std::vector<double>> before;
    while (fresh->status() == SolveStatus::Running && !stop.stop_requested()) {
      before.push_back(fresh->weights());
      fresh->step(stop);
    }
    if (stop.stop_requested()) return;
    const std::string word = statusName(fresh->status());
    problem = std::move(edited);
    forget();
    weights = fresh->weights();
    past = std::move(before);
    for (const NewtonStep& done : fresh->history()) steps.push_back(shown(done));
    past.resize(steps.size());
    certificate = fresh->certificate();
    show(tolerance > kTolerance ? whileMoving() : atRest(), word);
  }

  static SolveStep shown(const NewtonStep& step) {
    return {step.iteration, step.residual,     step.damping,
            step.trials,    step.smallestMass, step.secondsCells + step.secondsSetup + step.secondsLinear};
  }

  void requireSite(int site) const {
    if (site < 0 || site >= static_cast<int>(problem.sites.size()))
      throw Error("site", std::to_string(site), "one of " + std::to_string(problem.sites.size()));
  }
};

TransportSolver::TransportSolver(QObject* parent)
    : QObject(parent),
      m_work(std::make_unique<Work>(*this)),
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
    const bool replaces =
        job.isEdit() && !m_jobs.empty() && m_jobs.back().kind == job.kind && m_jobs.back().site == job.site;
    if (replaces) m_jobs.pop_back();
    m_jobs.push_back(std::move(job));
  }
  m_wake.notify_all();
}

/// An edit of a row of the moment on screen. Where rows have changed their meaning since, it is too late.
void TransportSolver::edit(Job::Kind kind, int site, std::function<void(Work&, std::stop_token)> change) {
  const int revision = m_moment ? m_moment->revision : 0;
  queue({kind, site, [revision, site, change = std::move(change)](Work& work, std::stop_token stop) {
           if (work.revision != revision) return;
           work.requireSite(site);
           change(work, stop);
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
      job.run(*m_work, stop);
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

void TransportSolver::open(const PlaneProblem& problem, const QString& name) {
  queue({Job::Kind::Other, -1, [problem, name](Work& work, std::stop_token) {
           PlaneTransport(problem, {}, 1);  // says what is wrong with it before anything changes
           work.problem = problem;
           if (!work.problem.density) work.problem.density = uniformDensity(problem.domain);
           work.name = name;
           ++work.revision;
           work.start();
           work.show(work.atRest(), "new");
         }});
}

void TransportSolver::solve() {
  queue({Job::Kind::Solve, -1, [](Work& work, std::stop_token stop) { work.solve(stop); }});
}

void TransportSolver::step() {
  queue({Job::Kind::Step, -1, [](Work& work, std::stop_token stop) {
           work.advance(stop);
           work.rest(stop);
         }});
}

void TransportSolver::back() {
  queue({Job::Kind::Other, -1, [](Work& work, std::stop_token) {
           if (work.past.empty()) return;
           work.weights = work.past.back();
           work.past.pop_back();
           work.steps.pop_back();
           work.solver.reset();
           work.certificate = {};
           work.show(work.atRest(), "paused");
         }});
}

void TransportSolver::reset() {
  queue({Job::Kind::Other, -1, [](Work& work, std::stop_token) {
           if (work.problem.sites.empty()) return;
           work.start();
           work.show(work.atRest(), "new");
         }});
}

void TransportSolver::pause() {
  std::lock_guard lock(m_mutex);
  std::erase_if(m_jobs, [](const Job& job) { return job.isSolve(); });
  m_current.request_stop();
}

void TransportSolver::moveSite(int site, Point2 to, bool follow, bool done) {
  edit(Job::Kind::Move, site, [site, to, follow, done](Work& work, std::stop_token stop) {
    PlaneProblem edited = work.problem;
    edited.sites[static_cast<std::size_t>(site)] = to;
    if (follow) return work.solveEdited(std::move(edited), stop, done ? kTolerance : kDragTolerance);
    work.problem = std::move(edited);
    work.forget();
    work.show(done ? work.atRest() : work.whileMoving(), "edited");
  });
}

void TransportSolver::addSite(Point2 at) {
  queue({Job::Kind::Other, -1, [at](Work& work, std::stop_token stop) {
           if (work.problem.sites.empty()) return;
           PlaneProblem edited = work.problem;
           edited.sites.push_back(at);
           // As much as the others have on average.
           if (!edited.masses.empty()) {
             double sum = 0;
             for (const double mass : edited.masses) sum += mass;
             edited.masses.push_back(sum / static_cast<double>(edited.masses.size()));
           }
           work.solveEdited(std::move(edited), stop, kTolerance);
         }});
}

void TransportSolver::removeSite(int site) {
  const int revision = m_moment ? m_moment->revision : 0;
  queue({Job::Kind::Other, -1, [site, revision](Work& work, std::stop_token stop) {
           if (work.revision != revision) return;
           work.requireSite(site);
           if (work.problem.sites.size() < 2) throw Error("sites", "one", "at least one that stays");
           PlaneProblem edited = work.problem;
           edited.sites.erase(edited.sites.begin() + site);
           if (!edited.masses.empty()) edited.masses.erase(edited.masses.begin() + site);
           ++work.revision;
           try {
             work.solveEdited(std::move(edited), stop, kTolerance);
           } catch (...) {
             --work.revision;  // the rows are as they were
             throw;
           }
         }});
}

void TransportSolver::setMass(int site, double share) {
  edit(Job::Kind::Mass, site, [site, share](Work& work, std::stop_token stop) {
    if (!(share > 0 && share < 1)) throw Error("mass", std::to_string(share), "a share between 0 and 1");
    PlaneProblem edited = work.problem;
    edited.masses = work.shares();
    const double others = 1 - edited.masses[static_cast<std::size_t>(site)];
    for (double& mass : edited.masses) mass *= others > 0 ? (1 - share) / others : 1;
    edited.masses[static_cast<std::size_t>(site)] = share;
    work.solveEdited(std::move(edited), stop, kTolerance);
  });
}

void TransportSolver::setWeight(int site, double weight) {
  edit(Job::Kind::Weight, site, [site, weight](Work& work, std::stop_token) {
    if (!std::isfinite(weight)) throw Error("weight", std::to_string(weight), "a finite number");
    work.weights[static_cast<std::size_t>(site)] = weight;
    work.forget();
    work.show(work.atRest(), "edited");
  });
}

/// Each notch of a wheel counts, so none takes another's place.
void TransportSolver::turnWeight(int site, double change) {
  edit(Job::Kind::Other, site, [site, change](Work& work, std::stop_token) {
    work.weights[static_cast<std::size_t>(site)] += change;
    work.forget();
    work.show(work.whileMoving(), "edited");
  });
}

}  // namespace monge
