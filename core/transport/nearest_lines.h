// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <algorithm>
#include <stop_token>
#include <vector>

#include "core/base/parallel_for.h"
#include "core/transport/ground_cost.h"

namespace monge {

/// Threads that a problem of that many pairs is worth; `threads` 0: all cores.
int usefulThreads(int threads, std::int64_t rows, std::int64_t columns);

/// A piece of one line, at an address for vector instructions.
struct alignas(64) CostTile {
  double value[GroundCost::kTile];
};

/// `count` rounded up to what the kernels run over; the padding of a tile holds infinity.
inline int paddedLanes(int count) {
  return (count + 7) / 8 * 8;
}

/// The one pass over all pairs. Calls visit(line, begin, count, values, least) for all tiles of all lines
/// with values[t] = c(line, begin + t) - potential[begin + t] and the least of them; those of one line come
/// in order and on one thread. After a stop it ends early, and what was gathered is of no use.
/// @param potential  of the lines across, padded with -infinity
template <class Visit>
void visitTiles(const GroundCost& cost, GroundCost::Line line, const Lanes& potential, ThreadTeam& team,
                const std::stop_token& stop, const Visit& visit) {
  // Lines that go over a tile together, while it is in the cache; more where a task would not be worth a
  // thread.
  constexpr int kGroup = 8, kPairs = 16384;
  const int across = line == GroundCost::Line::Row ? cost.columns() : cost.rows();
  parallelChunks(team, cost.count(line), std::max(kGroup, kPairs / across),
                 [&](std::int64_t first, std::int64_t end, std::int64_t) {
                   if (stop.stop_requested()) return;
                   CostTile tile;
                   for (int begin = 0; begin < across; begin += GroundCost::kTile) {
                     const int count = std::min(GroundCost::kTile, across - begin);
                     for (int at = static_cast<int>(first); at < end; ++at)
                       visit(at, begin, count, tile.value,
                             cost.reduced(line, at, potential, begin, count, tile.value));
                   }
                 });
}

/// For each line the few lines across with the least c - potential, in ascending order (ties: lowest index).
struct NearestLines {
  int most = 0;                 ///< entries per line
  std::vector<int> across;      ///< lines x most; -1 where there are fewer
  std::vector<double> reduced;  ///< as across: c - potential
};

/// One pass over all pairs. Keeps what is below the line's `bound` (empty: everything). The result does not
/// depend on the team.
/// @param potential  of the lines across, padded with -infinity
NearestLines nearestLines(const GroundCost& cost, GroundCost::Line line, const Lanes& potential,
                          const std::vector<double>& bound, int most, ThreadTeam& team,
                          const std::stop_token& stop);

/// min over the lines across of c - potential: the c-transform. Same terms.
std::vector<double> cTransform(const GroundCost& cost, GroundCost::Line line, const Lanes& potential,
                               ThreadTeam& team, const std::stop_token& stop);

}  // namespace monge
