// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <filesystem>

#include "core/snapshot/snapshot.h"

namespace monge {

/// metrics.csv of a run: a line of column names, then a line a row, shortest exact decimals, an empty cell
/// for NaN. It only grows, so that other programs can follow it. A last line without its end is torn and
/// counts for nothing.
class MetricsFile {
 public:
  explicit MetricsFile(std::filesystem::path file) : m_file(std::move(file)) {}

  /// All or none of the rows. @throws Error on a full disk, or when the file has other columns.
  void append(const HistoryChunk& chunk) const;
  /// Rows whose iteration is at most `lastIteration` (-1: all). No file: no rows.
  HistoryChunk read(std::int64_t lastIteration) const;
  /// Drops the rows after `lastIteration`, and the line of names when no row is left.
  void truncate(std::int64_t lastIteration) const;

 private:
  std::filesystem::path m_file;
};

}  // namespace monge
