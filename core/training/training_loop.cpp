// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/training/training_loop.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <new>
#include <utility>

#include "core/base/error.h"
#include "core/snapshot/snapshot_message.h"

namespace monge {

namespace {

constexpr int kCheckpointSamples = 10000;  ///< enough for a figure of a plane

/// Iterations from `iteration` to the next multiple of `every`; no end when there is no such cadence.
std::int64_t untilMultiple(std::int64_t iteration, std::int64_t every) {
  return every > 0 ? every - iteration % every : std::numeric_limits<std::int64_t>::max();
}

bool isMultiple(std::int64_t iteration, std::int64_t every) {
  return every > 0 && iteration % every == 0;
}

/// LibTorch's exceptions carry a stack trace below the first line.
std::string shortText(const std::exception& error) {
  if (dynamic_cast<const std::bad_alloc*>(&error)) return "Out of memory";
  const std::string text = error.what();
  return text.substr(0, text.find('\n'));
}

HistoryChunk withColumns(HistoryChunk history, const Trainer& trainer) {
  if (!history.columns.empty()) return history;
  history.columns = {"iteration"};
  const std::vector<std::string> metrics = trainer.historyColumns();
  history.columns.insert(history.columns.end(), metrics.begin(), metrics.end());
  history.rows.resize(0, static_cast<Eigen::Index>(history.columns.size()));
  return history;
}

void requireSame(const std::string& key, const nlohmann::json& wanted, const nlohmann::json& saved) {
  if (wanted != saved)
    throw Error(key, wanted.dump(), saved.dump() + ", which the checkpoint was trained with");
}

/// A state fits only the method, the seed and the networks that it was saved from.
void requireSameOrigin(const Experiment& wanted, const nlohmann::json& saved) {
  if (saved.contains("method")) requireSame("method", wanted.method, saved["method"]);
  if (saved.contains("seed")) requireSame("seed", wanted.seed, saved["seed"]);
  const nlohmann::json parameters = saved.value("parameters", nlohmann::json::object());
  for (const ParameterSpec& spec : method(wanted.method).parameters) {
    if (spec.takes != ParameterSpec::Takes::Reset || !parameters.contains(spec.key)) continue;
    requireSame(spec.key, wanted.parameters.value(spec.key, spec.defaultValue), parameters[spec.key]);
  }
}

/// Live parameters that were changed after the checkpoint keep their new values.
void applyLiveParameters(Trainer& trainer, const Experiment& wanted, const nlohmann::json& saved) {
  const nlohmann::json parameters = saved.value("parameters", nlohmann::json::object());
  for (const auto& [key, value] : wanted.parameters.items()) {
    const ParameterSpec* spec = method(wanted.method).find(key);
    if (!spec || spec->takes != ParameterSpec::Takes::Live) continue;
    if (!parameters.contains(key) || parameters[key] != value) trainer.setParameter(key, value);
  }
}

bool isRate(const std::string& key) {
  return key == "rate" || key.ends_with("_rate");
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

// Going back.

void TrainingLoop::adopt(std::unique_ptr<Trainer> trainer, const Experiment& experiment,
                         const HistoryChunk& history) {
  m_trainer = std::move(trainer);
  m_experiment = experiment;
  m_broken = false;
  m_storageFailed = false;
  m_unsaved = true;
  settle();
  const HistoryChunk whole = withColumns(history, *m_trainer);
  m_lastRow = whole.rows.rows() > 0 ? static_cast<std::int64_t>(whole.rows(whole.rows.rows() - 1, 0)) : 0;
  m_outlet.history.restart(whole);
  m_outlet.experiment.set(m_experiment);
  publishProgress();
}

void TrainingLoop::restore(std::int64_t iteration, const Experiment& experiment) {
  const Message state = m_recorder.readState(iteration);
  const nlohmann::json saved = state.fields.value("experiment", nlohmann::json::object());
  requireSameOrigin(experiment, saved);
  // Built as it was when it was saved: a state fits its own parameters; what was changed since comes after
  // it.
  Experiment then = experiment;
  then.parameters.update(saved.value("parameters", nlohmann::json::object()));
  std::unique_ptr<Trainer> trainer = m_factory(then);
  trainer->load(state);
  applyLiveParameters(*trainer, experiment, saved);
  adopt(std::move(trainer), experiment, m_recorder.rewind(iteration, experiment));
  m_unsaved = false;
}

void TrainingLoop::reset(std::optional<std::uint64_t> seed) {
  Experiment experiment = m_experiment;
  experiment.parameters.update(m_afterReset);
  experiment.seed = seed.value_or(experiment.seed);
  adopt(m_factory(experiment), experiment, {});
  m_afterReset = nlohmann::json::object();
  m_recorder.log(0, "reset, seed " + std::to_string(experiment.seed));
  m_beginAgain = true;
  try {
    mendStorage();
  } catch (const Error& error) {
    fail(error);
  }
}

void TrainingLoop::resumeCheckpoint(double rateFactor) {
  if (!(rateFactor > 0) || !std::isfinite(rateFactor))
    throw Error("rate_factor", std::to_string(rateFactor), "a positive number");
  const std::optional<std::int64_t> last = m_recorder.lastCheckpoint();
  if (!last) throw Error("resume_checkpoint", "this run has no checkpoint", "a run with a folder");
  Experiment experiment = m_experiment;
  for (auto& [key, value] : experiment.parameters.items()) {
    const ParameterSpec* spec = isRate(key) ? method(experiment.method).find(key) : nullptr;
    if (spec) value = std::clamp(value.get<double>() * rateFactor, spec->minimum, spec->maximum);
  }
  restore(*last, experiment);
  m_recorder.log(*last, "went back to the checkpoint, rates times " + std::to_string(rateFactor));
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

void TrainingLoop::diverged(const Divergence& divergence) {
  m_drive = Drive::Rest;
  m_status = RunStatus::Diverged;
  m_message = "Training diverged at iteration " + std::to_string(divergence.iteration) + ": " +
              divergence.network + ", " + divergence.what;
  m_recorder.log(divergence.iteration, m_message);
  showLastAgain();
}

void TrainingLoop::fail(const std::exception& error) {
  m_drive = Drive::Rest;
  m_status = RunStatus::Failed;
  m_message = shortText(error);
  m_storageFailed = !m_broken;
  m_outlet.stepBegan = 0;
  m_recorder.log(m_trainer->iteration(), std::string("failed: ") + error.what());
  try {
    showLastAgain();
  } catch (const std::bad_alloc&) {
    tellOthers();  // no memory for a copy of the picture: the status is published all the same
  }
}

void TrainingLoop::finish() {
  if (running()) settle();
  if (sound() && m_unsaved) saveCheckpoint();
  publishProgress();
  tellOthers();
}

// Putting things out.

void TrainingLoop::addHistoryRow() {
  const std::int64_t iteration = m_trainer->iteration();
  if (iteration == m_lastRow) return;
  m_lastRow = iteration;
  std::vector<double> row = m_trainer->historyRow();
  row.insert(row.begin(), static_cast<double>(iteration));
  m_outlet.history.append(row);
  m_recorder.append(withColumns({}, *m_trainer).columns, iteration, row);
  tellOthers();
}

void TrainingLoop::saveCheckpoint() {
  if (!m_recorder.hasDirectory()) return;
  SnapshotRequest everything = m_request;
  everything.critic = everything.gradients = everything.latentGrid = everything.sampleGrid = true;
  everything.box.reset();
  if (m_data.dimension == 2) everything.samples = kCheckpointSamples;
  EnsembleSnapshot snapshot = m_trainer->snapshot(everything);
  snapshot.progress = currentProgress();
  if (running()) snapshot.progress.status = statusAtRest();  // whoever opens it finds a run that does not run
  snapshot.progress.iterationsPerSecond = snapshot.progress.secondsLeft = 0;
  snapshot.sequence = m_sequence;
  m_recorder.writeCheckpoint(m_trainer->iteration(), m_trainer->save(), toMessage(snapshot), m_experiment);
  m_storageFailed = false;
  m_unsaved = false;
}

std::int64_t TrainingLoop::checkpoint() {
  if (!m_recorder.hasDirectory()) throw Error("checkpoint", "this run has no folder", "a run with a folder");
  soundTrainer();
  saveCheckpoint();
  return m_trainer->iteration();
}

void TrainingLoop::showChanges() {
  if (m_changed && sound()) show();
}

void TrainingLoop::show() {
  m_changed = false;
  EnsembleSnapshot snapshot = m_trainer->snapshot(m_request);
  publishProgress();
  snapshot.progress = m_outlet.progress.get();
  snapshot.sequence = ++m_sequence;
  m_lastSnapshot = std::make_shared<const EnsembleSnapshot>(std::move(snapshot));
  m_shown = std::chrono::steady_clock::now();
  m_outlet.snapshots.put(m_lastSnapshot);
  tellOthers();
}

/// An unsound trainer has nothing to show: the last good picture stays, with the news of why there is no new
/// one.
void TrainingLoop::showLastAgain() {
  m_changed = false;
  publishProgress();
  if (m_lastSnapshot) {
    EnsembleSnapshot again = *m_lastSnapshot;
    again.progress = m_outlet.progress.get();
    again.sequence = ++m_sequence;
    m_lastSnapshot = std::make_shared<const EnsembleSnapshot>(std::move(again));
    m_outlet.snapshots.put(m_lastSnapshot);
  }
  tellOthers();
}

RunProgress TrainingLoop::currentProgress() const {
  RunProgress progress;
  progress.status = m_status;
  progress.iteration = m_trainer->iteration();
  progress.target = m_experiment.iterations;
  progress.epochLength = m_trainer->epochLength();
  progress.phase = m_trainer->nextPhase();
  progress.seed = m_experiment.seed;
  progress.message = m_message;
  if (!running()) return progress;
  progress.iterationsPerSecond = m_rate.perSecond();
  const double left = static_cast<double>(progress.target - progress.iteration);
  if (progress.iterationsPerSecond > 0 && left > 0)
    progress.secondsLeft = left / progress.iterationsPerSecond;
  return progress;
}

void TrainingLoop::publishProgress() {
  m_outlet.progress.set(currentProgress());
}

void TrainingLoop::tellOthers() const {
  if (m_options.notify) m_options.notify();
}

}  // namespace monge
