// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/transport/nearest_lines.h"

#include <algorithm>
#include <limits>

#include "core/base/parallel_for.h"

namespace monge {

namespace {

constexpr int kTile = GroundCost::kTile;
/// Lines that go over a tile together, while it is in the cache.
constexpr int kGroup = 8;

struct alignas(64) Tile {
  double value[kTile];
};

/// Puts (value, at) into its place among `most` ascending entries; the last drops out.
void insert(int* across, double* reduced, int most, int at, double value) {
  int place = most - 1;
  for (; place > 0 && reduced[place - 1] > value; --place) {
    reduced[place] = reduced[place - 1];
    across[place] = across[place - 1];
  }
  reduced[place] = value;
  across[place] = at;
}

/// Calls visit(line, begin, count, tile, least) for all tiles of all lines; those of one line come in order
/// and on one thread.
template <class Visit>
void visitTiles(const GroundCost& cost, GroundCost::Line line, const Lanes& potential, ThreadTeam& team,
                const Visit& visit) {
  const int lines = cost.count(line);
  const int across = line == GroundCost::Line::Row ? cost.columns() : cost.rows();
  parallelChunks(team, lines, kGroup, [&](std::int64_t first, std::int64_t end, std::int64_t) {
    Tile tile;
    for (int begin = 0; begin < across; begin += kTile) {
      const int count = std::min(kTile, across - begin);
      for (int at = static_cast<int>(first); at < end; ++at)
        visit(at, begin, count, tile.value, cost.reduced(line, at, potential, begin, count, tile.value));
    }
  });
}

}  // namespace

NearestLines nearestLines(const GroundCost& cost, GroundCost::Line line, const Lanes& potential,
                          const std::vector<double>& bound, int most, ThreadTeam& team) {
  const std::size_t lines = static_cast<std::size_t>(cost.count(line)),
                    width = static_cast<std::size_t>(most);
  NearestLines nearest{most, std::vector<int>(lines * width, -1), std::vector<double>(lines * width)};
  for (std::size_t at = 0; at < lines; ++at)
    std::fill_n(nearest.reduced.begin() + static_cast<std::ptrdiff_t>(at * width), width,
                bound.empty() ? std::numeric_limits<double>::infinity() : bound[at]);
  visitTiles(cost, line, potential, team,
             [&](int at, int begin, int count, const double* tile, double least) {
               int* across = nearest.across.data() + static_cast<std::size_t>(at) * width;
               double* reduced = nearest.reduced.data() + static_cast<std::size_t>(at) * width;
               if (!(least < reduced[width - 1])) return;
               for (int t = 0; t < count; ++t)
                 if (tile[t] < reduced[width - 1]) insert(across, reduced, most, begin + t, tile[t]);
             });
  return nearest;
}

std::vector<double> cTransform(const GroundCost& cost, GroundCost::Line line, const Lanes& potential,
                               ThreadTeam& team) {
  std::vector<double> transform(static_cast<std::size_t>(cost.count(line)),
                                std::numeric_limits<double>::infinity());
  visitTiles(cost, line, potential, team, [&](int at, int, int, const double*, double least) {
    double& value = transform[static_cast<std::size_t>(at)];
    value = std::min(value, least);
  });
  return transform;
}

}  // namespace monge
