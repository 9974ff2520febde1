// SPDX-License-Identifier: GPL-3.0-or-later
// Cells cut, moved and sorted: bodies stay closed, nothing is lost or doubled, and what hides comes later.
#include <Eigen/Geometry>
#include <QTest>
#include <algorithm>
#include <cmath>

#include "tests/views/space/diagrams.h"
#include "views/space/cell_bodies.h"
#include "views/space/space_scene.h"
#include "views/space/wall_order.h"

using namespace monge;
using namespace monge::views;
using namespace monge::test;

namespace {

/// Rounding of sums over some thousand corners of unit size.
constexpr double kRounding = 1e-12;

struct Measure {
  double volume = 0;
  Vec3 surface = Vec3::Zero();  ///< sum of the area vectors: 0 for a closed body
};

Measure measure(const CellBodies& bodies, int cell) {
  Measure result;
  for (int row = bodies.cellStarts[static_cast<std::size_t>(cell)];
       row < bodies.cellStarts[static_cast<std::size_t>(cell) + 1]; ++row) {
    const auto loop = bodies.loop(bodies.faces[static_cast<std::size_t>(row)]);
    const auto corner = [&](std::size_t at) { return bodies.corners[static_cast<std::size_t>(loop[at])]; };
    for (std::size_t at = 1; at + 1 < loop.size(); ++at) {
      const Vec3 twice = (corner(at) - corner(0)).cross(corner(at + 1) - corner(0));
      result.surface += twice / 2;
      result.volume += corner(0).dot(twice) / 6;
    }
  }
  return result;
}

double wholeVolume(const CellBodies& bodies) {
  double sum = 0;
  for (int cell = 0; cell + 1 < static_cast<int>(bodies.cellStarts.size()); ++cell)
    sum += measure(bodies, cell).volume;
  return sum;
}

bool allClosed(const CellBodies& bodies) {
  for (int cell = 0; cell + 1 < static_cast<int>(bodies.cellStarts.size()); ++cell)
    if (measure(bodies, cell).surface.norm() > kRounding) return false;
  return true;
}

Vec3 randomDirection(Random& random) {
  return Vec3(random.normal(), random.normal(), random.normal()).normalized();
}

SpaceProjection randomProjection(Random& random, bool perspective) {
  SpaceCamera camera;
  camera.orbit.azimuth = random.uniform(-180, 180);
  camera.orbit.elevation = random.uniform(-90, 90);
  camera.perspective = perspective;
  return {Vec3(0.5, 0.5, 0.5), 0.87, camera, QRectF(0, 0, 400, 400)};
}

/// A pixel at or about a corner of some cell.
QPointF nearSome(const CellBodies& bodies, const SpaceProjection& projection, Random& random) {
  const Vec3& corner = bodies.corners[random.below(bodies.corners.size())];
  return projection.onTarget(corner) + QPointF(random.uniform(-9, 9), random.uniform(-9, 9));
}

/// Cells that a ray meets, the nearest first; by the faces of each cell alone.
std::vector<int> cellsAlong(const CellBodies& bodies, const SpaceProjection::Ray& ray) {
  std::vector<std::pair<double, int>> met;
  for (int cell = 0; cell + 1 < static_cast<int>(bodies.cellStarts.size()); ++cell) {
    double enter = -1e30, leave = 1e30;
    const int begin = bodies.cellStarts[static_cast<std::size_t>(cell)],
              end = bodies.cellStarts[static_cast<std::size_t>(cell) + 1];
    for (int row = begin; row < end; ++row) {
      const auto& face = bodies.faces[static_cast<std::size_t>(row)];
      const double along = face.normal.dot(ray.along);
      const double at =
          face.normal.dot(bodies.corners[static_cast<std::size_t>(bodies.loop(face)[0])] - ray.from) / along;
      if (along < 0) enter = std::max(enter, at);
      if (along > 0) leave = std::min(leave, at);
    }
    // What is no longer than rounding may be met by neither of two neighbours, or by both.
    if (begin < end && leave - enter > 1e-9) met.emplace_back(enter, cell);
  }
  std::sort(met.begin(), met.end());
  std::vector<int> cells;
  for (const auto& [distance, cell] : met) cells.push_back(cell);
  return cells;
}

}  // namespace

class TestCellBodies : public QObject {
  Q_OBJECT

 private slots:
  void cellsFillTheDomain() {
    const SpaceSnapshot moment = randomDiagram(150, 1);
    const CellBodies bodies = cellBodies(moment, std::nullopt, 0);
    QVERIFY(allClosed(bodies));
    QVERIFY(std::abs(wholeVolume(bodies) - 1) < kRounding);
    for (int site = 0; site < moment.count(); ++site)
      QVERIFY(std::abs(measure(bodies, site).volume - moment.masses[site]) < kRounding);
  }

  /// An oblique plane: what is kept of the cells adds up to what is kept of the domain, cut as one cell.
  void whatIsKeptAddsUp() {
    Random random(2);
    const SpaceSnapshot moment = randomDiagram(150, 3), whole = diagram({Point3{0.5, 0.5, 0.5}}, {0.0});
    for (int trial = 0; trial < 40; ++trial) {
      const CutPlane plane{randomDirection(random), random.uniform(-0.5, 1.2)};
      const CellBodies bodies = cellBodies(moment, plane, 0), domain = cellBodies(whole, plane, 0);
      QVERIFY(allClosed(bodies));
      QVERIFY(allClosed(domain));
      QVERIFY(std::abs(wholeVolume(bodies) - wholeVolume(domain)) < kRounding);
      for (const Vec3& corner : bodies.corners) QVERIFY(plane.normal.dot(corner) <= plane.offset + kRounding);
    }
  }

  void aPlaneAcrossAnAxisKeepsItsShare() {
    const SpaceSnapshot moment = randomDiagram(80, 4);
    for (const double offset : {0.0, 0.25, 0.5, 0.999, 1.0}) {
      const CellBodies bodies = cellBodies(moment, CutPlane{{0, 0, 2}, 2 * offset}, 0);
      QVERIFY(allClosed(bodies));
      QVERIFY(std::abs(wholeVolume(bodies) - offset) < kRounding);
    }
  }

  /// Through walls, sides and corners at once: no lid is missing and none is doubled.
  void aPlaneAlongTheWalls() {
    const SpaceSnapshot moment = gridDiagram();
    const CellBodies walls = cellBodies(moment, CutPlane{{1, 0, 0}, moment.cells.vertices(0, 0)}, 0);
    QVERIFY(allClosed(walls));
    const double third = 1.0 / 3;
    for (const double offset : {third, 2 * third}) {
      const CellBodies bodies = cellBodies(moment, CutPlane{{1, 0, 0}, offset}, 0);
      QVERIFY(allClosed(bodies));
      QVERIFY(std::abs(wholeVolume(bodies) - offset) < kRounding);
      // The lids are caps, which opaque cells show: there is no cell beyond them any more.
      double capped = 0;
      for (const auto& face : bodies.faces) {
        const auto loop = bodies.loop(face);
        const auto corner = [&](std::size_t at) {
          return bodies.corners[static_cast<std::size_t>(loop[at])];
        };
        if (face.across != CellBodies::kCap) continue;
        QVERIFY(std::abs(corner(0).x() - offset) < kRounding);
        for (std::size_t at = 1; at + 1 < loop.size(); ++at)
          capped += (corner(at) - corner(0)).cross(corner(at + 1) - corner(0)).x() / 2;
      }
      QVERIFY(std::abs(capped - 1) < kRounding);
    }
    // Half of the cube: the plane runs along the diagonals of nine cells.
    const CellBodies diagonal = cellBodies(moment, CutPlane{{1, -1, 0}, 0}, 0);
    QVERIFY(allClosed(diagonal));
    QVERIFY(std::abs(wholeVolume(diagonal) - 0.5) < kRounding);
  }

  void everythingOrNothing() {
    const SpaceSnapshot moment = randomDiagram(30, 5);
    QVERIFY(cellBodies(moment, CutPlane{{1, 0, 0}, -0.1}, 0).faces.empty());
    QCOMPARE(cellBodies(moment, CutPlane{{1, 0, 0}, 1.1}, 0).faces.size(),
             cellBodies(moment, std::nullopt, 0).faces.size());
  }

  /// Between any two cells that have moved there is a plane with the normal y_i - y_j.
  void movedCellsStayApart() {
    const SpaceSnapshot moment = randomDiagram(60, 6);
    for (const double explode : {0.0, 0.3, 2.0}) {
      const CellBodies bodies = cellBodies(moment, std::nullopt, explode);
      for (int i = 0; i < moment.count(); ++i)
        for (int j = 0; j < moment.count(); ++j) {
          if (i == j || !moment.hasCell(i) || !moment.hasCell(j)) continue;
          const Vec3 apart = (moment.sites.row(i) - moment.sites.row(j)).transpose();
          double least = 1e30, most = -1e30;
          for (const auto& face : bodies.faces)
            for (const int corner : bodies.loop(face)) {
              const double along = apart.dot(bodies.corners[static_cast<std::size_t>(corner)]);
              if (face.site == i) least = std::min(least, along);
              if (face.site == j) most = std::max(most, along);
            }
          QVERIFY(most <= least - explode * apart.squaredNorm() + kRounding);
        }
    }
  }

  void whatHidesComesLater_data() {
    QTest::addColumn<bool>("perspective");
    QTest::addColumn<double>("explode");
    for (const bool perspective : {false, true})
      for (const double explode : {0.0, 0.4, 3.0})
        QTest::addRow("%s, explode %g", perspective ? "perspective" : "parallel", explode)
            << perspective << explode;
  }
  void whatHidesComesLater() {
    QFETCH(bool, perspective);
    QFETCH(double, explode);
    Random random(7);
    int compared = 0;
    for (int trial = 0; trial < 12; ++trial) {
      const SpaceSnapshot moment = randomDiagram(70, 100 + static_cast<std::uint64_t>(trial), 0.1);
      const SpaceProjection projection = randomProjection(random, perspective);
      const CellBodies bodies = cellBodies(moment, std::nullopt, explode);
      const std::vector<int> order = cellsBackToFront(moment, projection, explode);
      std::vector<int> place(order.size());
      for (std::size_t at = 0; at < order.size(); ++at)
        place[static_cast<std::size_t>(order[at])] = static_cast<int>(at);
      for (int ray = 0; ray < 150; ++ray) {
        const QPointF pixel = nearSome(bodies, projection, random);
        const std::vector<int> met = cellsAlong(bodies, projection.rayAt(pixel));
        for (std::size_t at = 1; at < met.size(); ++at, ++compared)
          QVERIFY(place[static_cast<std::size_t>(met[at - 1])] > place[static_cast<std::size_t>(met[at])]);
      }
    }
    QVERIFY(compared > 100);
  }

  /// Of glass each inner wall comes once, with the cell behind it and looking to the eye; what bounds no two
  /// cells comes as it is, of each cell first what looks away. Where pieces have parted nothing is shared.
  void wallsComeOnceAndTheFarSideFirst() {
    Random random(8);
    const SpaceSnapshot moment = randomDiagram(50, 9);
    for (const double explode : {0.0, 0.4}) {
      SpaceStyle style;
      style.explode = explode;
      const SpaceProjection projection = randomProjection(random, true);
      const SpaceSolid solid = spaceSolid(moment, style, CutPlane{{0, 1, 0}, 0.6});
      const std::vector<int> faces =
          wallsBackToFront(solid, cellsBackToFront(moment, projection, explode), projection);
      const auto away = [&](int row) {
        const auto& face = solid.bodies.faces[static_cast<std::size_t>(row)];
        const auto first = static_cast<std::size_t>(solid.bodies.loop(face)[0]);
        return face.normal.dot(projection.sight(solid.bodies.corners[first])) > 0;
      };
      std::vector<int> times(solid.bodies.faces.size(), 0);
      for (const int row : faces) {
        const int twin = solid.twins[static_cast<std::size_t>(row)];
        ++times[static_cast<std::size_t>(row)];
        if (twin < 0) continue;
        ++times[static_cast<std::size_t>(twin)];
        QVERIFY(!away(row));
        QCOMPARE(solid.twins[static_cast<std::size_t>(twin)], row);
      }
      QCOMPARE(times, std::vector<int>(times.size(), 1));
      QCOMPARE(faces.size() < times.size(), explode == 0);
      for (std::size_t at = 1; at < faces.size(); ++at)
        if (solid.bodies.faces[static_cast<std::size_t>(faces[at])].site ==
            solid.bodies.faces[static_cast<std::size_t>(faces[at - 1])].site)
          QVERIFY(away(faces[at - 1]) || !away(faces[at]));
    }
  }

  /// One layer of both colours is the two, one over the other, whatever lies behind: within the rounding of
  /// colours in bytes.
  void twinsFillIsBothOverOneAnother() {
    SpaceSolid solid;
    solid.fills = {qRgba(200, 40, 90, 77), qRgba(10, 250, 60, 140)};
    solid.twins = {1, 0};
    const auto over = [](QRgb top, double ground) {
      return (qAlpha(top) * qGreen(top) + (255 - qAlpha(top)) * ground) / 255;
    };
    for (const double ground : {0.0, 130.0, 255.0})
      QVERIFY(std::abs(over(twinsFill(solid, 0), ground) -
                       over(solid.fills[1], over(solid.fills[0], ground))) < 1);
    solid.twins = {-1, -1};
    QCOMPARE(twinsFill(solid, 0), solid.fills[0]);
  }

  void theFirstCellAlongARay() {
    Random random(10);
    const SpaceSnapshot moment = randomDiagram(60, 11);
    for (const double explode : {0.0, 0.5}) {
      const CellBodies bodies = cellBodies(moment, CutPlane{{0, 1, 0}, 0.6}, explode);
      int hits = 0;
      for (int trial = 0; trial < 400; ++trial) {
        const SpaceProjection projection = randomProjection(random, trial % 2);
        const auto ray = projection.rayAt(nearSome(bodies, projection, random));
        const std::vector<int> met = cellsAlong(bodies, ray);
        const CellHit hit = firstCellAlong(bodies, ray);
        QCOMPARE(hit.site, met.empty() ? -1 : met.front());
        hits += hit.site >= 0;
      }
      QVERIFY(hits > 100);
    }
  }

  /// A place anywhere keeps its turn with its region: what it hides comes before, what hides it after.
  void aPlaceHasItsTurnWithItsRegion() {
    Random random(21);
    const SpaceSnapshot moment = randomDiagram(40, 8, 0.1);
    for (const double explode : {0.0, 0.6, 2.0}) {
      const CellBodies bodies = cellBodies(moment, std::nullopt, explode);
      const CellRegions regions(moment, explode);
      int hidden = 0, hiding = 0;
      for (int trial = 0; trial < 1000; ++trial) {
        const SpaceProjection projection = randomProjection(random, trial % 2);
        const std::vector<int> order = cellsBackToFront(moment, projection, explode);
        const auto turn = [&](int site) {
          return std::find(order.begin(), order.end(), site) - order.begin();
        };
        const Vec3 place = Vec3(0.5, 0.5, 0.5) + random.uniform(0, 1 + explode) * randomDirection(random);
        const int region = regions.at(place);
        const Vec3 sight = projection.sight(place).normalized();
        for (int site = 0; site < moment.count(); ++site) {
          const CellHit before = cellAlong(bodies, site, {place, -sight}, 1e30),
                        behind = cellAlong(bodies, site, {place, sight}, 1e30);
          const bool isInside = before.site >= 0 && before.distance == 0;
          if (isInside) QCOMPARE(site, region);
          if (site == region) continue;
          hidden += before.site >= 0;
          hiding += behind.site >= 0;
          if (before.site >= 0) QVERIFY(turn(site) > turn(region));
          if (behind.site >= 0) QVERIFY(turn(site) < turn(region));
        }
      }
      QVERIFY(hidden > 100 && hiding > 100);
    }
  }

  /// Zoom leaves what is under the cursor there; a ray through where a point is drawn meets the point.
  void projectionsAndRaysAgree() {
    Random random(12);
    const QRectF target(0, 0, 640, 400);
    for (int trial = 0; trial < 50; ++trial) {
      SpaceCamera camera;
      camera.orbit = {
          random.uniform(-180, 180), random.uniform(-90, 90), random.uniform(0.5, 4), {0.1, -0.2}};
      camera.perspective = trial % 2;
      const Vec3 at(random.uniform(), random.uniform(), random.uniform());
      const SpaceProjection projection({0.5, 0.5, 0.5}, 0.87, camera, target);
      const auto ray = projection.rayAt(projection.onTarget(at));
      QVERIFY((at - ray.from).cross(ray.along).norm() < kRounding);
      const QPointF cursor = projection.onTarget(at);
      const SpaceProjection nearer({0.5, 0.5, 0.5}, 0.87, zoomedAt(camera, cursor, target, 1.7), target);
      QVERIFY(QLineF(nearer.onTarget(at), cursor).length() < 1e-9);
    }
  }
};

QTEST_APPLESS_MAIN(TestCellBodies)
#include "test_cell_bodies.moc"
