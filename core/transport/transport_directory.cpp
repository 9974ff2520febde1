// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/transport/transport_directory.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <utility>
#include <vector>

#include "core/base/error.h"
#include "core/base/files.h"
#include "core/base/problems.h"
#include "core/base/text.h"
#include "core/data/readers.h"
#include "core/snapshot/fields.h"
#include "core/snapshot/json_text.h"

namespace monge {
namespace {

constexpr const char* kFormat = "monge transport";
constexpr int kVersion = 2;
constexpr const char* kAxes[] = {"x", "y", "z"};

std::string axisName(Eigen::Index axis, Eigen::Index dimension) {
  return dimension <= 3 ? kAxes[axis] : "x" + std::to_string(axis + 1);
}

std::vector<std::string> columnNames(Eigen::Index dimension) {
  std::vector<std::string> names;
  for (Eigen::Index axis = 0; axis < dimension; ++axis) names.push_back(axisName(axis, dimension));
  names.insert(names.end(), {"weight", "height", "target", "mass"});
  return names;
}

std::string joined(const std::vector<std::string>& words) {
  std::string text;
  for (const std::string& word : words) text += (text.empty() ? "" : ",") + word;
  return text;
}

std::string sitesText(const TransportRecord& record) {
  std::string text = joined(columnNames(record.sites.cols())) + "\n";
  const VectorD heights = record.heights();
  for (Eigen::Index row = 0; row < record.sites.rows(); ++row) {
    for (Eigen::Index axis = 0; axis < record.sites.cols(); ++axis)
      text += numberText(record.sites(row, axis)) + ",";
    text += numberText(record.weights(row)) + "," + numberText(heights(row)) + "," +
            numberText(record.targets(row)) + "," + numberText(record.masses(row)) + "\n";
  }
  return text;
}

/// Unless it lies there already.
void copyDensityFile(const std::filesystem::path& folder, const TransportRecord& record) {
  if (record.densityFile.empty()) return;
  const std::filesystem::path copy = folder / Fields(record.density, "density").text("file");
  std::error_code code;
  if (!std::filesystem::equivalent(record.densityFile, copy, code))
    writeFileAtomically(copy, readFile(record.densityFile));
}

/// What of an earlier problem lies in the folder beside transport.json and sites.csv: all that Monge may have
/// written there. Nothing where there is no transport.json of its own: then the files are somebody else's.
std::vector<std::string> leftovers(const std::filesystem::path& folder) {
  const std::filesystem::path file = folder / "transport.json";
  std::error_code code;
  if (!std::filesystem::is_regular_file(file, code)) return {};
  const nlohmann::json old = nlohmann::json::parse(readFile(file), nullptr, false);
  if (!old.is_object() || old.value("format", nlohmann::json()) != kFormat) return {};
  std::vector<std::string> names = {"state.json", "cells.csv", "cells.vtp", "cells.ply", "singular.json"};
  for (const char* stem : {"singular", "singular_curves"})
    for (const char* suffix : {".csv", ".vtp", ".ply"}) names.push_back(std::string(stem) + suffix);
  const nlohmann::json density = old.value("density", nlohmann::json());
  for (const char* name : {"density.png", "density.ply", "density.csv"})
    if (density.is_object() && density.value("file", nlohmann::json()) == name) names.push_back(name);
  return names;
}

void removeLeftovers(const std::filesystem::path& folder, const TransportRecord& record,
                     const std::set<std::string>& beside) {
  const std::string density =
      record.densityFile.empty() ? "" : Fields(record.density, "density").text("file");
  std::error_code code;  // one that cannot be removed is no reason to fail: what was asked for is written
  for (const std::string& name : leftovers(folder))
    if (name != density && !beside.contains(name)) std::filesystem::remove(folder / name, code);
}

/// @throws Error on a table of other columns, or a row that contradicts itself
void readSites(const std::filesystem::path& file, TransportRecord& record) {
  const NumberTable table = readNumbers(file);
  const Eigen::Index dimension = table.values.cols() - 4;
  if (dimension < 1 || table.columns != columnNames(dimension))
    throw Error(file.string(),
                table.columns.empty() ? std::to_string(table.values.cols()) + " columns without names"
                                      : "the columns " + joined(table.columns),
                "coordinates (x, y, ...), then weight, height, target, mass");
  record.sites = table.values.leftCols(dimension);
  record.weights = table.values.col(dimension);
  record.targets = table.values.col(dimension + 2);
  record.masses = table.values.col(dimension + 3);
  const VectorD heights = record.heights();
  for (Eigen::Index row = 0; row < heights.size(); ++row) {
    const double height = table.values(row, dimension + 1);
    // As written, but for the last digits of another machine's arithmetic.
    const double size = std::abs(record.weights(row)) + record.sites.row(row).squaredNorm();
    if (std::abs(heights(row) - height) > 1e-12 * size)
      throw Error(file.string() + ", row " + std::to_string(row + 1), "height " + numberText(height),
                  numberText(heights(row)) + ", which is (weight - |y|^2) / 2");
    if (!(record.targets(row) > 0))
      throw Error(file.string() + ", row " + std::to_string(row + 1),
                  "target " + numberText(record.targets(row)), "a number above 0");
  }
}

std::vector<std::vector<double>> cornersOf(const nlohmann::json& domain, std::size_t dimension) {
  const nlohmann::json& list = Fields(domain, "domain").value("corners");
  if (!list.is_array()) throw Error("domain.corners", shown(list), "a list");
  std::vector<std::vector<double>> corners;
  for (const auto& corner : list) {
    const bool good =
        corner.is_array() && corner.size() == dimension &&
        std::all_of(corner.begin(), corner.end(), [](const auto& value) { return value.is_number(); });
    if (!good) throw Error("domain.corners", shown(corner), std::to_string(dimension) + " numbers");
    corners.push_back(corner.get<std::vector<double>>());
  }
  return corners;
}

std::string nameOf(const nlohmann::json& domain) {
  const auto found = domain.find("name");
  return found != domain.end() && found->is_string() ? found->get<std::string>() : "of the folder";
}

void requireDimension(const TransportRecord& record, Eigen::Index dimension) {
  if (record.sites.cols() != dimension)
    throw Error("sites", "points of dimension " + std::to_string(record.sites.cols()),
                "points of dimension " + std::to_string(dimension));
}

void checkReport(const nlohmann::json& report, const TransportRecord& record,
                 std::vector<std::string>& problems) {
  const auto check = [&](const auto& task) { collectProblem(problems, task); };
  check([&] {
    const Fields fields(report, "report");
    check([&] { fields.text("status"); });
    check([&] {
      const auto sites = fields.integer("sites", 1, std::numeric_limits<std::int64_t>::max());
      if (sites != record.sites.rows())
        throw Error("report.sites", std::to_string(sites),
                    std::to_string(record.sites.rows()) +
                        ", the rows of sites.csv; one of both is of another problem or cut short");
    });
    check([&] { fields.integer("dimension", record.sites.cols(), record.sites.cols()); });
  });
}

/// A convex polygon or polyhedron with a density, or a source of samples, which is both.
void checkDomainAndDensity(const std::filesystem::path& folder, TransportRecord& record,
                           std::vector<std::string>& problems) {
  const Eigen::Index dimension = record.sites.cols();
  if ((dimension != 2 && dimension != 3) || record.domain.contains("centre"))
    return collectProblem(problems, [&] { sourceOf(record); });
  collectProblem(problems, [&] { Fields(record.domain, "domain").text("name"); });
  collectProblem(problems, [&] { dimension == 2 ? void(planeDomain(record)) : void(spaceDomain(record)); });
  record.densityFile = densityFromJson(record.density, folder, dimension, problems).file;
}

}  // namespace

void writeTransportDirectory(const std::filesystem::path& folder, const TransportRecord& record,
                             const std::set<std::string>& beside) {
  std::error_code code;
  std::filesystem::create_directories(folder, code);
  if (!std::filesystem::is_directory(folder))
    throw Error::failed(folder.string(),
                        "the folder cannot be made: " + (code ? code.message() : "a file is in its place"));
  copyDensityFile(folder, record);
  removeLeftovers(folder, record, beside);
  writeFileAtomically(folder / "sites.csv", sitesText(record));
  const nlohmann::json json = {{"format", kFormat},
                               {"version", kVersion},
                               {"domain", record.domain},
                               {"density", record.density},
                               {"report", record.report}};
  writeFileAtomically(folder / "transport.json", json.dump(2) + "\n");
}

TransportRecord readTransportDirectory(const std::filesystem::path& folder) {
  if (!std::filesystem::is_directory(folder))
    throw Error(folder.string(), "no such folder", "the folder that monge-cli transport wrote with --out");
  const std::filesystem::path file = folder / "transport.json";
  const nlohmann::json json = parseJson(readFile(file), file.string());
  const Fields fields(json, file.string());
  if (fields.text("format") != kFormat)
    throw Error(file.string() + ".format", shown(json["format"]), kFormat);
  fields.integer("version", kVersion, kVersion);
  TransportRecord record;
  readSites(folder / "sites.csv", record);
  std::vector<std::string> problems;
  const auto take = [&](const char* key) {
    nlohmann::json found = json.value(key, nlohmann::json());
    if (!found.is_object())
      problems.push_back(std::string(key) + ": " + shown(found) + "; expected an object");
    return found;
  };
  record.domain = take("domain");
  record.density = take("density");
  record.report = take("report");
  throwProblems(file.string(), problems);
  checkReport(record.report, record, problems);
  checkDomainAndDensity(folder, record, problems);
  throwProblems(file.string(), problems);
  return record;
}

DensitySource densityOf(const TransportRecord& record) {
  std::vector<std::string> problems;
  DensitySource source =
      densityFromJson(record.density, record.densityFile.parent_path(), record.sites.cols(), problems);
  throwProblems("density", problems);
  return source;
}

Domain2 planeDomain(const TransportRecord& record) {
  requireDimension(record, 2);
  std::vector<Point2> points;
  for (const std::vector<double>& corner : cornersOf(record.domain, 2))
    points.push_back({corner[0], corner[1]});
  return Domain2(std::move(points), nameOf(record.domain));
}

Domain3 spaceDomain(const TransportRecord& record) {
  requireDimension(record, 3);
  std::vector<Point3> points;
  for (const std::vector<double>& corner : cornersOf(record.domain, 3))
    points.push_back({corner[0], corner[1], corner[2]});
  return Domain3::hull(points, nameOf(record.domain));
}

Density2Ptr planeDensity(const TransportRecord& record, const Domain2& domain) {
  requireDimension(record, 2);
  return makeDensity(densityOf(record), domain);
}

Density3Ptr spaceDensity(const TransportRecord& record, const Domain3& domain) {
  requireDimension(record, 3);
  return makeDensity(densityOf(record), domain);
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

SourceMeasure sourceOf(const TransportRecord& record) {
  const nlohmann::json none = nlohmann::json::array();
  const auto numbers = [&](const char* key) {
    const nlohmann::json list = record.domain.value(key, none);
    const bool good =
        list.is_array() && std::ssize(list) == record.sites.cols() &&
        std::all_of(list.begin(), list.end(), [](const auto& value) { return value.is_number(); });
    if (!good)
      throw Error(std::string("\"") + key + "\" of the domain", list.dump(),
                  std::to_string(record.sites.cols()) + " numbers");
    const auto values = list.get<std::vector<double>>();
    return VectorD(Eigen::Map<const VectorD>(values.data(), std::ssize(values)));
  };
  SourceMeasure source{SourceMeasure::Kind::Box, numbers("centre"), numbers("extent")};
  const nlohmann::json name = record.domain.value("name", nlohmann::json());
  for (const auto kind : {SourceMeasure::Kind::Box, SourceMeasure::Kind::Ball, SourceMeasure::Kind::Normal}) {
    source.kind = kind;
    if (name == source.name()) return source;
  }
  throw Error("name of the domain", name.dump(), "box, ball or normal");
}

nlohmann::json domainJson(const SourceMeasure& source) {
  if (source.kind == SourceMeasure::Kind::Box && source.dimension() == 2)
    return domainJson(Domain2::square());
  if (source.kind == SourceMeasure::Kind::Box && source.dimension() == 3) return domainJson(Domain3::cube());
  return {{"name", source.name()},
          {"centre", std::vector<double>(source.centre.begin(), source.centre.end())},
          {"extent", std::vector<double>(source.extent.begin(), source.extent.end())}};
}

}  // namespace monge
