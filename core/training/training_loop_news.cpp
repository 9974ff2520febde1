// SPDX-License-Identifier: GPL-3.0-or-later
// The training loop: what it puts out, and how it fails.
#include <new>
#include <utility>

#include "core/base/error.h"
#include "core/snapshot/snapshot_message.h"
#include "core/training/training_loop.h"

namespace monge {

namespace {

constexpr int kCheckpointSamples = 10000;  ///< enough for a figure of a plane

/// LibTorch's exceptions carry a stack trace below the first line.
std::string shortText(const std::exception& error) {
  if (dynamic_cast<const std::bad_alloc*>(&error)) return "Out of memory";
  const std::string text = error.what();
  return text.substr(0, text.find('\n'));
}

}  // namespace

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

HistoryChunk TrainingLoop::withColumns(HistoryChunk history, const Trainer& trainer) {
  if (!history.columns.empty()) return history;
  history.columns = {"iteration"};
  const std::vector<std::string> metrics = trainer.historyColumns();
  history.columns.insert(history.columns.end(), metrics.begin(), metrics.end());
  history.rows.resize(0, static_cast<Eigen::Index>(history.columns.size()));
  return history;
}

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
