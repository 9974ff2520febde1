// SPDX-License-Identifier: GPL-3.0-or-later
// Samples a second of the search for the highest plane, beside this machine's peak.
//
// usage: bench_envelope [--sites 10000] [--dimension 64] [--samples 65536] [--threads 2] [--runs 5]
#include <algorithm>
#include <chrono>
#include <cstdio>
#include <cstring>
#include <string>

#include "core/base/random.h"
#include "core/transport/envelope_kernels.h"
#include "core/transport/highest_planes.h"

using namespace monge;
#include <ctime>

namespace {

double processorSeconds() {
  timespec now{};
  clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &now);
  return double(now.tv_sec) + 1e-9 * double(now.tv_nsec);
}

}  // namespace

int main(int argc, char** argv) {
  int n = 10000, d = 64, samples = 65536, threads = 2, runs = 5;
  for (int at = 1; at + 1 < argc; at += 2) {
    const int value = std::atoi(argv[at + 1]);
    if (!std::strcmp(argv[at], "--sites")) n = value;
    if (!std::strcmp(argv[at], "--dimension")) d = value;
    if (!std::strcmp(argv[at], "--samples")) samples = value;
    if (!std::strcmp(argv[at], "--threads")) threads = value;
    if (!std::strcmp(argv[at], "--runs")) runs = value;
  }
  Random random(1);
  RowsF sites(n, d), points(samples, d);
  for (Eigen::Index at = 0; at < sites.size(); ++at) sites.data()[at] = float(random.uniform() - 0.5);
  for (Eigen::Index at = 0; at < points.size(); ++at) points.data()[at] = float(random.uniform() - 0.5);
  const SamplePanels panels(points);
  VectorD heights(n);
  for (int i = 0; i < n; ++i) heights[i] = -1.1 * sites.row(i).norm();
  ThreadTeam team(threads);
  TopPlanes found;
  for (int run = 0; run < runs; ++run)
    for (const SearchPrecision precision : {SearchPrecision::Single, SearchPrecision::Half}) {
      CpuPlaneSearch search(sites, precision, team);
      search.setHeights(heights);
      const double start = processorSeconds();
      search.find(panels, found, {});
      const double seconds = (processorSeconds() - start) / threads;
      std::printf("%-12s %9.0f samples/s %8.1f GFLOP/s  overflows %ld\n", search.name().c_str(),
                  samples / seconds, 2e-9 * n * d * samples / seconds, long(search.overflows()));
    }
}
