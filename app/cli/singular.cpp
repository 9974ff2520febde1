// SPDX-License-Identifier: GPL-3.0-or-later
#include <filesystem>
#include <string>
#include <utility>
#include <vector>

#include "app/cli/commands.h"
#include "app/cli/singular_rule.h"
#include "app/cli/singular_space.h"
#include "app/cli/text.h"
#include "core/base/error.h"
#include "core/base/files.h"
#include "core/base/text.h"
#include "core/geometry/facet_jump.h"
#include "core/geometry/mesh_files.h"
#include "core/geometry/singular_facets_3.h"
#include "core/geometry/singular_set.h"
#include "core/transport/transport_folder.h"

namespace monge {

std::string nameOf(SingularRule::By by) {
  return by == SingularRule::By::Spacing ? "spacing" : by == SingularRule::By::Jump ? "jump" : "angle";
}

SingularRule singularRuleFrom(const SingularRuleOptions& options, Eigen::Index dimension) {
  SingularRule rule = dimension == 3 ? spaceRule() : SingularRule{};
  const std::string by = options.by.empty() ? (options.threshold ? "jump" : "spacing") : options.by;
  rule.by = by == "spacing" ? SingularRule::By::Spacing
            : by == "jump"  ? SingularRule::By::Jump
                            : SingularRule::By::Angle;
  if (options.threshold)
    rule.threshold = *options.threshold;
  else if (by != "spacing")
    throw Error("--by", by + " without --threshold", "a threshold to go with it");
  return rule;
}

namespace {

using json = nlohmann::json;

std::string nameOf(SingularSet2::Point::Kind kind) {
  switch (kind) {
    case SingularSet2::Point::Kind::Branch:
      return "branch";
    case SingularSet2::Point::Kind::End:
      return "end";
    case SingularSet2::Point::Kind::Boundary:
      return "boundary";
    case SingularSet2::Point::Kind::Isolated:
      break;
  }
  return "isolated";
}

json pathJson(const std::vector<Point2>& path) {
  json list = json::array();
  for (const Point2 point : path) list.push_back({point.x, point.y});
  return list;
}

json jsonOf(const SingularSet2::Curve& curve) {
  return {{"from", curve.isClosed() ? json() : json(curve.from)},
          {"to", curve.isClosed() ? json() : json(curve.to)},
          {"closed", curve.isClosed()},
          {"facets", curve.facets.size()},
          {"length", curve.length},
          {"measure", curve.measure},
          {"least_jump", curve.leastJump},
          {"mean_jump", curve.meanJump},
          {"largest_jump", curve.largestJump},
          {"path", pathJson(curve.path)}};
}

json reportOf(const SingularSet2& set, const SingularRule& rule, std::size_t sites) {
  using Kind = SingularSet2::Point::Kind;
  json report = {{"sites", sites},
                 {"dimension", 2},
                 {"by", nameOf(rule.by)},
                 {"threshold", rule.threshold},
                 {"branch_points", set.count(Kind::Branch)},
                 {"ends_inside", set.count(Kind::End)},
                 {"ends_on_boundary", set.count(Kind::Boundary)},
                 {"isolated_points", set.count(Kind::Isolated)},
                 {"curves", json::array()},
                 {"points", json::array()}};
  for (const auto& curve : set.curves) report["curves"].push_back(jsonOf(curve));
  for (const auto& point : set.points)
    report["points"].push_back({{"kind", nameOf(point.kind)},
                                {"x", point.at.x},
                                {"y", point.at.y},
                                {"curves", point.curves},
                                {"area", point.area},
                                {"subgradient", pathJson(point.subgradient)}});
  return report;
}

std::string csvOf(const SingularSet2& set, const PowerDiagram2& diagram) {
  std::string text = "curve,from_x,from_y,to_x,to_y,first,second,jump,angle\n";
  for (std::size_t row = 0; row < set.curves.size(); ++row)
    for (const int at : set.curves[row].facets) {
      const auto& facet = diagram.facets[at];
      const Point2 first = diagram.sites[facet.first], second = diagram.sites[facet.second];
      text += std::to_string(row);
      for (const double value : {facet.from.x, facet.from.y, facet.to.x, facet.to.y})
        text += "," + numberText(value);
      text += "," + std::to_string(facet.first) + "," + std::to_string(facet.second) + "," +
              numberText(norm(second - first)) + "," + numberText(graphAngle(first, second)) + "\n";
    }
  return text;
}

PolygonMesh linesOf(const SingularSet2& set) {
  PolygonMesh mesh;
  mesh.lines = true;
  std::vector<double> length, mean, largest;
  for (const auto& curve : set.curves) {
    std::vector<int> line;
    for (const Point2 point : curve.path) {
      line.push_back(static_cast<int>(mesh.vertices.size()));
      mesh.vertices.push_back({point.x, point.y, 0});
    }
    mesh.faces.push_back(std::move(line));
    length.push_back(curve.length);
    mean.push_back(curve.meanJump);
    largest.push_back(curve.largestJump);
  }
  mesh.faceData = {{"length", length}, {"mean_jump", mean}, {"largest_jump", largest}};
  return mesh;
}

std::string sentence(const json& report) {
  std::string text = countOf(report["curves"].size(), "curve", "curves") + ", " +
                     countOf(report["branch_points"], "branch point", "branch points") + ", " +
                     countOf(report["isolated_points"], "isolated point", "isolated points") + "\n";
  std::vector<std::vector<std::string>> rows = {{"curve", "length", "least jump", "mean", "largest"}};
  for (std::size_t row = 0; row < report["curves"].size(); ++row) {
    const json& curve = report["curves"][row];
    rows.push_back({std::to_string(row), figure(curve["length"]), figure(curve["least_jump"]),
                    figure(curve["mean_jump"]), figure(curve["largest_jump"])});
  }
  return rows.size() > 1 ? text + table(rows, "  ") : text;
}

}  // namespace

int singularCommand(const SingularOptions& options, CliContext& context) {
  const TransportRecord record = readTransportDirectory(options.folder);
  if (record.sites.cols() != 2 && record.sites.cols() != 3)
    throw Error(options.folder, "points of dimension " + std::to_string(record.sites.cols()),
                "dimension 2 or 3; monge-cli probe takes others");
  const SingularRule rule = singularRuleFrom(options.rule, record.sites.cols());
  ThreadTeam team(ThreadTeam::availableCores());
  if (record.sites.cols() == 3) return singularInSpace(record, rule, options, team, context);
  const PlaneFolder folder = planeFolder(record, team);
  const SingularSet2 set = singularSet(folder.diagram, powerComplex(folder.diagram), rule);
  const json report = reportOf(set, rule, folder.diagram.sites.size());
  const std::filesystem::path place = options.folder;
  writeFileAtomically(place / "singular.csv", csvOf(set, folder.diagram));
  writeFileAtomically(place / "singular.vtp", vtpText(linesOf(set)));
  writeFileAtomically(place / "singular.json", report.dump(2) + "\n");
  context.out << (options.json ? report.dump(2) + "\n" : sentence(report));
  if (!options.json) context.out << "Written to " << options.folder << "/singular.{csv,vtp,json}\n";
  return kSuccess;
}

}  // namespace monge
