// SPDX-License-Identifier: GPL-3.0-or-later
#include <QtTest>
#include <cmath>
#include <limits>

#include "core/base/error.h"
#include "core/geometry/density_3.h"
#include "core/geometry/domain_3.h"
#include "tests/core/geometry/sites_3.h"

using namespace monge;

namespace {

constexpr double kRounding = 1e-14;

std::vector<Point3> octahedron() {
  return {{1, 0, 0}, {-1, 0, 0}, {0, 1, 0}, {0, -1, 0}, {0, 0, 1}, {0, 0, -1}};
}

}  // namespace

class TestDomain3 : public QObject {
  Q_OBJECT

 private slots:
  void theCube() {
    const Domain3 cube = Domain3::cube();
    QCOMPARE(cube.volume(), 1.0);
    QVERIFY(norm(cube.centroid() - Point3{0.5, 0.5, 0.5}) < kRounding);
    QCOMPARE(cube.bounds(), (Box3{{0, 0, 0}, {1, 1, 1}}));
    QCOMPARE(cube.planes().size(), std::size_t{6});
    QCOMPARE(cube.polyhedron().facets(), 6);
    QVERIFY(cube.contains({0, 0.5, 1}));
    QVERIFY(!cube.contains({0.5, 0.5, -1e-15}));
  }

  void facetsLieInTheirPlanesAndLookOutwards() {
    const Domain3 box = Domain3::box({{-1, 2, 5}, {3, 2.5, 11}});
    QVERIFY(std::abs(box.volume() - 12) < 12 * kRounding);
    for (int facet = 0; facet < box.polyhedron().facets(); ++facet) {
      const auto& [normal, offset] = box.planes()[facet];
      QCOMPARE(box.polyhedron().across[facet], facet);
      for (const int corner : box.polyhedron().loop(facet))
        QCOMPARE(dot(normal, box.polyhedron().corners[corner]), offset);
      const Point3 area = facetArea(box.polyhedron(), facet);
      QVERIFY(std::abs(dot(area, normal) - norm(area)) <= norm(area) * kRounding);
    }
  }

  void theHullOfPoints() {
    std::vector<Point3> points = octahedron();
    points.push_back({0.1, 0.1, 0.1});  // inside
    points.push_back({0.5, 0.5, 0});    // on a side
    const Domain3 hull = Domain3::hull(points);
    QCOMPARE(hull.planes().size(), std::size_t{8});
    QVERIFY(std::abs(hull.volume() - 4.0 / 3) < kRounding);
    QVERIFY(norm(hull.centroid()) < kRounding);
    QVERIFY(hull.contains({0.3, 0.3, 0.3}));
    QVERIFY(!hull.contains({0.4, 0.4, 0.4}));
  }

  void coplanarTrianglesOfAHullAreOneFacet() {
    std::vector<Point3> corners;
    for (int corner = 0; corner < 8; ++corner)
      corners.push_back({corner & 1 ? 0.7 : 0.1, corner & 2 ? 0.9 : 0.3, corner & 4 ? 0.2 : 0.0});
    QCOMPARE(Domain3::hull(corners).planes().size(), std::size_t{6});
  }

  void hullAndHalfSpacesAgree() {
    std::vector<HalfSpace3> sides;
    for (const double x : {-1.0, 1.0})
      for (const double y : {-1.0, 1.0})
        for (const double z : {-1.0, 1.0}) sides.push_back({{x, y, z}, 1});
    sides.push_back({{1, 0, 0}, 1});  // touches a corner
    sides.push_back({{0, 0, 1}, 7});  // beyond it
    sides.push_back(sides[3]);
    const Domain3 domain(sides);
    QCOMPARE(domain.planes().size(), std::size_t{8});
    QVERIFY(std::abs(domain.volume() - 4.0 / 3) < kRounding);
  }

  /// Six triangles meet in each corner of a round hull, and they meet in one: so a domain can be written down
  /// by its corners and read back.
  void aHullOfItsOwnCornersIsItself() {
    Random random(4);
    std::vector<Point3> points;
    for (int at = 0; at < 240; ++at) {
      const Point3 p{random.normal(), random.normal(), random.normal()};
      points.push_back(Point3{0.5, 0.5, 0.5} + 0.5 / norm(p) * p);
    }
    const Domain3 round = Domain3::hull(points);
    QCOMPARE(round.polyhedron().corners.size(), points.size());
    QCOMPARE(round.planes().size(), std::size_t{2 * 240 - 4});
    const Domain3 again = Domain3::hull(round.polyhedron().corners);
    QCOMPARE(again.polyhedron().corners.size(), points.size());
    QCOMPARE(again.planes().size(), round.planes().size());
    QVERIFY(std::abs(again.volume() - round.volume()) < kRounding);
    // Corners that rounding has split.
    std::vector<Point3> split = points;
    for (const Point3 point : points) split.push_back(point + Point3{1e-15, -1e-15, 1e-15});
    const Domain3 joined = Domain3::hull(split);
    QCOMPARE(joined.planes().size(), round.planes().size());
    QVERIFY(std::abs(joined.volume() - round.volume()) < kRounding);
  }

  void badDomains_data() {
    QTest::addColumn<QString>("kind");
    QTest::addColumn<QString>("found");
    for (const auto& [kind, found] : {std::pair{"unbounded", "unbounded"},
                                      {"empty", "without volume"},
                                      {"flat", "without volume"},
                                      {"no normal", "half-space"},
                                      {"nan", "half-space"},
                                      {"none", "unbounded"}})
      QTest::newRow(kind) << kind << found;
  }
  void badDomains() {
    QFETCH(QString, kind);
    QFETCH(QString, found);
    std::vector<HalfSpace3> sides{
        {{-1, 0, 0}, 0}, {{1, 0, 0}, 1}, {{0, -1, 0}, 0}, {{0, 1, 0}, 1}, {{0, 0, -1}, 0}};
    if (kind == "empty") sides.push_back({{0, 0, 1}, -1});
    if (kind == "flat") sides.push_back({{0, 0, 1}, 0});
    if (kind == "no normal") sides.push_back({{0, 0, 0}, 1});
    if (kind == "nan") sides.push_back({{0, 0, 1}, std::numeric_limits<double>::quiet_NaN()});
    if (kind == "none") sides.clear();
    try {
      Domain3 domain(sides, "test");
      QFAIL("no error");
    } catch (const Error& error) {
      QVERIFY2(QString::fromStdString(error.what()).contains("domain test"), error.what());
      QVERIFY2(QString::fromStdString(error.what()).contains(found), error.what());
    }
  }

  void badHulls_data() {
    QTest::addColumn<int>("count");
    QTest::addColumn<double>("z");
    QTest::newRow("three points") << 3 << 0.5;
    QTest::newRow("one plane") << 20 << 0.5;
    QTest::newRow("not finite") << 20 << std::numeric_limits<double>::infinity();
  }
  void badHulls() {
    QFETCH(int, count);
    QFETCH(double, z);
    std::vector<Point3> points = uniformSites(count, 1);
    for (Point3& point : points) point.z = z;
    QVERIFY_THROWS_EXCEPTION(Error, Domain3::hull(points));
  }

  void cutsAddUpToTheWhole() {
    // Both parts of a cut, again and again: 1,000 random polyhedra.
    Random random(5);
    PolyhedronClipper3 clipper;
    for (int round = 0; round < 1000; ++round) {
      ConvexPolyhedron3 whole = Domain3::cube().polyhedron();
      for (int cut = 0; cut < 8 && !whole.isEmpty(); ++cut) {
        const bool lattice =
            round % 2 == 0;  // planes through corners, sides and facets that are there already
        const auto number = [&] {
          return lattice ? static_cast<double>(random.below(3)) - 1 : random.normal();
        };
        const Point3 normal{number(), number(), number()};
        const double reach = lattice ? static_cast<double>(random.below(5)) / 2 - 0.5 : random.normal() / 2;
        clipper.start(whole);
        clipper.cut({0.5, 0.5, 0.5}, normal, reach, 7);
        const ConvexPolyhedron3 one = clipper.polyhedron();
        clipper.start(whole);
        clipper.cut({0.5, 0.5, 0.5}, -1 * normal, -reach, 7);
        const ConvexPolyhedron3 other = clipper.polyhedron();
        const double parts = (one.isEmpty() ? 0 : volume(one)) + (other.isEmpty() ? 0 : volume(other));
        if (norm(normal) > 0) QVERIFY(std::abs(parts - volume(whole)) < kRounding);
        Point3 sum;
        for (int facet = 0; facet < one.facets(); ++facet) sum = sum + facetArea(one, facet);
        QVERIFY(norm(sum) < kRounding);
        whole = one;
      }
    }
  }

  void momentsOfTheUniformDensity() {
    const Domain3 box = Domain3::box({{-1, 0, 2}, {1, 3, 4}});
    const Density3Ptr density = uniformDensity(box);
    const Moments3 found = density->moments(box.polyhedron());
    const double expected[] = {1, 0, 1.5, 3, 1.0 / 3, 0, 0, 3, 4.5, 28.0 / 3};
    const double values[] = {found.mass, found.x,  found.y,  found.z,  found.xx,
                             found.xy,   found.xz, found.yy, found.yz, found.zz};
    for (int at = 0; at < 10; ++at)
      QVERIFY2(std::abs(values[at] - expected[at]) < 10 * kRounding, qPrintable(QString::number(at)));
    QVERIFY(std::abs(density->mass(box.polyhedron()) - 1) < kRounding);
    const Point3 side[] = {{-1, 0, 2}, {1, 0, 2}, {1, 3, 2}, {-1, 3, 2}};
    QVERIFY(std::abs(density->overPolygon(side) - 0.5) < kRounding);
  }
};

QTEST_APPLESS_MAIN(TestDomain3)
#include "test_domain_3.moc"
