// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/engine/session.h"

#include <algorithm>
#include <cmath>
#include <filesystem>
#include <limits>
#include <new>
#include <utility>

#include "core/base/error.h"
#include "core/snapshot/snapshot_message.h"

namespace monge {

namespace {

constexpr std::int64_t kMostIterations = 1'000'000'000'000;
constexpr int kMostSamples = 200'000;

std::vector<double> numbers(const Fields& fields, const char* key) {
  const nlohmann::json& list = fields.value(key);
  const bool fits = list.is_array() && std::all_of(list.begin(), list.end(), [](const nlohmann::json& value) {
                      return value.is_number() && std::isfinite(value.get<double>());
                    });
  if (!fits) throw Error(key, list.dump().substr(0, 80), "a list of numbers");
  return list.get<std::vector<double>>();
}

Box2 box(const Fields& fields) {
  const std::vector<double> edges = numbers(fields, "box");
  if (edges.size() != 4 || !(edges[0] < edges[2]) || !(edges[1] < edges[3]))
    throw Error("box", fields.value("box").dump(), "four numbers: left, bottom, right, top");
  return {edges[0], edges[1], edges[2], edges[3]};
}

TrainingRun::Unit unit(const std::string& name) {
  if (name == "phase") return TrainingRun::Unit::Phase;
  if (name == "iteration") return TrainingRun::Unit::Iteration;
  if (name == "epoch") return TrainingRun::Unit::Epoch;
  throw Error("unit", name, "phase, iteration or epoch");
}

int prototypeId(const Fields& fields) {
  return static_cast<int>(fields.integer("id", 0, std::numeric_limits<int>::max()));
}

Message openedMessage(const TrainingRun& run, const std::string& folder) {
  Message opened("opened");
  opened.fields = {{"experiment", toJson(run.experiment())}, {"phases", run.phases()}, {"run", folder}};
  return opened;
}

bool sameFolder(const std::string& one, const std::filesystem::path& other) {
  std::error_code ignored;
  return !one.empty() && std::filesystem::equivalent(one, other, ignored);
}

}  // namespace

Session::Session(const EngineFactory& factory, Outbox& outbox, std::function<void(const std::string&)> log)
    : m_factory(factory), m_outbox(outbox), m_log(std::move(log)) {}

Session::~Session() {
  finish();
}

const std::vector<std::pair<std::string, Session::Handler>>& Session::handlers() {
  static const std::vector<std::pair<std::string, Handler>> table = {
      {"open", &Session::open},
      {"open_run", &Session::openRun},
      {"play", &Session::play},
      {"pause", &Session::pause},
      {"step", &Session::step},
      {"target", &Session::target},
      {"speed", &Session::speed},
      {"reset", &Session::reset},
      {"set", &Session::set},
      {"prototype_move", &Session::movePrototype},
      {"prototype_add", &Session::addPrototype},
      {"prototype_delete", &Session::deletePrototype},
      {"prototype_restore", &Session::restorePrototype},
      {"mass", &Session::setMass},
      {"layers", &Session::layers},
      {"checkpoint", &Session::checkpoint},
      {"resume_checkpoint", &Session::resumeCheckpoint},
  };
  return table;
}

/// Runs `work`; what it throws becomes an error message. The edge of the engine's own threads.
template <class Work>
void Session::answered(const std::string& subject, Work work) {
  try {
    work();
  } catch (const Error& error) {
    m_outbox.error(error.subject(), error.what());
    m_log(subject + " refused: " + error.what());
  } catch (const std::bad_alloc&) {
    m_outbox.error(subject, "Out of memory");
    m_log(subject + ": out of memory");
  } catch (const std::exception& error) {
    const std::string text = error.what();
    m_outbox.error(subject, text.substr(0, text.find('\n')));
    m_log(subject + " failed: " + text);
  }
}

template <class Result, class Done>
void Session::answerLater(const std::string& subject, std::future<Result> future, Done done) {
  auto shared = std::make_shared<std::future<Result>>(std::move(future));
  m_answers.post([this, subject, shared, done] {
    answered(subject, [&] {
      if constexpr (std::is_void_v<Result>) {
        shared->get();
        done();
      } else {
        done(shared->get());
      }
    });
  });
}

void Session::obey(const Message& message) {
  answered(message.type, [&] {
    const auto& table = handlers();
    const auto found = std::find_if(table.begin(), table.end(),
                                    [&](const auto& entry) { return entry.first == message.type; });
    if (found == table.end()) throw Error("message", message.type.substr(0, 80), "a type of the protocol");
    (this->*found->second)(Fields(message.fields, message.type));
  });
}

std::shared_ptr<TrainingRun> Session::current() const {
  std::lock_guard lock(m_mutex);
  return m_run;
}

TrainingRun& Session::requireRun() const {
  // Only obey()'s own thread replaces the run, so that it stays while a command is obeyed.
  const std::shared_ptr<TrainingRun> run = current();
  if (!run) throw Error("run", "none is open", "open or open_run first");
  return *run;
}

double Session::busySeconds() const {
  const std::shared_ptr<TrainingRun> run = current();
  return run ? run->busySeconds() : 0;
}

/// Called by the writer between two messages, so that news never overtake the `opened` and `data` that they
/// belong to.
void Session::showNewsOf(const std::shared_ptr<TrainingRun>& run) {
  {
    std::lock_guard lock(m_mutex);
    m_shownRun = run;
  }
  m_outbox.news();
}

Session::News Session::takeNews() const {
  std::shared_ptr<TrainingRun> run;
  {
    std::lock_guard lock(m_mutex);
    run = m_shownRun;
  }
  News news;
  if (run) news.snapshot = run->takeSnapshot();
  // After the snapshot, so that the history reaches at least as far.
  if (news.snapshot) news.history = run->takeHistory();
  return news;
}

bool Session::finish() {
  m_answers.finish();
  return stopRun();
}

bool Session::stopRun() {
  std::shared_ptr<TrainingRun> run;
  {
    std::lock_guard lock(m_mutex);
    run = std::exchange(m_run, nullptr);
  }
  if (!run) return true;
  const bool failedBefore = run->progress().status == RunStatus::Failed;
  run->stop();
  const RunProgress progress = run->progress();
  if (progress.status != RunStatus::Failed || failedBefore) return true;
  m_log("the last checkpoint could not be written: " + progress.message);
  return false;
}

void Session::open(const Fields& fields) {
  const Experiment experiment = experimentFromJson(fields.value("experiment"), "experiment");
  const std::string out = fields.has("out") ? fields.text("out") : std::string();
  if (out.empty()) return start(experiment, std::nullopt, false);
  if (sameFolder(m_folder, out)) throw Error(out, "is the folder of the open run", "a new folder");
  start(experiment, RunDirectory::create(out, experiment), false);
}

void Session::openRun(const Fields& fields) {
  const RunDirectory directory = RunDirectory::open(fields.text("run"));
  // The folder has one writer: the open run, when it is the same, ends with a checkpoint first.
  if (sameFolder(m_folder, directory.path())) stopRun();
  start(directory.experiment(), directory, true);
}

void Session::start(const Experiment& experiment, std::optional<RunDirectory> directory, bool resume) {
  TrainingRun::Options options;
  options.directory = directory;
  options.notify = [this] { m_outbox.news(); };
  auto data = std::make_shared<const Dataset>(m_factory.loadData(experiment.data));
  const auto trainer = [make = m_factory.makeTrainer, data](const Experiment& wanted) {
    return make(wanted, *data);
  };
  auto run = std::make_shared<TrainingRun>(experiment, trainer, std::move(options), resume);
  run->requestSnapshots(m_request);
  stopRun();
  m_folder = directory ? directory->path().string() : std::string();
  {
    std::lock_guard lock(m_mutex);
    m_run = run;
  }
  m_outbox.answer(openedMessage(*run, m_folder), [this] { showNewsOf(nullptr); });
  m_outbox.answer(toMessage(run->dataView()), [this, run] { showNewsOf(run); });
  m_log("opened " + experiment.name + " at iteration " + std::to_string(run->progress().iteration));
}

void Session::play(const Fields&) {
  answerLater("play", requireRun().play(), [] {});
}

void Session::pause(const Fields&) {
  requireRun().pause();
}

void Session::step(const Fields& fields) {
  auto stepped = requireRun().step(unit(fields.text("unit")), fields.integer("count", 1, kMostIterations));
  answerLater("step", std::move(stepped), [] {});
}

void Session::target(const Fields& fields) {
  requireRun().setTarget(fields.integer("iterations", 0, kMostIterations));
}

void Session::speed(const Fields& fields) {
  const double speed = fields.number("iterations_per_second");
  if (!(speed >= 0) || !std::isfinite(speed))
    throw Error("iterations_per_second", std::to_string(speed), "0 or more");
  requireRun().setSpeed(speed);
}

void Session::reset(const Fields& fields) {
  const auto seed = fields.has("seed") ? std::optional(fields.natural("seed")) : std::nullopt;
  answerLater("reset", requireRun().reset(seed), [] {});
}

void Session::set(const Fields& fields) {
  answerLater("set", requireRun().set(fields.text("key"), fields.value("value")), [] {});
}

void Session::movePrototype(const Fields& fields) {
  auto moved = requireRun().movePrototype(prototypeId(fields), numbers(fields, "position"));
  answerLater("prototype_move", std::move(moved), [] {});
}

void Session::addPrototype(const Fields& fields) {
  answerLater("prototype_add", requireRun().addPrototype(numbers(fields, "position")), [this](int id) {
    Message added("added");
    added.fields = {{"id", id}};
    m_outbox.answer(std::move(added));
  });
}

void Session::deletePrototype(const Fields& fields) {
  answerLater("prototype_delete", requireRun().removePrototype(prototypeId(fields)), [] {});
}

void Session::restorePrototype(const Fields& fields) {
  answerLater("prototype_restore", requireRun().restorePrototype(prototypeId(fields)), [] {});
}

void Session::setMass(const Fields& fields) {
  answerLater("mass", requireRun().setMass(prototypeId(fields), fields.number("share")), [] {});
}

void Session::layers(const Fields& fields) {
  SnapshotRequest request = m_request;
  const auto flag = [&](const char* key, bool& value) {
    if (fields.has(key)) value = fields.boolean(key);
  };
  flag("critic", request.critic);
  flag("gradients", request.gradients);
  flag("latent_grid", request.latentGrid);
  flag("sample_grid", request.sampleGrid);
  if (fields.has("samples")) request.samples = static_cast<int>(fields.integer("samples", 0, kMostSamples));
  if (fields.has("box")) request.box = box(fields);
  m_request = request;
  // Before a run is open they are kept for it.
  if (const std::shared_ptr<TrainingRun> run = current()) run->requestSnapshots(request);
}

void Session::checkpoint(const Fields&) {
  answerLater("checkpoint", requireRun().checkpoint(), [this, folder = m_folder](std::int64_t iteration) {
    Message saved("saved");
    saved.fields = {{"iteration", iteration}, {"run", folder}};
    m_outbox.answer(std::move(saved));
  });
}

void Session::resumeCheckpoint(const Fields& fields) {
  const double factor = fields.has("rate_factor") ? fields.number("rate_factor") : 1.0;
  answerLater("resume_checkpoint", requireRun().resumeCheckpoint(factor), [] {});
}

}  // namespace monge
