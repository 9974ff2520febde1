// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/cli/singular_space.h"

#include <filesystem>
#include <string>
#include <utility>
#include <vector>

#include "app/cli/singular_rule.h"
#include "app/cli/text.h"
#include "core/base/files.h"
#include "core/base/text.h"
#include "core/geometry/facet_jump.h"
#include "core/geometry/mesh_files.h"
#include "core/geometry/singular_set_3.h"
#include "core/transport/transport_folder.h"

namespace monge {
namespace {

using json = nlohmann::json;
using CurveKind = SingularSet3::Curve::Kind;
using PointKind = SingularSet3::Point::Kind;

std::string nameOf(PointKind kind) {
  switch (kind) {
    case PointKind::Branch:
      return "branch";
    case PointKind::End:
      return "end";
    case PointKind::Boundary:
      return "boundary";
    case PointKind::Isolated:
      break;
  }
  return "isolated";
}

json jsonOf(const SingularSet3::Surface& surface) {
  return {{"facets", surface.pieces.size()},
          {"area", surface.area},
          {"measure", surface.measure},
          {"least_jump", surface.leastJump},
          {"mean_jump", surface.meanJump},
          {"largest_jump", surface.largestJump},
          {"euler_characteristic", surface.eulerCharacteristic},
          {"boundary_loops", surface.boundaryLoops}};
}

std::vector<Point3> pathOf(const SingularSet3::Curve& curve) {
  std::vector<Point3> path;
  for (const auto& segment : curve.segments) {
    if (path.empty() || path.back() != segment.from) path.push_back(segment.from);
    path.push_back(segment.to);
  }
  return path;
}

json jsonOf(const SingularSet3::Curve& curve) {
  json path = json::array();
  for (const Point3 point : pathOf(curve)) path.push_back({point.x, point.y, point.z});
  return {{"kind", curve.kind == CurveKind::Junction ? "junction" : "border"},
          {"from", curve.isClosed() ? json() : json(curve.from)},
          {"to", curve.isClosed() ? json() : json(curve.to)},
          {"closed", curve.isClosed()},
          {"edges", curve.segments.size()},
          {"length", curve.length},
          {"surfaces", curve.surfaces},
          {"least_subgradient_area", curve.leastArea},
          {"mean_subgradient_area", curve.meanArea},
          {"largest_subgradient_area", curve.largestArea},
          {"path", path}};
}

json reportOf(const SingularSet3& set, const SingularRule& rule, Eigen::Index sites) {
  json report = {{"sites", sites},
                 {"dimension", 3},
                 {"by", nameOf(rule.by)},
                 {"threshold", rule.threshold},
                 {"junctions", set.count(CurveKind::Junction)},
                 {"borders", set.count(CurveKind::Border)},
                 {"branch_points", set.count(PointKind::Branch)},
                 {"ends_inside", set.count(PointKind::End)},
                 {"ends_on_boundary", set.count(PointKind::Boundary)},
                 {"isolated_points", set.count(PointKind::Isolated)},
                 {"surfaces", json::array()},
                 {"curves", json::array()},
                 {"points", json::array()}};
  for (const auto& surface : set.surfaces) report["surfaces"].push_back(jsonOf(surface));
  for (const auto& curve : set.curves) report["curves"].push_back(jsonOf(curve));
  for (const auto& point : set.points)
    report["points"].push_back({{"kind", nameOf(point.kind)},
                                {"x", point.at.x},
                                {"y", point.at.y},
                                {"z", point.at.z},
                                {"curves", point.curves},
                                {"volume", point.volume},
                                {"subgradient_sites", point.sites}});
  return report;
}

std::string joined(std::initializer_list<double> values) {
  std::string text;
  for (const double value : values) text += "," + numberText(value);
  return text + "\n";
}

std::string surfacesCsv(const SingularSet3& set, const RowsD& sites) {
  const auto site = [&](int row) { return Point3{sites(row, 0), sites(row, 1), sites(row, 2)}; };
  std::string text = "surface,first,second,area,measure,jump,angle\n";
  for (std::size_t row = 0; row < set.surfaces.size(); ++row)
    for (const auto& piece : set.surfaces[row].pieces)
      text +=
          std::to_string(row) + "," + std::to_string(piece.first) + "," + std::to_string(piece.second) +
          joined({piece.area, piece.measure, piece.jump, graphAngle(site(piece.first), site(piece.second))});
  return text;
}

std::string curvesCsv(const SingularSet3& set) {
  std::string text = "curve,first,second,third,from_x,from_y,from_z,to_x,to_y,to_z,subgradient_area\n";
  for (std::size_t row = 0; row < set.curves.size(); ++row)
    for (const auto& [sites, from, to, area] : set.curves[row].segments) {
      text += std::to_string(row);
      for (const int site : sites) text += "," + std::to_string(site);
      text += joined({from.x, from.y, from.z, to.x, to.y, to.z, area});
    }
  return text;
}

int addVertex(PolygonMesh& mesh, Point3 point) {
  mesh.vertices.push_back({point.x, point.y, point.z});
  return static_cast<int>(mesh.vertices.size()) - 1;
}

PolygonMesh surfacesMesh(const SingularSet3& set) {
  PolygonMesh mesh;
  std::vector<double> number, jump, area;
  for (std::size_t row = 0; row < set.surfaces.size(); ++row)
    for (const auto& piece : set.surfaces[row].pieces) {
      if (piece.polygon.empty()) continue;
      std::vector<int> face;
      for (const Point3 corner : piece.polygon) face.push_back(addVertex(mesh, corner));
      mesh.faces.push_back(std::move(face));
      number.push_back(static_cast<double>(row));
      jump.push_back(piece.jump);
      area.push_back(piece.area);
    }
  mesh.faceData = {{"surface", number}, {"jump", jump}, {"area", area}};
  return mesh;
}

PolygonMesh curvesMesh(const SingularSet3& set) {
  PolygonMesh mesh;
  mesh.lines = true;
  std::vector<double> junction, length, area;
  for (const auto& curve : set.curves) {
    std::vector<int> line;
    for (const Point3 point : pathOf(curve)) line.push_back(addVertex(mesh, point));
    mesh.faces.push_back(std::move(line));
    junction.push_back(curve.kind == CurveKind::Junction ? 1 : 0);
    length.push_back(curve.length);
    area.push_back(curve.meanArea);
  }
  mesh.faceData = {{"junction", junction}, {"length", length}, {"mean_subgradient_area", area}};
  return mesh;
}

std::string sentence(const json& report) {
  std::string text = countOf(report["surfaces"].size(), "surface", "surfaces") + ", " +
                     countOf(report["curves"].size(), "curve", "curves") + ", " +
                     countOf(report["branch_points"], "branch point", "branch points") + ", " +
                     countOf(report["isolated_points"], "isolated point", "isolated points") + "\n";
  std::vector<std::vector<std::string>> rows = {
      {"surface", "area", "Euler characteristic", "least jump", "mean", "largest"}};
  for (std::size_t row = 0; row < report["surfaces"].size(); ++row) {
    const json& surface = report["surfaces"][row];
    rows.push_back({std::to_string(row), figure(surface["area"]),
                    std::to_string(surface["euler_characteristic"].get<int>()), figure(surface["least_jump"]),
                    figure(surface["mean_jump"]), figure(surface["largest_jump"])});
  }
  return rows.size() > 1 ? text + table(rows, "  ") : text;
}

}  // namespace

int singularInSpace(const TransportRecord& record, const SingularRule& rule, const SingularOptions& options,
                    ThreadTeam& team, CliContext& context) {
  const SingularSet3 set = singularSet(*spaceCells(record, team), rule, team);
  const json report = reportOf(set, rule, record.sites.rows());
  const std::filesystem::path place = options.folder;
  const PolygonMesh surfaces = surfacesMesh(set), curves = curvesMesh(set);
  writeFileAtomically(place / "singular.csv", surfacesCsv(set, record.sites));
  writeFileAtomically(place / "singular.vtp", vtpText(surfaces));
  writeFileAtomically(place / "singular.ply", plyText(surfaces));
  writeFileAtomically(place / "singular_curves.csv", curvesCsv(set));
  writeFileAtomically(place / "singular_curves.vtp", vtpText(curves));
  writeFileAtomically(place / "singular_curves.ply", plyText(curves));
  writeFileAtomically(place / "singular.json", report.dump(2) + "\n");
  context.out << (options.json ? report.dump(2) + "\n" : sentence(report));
  if (!options.json)
    context.out << "Written to " << options.folder
                << "/singular.{csv,vtp,ply,json} and singular_curves.{csv,vtp,ply}\n";
  return kSuccess;
}

}  // namespace monge
