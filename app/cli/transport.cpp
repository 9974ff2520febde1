// SPDX-License-Identifier: GPL-3.0-or-later
#include <algorithm>
#include <chrono>
#include <filesystem>

#include "app/cli/commands.h"
#include "app/cli/stop_on_interrupt.h"
#include "app/cli/text.h"
#include "app/cli/transport_cells.h"
#include "app/cli/transport_files.h"
#include "core/base/error.h"
#include "core/base/text.h"
#include "core/data/readers.h"
#include "core/transport/density_source.h"
#include "core/transport/problem_source.h"
#include "core/transport/site_transport.h"
#include "core/transport/transport_directory.h"

namespace monge {
namespace {

using Clock = std::chrono::steady_clock;

nlohmann::json stepsJson(const std::vector<NewtonStep>& steps) {
  nlohmann::json list = nlohmann::json::array();
  for (const NewtonStep& step : steps)
    list.push_back({{"iteration", step.iteration},
                    {"residual", step.residual},
                    {"damping", step.damping},
                    {"trials", step.trials},
                    {"smallest_mass", step.smallestMass},
                    {"linear_iterations", step.linearIterations},
                    {"direct", step.direct},
                    {"uniform_share", step.uniformShare},
                    {"seconds_cells", step.secondsCells},
                    {"seconds_setup", step.secondsSetup},
                    {"seconds_linear", step.secondsLinear}});
  return list;
}

std::string lineOf(const NewtonStep& step) {
  const std::string line = "Step " + std::to_string(step.iteration) + ": largest relative mass error " +
                           figure(step.residual) + ", damping " + figure(step.damping);
  return step.uniformShare > 0
             ? line + ", with " + figure(100 * step.uniformShare) + " % of a uniform density"
             : line;
}

VectorD vectorOf(const std::vector<double>& values) {
  return Eigen::Map<const VectorD>(values.data(), static_cast<Eigen::Index>(values.size()));
}

RowsD rowsOf(const std::vector<Point2>& points) {
  RowsD rows(static_cast<Eigen::Index>(points.size()), 2);
  for (Eigen::Index row = 0; row < rows.rows(); ++row) rows.row(row) << points[row].x, points[row].y;
  return rows;
}

RowsD rowsOf(const std::vector<Point3>& points) {
  RowsD rows(static_cast<Eigen::Index>(points.size()), 3);
  for (Eigen::Index row = 0; row < rows.rows(); ++row)
    rows.row(row) << points[row].x, points[row].y, points[row].z;
  return rows;
}

template <class Where>
void writeFolder(const std::filesystem::path& folder, SiteTransport<Where>& solver,
                 const DensitySource& density, const nlohmann::json& report) {
  const SiteProblem<Where>& problem = solver.problem();
  TransportRecord record;
  record.domain = domainJson(problem.domain);
  record.density = toJson(density);
  record.densityFile = density.file;
  record.report = report;
  record.report["steps"] = stepsJson(solver.history());
  record.sites = rowsOf(problem.sites);
  record.weights = vectorOf(solver.weights());
  record.targets = vectorOf(problem.masses);
  record.masses = vectorOf(solver.masses());
  writeCells(folder, solver);
  writeTransportDirectory(folder, record, kCellFiles);
}

template <class Where>
nlohmann::json reportOf(SiteTransport<Where>& solver, double seconds) {
  const TransportCertificate certificate = solver.certificate();
  return {{"status", statusName(solver.status())},
          {"method", "newton"},
          {"sites", solver.problem().sites.size()},
          {"dimension", Where::kDimension},
          {"iterations", solver.history().size()},
          {"residual", solver.residual()},
          {"primal", certificate.primal},
          {"dual", certificate.dual},
          {"gap", certificate.gap},
          {"hidden", 0},
          {"seconds", seconds}};
}

std::string sentence(const nlohmann::json& report) {
  return "  status      " + report["status"].get<std::string>() + "\n  sites       " +
         grouped(report["sites"]) + " in " + std::to_string(report["dimension"].get<int>()) +
         " dimensions\n  iterations  " + std::to_string(report["iterations"].get<int>()) +
         "\n  residual    " + figure(report["residual"]) + " (largest relative mass error)\n  primal      " +
         numberText(report["primal"].get<double>()) + "\n  dual        " +
         numberText(report["dual"].get<double>()) + "\n  seconds     " + figure(report["seconds"]) + "\n";
}

template <class Where>
int solve(std::vector<typename Where::Point> sites, typename Where::Domain domain,
          const TransportOptions& options, CliContext& context) {
  const DensitySource density = densitySource(options.density, options.sigma, domain);
  SiteProblem<Where> problem{domain, makeDensity(density, domain), std::move(sites),
                             massesFrom(options.masses)};
  if (!options.out.empty()) makeFolder(options.out);
  StopOnInterrupt stop;
  const auto start = Clock::now();
  NewtonOptions newton;
  newton.tolerance = options.tolerance.value_or(newton.tolerance);
  SiteTransport<Where> solver(std::move(problem), newton, options.threads);
  solver.run(stop.token(), [&](const NewtonStep& step) {
    if (!options.json) context.out << lineOf(step) << std::endl;
  });
  const double seconds = std::chrono::duration<double>(Clock::now() - start).count();
  const nlohmann::json report = reportOf(solver, seconds);
  if (!options.out.empty()) writeFolder(options.out, solver, density, report);
  context.out << (options.json ? report.dump(2) + "\n" : sentence(report));
  if (!options.json && !options.out.empty()) context.out << "Written to " << options.out << "\n";
  return solver.status() == SolveStatus::Converged ? kSuccess : kFailed;
}

}  // namespace

int transportCommand(const TransportOptions& options, CliContext& context) {
  if (options.sigma > 0 && options.density != "gaussian")
    throw Error("--sigma", "with --density " + options.density, "--density gaussian");
  if (options.method == "montecarlo") return monteCarloCommand(options, context);
  if (!options.monteCarlo.given.empty())
    throw Error(options.monteCarlo.given, "with --method newton", "--method montecarlo");
  const RowsD points = readNumbers(options.points).values;
  if (points.cols() == 2)
    return solve<Plane>(planePoints(points, options.points),
                        planeDomainNamed(options.domain.empty() ? "square" : options.domain), options,
                        context);
  if (points.cols() == 3)
    return solve<Space>(spacePoints(points, options.points),
                        spaceDomainNamed(options.domain.empty() ? "box" : options.domain), options, context);
  throw Error(options.points, std::to_string(points.cols()) + " columns",
              "2 or 3, one a coordinate; or --method montecarlo, for up to 128");
}

}  // namespace monge
