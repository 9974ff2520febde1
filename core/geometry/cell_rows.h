// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <algorithm>
#include <cstdint>
#include <numeric>
#include <optional>
#include <vector>

#include "core/base/parallel_for.h"
#include "core/geometry/power_system.h"

namespace monge {

/// The sides of the cells that one chunk of sites has integrated.
struct CellRows {
  std::vector<int> columns;
  std::vector<double> coupling;
  int empty = -1;  ///< the first site without mass
};

/// Fills a CellSystem, site by site, on a team. Keeps its memory between evaluations.
class CellRowsBuilder {
 public:
  /// @param integrate  (site, rows) -> mass: adds the site's couplings to the rows; any thread, must not
  /// throw
  /// @return a site without mass, the first; `system` then is not whole
  template <class Integrate>
  std::optional<int> fill(int count, ThreadTeam& team, CellSystem& system, const Integrate& integrate) {
    start(count, system);
    parallelChunks(team, count, kSitesAChunk, [&](std::int64_t begin, std::int64_t end, std::int64_t chunk) {
      fillChunk(static_cast<int>(begin), static_cast<int>(end), m_chunks[chunk], system, integrate);
    });
    for (const CellRows& rows : m_chunks)
      if (rows.empty >= 0) return rows.empty;
    gather(count, team, system.laplacian);
    return std::nullopt;
  }

  /// Sites that one thread integrates one after the other.
  static constexpr std::int64_t kSitesAChunk = 512;

 private:
  template <class Integrate>
  static void fillChunk(int begin, int end, CellRows& rows, CellSystem& system, const Integrate& integrate) {
    rows.columns.clear();
    rows.coupling.clear();
    rows.empty = -1;
    for (int site = begin; site < end; ++site) {
      const std::size_t start = rows.columns.size();
      const double mass = integrate(site, rows);
      system.masses[site] = mass;
      if (!(mass > 0) && rows.empty < 0) rows.empty = site;
      system.laplacian.diagonal[site] = std::accumulate(
          rows.coupling.begin() + static_cast<std::ptrdiff_t>(start), rows.coupling.end(), 0.0);
      system.laplacian.offsets[site + 1] = static_cast<int>(rows.columns.size());
    }
  }

  void start(int count, CellSystem& system);
  void gather(int count, ThreadTeam& team, GraphLaplacian& laplacian) const;

  std::vector<CellRows> m_chunks;
};

}  // namespace monge
