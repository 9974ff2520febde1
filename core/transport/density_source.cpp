// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/transport/density_source.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <utility>

#include "core/base/error.h"
#include "core/base/problems.h"
#include "core/base/text.h"
#include "core/data/ply.h"
#include "core/data/png.h"
#include "core/data/readers.h"
#include "core/geometry/gaussian_density_2.h"
#include "core/geometry/gaussian_density_3.h"
#include "core/geometry/image_density_2.h"
#include "core/geometry/mesh_density_2.h"
#include "core/geometry/mesh_density_3.h"
#include "core/snapshot/fields.h"
#include "core/snapshot/json_text.h"

namespace monge {
namespace {

using Kind = DensitySource::Kind;

struct Named {
  Kind kind;
  const char* name;
  const char* extension;  ///< of its file, or none
  bool inPlane, inSpace;
};
constexpr std::array kKinds = {
    Named{Kind::Uniform, "uniform", "", true, true}, Named{Kind::Gaussian, "gaussian", "", true, true},
    Named{Kind::Image, "image", ".png", true, false}, Named{Kind::Mesh, "mesh", ".ply", true, false},
    Named{Kind::Points, "points", ".csv", false, true}};

bool isFile(const Named& named) {
  return *named.extension != '\0';
}

bool serves(const Named& named, Eigen::Index dimension) {
  return dimension == 2 ? named.inPlane : named.inSpace;
}

const Named& named(Kind kind) {
  return *std::find_if(kKinds.begin(), kKinds.end(), [&](const Named& each) { return each.kind == kind; });
}

std::string expectedWords(Eigen::Index dimension) {
  return dimension == 2
             ? "uniform, gaussian, or the file of a grey PNG picture or of a PLY mesh"
             : "uniform, gaussian, or the CSV file of points with their density, for points in space";
}

DensitySource sourceNamed(const std::string& word, Eigen::Index dimension) {
  DensitySource source;
  std::string extension = std::filesystem::path(word).extension().string();
  std::transform(extension.begin(), extension.end(), extension.begin(),
                 [](unsigned char letter) { return static_cast<char>(std::tolower(letter)); });
  for (const Named& each : kKinds) {
    if (!serves(each, dimension) || (isFile(each) ? extension != each.extension : word != each.name))
      continue;
    if (isFile(each) && !std::filesystem::exists(word)) break;
    source.kind = each.kind;
    if (isFile(each)) source.file = word;
    return source;
  }
  throw Error("density", word, expectedWords(dimension));
}

TriangleMesh2 meshFrom(const std::filesystem::path& file) {
  const PlyMesh ply = readPly(file);
  const Eigen::Index x = ply.column("x"), y = ply.column("y"), z = ply.column("z"),
                     density = ply.column("density");
  if (x < 0 || y < 0 || density < 0)
    throw Error(file.string(), "vertices without x, y or density", "these three properties at each vertex");
  TriangleMesh2 mesh;
  for (Eigen::Index row = 0; row < ply.vertices.rows(); ++row) {
    if (z >= 0 && ply.vertices(row, z) != ply.vertices(0, z))
      throw Error(file.string() + ", vertex " + std::to_string(row + 1),
                  "z " + numberText(ply.vertices(row, z)), "one z for all, since the mesh is in the plane");
    mesh.vertices.push_back({ply.vertices(row, x), ply.vertices(row, y)});
    mesh.values.push_back(ply.vertices(row, density));
  }
  for (std::size_t row = 0; row < ply.faces.size(); ++row) {
    const auto& face = ply.faces[row];
    if (face.size() != 3)
      throw Error(file.string() + ", face " + std::to_string(row + 1),
                  std::to_string(face.size()) + " corners", "a triangle");
    mesh.triangles.push_back({face[0], face[1], face[2]});
  }
  return mesh;
}

TetrahedralMesh3 delaunayMeshFrom(const std::filesystem::path& file) {
  const NumberTable table = readNumbers(file);
  if (table.values.cols() != 4)
    throw Error(file.string(), std::to_string(table.values.cols()) + " columns",
                "4: x, y, z and the density");
  const std::vector<std::string> names = {"x", "y", "z", "density"};
  if (!table.columns.empty() && table.columns != names) {
    std::string found;
    for (const std::string& column : table.columns) found += (found.empty() ? "" : ", ") + column;
    throw Error(file.string(), "the columns " + found, "x, y, z, density, in this order, or no header");
  }
  std::vector<Point3> points;
  std::vector<double> values;
  for (Eigen::Index row = 0; row < table.values.rows(); ++row) {
    points.push_back({table.values(row, 0), table.values(row, 1), table.values(row, 2)});
    values.push_back(table.values(row, 3));
  }
  ThreadTeam team(1);
  return delaunayMesh(std::move(points), std::move(values), team);
}

const Named& namedIn(const Fields& fields, Eigen::Index dimension) {
  const std::string name = fields.text("name");
  const auto found = std::find_if(kKinds.begin(), kKinds.end(), [&](const Named& each) {
    return name == each.name && serves(each, dimension);
  });
  if (found == kKinds.end())
    throw Error("density.name", shown(name), "a density of dimension " + std::to_string(dimension));
  return *found;
}

double sigmaFrom(const Fields& fields) {
  const double sigma = fields.number("sigma");
  if (!(sigma > 0)) throw Error("density.sigma", numberText(sigma), "a number above 0");
  return sigma;
}

std::vector<double> meanFrom(const Fields& fields, Eigen::Index dimension) {
  const nlohmann::json& found = fields.value("mean");
  const bool good =
      found.is_array() && static_cast<Eigen::Index>(found.size()) == dimension &&
      std::all_of(found.begin(), found.end(), [](const auto& value) { return value.is_number(); });
  if (!good) throw Error("density.mean", shown(found), std::to_string(dimension) + " numbers");
  return found.get<std::vector<double>>();
}

/// A name of its own, so that no folder leads out of itself.
std::filesystem::path fileFrom(const Fields& fields, const std::filesystem::path& folder) {
  const std::filesystem::path name = fields.text("file");
  if (name.empty() || name.filename() != name || name == "." || name == "..")
    throw Error("density.file", name.string(), "the name of a file in the folder");
  if (!std::filesystem::is_regular_file(folder / name))
    throw Error("density.file", name.string() + ", which is not in the folder", "the file that was copied");
  return folder / name;
}

}  // namespace

DensitySource densitySource(const std::string& word, double sigma, const Domain2& domain) {
  DensitySource source = sourceNamed(word, 2);
  if (source.kind != Kind::Gaussian) return source;
  source.mean = {domain.centroid().x, domain.centroid().y};
  source.sigma = sigma > 0 ? sigma : std::min(domain.bounds().width(), domain.bounds().height()) / 4;
  return source;
}

DensitySource densitySource(const std::string& word, double sigma, const Domain3& domain) {
  DensitySource source = sourceNamed(word, 3);
  if (source.kind != Kind::Gaussian) return source;
  const Point3 extent = domain.bounds().high - domain.bounds().low;
  source.mean = {domain.centroid().x, domain.centroid().y, domain.centroid().z};
  source.sigma = sigma > 0 ? sigma : std::min({extent.x, extent.y, extent.z}) / 4;
  return source;
}

Density2Ptr makeDensity(const DensitySource& source, const Domain2& domain) {
  switch (source.kind) {
    case Kind::Gaussian:
      return gaussianDensity(domain, Point2{source.mean.at(0), source.mean.at(1)}, source.sigma);
    case Kind::Image:
      return imageDensity(domain, readGreyPng(source.file));
    case Kind::Mesh:
      return meshDensity(domain, meshFrom(source.file));
    case Kind::Uniform:
    case Kind::Points:
      break;
  }
  return uniformDensity(domain);
}

Density3Ptr makeDensity(const DensitySource& source, const Domain3& domain) {
  if (source.kind == Kind::Gaussian)
    return gaussianDensity(domain, Point3{source.mean.at(0), source.mean.at(1), source.mean.at(2)},
                           source.sigma);
  if (source.kind == Kind::Points) return meshDensity(domain, delaunayMeshFrom(source.file));
  return uniformDensity(domain);
}

std::string copyName(const DensitySource& source) {
  return std::string("density") + named(source.kind).extension;
}

nlohmann::json toJson(const DensitySource& source) {
  nlohmann::json json = {{"name", named(source.kind).name}};
  if (source.kind == Kind::Gaussian) {
    json["mean"] = source.mean;
    json["sigma"] = source.sigma;
  }
  if (!source.file.empty()) json["file"] = copyName(source);
  return json;
}

DensitySource densityFromJson(const nlohmann::json& json, const std::filesystem::path& folder,
                              Eigen::Index dimension, std::vector<std::string>& problems) {
  DensitySource source;
  collectProblem(problems, [&] {
    const Fields fields(json, "density");
    const Named& found = namedIn(fields, dimension);
    source.kind = found.kind;
    if (source.kind == Kind::Gaussian) {
      collectProblem(problems, [&] { source.mean = meanFrom(fields, dimension); });
      collectProblem(problems, [&] { source.sigma = sigmaFrom(fields); });
    }
    if (isFile(found)) collectProblem(problems, [&] { source.file = fileFrom(fields, folder); });
  });
  return source;
}

}  // namespace monge
