// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/window/transport/transport_picture.h"

#include <algorithm>
#include <cmath>
#include <limits>

#include "core/base/error.h"
#include "core/base/thread_team.h"
#include "core/geometry/brenier_potential.h"
#include "core/geometry/facet_jump.h"
#include "core/geometry/legendre_dual.h"
#include "core/geometry/singular_set.h"
#include "core/transport/transport_folder.h"

namespace monge {
namespace {

void append(std::vector<double>& numbers, Point2 point) {
  numbers.push_back(point.x);
  numbers.push_back(point.y);
}

std::vector<double> flat(const std::vector<Point2>& points) {
  std::vector<double> numbers;
  numbers.reserve(2 * points.size());
  for (const Point2 point : points) append(numbers, point);
  return numbers;
}

Box2 boxOf(const Domain2& domain, const PowerDiagram2& diagram) {
  Box2 box{domain.corners()[0].x, domain.corners()[0].y, domain.corners()[0].x, domain.corners()[0].y};
  const auto include = [&](Point2 point) {
    box.xMin = std::min(box.xMin, point.x), box.xMax = std::max(box.xMax, point.x);
    box.yMin = std::min(box.yMin, point.y), box.yMax = std::max(box.yMax, point.y);
  };
  for (const Point2 corner : domain.corners()) include(corner);
  for (const Point2 site : diagram.sites) include(site);
  return box;
}

void addSites(TransportSnapshot& moment, const PowerDiagram2& diagram) {
  const auto count = static_cast<Eigen::Index>(diagram.sites.size());
  moment.sites.resize(count, 2);
  moment.centroids.resize(count, 2);
  moment.weights.resize(count);
  moment.heights.resize(count);
  moment.masses.resize(count);
  moment.cellStarts.push_back(0);
  double whole = 0;
  for (const auto& cell : diagram.cells) whole += cell.mass;
  for (Eigen::Index row = 0; row < count; ++row) {
    const auto at = static_cast<std::size_t>(row);
    const auto& cell = diagram.cells[at];
    moment.sites.row(row) << diagram.sites[at].x, diagram.sites[at].y;
    moment.centroids.row(row) << cell.centroid.x, cell.centroid.y;
    moment.weights[row] = diagram.weights[at];
    moment.heights[row] = diagram.height(static_cast<int>(row));
    moment.masses[row] = cell.mass / whole;
    moment.hidden.push_back(cell.hidden);
    for (const Point2 corner : cell.outline.corners) append(moment.cellCorners, corner);
    moment.cellStarts.push_back(static_cast<int>(moment.cellCorners.size() / 2));
  }
}

void addFacets(TransportSnapshot& moment, const PowerDiagram2& diagram) {
  for (const auto& facet : diagram.facets) {
    const Point2 first = diagram.sites[static_cast<std::size_t>(facet.first)],
                 second = diagram.sites[static_cast<std::size_t>(facet.second)];
    moment.facets.push_back({facet.first, facet.second, facet.from.x, facet.from.y, facet.to.x, facet.to.y,
                             norm(second - first), graphAngle(first, second), false});
    moment.largestJump = std::max(moment.largestJump, moment.facets.back().jump);
  }
  moment.triangles = diagram.triangles;
}

SurfaceMesh surface(const PolygonMesh& mesh, const std::vector<int>& sites) {
  SurfaceMesh result;
  result.vertices.resize(static_cast<Eigen::Index>(mesh.vertices.size()), 3);
  for (std::size_t row = 0; row < mesh.vertices.size(); ++row)
    result.vertices.row(static_cast<Eigen::Index>(row)) << mesh.vertices[row][0], mesh.vertices[row][1],
        mesh.vertices[row][2];
  result.starts.push_back(0);
  for (const auto& face : mesh.faces) {
    result.corners.insert(result.corners.end(), face.begin(), face.end());
    result.starts.push_back(static_cast<int>(result.corners.size()));
  }
  result.sites = sites;
  return result;
}

void addSurfaces(TransportSnapshot& moment, const BrenierPotential2& potential) {
  const PolygonMesh graph = potential.graph();
  std::vector<int> sites;
  for (const auto& [name, values] : graph.faceData)
    if (name == "site") sites.assign(values.begin(), values.end());
  moment.potential = surface(graph, sites);
  const PolygonMesh dual = LegendreDual2(potential.diagram()).graph();
  moment.dual = surface(dual, std::vector<int>(dual.faces.size(), -1));
}

const char* nameOf(SingularSet2::Point::Kind kind) {
  using Kind = SingularSet2::Point::Kind;
  if (kind == Kind::Branch) return "branch";
  if (kind == Kind::End) return "end";
  return kind == Kind::Boundary ? "boundary" : "isolated";
}

void addSpreads(TransportSnapshot& moment, const PowerDiagram2& diagram) {
  const std::vector<double> spacing = targetSpacing(diagram);
  for (auto& facet : moment.facets) {
    const double scale = std::max(spacing[static_cast<std::size_t>(facet.first)],
                                  spacing[static_cast<std::size_t>(facet.second)]);
    facet.spread = scale > 0 ? facet.jump / scale : 0;
  }
}

WallRule shown(const SingularRule& rule) {
  using By = SingularRule::By;
  const auto by = rule.by == By::Spacing ? WallRule::By::Spacing
                  : rule.by == By::Jump  ? WallRule::By::Jump
                                         : WallRule::By::Angle;
  return {by, rule.threshold};
}

void addSingularSet(TransportSnapshot& moment, const BrenierPotential2& potential, const SingularRule& rule) {
  addSpreads(moment, potential.diagram());
  moment.rule = shown(rule);
  const SingularSet2 set = singularSet(potential.diagram(), potential.complex(), rule);
  for (const auto& curve : set.curves) {
    moment.curves.push_back({flat(curve.path), curve.length, curve.meanJump, curve.largestJump, curve.from,
                             curve.to, curve.facets});
    for (const int facet : curve.facets) moment.facets[static_cast<std::size_t>(facet)].singular = true;
  }
  for (const auto& point : set.points)
    moment.points.push_back(
        {nameOf(point.kind), point.at.x, point.at.y, flat(point.subgradient), point.area});
}

}  // namespace

TransportSnapshot transportPicture(const PowerDiagram2& diagram, const Domain2& domain,
                                   const std::vector<double>& targets, const SingularRule& rule,
                                   PictureDetail detail) {
  TransportSnapshot moment;
  moment.domain = flat(domain.corners());
  moment.box = boxOf(domain, diagram);
  moment.targets = Eigen::Map<const VectorD>(targets.data(), static_cast<Eigen::Index>(targets.size()));
  addSites(moment, diagram);
  addFacets(moment, diagram);
  moment.residual = ((moment.masses - moment.targets).array() / moment.targets.array()).abs().maxCoeff();
  if (detail == PictureDetail::Diagram) return moment;
  const BrenierPotential2 potential(diagram);
  addSurfaces(moment, potential);
  addSingularSet(moment, potential, rule);
  return moment;
}

std::shared_ptr<const DensityField> densityField(const Density2& density, const Domain2& domain) {
  if (density.constant() > 0) return nullptr;
  constexpr int kSide = 192;  // along the longer side of the domain
  auto field = std::make_shared<DensityField>();
  field->box = domain.bounds();
  const double larger = std::max(field->box.width(), field->box.height());
  const auto along = [&](double extent) {
    return std::max(1, static_cast<int>(std::lround(kSide * extent / larger)));
  };
  field->columns = along(field->box.width());
  field->rows = along(field->box.height());
  for (int row = 0; row < field->rows; ++row) {
    for (int column = 0; column < field->columns; ++column) {
      const Point2 at{field->box.xMin + (column + 0.5) / field->columns * field->box.width(),
                      field->box.yMin + (row + 0.5) / field->rows * field->box.height()};
      const double value = domain.contains(at) ? density.at(at) : std::numeric_limits<double>::quiet_NaN();
      field->values.push_back(static_cast<float>(value));
      if (value > field->largest) field->largest = value;
    }
  }
  return field;
}

TransportSnapshotPtr readTransportPicture(const std::filesystem::path& folder, const SingularRule& rule) {
  const TransportRecord record = readTransportDirectory(folder);
  if (record.sites.cols() != 2)
    throw Error(folder.string(), "points of dimension " + std::to_string(record.sites.cols()),
                "points in the plane");
  ThreadTeam team(ThreadTeam::availableCores());
  const PlaneFolder read = planeFolder(record, team);
  auto moment = std::make_shared<TransportSnapshot>(transportPicture(
      read.diagram, read.domain, std::vector<double>(record.targets.begin(), record.targets.end()), rule,
      PictureDetail::Whole));
  moment->density = densityField(*read.density, read.domain);
  moment->name = folder.filename().string();
  moment->status = record.report.value("status", "");
  moment->primal = record.report.value("primal", 0.0);
  moment->dualValue = record.report.value("dual", 0.0);
  return moment;
}

TransportSnapshotPtr solvedPicture(const PlaneProblem& problem, const std::string& name,
                                   const SingularRule& rule) {
  PlaneTransport solver(problem, {});
  solver.run();
  const PowerDiagram2 diagram =
      powerDiagram(problem.sites, solver.weights(), problem.domain, *solver.problem().density, solver.team());
  auto moment = std::make_shared<TransportSnapshot>(
      transportPicture(diagram, problem.domain, solver.problem().masses, rule, PictureDetail::Whole));
  const TransportCertificate certificate = solver.certificate();
  moment->density = densityField(*solver.problem().density, problem.domain);
  moment->name = name;
  moment->status = statusName(solver.status());
  moment->primal = certificate.primal;
  moment->dualValue = certificate.dual;
  return moment;
}

bool isTransportFolder(const std::filesystem::path& folder) {
  std::error_code ignored;
  return std::filesystem::is_regular_file(folder / "transport.json", ignored);
}

}  // namespace monge
