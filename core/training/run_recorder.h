// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "core/experiment/run_directory.h"
#include "core/experiment/run_lock.h"
#include "core/training/trainer.h"

namespace monge {

/// What a run leaves in its folder: history, checkpoints, the experiment as it is now, the log. Without a
/// folder it does nothing. One thread.
///
/// A checkpoint's state carries the experiment it was trained with, in the field "experiment" beside the
/// trainer's own.
class RunRecorder {
 public:
  /// @throws Error when another process writes the folder.
  RunRecorder(std::optional<RunDirectory> directory, int keepCheckpoints);

  bool hasDirectory() const { return m_directory.has_value(); }
  std::optional<std::int64_t> lastCheckpoint() const;

  /// A new run in an empty folder. @throws Error when the folder holds checkpoints of an older one.
  void beginNew(const Experiment& experiment, const DataView& data);
  /// Forgets checkpoints and history: the run starts again at iteration 0.
  void beginAgain(const Experiment& experiment);
  /// Forgets what came after the checkpoint. @return the history up to it
  HistoryChunk rewind(std::int64_t iteration, const Experiment& experiment);

  Message readState(std::int64_t iteration) const;

  /// Rows wait for half a second or for the next checkpoint, whichever is first. @throws Error when they
  /// cannot be written; they stay and are written by the next call that can.
  void append(const std::vector<std::string>& columns, std::int64_t iteration,
              const std::vector<double>& row);
  void flush();
  /// Writes history, then state and snapshot, whole or not at all, and prunes. @throws Error
  void writeCheckpoint(std::int64_t iteration, Message state, const Message& snapshot,
                       const Experiment& experiment);
  void writeExperiment(const Experiment& experiment);
  /// Best effort: what cannot be logged must not stop a run.
  void log(std::int64_t iteration, const std::string& line) noexcept;

 private:
  std::optional<RunDirectory> m_directory;
  std::optional<RunLock> m_lock;
  int m_keep;
  std::vector<std::string> m_columns;
  std::vector<std::vector<double>> m_rows;  ///< not yet in the file
  std::int64_t m_rowsWritten = 0;
  std::int64_t m_lastWritten = 0;  ///< iteration of the last row in the file
  std::int64_t m_lastAppended = 0;
  bool m_torn = false;  ///< a write failed half way: the file may end in a part of m_rows
  std::chrono::steady_clock::time_point m_flushed{};
};

}  // namespace monge
