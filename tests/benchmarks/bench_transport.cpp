// SPDX-License-Identifier: GPL-3.0-or-later
// Semi-discrete transport to random sites: time by stage, steps, mass error and memory; see
// docs/performance.md.
//   bench_transport [--kind uniform|blob] [--dimension 2|3] [--sigma S] [--threads T] [--runs R] [--tolerance
//   E] N... bench_transport --sites FILE [--threads T] [--runs R] [--tolerance E]
// With --sigma the density is a Gaussian in the middle, else uniform. With --sites the sites are the rows of
// FILE, two or three numbers each, and one line is printed: seconds and the largest relative mass error.
#include <sys/resource.h>

#include <algorithm>
#include <chrono>
#include <cmath>
#include <cstdio>
#include <cstdlib>
#include <string>
#include <utility>
#include <vector>

#include "core/base/error.h"
#include "core/base/random.h"
#include "core/data/readers.h"
#include "core/geometry/gaussian_density_2.h"
#include "core/geometry/gaussian_density_3.h"
#include "core/transport/site_transport.h"

using namespace monge;

namespace {

struct Options {
  std::string kind = "uniform", sites;
  int dimension = 2, threads = 0, runs = 3;
  double sigma = 0;
  double tolerance = NewtonOptions().tolerance;  ///< largest relative mass error
  std::vector<int> counts;
};

template <class Where>
std::vector<typename Where::Point> pointsOf(const RowsD& rows) {
  std::vector<typename Where::Point> points(static_cast<std::size_t>(rows.rows()));
  for (std::size_t at = 0; at < points.size(); ++at) {
    const auto row = static_cast<RowsD::Index>(at);
    points[at].x = rows(row, 0), points[at].y = rows(row, 1);
    if constexpr (Where::kDimension == 3) points[at].z = rows(row, 2);
  }
  return points;
}

/// Uniform in the unit square or cube, or a Gaussian blob of sigma 0.05 in its middle; equal masses.
template <class Where>
SiteProblem<Where> problemOf(const Options& options, int count, typename Where::Domain domain) {
  Random random(7);
  const std::string& kind = options.kind;
  const auto coordinate = [&] { return kind == "blob" ? 0.5 + 0.05 * random.normal() : random.uniform(); };
  SiteProblem<Where> problem{std::move(domain), {}, {}, {}};
  for (int at = 0; at < count; ++at) {
    typename Where::Point site;
    site.x = coordinate(), site.y = coordinate();
    if constexpr (Where::kDimension == 3) site.z = coordinate();
    problem.sites.push_back(site);
  }
  if (options.sigma > 0)
    problem.density = gaussianDensity(problem.domain, problem.domain.centroid(), options.sigma);
  return problem;
}

struct Result {
  double seconds = 0, start = 0, cells = 0, setup = 0, linear = 0, residual = 0;
  std::size_t steps = 0;
  int linearIterations = 0;
  bool converged = false;
};

template <class Where>
Result solve(const Options& options, SiteProblem<Where> problem) {
  const auto begin = std::chrono::steady_clock::now();
  const auto since = [&] {
    return std::chrono::duration<double>(std::chrono::steady_clock::now() - begin).count();
  };
  NewtonOptions newton;
  newton.tolerance = options.tolerance;
  SiteTransport<Where> solver(std::move(problem), newton, options.threads);
  Result result;
  result.start = since();
  solver.run();
  result.seconds = since();
  for (const NewtonStep& step : solver.history()) {
    result.cells += step.secondsCells;
    result.setup += step.secondsSetup;
    result.linear += step.secondsLinear;
    result.linearIterations += step.linearIterations;
  }
  result.steps = solver.history().size();
  result.residual = solver.residual();
  result.converged = solver.status() == SolveStatus::Converged;
  return result;
}

template <class Where>
Result solve(const Options& options, int count, typename Where::Domain domain) {
  return solve(options, problemOf<Where>(options, count, std::move(domain)));
}

/// The least of the runs on the sites of a file, on one line that programs read.
int solveFile(const Options& options) {
  const RowsD rows = readNumbers(options.sites).values;
  if (rows.cols() != 2 && rows.cols() != 3) {
    std::fprintf(stderr, "bench_transport: '%s' has %d columns, not two or three\n", options.sites.c_str(),
                 static_cast<int>(rows.cols()));
    return 2;
  }
  Result best;
  for (int run = 0; run < options.runs; ++run) {
    const Result result = rows.cols() == 3
                              ? solve<Space>(options, {Domain3::cube(), {}, pointsOf<Space>(rows), {}})
                              : solve<Plane>(options, {Domain2::square(), {}, pointsOf<Plane>(rows), {}});
    if (run == 0 || result.seconds < best.seconds) best = result;
  }
  if (!best.converged) std::fprintf(stderr, "bench_transport: not converged\n");
  std::printf("%.6f %.3g\n", best.seconds, best.residual);
  return best.converged ? 0 : 1;
}

double peakMegabytes() {
  rusage usage{};
  getrusage(RUSAGE_SELF, &usage);
  return static_cast<double>(usage.ru_maxrss) / 1024;
}

/// Least-squares slope of log time over log n.
double exponent(const std::vector<std::pair<double, double>>& times) {
  double x = 0, y = 0, xx = 0, xy = 0;
  for (const auto& [count, seconds] : times) {
    const double u = std::log(count), v = std::log(seconds);
    x += u, y += v, xx += u * u, xy += u * v;
  }
  const auto n = static_cast<double>(times.size());
  return (n * xy - x * y) / (n * xx - x * x);
}

Options parsed(int count, char** words) {
  Options options;
  for (int at = 1; at < count; ++at) {
    const std::string word = words[at];
    const auto value = [&] { return at + 1 < count ? words[++at] : ""; };
    if (word == "--kind")
      options.kind = value();
    else if (word == "--sites")
      options.sites = value();
    else if (word == "--dimension")
      options.dimension = std::atoi(value()) == 3 ? 3 : 2;
    else if (word == "--sigma")
      options.sigma = std::atof(value());
    else if (word == "--threads")
      options.threads = std::atoi(value());
    else if (word == "--runs")
      options.runs = std::max(1, std::atoi(value()));
    else if (word == "--tolerance")
      options.tolerance = std::atof(value());
    else if (word.starts_with("--"))
      throw Error(word, "unknown", "--kind, --sites, --dimension, --sigma, --threads, --runs or --tolerance");
    else
      options.counts.push_back(std::max(1, std::atoi(word.c_str())));
  }
  if (options.counts.empty()) options.counts = {1000, 10'000, 100'000};
  return options;
}

}  // namespace

int main(int count, char** words) try {
  const Options options = parsed(count, words);
  if (!options.sites.empty()) return solveFile(options);
  std::printf(
      "| n | seconds (least of %d) | start | cells | multigrid | gradients | steps | iterations | mass error "
      "| peak MB |\n",
      options.runs);
  std::printf("|---|---|---|---|---|---|---|---|---|---|\n");
  std::vector<std::pair<double, double>> times;
  for (const int n : options.counts) {
    Result best;
    for (int run = 0; run < options.runs; ++run) {
      const Result result = options.dimension == 3 ? solve<Space>(options, n, Domain3::cube())
                                                   : solve<Plane>(options, n, Domain2::square());
      if (run == 0 || result.seconds < best.seconds) best = result;
    }
    std::printf("| %d | %.4f%s | %.4f | %.4f | %.4f | %.4f | %zu | %d | %.1e | %.0f |\n", n, best.seconds,
                best.converged ? "" : " (not converged)", best.start, best.cells, best.setup, best.linear,
                best.steps, best.linearIterations, best.residual, peakMegabytes());
    std::fflush(stdout);
    times.emplace_back(n, best.seconds);
  }
  if (times.size() > 1) std::printf("\ntime grows as n^%.2f\n", exponent(times));
  return 0;
} catch (const Error& error) {
  std::fprintf(stderr, "bench_transport: %s\n", error.what());
  return 2;
}
