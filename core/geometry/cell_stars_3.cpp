// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/geometry/cell_stars_3.h"

#include <algorithm>

namespace monge {

void CellStars3::follow(const RegularMesh3& mesh) {
  const int sites = mesh.siteCount();
  m_stars.resize(sites);
  m_chunks.resize((sites + kSitesAChunk - 1) / kSitesAChunk);
  for (int begin = 0; begin < sites; begin += kSitesAChunk) {
    const int end = std::min(begin + kSitesAChunk, sites);
    Chunk& chunk = m_chunks[begin / kSitesAChunk];
    int valid = 0, visits = 0;
    for (int site = begin; site < end; ++site) {
      const bool isValid = m_stars[site].keptAt >= mesh.lastChange(site);
      valid += isValid;
      visits += isValid ? m_stars[site].visits : 0;
    }
    const bool isWorthIt = 4 * valid > end - begin && 3 * visits > static_cast<int>(chunk.visits.size());
    if (isWorthIt) continue;
    std::fill(m_stars.begin() + begin, m_stars.begin() + end, Star{});
    chunk.visits.clear();
    chunk.neighbours.clear();
  }
}

/// At the end of the chunk; what was kept of the site before stays behind.
void CellStars3::keep(const RegularMesh3& mesh, const CellWalk3& walk) {
  constexpr int kVisitsASite = 30;  // 27 on average for uniform sites
  const auto visits = walk.visits();
  const auto neighbours = walk.neighbours();
  if (neighbours.size() > CellWalk3::kMostSides) return;
  Chunk& chunk = m_chunks[walk.site() / kSitesAChunk];
  if (chunk.visits.empty()) {
    chunk.visits.reserve(kVisitsASite * kSitesAChunk);
    chunk.neighbours.reserve((kVisitsASite / 2 + 2) * kSitesAChunk);
  }
  m_stars[walk.site()] = {mesh.changes(), static_cast<int>(chunk.visits.size()),
                          static_cast<int>(visits.size()), static_cast<int>(chunk.neighbours.size()),
                          static_cast<int>(neighbours.size())};
  chunk.visits.insert(chunk.visits.end(), visits.begin(), visits.end());
  chunk.neighbours.insert(chunk.neighbours.end(), neighbours.begin(), neighbours.end());
}

void CellStars3::visit(const RegularMesh3& mesh, int site, CellWalk3& walk) {
  const Star& star = m_stars[site];
  if (star.keptAt < mesh.lastChange(site)) {
    walk.visit(mesh, site);
    keep(mesh, walk);
    return;
  }
  const Chunk& chunk = m_chunks[site / kSitesAChunk];
  walk.recall(mesh, site, {chunk.visits.data() + star.firstVisit, static_cast<std::size_t>(star.visits)},
              {chunk.neighbours.data() + star.firstNeighbour, static_cast<std::size_t>(star.neighbours)});
}

}  // namespace monge
