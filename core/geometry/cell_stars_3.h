// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <vector>

#include "core/geometry/cell_rows.h"
#include "core/geometry/cell_walk_3.h"

namespace monge {

/// Who is around each site, kept from one evaluation to the next: the last steps of a solver move cells
/// without changing who is next to whom, and to find out costs more than to integrate.
///
/// Sites are kept in chunks of kSitesAChunk; those of one chunk must not be asked for by two threads at a
/// time.
class CellStars3 {
 public:
  static constexpr int kSitesAChunk = static_cast<int>(CellRowsBuilder::kSitesAChunk);

  /// Forgets the chunks of which little is left, and makes room for all sites of a mesh: before all others,
  /// on one thread.
  void follow(const RegularMesh3& mesh);
  /// Brings the walk to a site: by what is kept where the mesh has not changed there since.
  void visit(const RegularMesh3& mesh, int site, CellWalk3& walk);

 private:
  struct Star {
    long keptAt = -1;  ///< the number of changes of the mesh until then
    int firstVisit = 0, visits = 0, firstNeighbour = 0, neighbours = 0;
  };
  struct Chunk {
    std::vector<CellWalk3::Visit> visits;
    std::vector<int> neighbours;
  };

  void keep(const RegularMesh3& mesh, const CellWalk3& walk);

  std::vector<Star> m_stars;
  std::vector<Chunk> m_chunks;
};

}  // namespace monge
