// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <chrono>
#include <cstdint>
#include <exception>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "core/training/run_outlet.h"
#include "core/training/run_recorder.h"
#include "core/training/step_pacer.h"
#include "core/training/training_run.h"

namespace monge {

/// What the trainer's thread does: owns the trainer, obeys commands, runs chunks of iterations, and puts
/// snapshots, history and checkpoints out. Knows nothing of queues and waiting; those are TrainingRun's. One
/// thread, the one that built it.
///
/// Two kinds of failure: of the trainer (an exception in a step, divergence), after which only reset() and
/// resumeCheckpoint() help, and of the storage, after which the trainer is sound and play() tries again.
class TrainingLoop {
 public:
  using Factory = std::function<std::unique_ptr<Trainer>(const Experiment&)>;

  TrainingLoop(Experiment experiment, Factory factory, TrainingRun::Options options, RunOutlet& outlet,
               bool resume);

  /// play() and step() throw Error when the trainer is not sound.
  void play();
  void pause();
  void step(TrainingRun::Unit unit, std::int64_t count);
  void setTarget(std::int64_t iterations);
  void setSpeed(double iterationsPerSecond);
  void reset(std::optional<std::uint64_t> seed);
  void requestSnapshots(const SnapshotRequest& request);
  void setSnapshotRate(double perSecond);
  void set(const std::string& key, const nlohmann::json& value);
  void movePrototype(int id, const std::vector<double>& position);
  int addPrototype(const std::vector<double>& position);
  void removePrototype(int id);
  void restorePrototype(int id);
  void setMass(int id, double mass);
  std::int64_t checkpoint();
  void resumeCheckpoint(double rateFactor);
  nlohmann::json metrics();

  const DataView& dataView() const { return m_data; }
  std::vector<std::string> phases() const { return m_trainer->phases(); }
  bool running() const { return m_status == RunStatus::Running; }
  /// When the next chunk is due; in the past unless the speed is limited.
  SteadyTime nextChunk() const { return m_pacer.next(); }
  void runChunk();
  /// The snapshot that the commands since the last call ask for.
  void showChanges();
  /// The run ends here: a last checkpoint unless the state is saved or unsound.
  void finish();
  /// Something was thrown: the run stops as Failed and says why.
  void fail(const std::exception& error);

 private:
  enum class Drive { Rest, ToTarget, ToGoal, ByPhases };

  void start(Drive drive);
  void mendStorage();
  bool storageMended();
  void restore(std::int64_t iteration, const Experiment& experiment);
  Experiment withMassesOf(const Message& state, const nlohmann::json& saved, Experiment wanted);
  void adopt(std::unique_ptr<Trainer> trainer, const Experiment& experiment, const HistoryChunk& history);
  Trainer& soundTrainer();
  bool sound() const { return !m_broken && m_status != RunStatus::Diverged; }
  std::int64_t iterationsToBoundary() const;
  void afterStep(std::int64_t before);
  void diverged(const Divergence& divergence);
  bool arrived() const;
  RunStatus statusAtRest() const;
  void settle();
  /// With the columns of the trainer's history where it has none yet.
  static HistoryChunk withColumns(HistoryChunk history, const Trainer& trainer);
  void addHistoryRow();
  void saveCheckpoint();
  void experimentChanged();
  void edited(const std::string& what);
  void show();
  void showLastAgain();
  RunProgress currentProgress() const;
  void publishProgress();
  void tellOthers() const;

  Experiment m_experiment;                                 ///< as the trainer runs it
  nlohmann::json m_afterReset = nlohmann::json::object();  ///< parameters kept for the next reset
  Factory m_factory;
  TrainingRun::Options m_options;
  RunOutlet& m_outlet;
  RunRecorder m_recorder;
  std::unique_ptr<Trainer> m_trainer;
  DataView m_data;

  RunStatus m_status = RunStatus::Paused;
  std::string m_message;
  bool m_broken = false;         ///< a step threw: the trainer's state is anybody's guess
  bool m_storageFailed = false;  ///< play() writes what is missing first
  bool m_beginAgain = false;     ///< a reset has not reached the folder yet
  bool m_unsaved = true;         ///< the state is not in a checkpoint yet
  bool m_changed = false;        ///< a command changed what is seen
  Drive m_drive = Drive::Rest;
  std::int64_t m_goal = 0;        ///< iteration at which running ends
  std::int64_t m_phasesLeft = 0;  ///< when stepping by sub-phase
  std::int64_t m_lastRow = 0;     ///< iteration of the last history row

  StepPacer m_pacer;
  RateMeter m_rate;
  SnapshotRequest m_request;
  SteadyTime m_shown{};
  std::uint64_t m_sequence = 0;
  SnapshotPtr m_lastSnapshot;
};

}  // namespace monge
