// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QObject>
#include <QUndoStack>
#include <functional>
#include <optional>

#include "app/window/engine_link.h"
#include "core/data/choices.h"
#include "core/experiment/experiment.h"
#include "views/scene.h"

namespace monge {

/// One experiment at work: the engine link, what is known of the run, and the undo stack. Widgets show what
/// it holds and tell it what people want; it holds no widget. GUI thread only.
///
/// What is known stays known when the engine is lost: the scene, the history and the experiment are kept, and
/// restart() goes on from the run folder's last whole checkpoint.
class Session : public QObject {
  Q_OBJECT
 public:
  explicit Session(QString engineCommand, QObject* parent = nullptr);

  /// Starts the engine; what was opened before it is ready is sent once it is.
  void start();

  void open(const Experiment& experiment);
  void openRun(const QString& folder);
  /// Reads the file in a worker, to answer a bad one at once, then opens the current experiment on it.
  /// When the file leaves something to choose, choicesOpen() is emitted instead.
  void openDataFile(const QString& file);
  /// The same with what was chosen.
  void openDataFile(const QString& file, const ReadOptions& options);
  /// Whatever it is: a run folder, an experiment (.json) or a data file.
  void openPath(const QString& path);
  /// The same, but with something on screen when it cannot be read: the message then comes once `fallback` is
  /// open.
  void openOrFallBack(const QString& path, const Experiment& fallback);
  /// Applied to the next experiment that is opened: what the command line asked for.
  void setOverrides(std::function<void(Experiment&)> overrides, bool play);

  void play();
  void pause();
  void togglePlay();
  void step(const QString& unit, int count);  ///< unit: phase, iteration, epoch
  void setTarget(qint64 iterations);
  void setSpeed(double iterationsPerSecond);  ///< 0: as fast as possible
  void reset(std::optional<quint64> seed = {});
  void checkpoint();

  /// Edits that go on the undo stack.
  /// @param continues  goes on with the change of this parameter before it: one entry for both
  void editParameter(const QString& key, const nlohmann::json& value, bool continues = false);
  void editMove(int id, QPointF from, QPointF to);
  void editAdd(QPointF position);
  void editDelete(int id);
  /// The share of the data that a generator's cell is to hold.
  void editMass(int id, double share);

  void setLayers(const views::LayerSet& layers, bool sampleGrid);
  void setVisibleBox(const Box2& box);

  /// After lost(): a fresh engine at the last checkpoint, or at the beginning when there is none.
  void restart();
  /// After diverged() or failed(): back to the last checkpoint, learning rates times the factor.
  void goOnFromCheckpoint(double rateFactor);

  /// @throws monge::Error when the file cannot be written.
  void saveExperiment(const QString& file) const;

  const Experiment& experiment() const { return m_experiment; }
  bool isOpen() const { return m_open; }
  bool isRunning() const;
  const RunProgress& progress() const { return m_progress; }
  const views::Scene& scene() const { return m_scene; }
  const HistoryChunk& history() const { return m_history; }
  views::Scene figureScene() const;
  const QStringList& phases() const { return m_phases; }
  const QString& runFolder() const { return m_runFolder; }
  qint64 checkpointIteration() const;
  /// Parameters changed since the last reset that wait for one.
  const QStringList& waiting() const { return m_waiting; }
  EngineLink& link() { return m_link; }
  const EngineLink& link() const { return m_link; }
  QUndoStack& undoStack() { return m_undo; }

  /// For the undo commands: the same without a new entry.
  void sendParameter(const QString& key, const nlohmann::json& value);
  void sendMove(int id, QPointF position);
  void sendAdd(QPointF position, std::function<void(int id)> added);
  void sendDelete(int id);
  void sendRestore(int id);
  void sendMass(int id, double share);

 signals:
  void experimentChanged();
  void parameterChanged(const QString& key);
  void parameterRefused(const QString& key, const QString& message);
  void dataChanged();
  void snapshotChanged();
  void historyChanged(const monge::HistoryChunk& chunk);
  void progressChanged();
  void checkpointSaved(qint64 iteration);
  void generatorAdded(int id);           ///< one that was asked for; the next snapshots hold it
  void problem(const QString& message);  ///< nothing was changed
  void choicesOpen(const QString& file, const monge::DataChoices& choices);  ///< to be asked for
  void busyWith(const QString& what);  ///< short words for the status bar; empty when done
  void lost(const QString& reason, const QStringList& log);
  void diverged(const QString& message);
  void failed(const QString& message);  ///< the run stopped: a step threw, or its folder cannot be written
  void recovered();  ///< a run is open again, or never was in danger: banners about the last one may go

 private:
  void connectLink();
  void takeHello();
  void takeOpened(const nlohmann::json& document, const QStringList& phases, const QString& run);
  void takeSnapshot(const SnapshotPtr& snapshot);
  void takeHistory(const HistoryChunk& chunk);
  void takeError(const QString& subject, const QString& message);
  void openOn(const QString& file, const Dataset& set, const ReadOptions& options);
  void request(Message message);
  void refuse(const QString& message);
  void sendLayers();
  void updateCells();
  void scaleRates(double factor);

  QString m_command;
  EngineLink m_link;
  QUndoStack m_undo;
  std::optional<Message> m_request;  ///< open or open_run that waits for the engine
  std::function<void(Experiment&)> m_overrides;
  bool m_playWhenOpen = false;
  bool m_open = false;
  bool m_opening = false;  ///< the engine has yet to answer open or open_run
  bool m_divergedSaid = false, m_failedSaid = false;
  Experiment m_experiment;  ///< as the engine holds it
  Experiment m_wanted;      ///< as asked for last; the engine may still refuse it
  std::optional<Experiment> m_fallback;
  QString m_problemForLater;
  QStringList m_phases, m_waiting;
  QString m_runFolder;
  RunProgress m_progress;
  views::Scene m_scene;
  HistoryChunk m_history;
  views::LayerSet m_layers;
  bool m_sampleGrid = false;
  Box2 m_box;
  double m_speed = 0;
  std::vector<std::function<void(int)>> m_waitingForId;
};

}  // namespace monge
