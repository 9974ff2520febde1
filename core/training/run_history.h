// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstdint>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

#include "core/snapshot/snapshot.h"

namespace monge {

/// The append-only history of a run, on its way to one reader: a row stays here until it is taken, none is
/// dropped. Any thread.
class RunHistory {
 public:
  /// Starts anew with these rows (firstRow 0); what was not taken is gone. The reader's next chunk starts at
  /// row 0.
  void restart(const HistoryChunk& rows);
  void append(const std::vector<double>& row);
  /// All rows since the last call; nothing when there are none and the history did not start anew.
  std::optional<HistoryChunk> take();

 private:
  std::mutex m_mutex;
  std::vector<std::string> m_columns;
  std::int64_t m_firstRow = 0;  ///< index of the first row that is still here
  std::vector<std::vector<double>> m_rows;
  bool m_restarted = false;
};

/// Rows as one chunk; each row has as many values as there are columns.
HistoryChunk chunkOf(const std::vector<std::string>& columns, std::int64_t firstRow,
                     const std::vector<std::vector<double>>& rows);

}  // namespace monge
