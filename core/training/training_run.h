// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <condition_variable>
#include <deque>
#include <functional>
#include <future>
#include <memory>
#include <mutex>
#include <optional>
#include <thread>

#include "core/base/latest_value.h"
#include "core/experiment/run_directory.h"
#include "core/training/trainer.h"

namespace monge {

/// The thread that trains. Owns the trainer; commands are queued and applied between steps, snapshots leave
/// as values through a slot (newest wins), history rows are appended and none is dropped. Nobody waits for
/// anybody.
///
/// All public functions may be called from any thread and return at once, except stop() and the destructor
/// (they wait for the current step) and those that return a future.
class TrainingRun {
 public:
  struct Options {
    double snapshotsPerSecond = 30;
    std::optional<RunDirectory> directory;  ///< none: no checkpoints, no metrics.csv
    int keepCheckpoints = 5;
    std::function<void()> notify;  ///< called from the trainer's thread when a snapshot, history or an event
                                   ///< is new; must be quick
  };
  /// A fresh run, paused at iteration 0, or (resume) at the run directory's last whole checkpoint.
  TrainingRun(const Experiment& experiment, const Dataset& data, Options options, bool resume = false);
  /// For tests: a trainer of one's own.
  TrainingRun(const Experiment& experiment,
              std::function<std::unique_ptr<Trainer>(const Experiment&)> factory, Options options,
              bool resume = false);
  ~TrainingRun();

  enum class Unit { Phase, Iteration, Epoch };
  /// play() and step(): the future holds the Error when the run has failed or diverged and only a reset or a
  /// return to the last checkpoint helps.
  std::future<void> play();
  void pause();
  std::future<void> step(Unit unit, std::int64_t count);
  void setTarget(std::int64_t iterations);
  void setSpeed(double iterationsPerSecond);  ///< 0: as fast as possible
  /// Back to iteration 0 with the same or another seed and the parameters that were kept for it, paused; the
  /// folder's checkpoints and history are forgotten. The future holds the Error when such a run cannot be
  /// built: nothing changed then.
  std::future<void> reset(std::optional<std::uint64_t> seed);
  void requestSnapshots(const SnapshotRequest& request);
  void setSnapshotRate(double perSecond);

  /// Edits; the future holds the Error when one is refused (set: a parameter that needs a reset is kept for
  /// it).
  std::future<void> set(const std::string& key, const nlohmann::json& value);
  std::future<void> movePrototype(int id, std::vector<double> position);
  std::future<int> addPrototype(std::vector<double> position);
  std::future<void> removePrototype(int id);
  std::future<void> restorePrototype(int id);
  std::future<void> setMass(int id, double mass);
  std::future<std::int64_t> checkpoint();
  /// Back to the last whole checkpoint, paused; rates (parameters with key "rate" or ending in "_rate") times
  /// the factor.
  std::future<void> resumeCheckpoint(double rateFactor);

  std::shared_ptr<const EnsembleSnapshot> takeSnapshot();  ///< newest not taken yet, or null
  std::optional<HistoryChunk> takeHistory();               ///< all rows since the last call, or nothing
  RunProgress progress() const;
  Experiment experiment() const;  ///< with the parameters as they are now
  DataView dataView() const;
  std::vector<std::string> phases() const;
  double busySeconds() const;  ///< how long the current step has taken; 0 when idle
  /// Waits until the run is Paused, Finished, Diverged or Failed, or `seconds` passed; answers whether it
  /// stopped.
  bool waitUntilIdle(double seconds);
  /// Final figures; runs on the trainer's thread.
  std::future<nlohmann::json> metrics();
  /// Stops after the current step; with a directory, writes a checkpoint first. Idempotent.
  void stop();

 private:
  class Impl;
  std::unique_ptr<Impl> m_impl;
};

}  // namespace monge
