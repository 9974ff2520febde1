// SPDX-License-Identifier: GPL-3.0-or-later
#include <algorithm>
#include <chrono>
#include <filesystem>
#include <thread>

#include "app/cli/commands.h"
#include "app/cli/interrupt.h"
#include "app/cli/text.h"
#include "core/base/error.h"
#include "core/base/files.h"
#include "core/base/text.h"
#include "core/data/png.h"
#include "core/data/readers.h"
#include "core/geometry/gaussian_density_2.h"
#include "core/geometry/image_density_2.h"
#include "core/geometry/mesh_files.h"
#include "core/geometry/power_diagram_2.h"
#include "core/transport/plane_transport.h"
#include "core/transport/transport_directory.h"

namespace monge {
namespace {

using Clock = std::chrono::steady_clock;

/// Asks a solver to stop once the person has pressed Ctrl-C.
class StopOnInterrupt {
 public:
  std::stop_token token() { return m_source.get_token(); }
  bool requested() const { return m_interrupt.requested(); }

 private:
  Interrupt m_interrupt;
  std::stop_source m_source;
  std::jthread m_watch{[this](std::stop_token ended) {
    while (!ended.stop_requested()) {
      if (m_interrupt.requested()) {
        m_source.request_stop();
        return;
      }
      std::this_thread::sleep_for(std::chrono::milliseconds(20));
    }
  }};
};

std::vector<Point2> planePoints(const RowsD& rows, const std::string& file) {
  if (rows.cols() != 2) throw Error(file, std::to_string(rows.cols()) + " columns", "2, one a coordinate");
  std::vector<Point2> points;
  for (Eigen::Index row = 0; row < rows.rows(); ++row) points.push_back({rows(row, 0), rows(row, 1)});
  return points;
}

Domain2 domainNamed(const std::string& name) {
  if (name == "square") return Domain2::square();
  if (name == "disc") return Domain2::disc();
  if (!std::filesystem::exists(name))
    throw Error("domain", name, "square, disc or a file with the corners of a convex polygon");
  return Domain2(planePoints(readNumbers(name).values, name), std::filesystem::path(name).stem().string());
}

Density2Ptr densityNamed(const std::string& name, double sigma, const Domain2& domain) {
  if (name == "uniform") return uniformDensity(domain);
  if (name == "gaussian") {
    const double extent = std::min(domain.bounds().width(), domain.bounds().height());
    return gaussianDensity(domain, domain.centroid(), sigma > 0 ? sigma : extent / 4);
  }
  if (!std::filesystem::exists(name))
    throw Error("density", name, "uniform, gaussian or the file of a grey PNG picture");
  return imageDensity(domain, readGreyPng(name));
}

std::vector<double> massesFrom(const std::string& file) {
  if (file.empty()) return {};
  const RowsD values = readNumbers(file).values;
  if (values.cols() != 1)
    throw Error(file, std::to_string(values.cols()) + " columns", "1, a mass for each point");
  return {values.data(), values.data() + values.size()};
}

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
                    {"seconds_cells", step.secondsCells},
                    {"seconds_setup", step.secondsSetup},
                    {"seconds_linear", step.secondsLinear}});
  return list;
}

PolygonMesh cellMesh(const PowerDiagram2& diagram) {
  PolygonMesh mesh;
  std::vector<double> site, mass, weight;
  for (std::size_t row = 0; row < diagram.cells.size(); ++row) {
    const auto& corners = diagram.cells[row].outline.corners;
    if (corners.empty()) continue;
    std::vector<int> face;
    for (const Point2 corner : corners) {
      face.push_back(static_cast<int>(mesh.vertices.size()));
      mesh.vertices.push_back({corner.x, corner.y, 0});
    }
    mesh.faces.push_back(std::move(face));
    site.push_back(static_cast<double>(row));
    mass.push_back(diagram.cells[row].mass);
    weight.push_back(diagram.weights[row]);
  }
  mesh.faceData = {{"site", std::move(site)}, {"mass", std::move(mass)}, {"weight", std::move(weight)}};
  return mesh;
}

std::string cellsCsv(const PowerDiagram2& diagram) {
  std::string text = "site,corner,x,y,neighbour\n";
  for (std::size_t row = 0; row < diagram.cells.size(); ++row) {
    const auto& [corners, across] = diagram.cells[row].outline;
    for (std::size_t at = 0; at < corners.size(); ++at)
      text += std::to_string(row) + "," + std::to_string(at) + "," + numberText(corners[at].x) + "," +
              numberText(corners[at].y) + "," + std::to_string(across[at]) + "\n";
  }
  return text;
}

/// Before the solve, so that nobody waits for what cannot be written.
void makeFolder(const std::filesystem::path& folder) {
  std::error_code code;
  std::filesystem::create_directories(folder, code);
  if (code || !std::filesystem::is_directory(folder))
    throw Error::failed(folder.string(),
                        "the folder cannot be made: " + (code ? code.message() : "a file is in its place"));
}

VectorD vectorOf(const std::vector<double>& values) {
  return Eigen::Map<const VectorD>(values.data(), static_cast<Eigen::Index>(values.size()));
}

void writeFolder(const std::filesystem::path& folder, PlaneTransport& solver, const nlohmann::json& report) {
  const PlaneProblem& problem = solver.problem();
  TransportRecord record;
  record.domain = domainJson(problem.domain);
  record.density = {{"name", problem.density->name()}};
  record.report = report;
  record.report["steps"] = stepsJson(solver.history());
  record.sites.resize(static_cast<Eigen::Index>(problem.sites.size()), 2);
  for (std::size_t row = 0; row < problem.sites.size(); ++row)
    record.sites.row(static_cast<Eigen::Index>(row)) << problem.sites[row].x, problem.sites[row].y;
  const std::vector<double> weights = solver.weights();
  record.weights = vectorOf(weights);
  record.targets = vectorOf(problem.masses);
  record.masses = vectorOf(solver.masses());
  const PowerDiagram2 diagram =
      powerDiagram(problem.sites, weights, problem.domain, *problem.density, solver.team());
  const PolygonMesh mesh = cellMesh(diagram);
  writeFileAtomically(folder / "cells.csv", cellsCsv(diagram));
  writeFileAtomically(folder / "cells.vtp", vtpText(mesh));
  writeFileAtomically(folder / "cells.ply", plyText(mesh));
  writeTransportDirectory(folder, record);
}

nlohmann::json reportOf(PlaneTransport& solver, double seconds) {
  const TransportCertificate certificate = solver.certificate();
  return {{"status", statusName(solver.status())},
          {"method", "newton"},
          {"sites", solver.problem().sites.size()},
          {"dimension", 2},
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

}  // namespace

int transportCommand(const TransportOptions& options, CliContext& context) {
  const NumberTable points = readNumbers(options.points);
  PlaneProblem problem;
  problem.domain = domainNamed(options.domain);
  problem.density = densityNamed(options.density, options.sigma, problem.domain);
  problem.sites = planePoints(points.values, options.points);
  problem.masses = massesFrom(options.masses);
  if (!options.out.empty()) makeFolder(options.out);
  StopOnInterrupt stop;
  const auto start = Clock::now();
  NewtonOptions newton;
  newton.tolerance = options.tolerance;
  PlaneTransport solver(std::move(problem), newton, options.threads);
  solver.run(stop.token(), [&](const NewtonStep& step) {
    if (!options.json)
      context.out << "Step " << step.iteration << ": largest relative mass error " << figure(step.residual)
                  << ", damping " << figure(step.damping) << std::endl;
  });
  const double seconds = std::chrono::duration<double>(Clock::now() - start).count();
  const nlohmann::json report = reportOf(solver, seconds);
  if (!options.out.empty()) writeFolder(options.out, solver, report);
  context.out << (options.json ? report.dump(2) + "\n" : sentence(report));
  if (!options.json && !options.out.empty()) context.out << "Written to " << options.out << "\n";
  return solver.status() == SolveStatus::Converged ? kSuccess : kFailed;
}

}  // namespace monge
