// SPDX-License-Identifier: GPL-3.0-or-later
// Monte-Carlo transport from the unit box to the points of a file.
//
// usage: bench_montecarlo POINTS.npy [--tolerance 0.05] [--seed 0] [--threads 2] [--precision bf16]
//        bench_montecarlo POINTS.npy --heights HEIGHTS.npy [--samples 1048576]
// The first prints seconds, samples, rounds, peak memory in KB and what a test on samples of their own says;
// the second only the test, of given heights h_i for max_i <x, y_i> + h_i. A test: root of chi^2 (root mean
// square relative mass error), total variation, its interval.
#include <sys/resource.h>

#include <algorithm>
#include <chrono>
#include <cmath>
#include <cstdio>
#include <cstdlib>
#include <string>

#include "core/data/readers.h"
#include "core/transport/semidiscrete_montecarlo.h"

using namespace monge;
using Clock = std::chrono::steady_clock;

namespace {

struct Words {
  std::string points, heights, precision = "bf16";
  double tolerance = 0.05;
  std::uint64_t seed = 0;
  std::int64_t samples = 1 << 20;
  int threads = 2;
};

Words wordsOf(int argc, char** argv) {
  Words words;
  words.points = argc > 1 ? argv[1] : "";
  for (int at = 2; at + 1 < argc; at += 2) {
    const std::string name = argv[at], value = argv[at + 1];
    if (name == "--heights") words.heights = value;
    if (name == "--precision") words.precision = value;
    if (name == "--tolerance") words.tolerance = std::atof(value.c_str());
    if (name == "--seed") words.seed = std::strtoull(value.c_str(), nullptr, 10);
    if (name == "--samples") words.samples = std::atoll(value.c_str());
    if (name == "--threads") words.threads = std::atoi(value.c_str());
  }
  return words;
}

void print(const MonteCarloTest& test) {
  std::printf("%.5f %.5f %.5f %.5f\n", std::sqrt(std::max(0.0, test.masses.chiSquare)),
              test.masses.totalVariation.value, test.masses.totalVariation.lower,
              test.masses.totalVariation.upper);
}

/// Heights about the centres, as the solver keeps them.
MonteCarloState stateOf(const MonteCarloProblem& problem, const std::string& file) {
  const RowsD values = readNumbers(file).values;
  MonteCarloState state;
  state.heights =
      Eigen::Map<const VectorD>(values.data(), values.size()) + problem.sites * problem.source.centre;
  return state;
}

}  // namespace

int main(int argc, char** argv) {
  const Words words = wordsOf(argc, argv);
  const auto start = Clock::now();
  MonteCarloProblem problem;
  problem.sites = readNumbers(words.points).values;
  problem.source = SourceMeasure::unitBox(static_cast<int>(problem.sites.cols()));
  problem = checkedProblem(std::move(problem));
  ThreadTeam team(words.threads);
  CpuPlaneSearch search(SemidiscreteMonteCarlo::sitesAbout(problem),
                        words.precision == "bf16" ? SearchPrecision::Half : SearchPrecision::Single, team);
  MonteCarloOptions options;
  options.tolerance = words.tolerance, options.seed = words.seed;
  SemidiscreteMonteCarlo solver(problem, options, search, team);
  if (!words.heights.empty()) {
    solver.restore(stateOf(problem, words.heights));
    print(solver.test(words.samples, 0.95));
    return 0;
  }
  solver.run();
  const double seconds = std::chrono::duration<double>(Clock::now() - start).count();
  rusage usage{};
  getrusage(RUSAGE_SELF, &usage);
  std::printf("%.3f %lld %d %ld ", seconds, static_cast<long long>(solver.state().samples),
              solver.state().iteration, usage.ru_maxrss);
  print(solver.test(words.samples, 0.95));
}
