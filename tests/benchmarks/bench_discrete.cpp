// SPDX-License-Identifier: GPL-3.0-or-later
// usage: bench_discrete A.npy B.npy P [THREADS]
// Exact transport between the rows of two files with equal weights. Prints seconds, cost, gap, pivots and the
// peak of memory in kB on one line.
#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <string>

#include "core/data/readers.h"
#include "core/transport/exact_discrete.h"

namespace {

/// Of this program alone: the system's figure for a child also counts the parent that it was forked from.
long peakMemory() {
  std::ifstream status("/proc/self/status");
  for (std::string word; status >> word;)
    if (word == "VmHWM:" && status >> word) return std::atol(word.c_str());
  return 0;
}

}  // namespace

int main(int count, char** arguments) {
  if (count < 4) {
    std::fprintf(stderr, "usage: bench_discrete A.npy B.npy P [THREADS]\n");
    return 2;
  }
  const monge::RowsD x = monge::readNumbers(arguments[1]).values, y = monge::readNumbers(arguments[2]).values;
  const double n = static_cast<double>(x.rows()), m = static_cast<double>(y.rows());
  monge::DiscreteOptions options;
  if (count > 4) options.threads = std::atoi(arguments[4]);
  const monge::ExactTransport result =
      monge::exactTransport(x, monge::VectorD::Constant(x.rows(), 1 / n), y,
                            monge::VectorD::Constant(y.rows(), 1 / m), std::atof(arguments[3]), options);
  std::printf("%.6f %.15g %.3g %lld %ld\n", result.seconds, result.cost, result.certificate.gap,
              static_cast<long long>(result.iterations), peakMemory());
  return 0;
}
