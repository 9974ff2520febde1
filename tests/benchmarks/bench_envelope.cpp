// SPDX-License-Identifier: GPL-3.0-or-later
// Samples a second of the search for the two highest planes, by processor time, beside the peak of the
// registers.
//
// usage: bench_envelope [--sites 10000] [--dimension 64] [--samples 65536] [--threads 2] [--runs 5]
#include <sys/resource.h>

#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <ctime>

#include "core/base/random.h"
#include "core/transport/highest_planes.h"

using namespace monge;

namespace {

/// Of all threads. Other programs on the machine take from the clock, hardly from this.
double processorSeconds() {
  timespec now{};
  clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &now);
  return double(now.tv_sec) + 1e-9 * double(now.tv_nsec);
}

typedef float Lanes16 __attribute__((vector_size(64)));

/// Products and sums in registers alone, in operations a second of one thread: what the fp32 search cannot
/// beat. Compiled for this processor, whatever the rest is compiled for.
__attribute__((target("avx512f,fma"), optimize("O3"), noinline)) double registerPeak() {
  constexpr long kTurns = 20'000'000;
  Lanes16 sums[24] = {};
  Lanes16 factor = {}, term = {};
  for (int l = 0; l < 16; ++l) factor[l] = 0.999f, term[l] = 1e-3f;
  for (int at = 0; at < 24; ++at) sums[at] += static_cast<float>(at);  // unlike, so that none is left out
  const double start = processorSeconds();
  for (long turn = 0; turn < kTurns; ++turn)
#pragma GCC unroll 24
    for (int at = 0; at < 24; ++at) sums[at] = sums[at] * factor + term;
  const double seconds = processorSeconds() - start;
  volatile float used = 0;
  for (const Lanes16& sum : sums) used = used + sum[0];
  return 24.0 * 32 * kTurns / seconds;
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
  const double peak = __builtin_cpu_supports("avx512f") ? registerPeak() * threads : 0;
  std::printf("register peak %17.1f GFLOP/s\n", 1e-9 * peak);
  for (int run = 0; run < runs; ++run)
    for (const SearchPrecision precision : {SearchPrecision::Single, SearchPrecision::Half}) {
      CpuPlaneSearch search(sites, precision, team);
      search.setHeights(heights);
      const double start = processorSeconds();
      search.find(panels, found, {});
      const double seconds = (processorSeconds() - start) / threads;
      rusage usage{};
      getrusage(RUSAGE_SELF, &usage);
      std::printf("%-12s %9.0f samples/s %8.1f GFLOP/s  %4ld MB  decided anew %ld\n", search.name().c_str(),
                  samples / seconds, 2e-9 * n * d * samples / seconds, usage.ru_maxrss / 1024,
                  long(search.overflows()));
    }
}
