// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/window/transport/transport_documents.h"

#include <QCoreApplication>
#include <algorithm>
#include <cmath>
#include <functional>

#include "app/window/transport/transport_picture.h"
#include "core/base/error.h"
#include "core/base/random.h"
#include "core/data/readers.h"
#include "core/transport/problem_source.h"
#include "core/transport/transport_directory.h"

namespace monge {
namespace {

QString tr(const char* text) {
  return QCoreApplication::translate("TransportDocuments", text);
}

using Shape = std::function<bool(Point2)>;

/// Uniform points of a shape within a box.
std::vector<Point2> pointsIn(const Box2& box, const Shape& isInside, int count, std::uint64_t seed) {
  Random random(seed);
  std::vector<Point2> points;
  while (static_cast<int>(points.size()) < count) {
    const Point2 at{random.uniform(box.xMin, box.xMax), random.uniform(box.yMin, box.yMax)};
    if (isInside(at)) points.push_back(at);
  }
  return points;
}

Shape disc(double x, double y, double radius) {
  return [=](Point2 at) { return squaredNorm(at - Point2{x, y}) <= radius * radius; };
}

Shape any(std::vector<Shape> shapes) {
  return [shapes = std::move(shapes)](Point2 at) {
    return std::any_of(shapes.begin(), shapes.end(), [&](const Shape& shape) { return shape(at); });
  };
}

TransportDocument document(const QString& id, const QString& name, const QString& caption,
                           const Domain2& domain, std::vector<Point2> sites) {
  return {{domain, uniformDensity(domain), std::move(sites), {}}, name, caption, id};
}

std::vector<TransportDocument> makePresets() {
  const Domain2 square = Domain2::square(), round = Domain2::disc({0.5, 0.5}, 0.5, 1e-3);
  const Domain2 wide = Domain2::box({0, 0, 2, 1.2});
  const Box2 unit{0, 0, 1, 1};
  const Shape inSquare = [](Point2) { return true; };
  // A neck shorter than the discs are wide: a long one takes cells from rim to rim, and nothing tears.
  const Shape dumbbell = any({disc(0.5, 0.6, 0.45), disc(1.5, 0.6, 0.45), [](Point2 at) {
                                return std::abs(at.x - 1) < 0.3 && std::abs(at.y - 0.6) < 0.1;
                              }});
  const Shape holes =
      [cut = any({disc(0.28, 0.3, 0.15), disc(0.72, 0.33, 0.15), disc(0.5, 0.72, 0.15)})](Point2 at) {
        return at.x > 0.05 && at.x < 0.95 && at.y > 0.05 && at.y < 0.95 && !cut(at);
      };
  return {
      document(QStringLiteral("disc"), tr("Disc to points"),
               tr("Every cell has the same area. Above it the Brenier potential is a plane whose slope is "
                  "the point; "
                  "its Legendre dual stands over the triangulation of the points."),
               round, pointsIn(unit, inSquare, 120, 1)),
      document(
          QStringLiteral("two-clusters"), tr("Disc to two clusters"),
          tr("The disc is torn along one curve: left of it the map goes to one cluster, right of it to the "
             "other. The potential has a ridge there."),
          round, pointsIn(unit, any({disc(0.22, 0.4, 0.15), disc(0.8, 0.6, 0.15)}), 400, 2)),
      document(
          QStringLiteral("three-clusters"), tr("Three clusters"),
          tr("Three tears meet in a branch point, where the subgradient is a triangle between the clusters."),
          square,
          pointsIn(unit, any({disc(0.2, 0.2, 0.13), disc(0.8, 0.25, 0.13), disc(0.5, 0.8, 0.13)}), 900, 3)),
      document(
          QStringLiteral("dumbbell"), tr("Rectangle to dumbbell"),
          tr("The target is one piece but not convex: the map tears from the rim inwards, and the tears end "
             "inside where the neck begins."),
          wide, pointsIn({0, 0, 2, 1.2}, dumbbell, 2500, 4)),
      document(QStringLiteral("holes"), tr("Square to a shape with holes"),
               tr("A hole is a place that no point goes to: what is around it was together before, in one "
                  "point or along a "
                  "short curve, whose subgradients fill the hole."),
               square, pointsIn(unit, holes, 2500, 5)),
  };
}

Box2 boundsOf(const std::vector<Point2>& points) {
  Box2 box{points[0].x, points[0].y, points[0].x, points[0].y};
  for (const Point2 at : points) {
    box.xMin = std::min(box.xMin, at.x), box.xMax = std::max(box.xMax, at.x);
    box.yMin = std::min(box.yMin, at.y), box.yMax = std::max(box.yMax, at.y);
  }
  return box;
}

TransportDocument readFolder(const std::filesystem::path& folder) {
  const TransportRecord record = readTransportDirectory(folder);
  const Domain2 domain = planeDomain(record);
  return {{domain, planeDensity(record, domain), planePoints(record.sites, folder.string()),
           std::vector<double>(record.targets.begin(), record.targets.end())},
          QString::fromStdString(folder.filename().string()),
          {},
          {},
          densityOf(record)};
}

}  // namespace

Domain2 domainFor(const std::vector<Point2>& points) {
  Box2 box = boundsOf(points);
  if (box.xMin >= 0 && box.yMin >= 0 && box.xMax <= 1 && box.yMax <= 1) return Domain2::square();
  const double larger = std::max(box.width(), box.height());
  const double air = 0.1 * (larger > 0 ? larger : 1);
  return Domain2::box({box.xMin - air, box.yMin - air, box.xMax + air, box.yMax + air});
}

const std::vector<TransportDocument>& transportPresets() {
  static const std::vector<TransportDocument> presets = makePresets();
  return presets;
}

const TransportDocument* transportPreset(const QString& word) {
  const auto& presets = transportPresets();
  const auto found = std::find_if(presets.begin(), presets.end(), [&](const TransportDocument& preset) {
    return preset.id.compare(word, Qt::CaseInsensitive) == 0 ||
           preset.name.compare(word, Qt::CaseInsensitive) == 0;
  });
  return found == presets.end() ? nullptr : &*found;
}

TransportDocument readTransportDocument(const std::filesystem::path& path) {
  if (isTransportFolder(path)) return readFolder(path);
  std::error_code ignored;
  if (std::filesystem::is_directory(path, ignored))
    throw Error(path.string(), "a folder without transport.json", "one that monge-cli transport wrote");
  const std::vector<Point2> points = planePoints(readNumbers(path).values, path.string());
  return document({}, QString::fromStdString(path.stem().string()), {}, domainFor(points), points);
}

}  // namespace monge
