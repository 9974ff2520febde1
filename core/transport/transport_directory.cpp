// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/transport/transport_directory.h"

#include <algorithm>
#include <utility>
#include <vector>

#include "core/base/error.h"
#include "core/base/files.h"
#include "core/base/text.h"
#include "core/data/readers.h"

namespace monge {
namespace {

constexpr const char* kAxes[] = {"x", "y", "z"};

std::string axisName(Eigen::Index axis, Eigen::Index dimension) {
  return dimension <= 3 ? kAxes[axis] : "x" + std::to_string(axis + 1);
}

std::string sitesText(const TransportRecord& record) {
  std::string text;
  for (Eigen::Index axis = 0; axis < record.sites.cols(); ++axis)
    text += axisName(axis, record.sites.cols()) + ",";
  text += "weight,height,target,mass\n";
  const VectorD heights = record.heights();
  for (Eigen::Index row = 0; row < record.sites.rows(); ++row) {
    for (Eigen::Index axis = 0; axis < record.sites.cols(); ++axis)
      text += numberText(record.sites(row, axis)) + ",";
    text += numberText(record.weights(row)) + "," + numberText(heights(row)) + "," +
            numberText(record.targets(row)) + "," + numberText(record.masses(row)) + "\n";
  }
  return text;
}

nlohmann::json parsed(const std::filesystem::path& file) {
  const nlohmann::json json = nlohmann::json::parse(readFile(file), nullptr, false);
  if (!json.is_object()) throw Error(file.string(), "no JSON object", "what monge-cli transport writes");
  for (const char* key : {"domain", "density", "report"})
    if (!json.contains(key) || !json[key].is_object())
      throw Error(file.string(), std::string("no object \"") + key + "\"", "what monge-cli transport writes");
  return json;
}

std::vector<std::vector<double>> cornersOf(const TransportRecord& record, std::size_t dimension) {
  std::vector<std::vector<double>> corners;
  for (const auto& corner : record.domain.value("corners", nlohmann::json::array())) {
    const bool good =
        corner.is_array() && corner.size() == dimension &&
        std::all_of(corner.begin(), corner.end(), [](const auto& value) { return value.is_number(); });
    if (!good) throw Error("corner of the domain", corner.dump(), std::to_string(dimension) + " numbers");
    corners.push_back(corner.get<std::vector<double>>());
  }
  return corners;
}

}  // namespace

void writeTransportDirectory(const std::filesystem::path& folder, const TransportRecord& record) {
  std::error_code code;
  std::filesystem::create_directories(folder, code);
  if (!std::filesystem::is_directory(folder))
    throw Error::failed(folder.string(),
                        "the folder cannot be made: " + (code ? code.message() : "a file is in its place"));
  writeFileAtomically(folder / "sites.csv", sitesText(record));
  const nlohmann::json json = {{"format", "monge transport"},
                               {"version", 1},
                               {"domain", record.domain},
                               {"density", record.density},
                               {"report", record.report}};
  writeFileAtomically(folder / "transport.json", json.dump(2) + "\n");
}

TransportRecord readTransportDirectory(const std::filesystem::path& folder) {
  if (!std::filesystem::is_directory(folder))
    throw Error(folder.string(), "no such folder", "the folder that monge-cli transport wrote with --out");
  const std::filesystem::path file = folder / "transport.json";
  const nlohmann::json json = parsed(file);
  if (json.value("version", nlohmann::json()) != 1)
    throw Error(file.string(), "version " + json.value("version", nlohmann::json()).dump(), "1");
  TransportRecord record{json["domain"], json["density"], json["report"], {}, {}, {}, {}};
  const NumberTable table = readNumbers(folder / "sites.csv");
  const Eigen::Index dimension = table.values.cols() - 4;
  if (dimension < 1)
    throw Error((folder / "sites.csv").string(), std::to_string(table.values.cols()) + " columns",
                "coordinates, weight, height, target and mass");
  record.sites = table.values.leftCols(dimension);
  record.weights = table.values.col(dimension);
  record.targets = table.values.col(dimension + 2);
  record.masses = table.values.col(dimension + 3);
  return record;
}

Domain2 planeDomain(const TransportRecord& record) {
  std::vector<Point2> points;
  for (const std::vector<double>& corner : cornersOf(record, 2)) points.push_back({corner[0], corner[1]});
  return Domain2(std::move(points), record.domain.value("name", "polygon"));
}

Domain3 spaceDomain(const TransportRecord& record) {
  std::vector<Point3> points;
  for (const std::vector<double>& corner : cornersOf(record, 3))
    points.push_back({corner[0], corner[1], corner[2]});
  return Domain3::hull(points, record.domain.value("name", "polyhedron"));
}

nlohmann::json domainJson(const Domain2& domain) {
  nlohmann::json corners = nlohmann::json::array();
  for (const Point2 corner : domain.corners()) corners.push_back({corner.x, corner.y});
  return {{"name", domain.name()}, {"corners", corners}};
}

nlohmann::json domainJson(const Domain3& domain) {
  nlohmann::json corners = nlohmann::json::array();
  for (const Point3 corner : domain.polyhedron().corners) corners.push_back({corner.x, corner.y, corner.z});
  return {{"name", domain.name()}, {"corners", corners}};
}

}  // namespace monge
