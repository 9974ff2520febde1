// SPDX-License-Identifier: GPL-3.0-or-later
// Nearest weighted sites: the k-d tree against a look at every site, on one core, alternating.
//
// usage: bench_nearest [POINTS=2000] [ROUNDS=3]
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <vector>

#include "core/base/random.h"
#include "core/transport/nearest_site.h"

using namespace monge;

namespace {

RowsD randomRows(int rows, int columns, Random& random) {
  return RowsD::NullaryExpr(rows, columns, [&] { return random.uniform(0, 1); });
}

double secondsOf(const NearestSite& nearest, const RowsD& points, ThreadTeam& team) {
  const auto start = std::chrono::steady_clock::now();
  const IndicesI found = nearest(points, team);
  const std::chrono::duration<double> taken = std::chrono::steady_clock::now() - start;
  return found.size() == points.rows() ? taken.count() : 0;
}

void compare(int sites, int dimension, int points, int rounds) {
  Random random(1);
  const RowsD rows = randomRows(sites, dimension, random), asked = randomRows(points, dimension, random);
  const VectorD weights = randomRows(sites, 1, random) * 0.01;
  const NearestSite tree(rows, weights, NearestSite::Search::Tree);
  const NearestSite all(rows, weights, NearestSite::Search::All);
  ThreadTeam team(1);
  double treeSeconds = 1e30, allSeconds = 1e30;
  for (int round = 0; round < rounds; ++round) {
    treeSeconds = std::min(treeSeconds, secondsOf(tree, asked, team));
    allSeconds = std::min(allSeconds, secondsOf(all, asked, team));
  }
  std::printf("| %d | %d | %.0f | %.0f | %.1f |\n", sites, dimension, points / treeSeconds,
              points / allSeconds, allSeconds / treeSeconds);
}

}  // namespace

int main(int argc, char** argv) {
  const int points = argc > 1 ? std::atoi(argv[1]) : 2000, rounds = argc > 2 ? std::atoi(argv[2]) : 3;
  if (points < 1 || rounds < 1) {
    std::fprintf(stderr, "usage: bench_nearest [POINTS=2000] [ROUNDS=3]\n");
    return 2;
  }
  std::printf("| sites | dimension | tree, points/s | all, points/s | ratio |\n|---|---|---|---|---|\n");
  for (const int sites : {100, 1000, 10000, 100000})
    for (const int dimension : {2, 3, 5, 8, 12}) compare(sites, dimension, points, rounds);
  return 0;
}
