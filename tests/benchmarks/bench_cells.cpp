// SPDX-License-Identifier: GPL-3.0-or-later
// How long the bent cells of a screen take: k sites, 800 x 600 pixels.
//   bench_cells [threads] [runs]
#include <algorithm>
#include <chrono>
#include <cstdio>
#include <cstdlib>

#include "core/base/random.h"
#include "core/geometry/law_cells.h"

using namespace monge;

namespace {

template <class Work>
double leastMilliseconds(int runs, const Work& work) {
  double least = 1e300;
  for (int run = 0; run < runs; ++run) {
    const auto begin = std::chrono::steady_clock::now();
    work();
    least = std::min(
        least, std::chrono::duration<double, std::milli>(std::chrono::steady_clock::now() - begin).count());
  }
  return least;
}

RowsF places(int count, std::uint64_t seed) {
  Random random(seed);
  RowsF rows(count, 2);
  for (Eigen::Index i = 0; i < rows.size(); ++i) rows.data()[i] = static_cast<float>(random.uniform(-1, 1));
  return rows;
}

}  // namespace

int main(int argc, char** argv) {
  const int threads = argc > 1 ? std::atoi(argv[1]) : 2, runs = argc > 2 ? std::atoi(argv[2]) : 20;
  const Lattice lattice{{-1, -0.75, 1, 0.75}, 801, 601};
  std::printf("| cost | sites | nearest site, ms | with outlines and walls, ms |\n|---|---|---|---|\n");
  for (const auto& [name, cost, power] :
       {std::tuple{"p = 1", CellCost::Power, 1.0}, std::tuple{"p = 1.5", CellCost::Power, 1.5},
        std::tuple{"p = 3", CellCost::Power, 3.0}, std::tuple{"l2, weights", CellCost::L2, 2.0}})
    for (const int k : {4, 16, 64, 256}) {
      CellLaw law;
      law.cost = cost;
      law.power = power;
      Random random(2);
      for (int j = 0; cost == CellCost::L2 && j < k; ++j) law.weights.push_back(random.uniform(0, 0.05));
      const RowsF sites = places(k, 1);
      const double nearest =
          leastMilliseconds(runs, [&] { nearestOnLattice(law, sites, lattice, {}, threads); });
      const double all = leastMilliseconds(runs, [&] { tracedCells(law, sites, {}, lattice, threads); });
      std::printf("| %s | %d | %.1f | %.1f |\n", name, k, nearest, all);
    }
  CellLaw labels;
  const RowsF sites = places(8, 1);
  LabelledPoints labelled{places(4000, 3), {}};
  for (int i = 0; i < 4000; ++i) labelled.labels.push_back(labelled.points(i, 0) > 0 ? 1 : 0);
  for (int j = 0; j < 8; ++j) labels.siteLabels.push_back(j % 2);
  const double all = leastMilliseconds(runs, [&] { tracedCells(labels, sites, labelled, lattice, threads); });
  std::printf("| labels of 4,000 points | 8 | | %.1f |\n", all);
}
