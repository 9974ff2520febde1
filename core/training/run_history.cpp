// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/training/run_history.h"

#include <algorithm>

namespace monge {

HistoryChunk chunkOf(const std::vector<std::string>& columns, std::int64_t firstRow,
                     const std::vector<std::vector<double>>& rows) {
  HistoryChunk chunk;
  chunk.columns = columns;
  chunk.firstRow = firstRow;
  chunk.rows.resize(static_cast<Eigen::Index>(rows.size()), static_cast<Eigen::Index>(columns.size()));
  for (std::size_t row = 0; row < rows.size(); ++row)
    std::copy(rows[row].begin(), rows[row].end(), chunk.rows.row(static_cast<Eigen::Index>(row)).begin());
  return chunk;
}

void RunHistory::restart(const HistoryChunk& rows) {
  std::lock_guard lock(m_mutex);
  m_columns = rows.columns;
  m_firstRow = 0;
  m_rows.clear();
  for (Eigen::Index row = 0; row < rows.rows.rows(); ++row)
    m_rows.emplace_back(rows.rows.row(row).begin(), rows.rows.row(row).end());
  m_restarted = true;
}

void RunHistory::append(const std::vector<double>& row) {
  std::lock_guard lock(m_mutex);
  m_rows.push_back(row);
}

std::optional<HistoryChunk> RunHistory::take() {
  std::lock_guard lock(m_mutex);
  if (m_rows.empty() && !m_restarted) return std::nullopt;
  HistoryChunk chunk = chunkOf(m_columns, m_firstRow, m_rows);
  m_firstRow += static_cast<std::int64_t>(m_rows.size());
  m_rows.clear();
  m_restarted = false;
  return chunk;
}

}  // namespace monge
