// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/training/training_loop.h"

#include <algorithm>
#include <limits>
#include <utility>

#include "core/base/error.h"

namespace monge {

namespace {

/// Iterations from `iteration` to the next multiple of `every`; no end when there is no such cadence.
std::int64_t untilMultiple(std::int64_t iteration, std::int64_t every) {
  return every > 0 ? every - iteration % every : std::numeric_limits<std::int64_t>::max();
}

bool isMultiple(std::int64_t iteration, std::int64_t every) {
  return every > 0 && iteration % every == 0;
}

}  // namespace

TrainingLoop::TrainingLoop(Experiment experiment, Factory factory, TrainingRun::Options options,
                           RunOutlet& outlet, bool resume)
    : m_experiment(std::move(experiment)),
      m_factory(std::move(factory)),
      m_options(std::move(options)),
      m_outlet(outlet),
      m_recorder(m_options.directory, m_options.keepCheckpoints) {
  const std::optional<std::int64_t> last = resume ? m_recorder.lastCheckpoint() : std::nullopt;
  if (last) {
    restore(*last, m_experiment);
  } else {
    std::unique_ptr<Trainer> trainer = m_factory(m_experiment);
    m_recorder.beginNew(m_experiment, trainer->dataView());
    adopt(std::move(trainer), m_experiment, {});
  }
  m_data = m_trainer->dataView();
  if (m_unsaved) saveCheckpoint();
  show();
}

// A command that starts or ends running.

void TrainingLoop::play() {
  soundTrainer();
  if (!storageMended()) return;
  m_goal = m_experiment.iterations;
  if (m_trainer->iteration() >= m_goal) return settle();
  start(Drive::ToTarget);
}

void TrainingLoop::pause() {
  if (running()) settle();
}

void TrainingLoop::step(TrainingRun::Unit unit, std::int64_t count) {
  soundTrainer();
  if (count < 1 || !storageMended()) return;
  if (unit == TrainingRun::Unit::Phase) {
    m_phasesLeft = count + (m_drive == Drive::ByPhases ? m_phasesLeft : 0);
    return start(Drive::ByPhases);
  }
  // Steps asked for while one is under way add up.
  const std::int64_t iteration = m_trainer->iteration();
  const std::int64_t from = m_drive == Drive::ToGoal ? m_goal : iteration;
  const std::int64_t length = unit == TrainingRun::Unit::Epoch ? m_trainer->epochLength() : 1;
  const std::int64_t room =
      (std::numeric_limits<std::int64_t>::max() - from) / std::max<std::int64_t>(length, 1);
  m_goal = from + std::min(count, room) * length;
  // Who steps towards the target stops there; who is past it goes on.
  if (iteration < m_experiment.iterations) m_goal = std::min(m_goal, m_experiment.iterations);
  start(Drive::ToGoal);
}

void TrainingLoop::start(Drive drive) {
  m_drive = drive;
  m_status = RunStatus::Running;
  m_message.clear();
  m_rate.clear();
  m_rate.mark(m_trainer->iteration(), std::chrono::steady_clock::now());
  m_changed = true;
}

/// Writes what could not be written before. @throws Error as long as it cannot.
void TrainingLoop::mendStorage() {
  if (m_beginAgain) m_recorder.beginAgain(m_experiment);
  m_beginAgain = false;
  saveCheckpoint();
}

/// False: it still cannot be written, and the run's status says so.
bool TrainingLoop::storageMended() {
  try {
    if (m_storageFailed) mendStorage();
    return true;
  } catch (const std::exception& error) {
    fail(error);
    return false;
  }
}

void TrainingLoop::setTarget(std::int64_t iterations) {
  m_experiment.iterations = std::max<std::int64_t>(iterations, 0);
  if (m_drive == Drive::ToTarget) m_goal = m_experiment.iterations;
  const bool atRest = m_status == RunStatus::Paused || m_status == RunStatus::Finished;
  if (atRest || arrived()) settle();
  m_changed = true;
  experimentChanged();
}

void TrainingLoop::setSpeed(double iterationsPerSecond) {
  m_pacer.setSpeed(iterationsPerSecond);
  m_rate.clear();
}

void TrainingLoop::requestSnapshots(const SnapshotRequest& request) {
  m_request = request;
  m_changed = true;
}

void TrainingLoop::setSnapshotRate(double perSecond) {
  m_options.snapshotsPerSecond = perSecond;
}

// Edits.

Trainer& TrainingLoop::soundTrainer() {
  if (!sound())
    throw Error("run", m_message.empty() ? "has failed" : m_message,
                "a reset or a return to the last checkpoint first");
  return *m_trainer;
}

void TrainingLoop::set(const std::string& key, const nlohmann::json& value) {
  const MethodSpec& spec = method(m_experiment.method);
  const ParameterSpec* parameter = spec.find(key);
  if (!parameter) throw Error("parameter " + key, "is unknown", "a parameter of " + spec.title);
  const nlohmann::json checked = validated(*parameter, value, "parameters");
  if (parameter->takes == ParameterSpec::Takes::Reset) {
    m_afterReset[key] = checked;
    m_recorder.log(m_trainer->iteration(), key + " = " + checked.dump() + " from the next reset on");
    return;
  }
  if (sound()) m_trainer->setParameter(key, checked);
  m_experiment.parameters[key] = checked;
  edited(key + " = " + checked.dump());
  experimentChanged();
}

void TrainingLoop::movePrototype(int id, const std::vector<double>& position) {
  soundTrainer().movePrototype(id, position);
  edited("prototype " + std::to_string(id) + " moved to " + nlohmann::json(position).dump());
}

int TrainingLoop::addPrototype(const std::vector<double>& position) {
  const int id = soundTrainer().addPrototype(position);
  edited("prototype " + std::to_string(id) + " added at " + nlohmann::json(position).dump());
  return id;
}

void TrainingLoop::removePrototype(int id) {
  soundTrainer().removePrototype(id);
  edited("prototype " + std::to_string(id) + " deleted");
}

void TrainingLoop::restorePrototype(int id) {
  soundTrainer().restorePrototype(id);
  edited("prototype " + std::to_string(id) + " restored");
}

void TrainingLoop::setMass(int id, double mass) {
  soundTrainer().setMass(id, mass);
  edited("mass of prototype " + std::to_string(id) + " set to " + nlohmann::json(mass).dump());
}

void TrainingLoop::edited(const std::string& what) {
  m_unsaved = true;
  m_changed = true;
  m_recorder.log(m_trainer->iteration(), what);
}

void TrainingLoop::experimentChanged() {
  m_outlet.experiment.set(m_experiment);
  try {
    m_recorder.writeExperiment(m_experiment);
  } catch (const Error& error) {
    fail(error);
  }
}

nlohmann::json TrainingLoop::metrics() {
  return soundTrainer().metrics();
}

// Running.

std::int64_t TrainingLoop::iterationsToBoundary() const {
  const std::int64_t iteration = m_trainer->iteration();
  return std::min({m_goal - iteration, untilMultiple(iteration, m_experiment.historyEvery),
                   untilMultiple(iteration, m_experiment.checkpointEvery)});
}

void TrainingLoop::runChunk() {
  const SteadyTime began = std::chrono::steady_clock::now();
  m_outlet.stepBegan = began.time_since_epoch().count();
  const std::int64_t before = m_trainer->iteration();
  m_unsaved = true;
  m_broken = true;  // until the step comes back
  if (m_drive == Drive::ByPhases) {
    m_trainer->stepPhase();
    --m_phasesLeft;
  } else {
    m_trainer->stepIterations(m_pacer.chunk(iterationsToBoundary()));
  }
  m_broken = false;
  m_pacer.ran(m_trainer->iteration() - before, began, std::chrono::steady_clock::now());
  afterStep(before);
  m_outlet.stepBegan = 0;
}

void TrainingLoop::afterStep(std::int64_t before) {
  if (const std::optional<Divergence> found = m_trainer->divergence()) return diverged(*found);
  const std::int64_t iteration = m_trainer->iteration();
  const SteadyTime now = std::chrono::steady_clock::now();
  m_rate.mark(iteration, now);
  if (iteration > before) {
    const bool atTarget = iteration == m_experiment.iterations;
    if (atTarget || isMultiple(iteration, m_experiment.historyEvery)) addHistoryRow();
    if (atTarget || isMultiple(iteration, m_experiment.checkpointEvery)) saveCheckpoint();
  }
  if (arrived()) settle();
  publishProgress();
  const std::chrono::duration<double> sinceShown = now - m_shown;
  const bool due = sinceShown.count() * m_options.snapshotsPerSecond >= 1;
  if (running() && due && m_outlet.snapshots.empty()) show();
  showChanges();
}

bool TrainingLoop::arrived() const {
  if (m_drive == Drive::ByPhases) return m_phasesLeft == 0;
  return m_drive != Drive::Rest && m_trainer->iteration() >= m_goal;
}

RunStatus TrainingLoop::statusAtRest() const {
  return m_trainer->iteration() >= m_experiment.iterations ? RunStatus::Finished : RunStatus::Paused;
}

/// Comes to rest where it is.
void TrainingLoop::settle() {
  m_drive = Drive::Rest;
  m_status = statusAtRest();
  m_message.clear();
  m_changed = true;
}

void TrainingLoop::finish() {
  if (running()) settle();
  if (sound() && m_unsaved) saveCheckpoint();
  publishProgress();
  tellOthers();
}

}  // namespace monge
