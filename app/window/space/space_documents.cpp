// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/window/space/space_documents.h"

#include <QCoreApplication>
#include <algorithm>
#include <cmath>
#include <functional>
#include <utility>

#include "app/window/transport/transport_picture.h"
#include "core/base/error.h"
#include "core/base/random.h"
#include "core/data/readers.h"
#include "core/transport/transport_directory.h"

namespace monge {
namespace {

QString tr(const char* text) {
  return QCoreApplication::translate("SpaceDocuments", text);
}

using Shape = std::function<bool(Point3)>;

/// Uniform points of a shape within the unit cube.
std::vector<Point3> pointsIn(const Shape& isInside, int count, std::uint64_t seed) {
  Random random(seed);
  std::vector<Point3> points;
  while (static_cast<int>(points.size()) < count) {
    const Point3 at{random.uniform(), random.uniform(), random.uniform()};
    if (isInside(at)) points.push_back(at);
  }
  return points;
}

Shape ball(double x, double y, double z, double radius) {
  return [=](Point3 at) { return squaredNorm(at - Point3{x, y, z}) <= radius * radius; };
}

Shape any(std::vector<Shape> shapes) {
  return [shapes = std::move(shapes)](Point3 at) {
    return std::any_of(shapes.begin(), shapes.end(), [&](const Shape& shape) { return shape(at); });
  };
}

/// The ball as a polyhedron: the hull of points spread evenly over its sphere.
Domain3 ballDomain(Point3 centre, double radius, int corners) {
  std::vector<Point3> points;
  const double golden = M_PI * (3 - std::sqrt(5.0));
  for (int at = 0; at < corners; ++at) {
    const double z = 1 - 2 * (at + 0.5) / corners, r = std::sqrt(1 - z * z);
    points.push_back(centre + radius * Point3{r * std::cos(golden * at), r * std::sin(golden * at), z});
  }
  return Domain3::hull(points, "ball");
}

SpaceDocument document(const QString& id, const QString& name, const QString& caption, const Domain3& domain,
                       std::vector<Point3> sites) {
  return {{domain, uniformDensity(domain), std::move(sites), {}}, name, caption, id};
}

std::vector<SpaceDocument> makePresets() {
  const Domain3 cube = Domain3::cube();
  const Shape neck = [](Point3 at) {
    return std::abs(at.x - 0.5) < 0.15 && squaredNorm(Point3{0, at.y - 0.5, at.z - 0.5}) <= 0.09 * 0.09;
  };
  const Shape shell = [](Point3 at) {
    const double r = norm(at - Point3{0.5, 0.5, 0.5});
    return r <= 0.48 && r >= 0.3;
  };
  return {
      document(QStringLiteral("two-balls"), tr("Ball to two balls"),
               tr("The ball is torn along one sheet: on either side of it the map goes to another ball."),
               ballDomain({0.5, 0.5, 0.5}, 0.5, 240),
               pointsIn(any({ball(0.2, 0.42, 0.42, 0.17), ball(0.8, 0.58, 0.58, 0.17)}), 500, 1)),
      document(
          QStringLiteral("three-balls"), tr("Cube to three balls"),
          tr("Three sheets meet in a curve, where the subgradient is a triangle between the balls; "
             "the curve runs from wall to wall of the cube."),
          cube,
          pointsIn(any({ball(0.2, 0.25, 0.5, 0.16), ball(0.8, 0.25, 0.5, 0.16), ball(0.5, 0.8, 0.5, 0.16)}),
                   900, 2)),
      document(QStringLiteral("shell"), tr("Cube to a shell"),
               tr("Nothing goes to the hollow inside: the mass about the middle of the cube is sent apart to "
                  "all sides, from one spot."),
               cube, pointsIn(shell, 1500, 3)),
      document(QStringLiteral("dumbbell-3d"), tr("Cube to a dumbbell"),
               tr("The target is one piece but not convex: one sheet lies across the middle and has a hole, "
                  "about which the map is continuous: what is there goes into the neck."),
               cube, pointsIn(any({ball(0.24, 0.5, 0.5, 0.22), ball(0.76, 0.5, 0.5, 0.22), neck}), 1500, 4)),
  };
}

Domain3 domainFor(const std::vector<Point3>& points) {
  Box3 box{points[0], points[0]};
  for (const Point3 at : points) {
    box.low = {std::min(box.low.x, at.x), std::min(box.low.y, at.y), std::min(box.low.z, at.z)};
    box.high = {std::max(box.high.x, at.x), std::max(box.high.y, at.y), std::max(box.high.z, at.z)};
  }
  const auto isInUnit = [](Point3 at) {
    return std::min({at.x, at.y, at.z}) >= 0 && std::max({at.x, at.y, at.z}) <= 1;
  };
  if (isInUnit(box.low) && isInUnit(box.high)) return Domain3::cube();
  const Point3 size = box.high - box.low;
  const double larger = std::max({size.x, size.y, size.z}), air = 0.1 * (larger > 0 ? larger : 1);
  const Point3 around{air, air, air};
  return Domain3::box({box.low - around, box.high + around});
}

std::vector<Point3> spacePoints(const RowsD& rows, const std::string& subject) {
  if (rows.cols() != 3)
    throw Error(subject, std::to_string(rows.cols()) + (rows.cols() == 1 ? " column" : " columns"),
                "points of space, three columns");
  std::vector<Point3> points;
  for (Eigen::Index row = 0; row < rows.rows(); ++row) {
    points.push_back({rows(row, 0), rows(row, 1), rows(row, 2)});
    if (!isFinite(points.back()))
      throw Error(subject + ", row " + std::to_string(row + 1), "a coordinate that is not finite",
                  "finite coordinates");
  }
  return points;
}

SpaceDocument readFolder(const std::filesystem::path& folder) {
  const TransportRecord record = readTransportDirectory(folder);
  const Domain3 domain = spaceDomain(record);
  return {{domain, spaceDensity(record, domain), spacePoints(record.sites, folder.string()),
           std::vector<double>(record.targets.begin(), record.targets.end())},
          QString::fromStdString(folder.filename().string()),
          {},
          QString::fromStdString(folder.string())};
}

}  // namespace

const std::vector<SpaceDocument>& spacePresets() {
  static const std::vector<SpaceDocument> presets = makePresets();
  return presets;
}

const SpaceDocument* spacePreset(const QString& word) {
  const auto& presets = spacePresets();
  const auto found = std::find_if(presets.begin(), presets.end(), [&](const SpaceDocument& preset) {
    return preset.id.compare(word, Qt::CaseInsensitive) == 0 ||
           preset.name.compare(word, Qt::CaseInsensitive) == 0;
  });
  return found == presets.end() ? nullptr : &*found;
}

SpaceDocument readSpaceDocument(const std::filesystem::path& path) {
  if (isTransportFolder(path)) return readFolder(path);
  const std::vector<Point3> points = spacePoints(readNumbers(path).values, path.string());
  if (points.empty()) throw Error(path.string(), "no rows", "at least one point");
  return document({}, QString::fromStdString(path.stem().string()), {}, domainFor(points), points);
}

int dimensionOf(const std::filesystem::path& path) {
  if (isTransportFolder(path)) return static_cast<int>(readTransportDirectory(path).sites.cols());
  std::error_code ignored;
  if (std::filesystem::is_directory(path, ignored))
    throw Error(path.string(), "a folder without transport.json", "one that monge-cli transport wrote");
  return static_cast<int>(readNumbers(path).values.cols());
}

}  // namespace monge
