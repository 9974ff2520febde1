// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/geometry/cell_rows.h"

namespace monge {

void CellRowsBuilder::start(int count, CellSystem& system) {
  m_chunks.resize((count + kSitesAChunk - 1) / kSitesAChunk);
  system.masses.resize(count);
  system.laplacian.diagonal.resize(count);
  system.laplacian.offsets.resize(count + 1);
  system.laplacian.offsets[0] = 0;
}

/// Joins the chunks' rows; offsets count from each chunk's beginning until then.
void CellRowsBuilder::gather(int count, ThreadTeam& team, GraphLaplacian& laplacian) const {
  std::vector<int> starts(m_chunks.size() + 1, 0);
  for (std::size_t chunk = 0; chunk < m_chunks.size(); ++chunk)
    starts[chunk + 1] = starts[chunk] + static_cast<int>(m_chunks[chunk].columns.size());
  laplacian.columns.resize(starts.back());
  laplacian.coupling.resize(starts.back());
  parallelChunks(team, count, kSitesAChunk, [&](std::int64_t begin, std::int64_t end, std::int64_t chunk) {
    for (std::int64_t site = begin; site < end; ++site) laplacian.offsets[site + 1] += starts[chunk];
    const CellRows& rows = m_chunks[chunk];
    std::copy(rows.columns.begin(), rows.columns.end(), laplacian.columns.begin() + starts[chunk]);
    std::copy(rows.coupling.begin(), rows.coupling.end(), laplacian.coupling.begin() + starts[chunk]);
  });
}

}  // namespace monge
