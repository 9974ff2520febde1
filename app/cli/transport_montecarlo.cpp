// SPDX-License-Identifier: GPL-3.0-or-later
#include <chrono>
#include <cmath>
#include <filesystem>
#include <memory>
#include <optional>

#include "app/cli/commands.h"
#include "app/cli/stop_on_interrupt.h"
#include "app/cli/text.h"
#include "app/cli/transport_files.h"
#include "core/base/error.h"
#include "core/base/text.h"
#include "core/data/readers.h"
#include "core/device/torch_plane_search.h"
#include "core/transport/montecarlo_state.h"
#include "core/transport/problem_source.h"
#include "core/transport/transport_directory.h"

namespace monge {
namespace {

using nlohmann::json;
using Clock = std::chrono::steady_clock;

constexpr const char* kStateFile = "state.json";
constexpr double kSecondsBetweenSaves = 60;
/// From here on bfloat16 rules out enough candidates to pay.
constexpr Eigen::Index kHalfFrom = 16;

double secondsSince(Clock::time_point start) {
  return std::chrono::duration<double>(Clock::now() - start).count();
}

SourceMeasure sourceFrom(const TransportOptions& options, const RowsD& sites) {
  const int d = static_cast<int>(sites.cols());
  if (options.density == "gaussian") {
    if (!options.domain.empty())
      throw Error("domain", options.domain, "none with --density gaussian: it is on all of space");
    return SourceMeasure::normal(d, options.sigma > 0 ? options.sigma : 1);
  }
  if (options.density != "uniform")
    throw Error("density", options.density, "uniform or gaussian, with --method montecarlo");
  if (options.domain == "ball") return SourceMeasure::ballAround(sites);
  if (options.domain.empty() || options.domain == "box" || (options.domain == "square" && d == 2))
    return SourceMeasure::unitBox(d);
  throw Error("domain", options.domain, "box or ball, with --method montecarlo");
}

MonteCarloProblem problemFrom(const TransportOptions& options) {
  MonteCarloProblem problem;
  problem.sites = readNumbers(options.points).values;
  const std::vector<double> masses = massesFrom(options.masses);
  problem.masses = Eigen::Map<const VectorD>(masses.data(), std::ssize(masses));
  problem.source = sourceFrom(options, problem.sites);
  return checkedProblem(std::move(problem));
}

MonteCarloOptions optionsFrom(const TransportOptions& options) {
  MonteCarloOptions result;
  result.tolerance = options.tolerance.value_or(result.tolerance);
  result.confidence = options.monteCarlo.confidence;
  if (options.monteCarlo.samples > 0) result.maxSamples = options.monteCarlo.samples;
  result.points = options.monteCarlo.points == "uniform" ? PointKind::Uniform : PointKind::Sobol;
  result.seed = options.monteCarlo.seed;
  return result;
}

std::unique_ptr<PlaneSearch> searchFor(const MonteCarloWords& words, const RowsF& sites, ThreadTeam& team) {
  if (words.device == "cuda" || (words.device == "auto" && hasCuda())) return torchPlaneSearch(sites, "cuda");
  const bool half = words.precision == "bf16" || (words.precision == "auto" && sites.cols() >= kHalfFrom);
  return std::make_unique<CpuPlaneSearch>(sites, half ? SearchPrecision::Half : SearchPrecision::Single,
                                          team);
}

void put(json& report, const std::string& name, const Estimate* estimate) {
  report[name] = estimate ? json(estimate->value) : json();
  report[name + "_lower"] = estimate ? json(estimate->lower) : json();
  report[name + "_upper"] = estimate ? json(estimate->upper) : json();
}

/// Values of a test are null where there was none.
json reportOf(const SemidiscreteMonteCarlo& solver, const MonteCarloTest* test, const PlaneSearch& search,
              const TransportOptions& options, double seconds) {
  json report = {{"status", statusName(solver.status())},
                 {"method", "montecarlo"},
                 {"sites", solver.problem().sites.rows()},
                 {"dimension", solver.problem().sites.cols()},
                 {"iterations", solver.state().iteration},
                 {"samples", solver.state().samples},
                 {"test_samples", test ? json(test->masses.samples) : json()},
                 {"confidence", test ? json(test->masses.confidence) : json()},
                 {"gap", test ? json(std::abs(test->primal.value - test->dual.value)) : json()},
                 {"hidden", test ? json(test->masses.empty) : json()},
                 {"points", options.monteCarlo.points},
                 {"seed", options.monteCarlo.seed},
                 {"search", search.name()},
                 {"seconds", seconds}};
  put(report, "residual", test ? &test->masses.largestRelative : nullptr);
  put(report, "total_variation", test ? &test->masses.totalVariation : nullptr);
  put(report, "primal", test ? &test->primal : nullptr);
  put(report, "dual", test ? &test->dual : nullptr);
  return report;
}

std::string withInterval(const json& report, const std::string& name) {
  return figure(report[name]) + " (" + figure(report[name + "_lower"]) + " to " +
         figure(report[name + "_upper"]) + ")";
}

std::string sentence(const json& report) {
  std::vector<std::vector<std::string>> rows = {
      {"status", report["status"].get<std::string>()},
      {"sites",
       grouped(report["sites"]) + " in " + std::to_string(report["dimension"].get<int>()) + " dimensions"},
      {"rounds", grouped(report["iterations"])},
      {"samples", grouped(report["samples"])}};
  if (!report["test_samples"].is_null()) {
    rows.push_back({"tested on", grouped(report["test_samples"]) + " samples of its own; intervals of " +
                                     figure(100 * report["confidence"].get<double>()) + " %"});
    rows.push_back({"in wrong cells", withInterval(report, "total_variation") + " of the mass"});
    rows.push_back({"worst cell", withInterval(report, "residual") + ", relative mass error"});
    rows.push_back({"primal", withInterval(report, "primal")});
    rows.push_back({"dual", withInterval(report, "dual")});
    rows.push_back({"without a sample", grouped(report["hidden"]) + " cells"});
  }
  rows.push_back({"seconds", figure(report["seconds"]) + " (" + report["search"].get<std::string>() + ")"});
  return table(rows, "  ");
}

void writeFolder(const std::filesystem::path& folder, const SemidiscreteMonteCarlo& solver,
                 const MonteCarloTest& test, const json& report) {
  TransportRecord record;
  record.domain = domainJson(solver.problem().source);
  record.density = {
      {"name", solver.problem().source.kind == SourceMeasure::Kind::Normal ? "gaussian" : "uniform"}};
  record.report = report;
  record.sites = solver.problem().sites;
  record.weights = solver.weights();
  record.targets = solver.problem().masses;
  record.masses = test.masses.masses;
  writeTransportDirectory(folder, record, {kStateFile});
}

/// Solves and, with --out, leaves the state from time to time and in the end.
class Descent {
 public:
  Descent(const TransportOptions& options, CliContext& context)
      : m_options(options),
        m_context(context),
        m_team(options.threads > 0 ? options.threads : ThreadTeam::availableCores()),
        m_problem(problemFrom(options)),
        m_settings(optionsFrom(options)),
        m_fingerprint(fingerprint(m_problem, m_settings)),
        m_search(searchFor(options.monteCarlo, SemidiscreteMonteCarlo::sitesAbout(m_problem), m_team)),
        m_solver(m_problem, m_settings, *m_search, m_team) {
    if (!options.out.empty()) makeFolder(options.out);
    if (options.monteCarlo.resume) m_solver.restore(readMonteCarloState(stateFile(), m_fingerprint));
  }

  int run() {
    StopOnInterrupt stop;
    const auto start = Clock::now();
    m_solver.run(stop.token(), [&](const MonteCarloRound& round) { tell(round); });
    std::optional<MonteCarloTest> test = m_solver.lastTest();
    if (m_solver.status() != SolveStatus::Converged) test.reset();  // it was of other heights
    const bool finished = m_solver.status() != SolveStatus::Cancelled;
    if (finished) save();
    if (finished && !test) test = lastTest(stop.token());
    const json report =
        reportOf(m_solver, test ? &*test : nullptr, *m_search, m_options, secondsSince(start));
    if (!finished) save();
    if (!m_options.out.empty() && test) writeFolder(m_options.out, m_solver, *test, report);
    m_context.out << (m_options.json ? report.dump(2) + "\n" : sentence(report));
    sayWhere(finished);
    return m_solver.status() == SolveStatus::Converged ? kSuccess : kFailed;
  }

 private:
  std::filesystem::path stateFile() const { return std::filesystem::path(m_options.out) / kStateFile; }

  void save() {
    if (m_options.out.empty() || m_solver.state().heights.size() == 0) return;
    writeMonteCarloState(stateFile(), m_solver.state(), m_fingerprint);
    m_saved = Clock::now();
  }

  /// Of heights that did not converge.
  std::optional<MonteCarloTest> lastTest(const std::stop_token& stop) {
    const std::int64_t samples = std::max<std::int64_t>(65536, 4 * m_problem.sites.rows());
    MonteCarloTest test = m_solver.test(samples, m_settings.confidence, stop);
    if (test.masses.samples == 0) return {};
    return test;
  }

  void tell(const MonteCarloRound& round) {
    if (secondsSince(m_saved) > kSecondsBetweenSaves) save();
    if (m_options.json) return;
    m_context.out << "Round " << round.iteration << ": " << grouped(round.totalSamples)
                  << " samples, chi-square " << figure(round.chiSquare) << " of the masses";
    if (round.empty > 0) m_context.out << ", " << grouped(round.empty) << " cells without a sample";
    if (round.secondsLeft >= 1) m_context.out << ", about " << duration(round.secondsLeft) << " left";
    m_context.out << std::endl;
  }

  void sayWhere(bool finished) {
    if (m_options.json || m_options.out.empty()) return;
    if (finished)
      m_context.out << "Written to " << m_options.out << "\n";
    else
      m_context.out << "Stopped; go on with the same words and --resume\n";
  }

  const TransportOptions& m_options;
  CliContext& m_context;
  ThreadTeam m_team;
  MonteCarloProblem m_problem;
  MonteCarloOptions m_settings;
  std::string m_fingerprint;
  std::unique_ptr<PlaneSearch> m_search;
  SemidiscreteMonteCarlo m_solver;
  Clock::time_point m_saved = Clock::now();
};

}  // namespace

int monteCarloCommand(const TransportOptions& options, CliContext& context) {
  if (options.monteCarlo.resume && options.out.empty())
    throw Error("--resume", "without --out", "--out with the folder that holds the state");
  return Descent(options, context).run();
}

}  // namespace monge
