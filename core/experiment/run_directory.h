// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "core/experiment/experiment.h"
#include "core/snapshot/message.h"
#include "core/snapshot/snapshot.h"

namespace monge {

/// A run on disk, readable at any moment while another process writes it:
///   experiment.json            the document, whole
///   metrics.csv                the history, one line a row
///   checkpoints/000012000/     state.mng (trainer), snapshot.mng (what the views need), data.mng once in the
///   run's root log.txt
/// A checkpoint is written into a neighbour folder and renamed: it is there whole or not at all.
class RunDirectory {
 public:
  /// Creates the folder (and parents), or opens a run of the same experiment. The length of the run, device
  /// and threads may differ, for they change no result that is already there.
  /// @throws Error when the folder cannot be written or holds checkpoints of another experiment.
  static RunDirectory create(const std::filesystem::path& path, const Experiment& experiment);
  /// Opens for reading. @throws Error when this is not a run.
  static RunDirectory open(const std::filesystem::path& path);

  const std::filesystem::path& path() const { return m_path; }
  Experiment experiment() const;
  void writeExperiment(const Experiment& experiment) const;

  /// Iterations of the whole checkpoints, ascending. Broken or half-written ones are not listed.
  /// A checkpoint that is written again takes the place of the old one in one step.
  std::vector<std::int64_t> checkpoints() const;
  void writeCheckpoint(std::int64_t iteration, const Message& state, const Message& snapshot) const;
  Message readState(std::int64_t iteration) const;
  EnsembleSnapshot readSnapshot(std::int64_t iteration) const;
  /// Keeps the newest `keep` checkpoints and removes what a killed writer left half done; for the writer
  /// only.
  void prune(int keep) const;

  void writeData(const DataView& data) const;
  DataView readData() const;

  /// Adds rows in one write: on a full disk none of them stays. @throws Error when the columns are not those
  /// of the file.
  void appendHistory(const HistoryChunk& chunk) const;
  /// Rows up to and including `lastIteration` (-1: all); a torn last line is left out.
  HistoryChunk readHistory(std::int64_t lastIteration = -1) const;
  /// Cuts the history after `lastIteration`: what follows a checkpoint that a run resumes from.
  void truncateHistory(std::int64_t lastIteration) const;
  /// Adds a line with the time of day (UTC) before it.
  void log(const std::string& line) const;

 private:
  explicit RunDirectory(std::filesystem::path path) : m_path(std::move(path)) {}
  std::filesystem::path m_path;
};

}  // namespace monge
