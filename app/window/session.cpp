// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/window/session.h"

#include <QFileInfo>
#include <QFutureWatcher>
#include <QtConcurrent>
#include <algorithm>
#include <cmath>
#include <numeric>

#include "app/window/edits.h"
#include "app/window/experiment_for_data.h"
#include "app/window/run_folders.h"
#include "core/base/error.h"
#include "core/base/files.h"
#include "core/data/readers.h"
#include "core/geometry/law_cells.h"
#include "views/tessellation_painter.h"

namespace monge {

Session::Session(QString engineCommand, QObject* parent)
    : QObject(parent), m_command(std::move(engineCommand)) {
  m_experiment = m_wanted = presets().front().experiment;
  connectLink();
}

void Session::connectLink() {
  connect(&m_link, &EngineLink::hello, this, &Session::takeHello);
  connect(&m_link, &EngineLink::opened, this, &Session::takeOpened);
  connect(&m_link, &EngineLink::snapshot, this, &Session::takeSnapshot);
  connect(&m_link, &EngineLink::history, this, &Session::takeHistory);
  connect(&m_link, &EngineLink::errorReported, this, &Session::takeError);
  connect(&m_link, &EngineLink::data, this, [this](const DataViewPtr& data) {
    m_scene = {};
    m_scene.data = data;
    emit dataChanged();
  });
  connect(&m_link, &EngineLink::added, this, [this](int id) {
    if (m_waitingForId.empty()) return;
    const auto added = m_waitingForId.front();
    m_waitingForId.erase(m_waitingForId.begin());
    added(id);
    emit generatorAdded(id);
  });
  connect(&m_link, &EngineLink::saved, this, [this](qint64 iteration) { emit checkpointSaved(iteration); });
  connect(&m_link, &EngineLink::lost, this, [this](const QString& reason, const QStringList& log) {
    m_waitingForId.clear();
    m_opening = false;
    if (m_progress.status == RunStatus::Running) m_progress.status = RunStatus::Paused;
    m_progress.iterationsPerSecond = 0;
    emit progressChanged();
    emit busyWith({});
    emit lost(reason, log);
  });
}

void Session::start() {
  m_link.start(m_command);
}

void Session::setOverrides(std::function<void(Experiment&)> overrides, bool play) {
  m_overrides = std::move(overrides);
  m_playWhenOpen = play;
}

void Session::open(const Experiment& experiment) {
  Experiment changed = experiment;
  if (m_overrides) {
    try {
      m_overrides(changed);
    } catch (const Error& error) {
      m_problemForLater = QString::fromUtf8(error.what());
      changed = experiment;
    }
    m_overrides = nullptr;
  }
  Message message("open");
  message.fields["experiment"] = toJson(changed);
  // A path of this machine means nothing on another one; there the run goes into the login's own folder.
  const QString root = m_link.isRemote() ? QStringLiteral("monge-runs") : sessionRunsRoot();
  message.fields["out"] = freshRunFolder(root, QString::fromStdString(changed.name)).toStdString();
  m_wanted = changed;
  request(std::move(message));
}

void Session::openRun(const QString& folder) {
  Message message("open_run");
  message.fields["run"] = QFileInfo(folder).absoluteFilePath().toStdString();
  request(std::move(message));
}

void Session::request(Message message) {
  m_opening = true;
  emit busyWith(tr("Opening…"));
  if (!m_link.send(message)) m_request = std::move(message);
}

void Session::openPath(const QString& path) {
  const QFileInfo info(path);
  try {
    if (info.isDir()) return openRun(path);
    if (info.suffix().compare(QLatin1String("json"), Qt::CaseInsensitive) == 0) {
      return open(readExperiment(path.toStdString()));
    }
  } catch (const Error& error) {
    return refuse(QString::fromUtf8(error.what()));
  }
  openDataFile(path);
}

void Session::openOrFallBack(const QString& path, const Experiment& fallback) {
  m_fallback = fallback;
  openPath(path);
}

void Session::refuse(const QString& message) {
  emit busyWith({});
  if (!m_fallback) {
    emit problem(message);
    return;
  }
  m_problemForLater = message;
  open(*std::exchange(m_fallback, std::nullopt));
}

namespace {

struct ReadResult {
  Dataset set;
  QString problem;
};

ReadResult readInWorker(const QString& file, const ReadOptions& options) {
  try {
    return {readDataset(file.toStdString(), options), {}};
  } catch (const std::exception& error) {
    return {{}, QString::fromUtf8(error.what())};  // Error, or no memory for what the file holds
  }
}

/// Calls `take` here, on the GUI thread, with what `work` made in a worker.
template <class Work, class Take>
void inWorker(QObject* owner, Work work, Take take) {
  using Result = std::invoke_result_t<Work>;
  auto* watcher = new QFutureWatcher<Result>(owner);
  QObject::connect(watcher, &QFutureWatcher<Result>::finished, owner, [watcher, take] {
    watcher->deleteLater();
    take(watcher->result());
  });
  watcher->setFuture(QtConcurrent::run(work));
}

}  // namespace

void Session::openDataFile(const QString& file) {
  const QString path = QFileInfo(file).absoluteFilePath();
  emit busyWith(tr("Reading %1…").arg(QFileInfo(file).fileName()));
  inWorker(
      this, [path] { return dataChoices(path.toStdString()); },
      [this, path](const DataChoices& choices) {
        if (!choices.isOpen()) return openDataFile(path, ReadOptions{});
        emit busyWith({});
        // Somebody who is asked something has a picture before them, not an empty window.
        if (m_fallback) open(*std::exchange(m_fallback, std::nullopt));
        emit choicesOpen(path, choices);
      });
}

void Session::openDataFile(const QString& file, const ReadOptions& options) {
  const QString path = QFileInfo(file).absoluteFilePath();
  emit busyWith(tr("Reading %1…").arg(QFileInfo(file).fileName()));
  inWorker(
      this, [path, options] { return readInWorker(path, options); },
      [this, path, options](const ReadResult& result) {
        emit busyWith({});
        if (!result.problem.isEmpty()) return refuse(result.problem);
        openOn(path, result.set, options);
      });
}

void Session::openOn(const QString& file, const Dataset& set, const ReadOptions& options) {
  open(experimentForData(m_experiment, file, set, options));
}

void Session::takeHello() {
  if (m_request) m_link.send(*m_request);
  m_request.reset();
}

void Session::takeOpened(const nlohmann::json& document, const QStringList& phases, const QString& run) {
  m_experiment = m_wanted = experimentFromJson(document, "the engine's experiment");
  m_fallback.reset();
  m_opening = false;
  m_phases = phases;
  m_runFolder = run;
  m_waiting.clear();
  m_waitingForId.clear();
  m_undo.clear();
  m_open = true;
  m_divergedSaid = false;
  m_progress = {};
  m_progress.target = m_experiment.iterations;
  m_progress.seed = m_experiment.seed;
  emit busyWith({});
  emit recovered();
  emit experimentChanged();
  emit progressChanged();
  // Layers and speed belong to the window, not to the run.
  sendLayers();
  setSpeed(m_speed);
  if (std::exchange(m_playWhenOpen, false)) play();
  if (!m_problemForLater.isEmpty()) emit problem(std::exchange(m_problemForLater, {}));
}

void Session::takeSnapshot(const SnapshotPtr& snapshot) {
  m_scene.snapshot = snapshot;
  m_progress = snapshot->progress;
  updateCells();
  emit snapshotChanged();
  emit progressChanged();
  if (m_progress.status != RunStatus::Diverged) {
    m_divergedSaid = false;
  } else if (!std::exchange(m_divergedSaid, true)) {
    emit diverged(QString::fromStdString(m_progress.message));
  }
  const bool failed = m_progress.status == RunStatus::Failed;
  if (failed && !m_failedSaid) emit this->failed(QString::fromStdString(m_progress.message));
  m_failedSaid = failed;
}

/// Polygons alone: bent cells take a worker, and the view asks for those it shows.
void Session::updateCells() {
  m_scene.cells = nullptr;
  if (!m_scene.snapshot || m_scene.snapshot->dimension != 2) return;
  const EnsembleSnapshot& snapshot = *m_scene.snapshot;
  if (!hasPlaneCells(snapshot.law, snapshot.prototypes) || !snapshot.law.hasStraightWalls()) return;
  try {
    m_scene.cells = std::make_shared<const CellComplex>(
        powerCells(snapshot.prototypes, snapshot.law.powerWeights(), m_box));
  } catch (const Error&) {
    // Prototypes that left the real numbers have no cells; the divergence itself is reported with the run.
  }
}

void Session::takeHistory(const HistoryChunk& chunk) {
  if (chunk.firstRow == 0 || m_history.columns != chunk.columns) {
    m_history = chunk;
  } else {
    const Eigen::Index old = std::min<Eigen::Index>(m_history.rows.rows(), chunk.firstRow);
    m_history.rows.conservativeResize(old + chunk.rows.rows(), Eigen::NoChange);
    m_history.rows.bottomRows(chunk.rows.rows()) = chunk.rows;
  }
  emit historyChanged(chunk);
}

void Session::takeError(const QString& subject, const QString& message) {
  emit busyWith({});
  const std::string key = subject.section('.', -1).toStdString();
  if (method(m_experiment.method).find(key)) {
    emit parameterRefused(QString::fromStdString(key), message);
  } else if ((subject == QLatin1String("prototype") || subject == QLatin1String("position")) &&
             !m_waitingForId.empty()) {
    m_waitingForId.erase(m_waitingForId.begin());
  }
  if (std::exchange(m_opening, false) && m_fallback) return refuse(message);
  if (subject == QLatin1String("run") && m_scene.snapshot) {
    m_progress = m_scene.snapshot->progress;  // it does not run, whatever the button promised
    emit progressChanged();
  }
  emit problem(message);
}

bool Session::isRunning() const {
  return m_open && m_progress.status == RunStatus::Running;
}

void Session::play() {
  // A finished run goes on for as long again.
  if (m_progress.target > 0 && m_progress.iteration >= m_progress.target) {
    setTarget(m_progress.iteration + m_experiment.iterations);
  }
  if (!m_link.send(Message("play"))) return;
  m_progress.status = RunStatus::Running;
  emit progressChanged();
}

void Session::pause() {
  if (!m_link.send(Message("pause"))) return;
  m_progress.status = RunStatus::Paused;
  emit progressChanged();
}

void Session::togglePlay() {
  isRunning() ? pause() : play();
}

void Session::step(const QString& unit, int count) {
  Message message("step");
  message.fields["unit"] = unit.toStdString();
  message.fields["count"] = count;
  m_link.send(message);
}

void Session::setTarget(qint64 iterations) {
  Message message("target");
  message.fields["iterations"] = iterations;
  if (!m_link.send(message)) return;
  m_progress.target = iterations;
  emit progressChanged();
}

void Session::setSpeed(double iterationsPerSecond) {
  m_speed = iterationsPerSecond;
  if (!m_open || m_opening) return;
  Message message("speed");
  message.fields["iterations_per_second"] = iterationsPerSecond;
  m_link.send(message);
}

void Session::reset(std::optional<quint64> seed) {
  Message message("reset");
  if (seed) message.fields["seed"] = *seed;
  if (!m_link.send(message)) return;
  if (seed) m_experiment.seed = *seed;
  m_waiting.clear();
  m_undo.clear();  // edits of prototypes that no longer exist
  m_divergedSaid = false;
  emit recovered();
  emit experimentChanged();
}

void Session::checkpoint() {
  m_link.send(Message("checkpoint"));
}

namespace {

/// What the parameter would have to be for the cells to hold what they are to hold now: edits of single cells
/// are not in it, and free masses forget them.
nlohmann::json massesNow(const nlohmann::json& parameter, const std::vector<double>& targets) {
  constexpr double kRounding = 1e-12;
  if (targets.empty() || parameter == "free") return parameter;
  std::vector<double> shares(targets.size(), 1.0);
  if (parameter.is_array()) shares = parameter.get<std::vector<double>>();
  const double sum = std::accumulate(shares.begin(), shares.end(), 0.0);
  const bool isSame =
      shares.size() == targets.size() &&
      std::equal(shares.begin(), shares.end(), targets.begin(),
                 [&](double share, double target) { return std::abs(share / sum - target) <= kRounding; });
  return isSame ? parameter : nlohmann::json(targets);
}

}  // namespace

void Session::editParameter(const QString& key, const nlohmann::json& value, bool continues) {
  nlohmann::json old = m_experiment.parameters.value(key.toStdString(), nlohmann::json());
  if (key == QLatin1String("masses") && m_scene.snapshot) old = massesNow(old, m_scene.snapshot->law.targets);
  if (old != value) m_undo.push(new SetParameterEdit(*this, key, old, value, continues));
}

void Session::editMove(int id, QPointF from, QPointF to) {
  m_undo.push(new MoveEdit(*this, id, from, to));
}
void Session::editAdd(QPointF position) {
  m_undo.push(new AddEdit(*this, position));
}
void Session::editDelete(int id) {
  if (m_scene.snapshot && m_scene.snapshot->ids.size() < 2) {
    emit problem(tr("The last prototype stays: a run needs at least one generator."));
    return;
  }
  m_undo.push(new DeleteEdit(*this, id));
}

void Session::editMass(int id, double share) {
  if (!m_scene.snapshot) return;
  const int row = views::rowOfGenerator(*m_scene.snapshot, id);
  const std::vector<double>& targets = m_scene.snapshot->law.targets;
  if (row < 0 || targets.empty()) return;
  const double before = targets[static_cast<std::size_t>(row)];
  if (before != share) m_undo.push(new MassEdit(*this, id, before, share));
}

void Session::sendParameter(const QString& key, const nlohmann::json& value) {
  Message message("set");
  message.fields["key"] = key.toStdString();
  message.fields["value"] = value;
  m_link.send(message);
  m_experiment.parameters[key.toStdString()] = value;
  const ParameterSpec* spec = method(m_experiment.method).find(key.toStdString());
  if (spec && spec->takes == ParameterSpec::Takes::Reset && !m_waiting.contains(key)) m_waiting << key;
  emit parameterChanged(key);
}

void Session::sendMove(int id, QPointF position) {
  Message message("prototype_move");
  message.fields["id"] = id;
  message.fields["position"] = {position.x(), position.y()};
  m_link.send(message);
}

void Session::sendAdd(QPointF position, std::function<void(int)> added) {
  Message message("prototype_add");
  message.fields["position"] = {position.x(), position.y()};
  if (m_link.send(message)) m_waitingForId.push_back(std::move(added));
}

void Session::sendDelete(int id) {
  Message message("prototype_delete");
  message.fields["id"] = id;
  m_link.send(message);
}

void Session::sendRestore(int id) {
  Message message("prototype_restore");
  message.fields["id"] = id;
  m_link.send(message);
}

void Session::sendMass(int id, double share) {
  Message message("mass");
  message.fields["id"] = id;
  message.fields["share"] = share;
  m_link.send(message);
}

void Session::setLayers(const views::LayerSet& layers, bool sampleGrid) {
  if (layers == m_layers && sampleGrid == m_sampleGrid) return;
  m_layers = layers;
  m_sampleGrid = sampleGrid;
  sendLayers();
}

void Session::setVisibleBox(const Box2& box) {
  if (box == m_box) return;
  m_box = box;
  updateCells();
  emit snapshotChanged();
  if (m_layers.has(views::Layer::Critic)) sendLayers();
}

void Session::sendLayers() {
  if (!m_open || m_opening) return;  // sent when the run is open
  Message message("layers");
  message.fields["critic"] = m_layers.has(views::Layer::Critic);
  message.fields["gradients"] = m_layers.has(views::Layer::Gradients);
  message.fields["latent_grid"] = m_layers.has(views::Layer::LatentGrid);
  message.fields["sample_grid"] = m_sampleGrid;
  message.fields["samples"] = 1000;
  message.fields["box"] = {m_box.xMin, m_box.yMin, m_box.xMax, m_box.yMax};
  m_link.send(message);
}

qint64 Session::checkpointIteration() const {
  return lastCheckpoint(m_runFolder);
}

void Session::restart() {
  if (checkpointIteration() >= 0) {
    openRun(m_runFolder);
  } else {
    open(m_wanted);
  }
  start();
}

void Session::goOnFromCheckpoint(double rateFactor) {
  Message message("resume_checkpoint");
  message.fields["rate_factor"] = rateFactor;
  if (!m_link.send(message)) return;
  scaleRates(rateFactor);
  m_undo.clear();
  m_divergedSaid = false;
  emit recovered();
  emit experimentChanged();
}

void Session::scaleRates(double factor) {
  // As the engine does: a parameter called rate or ..._rate.
  for (auto& [key, value] : m_experiment.parameters.items()) {
    const bool isRate = key == "rate" || QString::fromStdString(key).endsWith(QLatin1String("_rate"));
    if (isRate && value.is_number()) value = value.get<double>() * factor;
  }
}

void Session::saveExperiment(const QString& file) const {
  writeFileAtomically(file.toStdString(), toJson(m_experiment).dump(2) + '\n');
}

views::Scene Session::figureScene() const {
  views::Scene scene = m_scene;
  scene.history = m_history;
  return scene;
}

}  // namespace monge
