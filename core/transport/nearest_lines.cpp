// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/transport/nearest_lines.h"

#include <algorithm>
#include <limits>

namespace monge {

namespace {

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

}  // namespace

int usefulThreads(int threads, std::int64_t rows, std::int64_t columns) {
  constexpr std::int64_t kPairsPerThread = 32768;  // some 20 microseconds a pass
  const int most = threads > 0 ? threads : ThreadTeam::availableCores();
  return static_cast<int>(std::clamp<std::int64_t>(rows * columns / kPairsPerThread, 1, most));
}

NearestLines nearestLines(const GroundCost& cost, GroundCost::Line line, const Lanes& potential,
                          const std::vector<double>& bound, int most, ThreadTeam& team,
                          const std::stop_token& stop) {
  const std::size_t lines = static_cast<std::size_t>(cost.count(line)),
                    width = static_cast<std::size_t>(most);
  NearestLines nearest{most, std::vector<int>(lines * width, -1), std::vector<double>(lines * width)};
  for (std::size_t at = 0; at < lines; ++at)
    std::fill_n(nearest.reduced.begin() + static_cast<std::ptrdiff_t>(at * width), width,
                bound.empty() ? std::numeric_limits<double>::infinity() : bound[at]);
  visitTiles(cost, line, potential, team, stop,
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
                               ThreadTeam& team, const std::stop_token& stop) {
  std::vector<double> transform(static_cast<std::size_t>(cost.count(line)),
                                std::numeric_limits<double>::infinity());
  visitTiles(cost, line, potential, team, stop, [&](int at, int, int, const double*, double least) {
    double& value = transform[static_cast<std::size_t>(at)];
    value = std::min(value, least);
  });
  return transform;
}

}  // namespace monge
