// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <algorithm>
#include <span>
#include <vector>

#include "core/geometry/cell_rows.h"

namespace monge {

/// Who is around each site of a triangulation, kept from one evaluation to the next: the last steps of a
/// solver move cells without changing who is next to whom, and to find out costs more than to integrate.
///
/// Sites are kept in chunks of kSitesAChunk; those of one chunk must not be asked for by two threads at a
/// time.
/// @tparam Visit  what is known of a simplex around a site
template <class Visit>
class KeptStars {
 public:
  static constexpr int kSitesAChunk = static_cast<int>(CellRowsBuilder::kSitesAChunk);

  /// Forgets the chunks of which little is left, and makes room for all sites of a mesh: before all others,
  /// on one thread.
  template <class Mesh>
  void follow(const Mesh& mesh) {
    const int sites = mesh.siteCount();
    m_stars.resize(sites);
    m_chunks.resize((sites + kSitesAChunk - 1) / kSitesAChunk);
    for (int begin = 0; begin < sites; begin += kSitesAChunk) {
      const int end = std::min(begin + kSitesAChunk, sites);
      Chunk& chunk = m_chunks[begin / kSitesAChunk];
      int valid = 0, visits = 0;
      for (int site = begin; site < end; ++site) {
        valid += holds(mesh, site);
        visits += holds(mesh, site) ? m_stars[site].visits : 0;
      }
      const bool isOfUse = 4 * valid > end - begin && 3 * visits > static_cast<int>(chunk.visits.size());
      if (isOfUse) continue;
      std::fill(m_stars.begin() + begin, m_stars.begin() + end, Star{});
      chunk.visits.clear();
      chunk.neighbours.clear();
    }
  }

  /// Whether what is kept of a site is as the mesh has it.
  template <class Mesh>
  bool holds(const Mesh& mesh, int site) const {
    return site < static_cast<int>(m_stars.size()) && m_stars[site].keptAt >= mesh.lastChange(site);
  }
  std::span<const Visit> visits(int site) const {
    const Star& star = m_stars[site];
    return {chunkOf(site).visits.data() + star.firstVisit, static_cast<std::size_t>(star.visits)};
  }
  std::span<const int> neighbours(int site) const {
    const Star& star = m_stars[site];
    return {chunkOf(site).neighbours.data() + star.firstNeighbour, static_cast<std::size_t>(star.neighbours)};
  }

  /// Keeps what is around a site of the mesh. What was kept of it before stays behind until its chunk is
  /// forgotten.
  template <class Mesh>
  void keep(const Mesh& mesh, int site, std::span<const Visit> visits, std::span<const int> neighbours) {
    Chunk& chunk = m_chunks[site / kSitesAChunk];
    if (chunk.visits.empty()) {  // about as many for each: without this, memory is copied while it grows
      constexpr std::size_t kMany = 64;  // but the first may be one of few with many neighbours
      chunk.visits.reserve(std::min(visits.size(), kMany) * kSitesAChunk);
      chunk.neighbours.reserve(std::min(neighbours.size(), kMany) * kSitesAChunk);
    }
    m_stars[site] = {mesh.changes(), static_cast<int>(chunk.visits.size()), static_cast<int>(visits.size()),
                     static_cast<int>(chunk.neighbours.size()), static_cast<int>(neighbours.size())};
    chunk.visits.insert(chunk.visits.end(), visits.begin(), visits.end());
    chunk.neighbours.insert(chunk.neighbours.end(), neighbours.begin(), neighbours.end());
  }

 private:
  struct Star {
    long keptAt = -1;  ///< the number of changes of the mesh until then
    int firstVisit = 0, visits = 0, firstNeighbour = 0, neighbours = 0;
  };
  struct Chunk {
    std::vector<Visit> visits;
    std::vector<int> neighbours;
  };

  const Chunk& chunkOf(int site) const { return m_chunks[site / kSitesAChunk]; }

  std::vector<Star> m_stars;
  std::vector<Chunk> m_chunks;
};

}  // namespace monge
