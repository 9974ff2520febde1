// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/training/run_recorder.h"

#include <utility>

#include "core/base/error.h"
#include "core/training/run_history.h"

namespace monge {

RunRecorder::RunRecorder(std::optional<RunDirectory> directory, int keepCheckpoints)
    : m_directory(std::move(directory)), m_keep(keepCheckpoints) {
  if (m_directory) m_lock.emplace(m_directory->path());
}

std::optional<std::int64_t> RunRecorder::lastCheckpoint() const {
  if (!m_directory) return std::nullopt;
  const std::vector<std::int64_t> all = m_directory->checkpoints();
  return all.empty() ? std::nullopt : std::optional(all.back());
}

void RunRecorder::beginNew(const Experiment& experiment, const DataView& data) {
  if (!m_directory) return;
  if (lastCheckpoint())
    throw Error(m_directory->path().string(), "already holds a run", "a new folder, or to resume the run");
  m_directory->writeData(data);
  beginAgain(experiment);
}

void RunRecorder::beginAgain(const Experiment& experiment) {
  if (!m_directory) return;
  // Checkpoints first: a run killed half way through this must not come back with the old state and the new
  // seed.
  m_directory->prune(0);
  rewind(0, experiment);
}

HistoryChunk RunRecorder::rewind(std::int64_t iteration, const Experiment& experiment) {
  if (!m_directory) return {};
  m_directory->truncateHistory(iteration);
  m_directory->writeExperiment(experiment);
  HistoryChunk history = m_directory->readHistory(iteration);
  m_rows.clear();
  m_rowsWritten = history.rows.rows();
  m_lastWritten = m_rowsWritten > 0 ? static_cast<std::int64_t>(history.rows(m_rowsWritten - 1, 0)) : 0;
  m_lastAppended = m_lastWritten;
  m_torn = false;
  return history;
}

Message RunRecorder::readState(std::int64_t iteration) const {
  return m_directory->readState(iteration);
}

void RunRecorder::append(const std::vector<std::string>& columns, std::int64_t iteration,
                         const std::vector<double>& row) {
  if (!m_directory) return;
  m_columns = columns;
  m_rows.push_back(row);
  m_lastAppended = iteration;
  if (std::chrono::steady_clock::now() - m_flushed > std::chrono::milliseconds(500)) flush();
}

void RunRecorder::flush() {
  if (!m_directory || m_rows.empty()) return;
  m_flushed = std::chrono::steady_clock::now();
  if (m_torn) m_directory->truncateHistory(m_lastWritten);
  m_torn = true;
  m_directory->appendHistory(chunkOf(m_columns, m_rowsWritten, m_rows));
  m_torn = false;
  m_rowsWritten += static_cast<std::int64_t>(m_rows.size());
  m_lastWritten = m_lastAppended;
  m_rows.clear();
}

void RunRecorder::writeCheckpoint(std::int64_t iteration, Message state, const Message& snapshot,
                                  const Experiment& experiment) {
  if (!m_directory) return;
  flush();
  state.fields["experiment"] = toJson(experiment);
  m_directory->writeCheckpoint(iteration, state, snapshot);
  m_directory->prune(m_keep);
}

void RunRecorder::writeExperiment(const Experiment& experiment) {
  if (m_directory) m_directory->writeExperiment(experiment);
}

void RunRecorder::log(std::int64_t iteration, const std::string& line) noexcept {
  if (!m_directory) return;
  try {
    m_directory->log("iteration " + std::to_string(iteration) + ": " + line);
  } catch (const std::exception&) {
    // The disk is full or gone; the next checkpoint says so.
  }
}

}  // namespace monge
