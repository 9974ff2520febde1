// SPDX-License-Identifier: GPL-3.0-or-later
// Singular sets of solved problems in space: the counts of surfaces, curves and points are those of theory.
#include <QtTest>
#include <algorithm>
#include <cmath>
#include <functional>
#include <numbers>

#include "core/base/error.h"
#include "core/base/random.h"
#include "core/geometry/singular_set_3.h"
#include "core/transport/site_transport.h"

using namespace monge;

namespace {

using Inside = std::function<bool(Point3)>;
using CurveKind = SingularSet3::Curve::Kind;
using PointKind = SingularSet3::Point::Kind;

bool inBall(Point3 p, Point3 centre, double radius) {
  return squaredNorm(p - centre) <= radius * radius;
}
bool inBox(Point3 p, double x, double y, double z) {
  return std::abs(p.x) <= x && std::abs(p.y) <= y && std::abs(p.z) <= z;
}

/// Targets in [-1, 1]^3; the domain is that cube.
Inside shape(const QString& name) {
  if (name == "cube") return [](Point3) { return true; };
  if (name == "ball") return [](Point3 p) { return inBall(p, {}, 1); };
  if (name == "long box") return [](Point3 p) { return inBox(p, 1, 0.1, 0.1); };
  if (name == "tetrahedron") return [](Point3 p) { return p.x + p.y + p.z < -1; };
  if (name == "two balls")
    return [](Point3 p) { return inBall(p, {-0.6, 0, 0}, 0.35) || inBall(p, {0.6, 0, 0}, 0.35); };
  if (name == "two unequal balls")
    return [](Point3 p) { return inBall(p, {-0.6, 0, 0}, 0.15) || inBall(p, {0.4, 0.1, 0}, 0.4); };
  if (name == "half balls") return [](Point3 p) { return inBall(p, {}, 0.9) && std::abs(p.x) > 0.3; };
  if (name == "three balls")
    return [](Point3 p) {
      return inBall(p, {0.6, 0, 0}, 0.3) || inBall(p, {-0.3, 0.55, 0}, 0.3) ||
             inBall(p, {-0.3, -0.5, 0.1}, 0.3);
    };
  if (name == "four balls")
    return [](Point3 p) {
      return inBall(p, {0.5, 0.5, 0.5}, 0.3) || inBall(p, {-0.5, -0.5, 0.5}, 0.3) ||
             inBall(p, {-0.5, 0.5, -0.5}, 0.3) || inBall(p, {0.5, -0.5, -0.5}, 0.3);
    };
  if (name == "L") return [](Point3 p) { return p.x < 0 || p.y < 0; };
  if (name == "ball in a shell")
    return [](Point3 p) { return inBall(p, {}, 0.3) || (inBall(p, {}, 1) && !inBall(p, {}, 0.9)); };
  if (name == "rod in a tube")
    return [](Point3 p) {
      const double radius = std::hypot(p.x, p.y);
      return radius < 0.25 || (radius > 0.9 && radius < 1);
    };
  return [](Point3 p) { return !inBall(p, {}, 0.5); };  // cavity
}

/// Points of the shape, by chance or on an even lattice.
std::vector<Point3> drawTargets(const Inside& inside, int count, const QString& how, std::uint64_t seed) {
  Random random(seed);
  std::vector<Point3> points;
  const auto draw = [&] {
    return Point3{random.uniform(-1, 1), random.uniform(-1, 1), random.uniform(-1, 1)};
  };
  if (how == "random") {
    while (static_cast<int>(points.size()) < count)
      if (const Point3 p = draw(); inside(p)) points.push_back(p);
    return points;
  }
  int hits = 0;
  for (int at = 0; at < 100'000; ++at) hits += inside(draw());
  const double step = std::cbrt(8 * hits / 1e5 / count);
  for (double x = -1 + step / 3; x < 1; x += step)
    for (double y = -1 + step / 3; y < 1; y += step)
      for (double z = -1 + step / 3; z < 1; z += step)
        if (inside({x, y, z})) points.push_back({x, y, z});
  return points;
}

SingularSet3 singularSetOf(std::vector<Point3> targets, const SingularRule& rule = spaceRule()) {
  const Domain3 domain = Domain3::box({{-1, -1, -1}, {1, 1, 1}});
  SpaceTransport solver({domain, uniformDensity(domain), std::move(targets), {}}, {}, 2);
  solver.run();
  if (solver.status() != SolveStatus::Converged) qFatal("a problem was not solved");
  solver.certificate();  // leaves the cells under the last weights
  return singularSet(solver.cells(), rule, solver.team());
}

/// "2 surfaces (1/1 0/2), ..." with the Euler characteristic and the loops of each, sorted.
QString describe(const SingularSet3& set) {
  QStringList shapes;
  for (const auto& surface : set.surfaces)
    shapes << QString("%1/%2").arg(surface.eulerCharacteristic).arg(surface.boundaryLoops);
  shapes.sort();
  return QString(
             "%1 surfaces (%2), %3 junctions, %4 borders, %5 branch points, %6 ends, %7 on the boundary, "
             "%8 isolated")
      .arg(set.surfaces.size())
      .arg(shapes.join(' '))
      .arg(set.count(CurveKind::Junction))
      .arg(set.count(CurveKind::Border))
      .arg(set.count(PointKind::Branch))
      .arg(set.count(PointKind::End))
      .arg(set.count(PointKind::Boundary))
      .arg(set.count(PointKind::Isolated));
}

}  // namespace

class TestSingularShapes3 : public QObject {
  Q_OBJECT

 private slots:
  void countsAreThoseOfTheory_data() {
    QTest::addColumn<QString>("name");
    QTest::addColumn<int>("count");
    QTest::addColumn<QString>("how");
    QTest::addColumn<QString>("wanted");
    const auto add = [](const char* name, int least, const char* wanted) {
      for (const int count : {300, 2000})
        for (const char* how : {"random", "lattice"})
          if (count >= least)
            QTest::addRow("%s, %d, %s", name, count, how) << QString(name) << count << how << QString(wanted);
    };
    const char* none =
        "0 surfaces (), 0 junctions, 0 borders, 0 branch points, 0 ends, 0 on the boundary, 0 isolated";
    for (const char* convex : {"cube", "ball", "long box", "tetrahedron"}) add(convex, 300, none);
    // Two parts: a sheet across the domain.
    const char* sheet =
        "1 surfaces (1/1), 0 junctions, 0 borders, 0 branch points, 0 ends, 0 on the boundary, 0 isolated";
    add("two balls", 300, sheet);
    add("two unequal balls", 2000, sheet);
    add("half balls", 2000, sheet);
    add("three balls", 300,
        "3 surfaces (1/1 1/1 1/1), 1 junctions, 0 borders, 0 branch points, 0 ends, 2 on the boundary, 0 "
        "isolated");
    add("four balls", 300,
        "6 surfaces (1/1 1/1 1/1 1/1 1/1 1/1), 4 junctions, 0 borders, 1 branch points, 0 ends, 4 on the "
        "boundary, 0 isolated");
    // A concave edge: a sheet from the boundary that ends along a curve inside.
    add("L", 2000,
        "1 surfaces (1/1), 0 junctions, 1 borders, 0 branch points, 0 ends, 2 on the boundary, 0 isolated");
    // One part around another.
    add("ball in a shell", 2000,
        "1 surfaces (2/0), 0 junctions, 0 borders, 0 branch points, 0 ends, 0 on the boundary, 0 isolated");
    add("rod in a tube", 2000,
        "1 surfaces (0/2), 0 junctions, 0 borders, 0 branch points, 0 ends, 0 on the boundary, 0 isolated");
    add("cavity", 2000,
        "0 surfaces (), 0 junctions, 0 borders, 0 branch points, 0 ends, 0 on the boundary, 1 isolated");
  }
  void countsAreThoseOfTheory() {
    QFETCH(QString, name);
    QFETCH(int, count);
    QFETCH(QString, how);
    QFETCH(QString, wanted);
    for (std::uint64_t seed = 1; seed <= (how == "random" && count < 1000 ? 3 : 1); ++seed)
      QCOMPARE(describe(singularSetOf(drawTargets(shape(name), count, how, seed))), wanted);
  }
  /// Equal halves either side of x = 0: the sheet is the domain's square there, of area 4, half the density's
  /// measure of 1 / 8 each; the jumps are at least the gap and at most the target's length.
  void gapOfTwoHalvesInClosedForm() {
    const SingularSet3 set = singularSetOf(drawTargets(shape("half balls"), 2000, "lattice", 0));
    QCOMPARE(set.surfaces.size(), std::size_t(1));
    const auto& surface = set.surfaces[0];
    QVERIFY(std::abs(surface.area - 4) < 0.4);  // facets of some 0.1 x 0.1 stand up to 20 degrees off
    QVERIFY(std::abs(surface.measure - surface.area / 8) < 1e-12);
    double area = 0;
    for (const auto& piece : surface.pieces) {
      area += piece.area;
      for (const Point3 corner : piece.polygon) QVERIFY(std::abs(corner.x) < 0.1);  // a cell is 0.16 wide
    }
    QVERIFY(std::abs(area - surface.area) < 1e-12);
    QVERIFY(surface.leastJump >= 0.6 && surface.largestJump < 1.8);
    QVERIFY(surface.leastJump <= surface.meanJump && surface.meanJump <= surface.largestJump);
  }

  /// Three sheets at each curve, four curves at the point, jumps from ball to ball.
  void subgradientsSpanTheBalls() {
    const SingularSet3 set = singularSetOf(drawTargets(shape("four balls"), 2000, "lattice", 0));
    const auto branch = std::find_if(set.points.begin(), set.points.end(),
                                     [](const auto& point) { return point.kind == PointKind::Branch; });
    QVERIFY(branch != set.points.end());
    QCOMPARE(branch->curves, 4);
    QVERIFY(branch->volume > 0 && norm(branch->at) < 0.2);
    for (const auto& curve : set.curves) {
      QCOMPARE(curve.surfaces.size(), std::size_t(3));
      QVERIFY(curve.leastArea > 0 && curve.leastArea <= curve.meanArea &&
              curve.meanArea <= curve.largestArea);
    }
    // The regular tetrahedron of the balls' centres has edges of sqrt 2, faces of sqrt 3 / 2.
    for (const auto& surface : set.surfaces) {
      QVERIFY(surface.leastJump > std::sqrt(2.0) - 0.6 - 1e-12);
      QVERIFY(surface.largestJump < std::sqrt(2.0) + 0.6);
    }
  }

  void aThresholdOfJumpServesAsWell() {
    SingularRule rule;
    rule.by = SingularRule::By::Jump;
    rule.threshold = 0.4;
    QCOMPARE(singularSetOf(drawTargets(shape("two balls"), 300, "random", 4), rule).surfaces.size(),
             std::size_t(1));
    rule.threshold = 9;
    QVERIFY(singularSetOf(drawTargets(shape("two balls"), 300, "random", 4), rule).surfaces.empty());
  }

  void badInputIsNamed_data() {
    QTest::addColumn<double>("threshold");
    QTest::addColumn<bool>("isFlat");
    QTest::addColumn<QString>("message");
    QTest::newRow("negative") << -1.0 << false << "threshold of singular facets: -1";
    QTest::newRow("not a number") << std::nan("") << false << "threshold of singular facets: nan";
    QTest::newRow("in one plane") << 1.0 << true << "sites: all in one plane";
  }
  void badInputIsNamed() {
    QFETCH(double, threshold);
    QFETCH(bool, isFlat);
    QFETCH(QString, message);
    std::vector<Point3> targets = drawTargets(shape("cube"), 300, "random", 2);
    if (isFlat)
      for (Point3& target : targets) target.z = 0;
    SingularRule rule;
    rule.threshold = threshold;
    try {
      singularSetOf(targets, rule);
      QFAIL("not refused");
    } catch (const Error& error) {
      QVERIFY2(QString(error.what()).startsWith(message), error.what());
    }
  }
};

QTEST_APPLESS_MAIN(TestSingularShapes3)
#include "test_singular_shapes_3.moc"
