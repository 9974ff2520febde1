// SPDX-License-Identifier: GPL-3.0-or-later
#include <QtTest>

#include "core/geometry/predicates_3.h"

using namespace monge;

class TestPredicates3 : public QObject {
  Q_OBJECT

 private slots:
  void orientationIsTheSignOfTheVolume() {
    const Point3 o{0, 0, 0}, x{1, 0, 0}, y{0, 1, 0}, z{0, 0, 1};
    QCOMPARE(orientation(o, x, y, z), 1);
    QCOMPARE(orientation(o, y, x, z), -1);
    QCOMPARE(orientation(o, x, y, {3, -7, 0}), 0);
  }

  void orientationSeesTheLastBit() {
    // A plane through points that floating-point numbers cannot tell from it but for one bit.
    const Point3 a{0.1, 0.1, 0.1}, b{0.7, 0.2, 0.45}, c{0.3, 0.9, 0.6};
    const Point3 on = a;
    const Point3 above{a.x, a.y, std::nextafter(a.z, 1.0)}, below{a.x, a.y, std::nextafter(a.z, 0.0)};
    QCOMPARE(orientation(a, b, c, on), 0);
    QCOMPARE(orientation(a, b, c, above), 1);
    QCOMPARE(orientation(a, b, c, below), -1);
  }

  void powerSideOfASphere() {
    const WeightedPoint3 a{{0, 0, 0}}, b{{1, 0, 0}}, c{{0, 1, 0}}, d{{0, 0, 1}};
    QCOMPARE(powerSide(a, b, c, d, {{0.5, 0.5, 0.5}}), 1);
    QCOMPARE(powerSide(a, b, c, d, {{1, 1, 1}}), 0);
    QCOMPARE(powerSide(a, b, c, d, {{2, 2, 2}}), -1);
  }

  void powerSideFollowsTheWeights() {
    const WeightedPoint3 a{{0, 0, 0}}, b{{1, 0, 0}}, c{{0, 1, 0}}, d{{0, 0, 1}};
    QCOMPARE(powerSide(a, b, c, d, {{1, 1, 1}, 1e-300}), 1);
    QCOMPARE(powerSide(a, b, c, d, {{1, 1, 1}, -1e-300}), -1);
    QCOMPARE(powerSide({{0, 0, 0}, 5}, {{1, 0, 0}, 5}, {{0, 1, 0}, 5}, {{0, 0, 1}, 5}, {{1, 1, 1}, 5}), 0);
  }

  /// The same configuration at any scale, down to where products of coordinates have no digits left.
  void signsDoNotDependOnTheScale() {
    const Point3 points[] = {
        {0.1, 0.7, 0.3}, {0.9, 0.2, 0.4}, {0.5, 0.8, 0.9}, {0.2, 0.3, 0.6}, {0.6, 0.5, 0.5}};
    for (int exponent = -1000; exponent <= 180; exponent += 20) {
      WeightedPoint3 p[5];
      for (int i = 0; i < 5; ++i) p[i].point = std::ldexp(1, exponent) * points[i];
      const int turn = orientation(points[0], points[1], points[2], points[3]);
      QCOMPARE(orientation(p[0].point, p[1].point, p[2].point, p[3].point), turn);
      WeightedPoint3 plain[5];
      for (int i = 0; i < 5; ++i) plain[i].point = points[i];
      QCOMPARE(powerSide(p[0], p[1], p[2], p[3], p[4]),
               powerSide(plain[0], plain[1], plain[2], plain[3], plain[4]));
    }
  }

  void collinearPoints() {
    QVERIFY(areCollinear({0, 0, 0}, {1, 2, 3}, {2, 4, 6}));
    QVERIFY(!areCollinear({0, 0, 0}, {1, 2, 3}, {2, 4, std::nextafter(6.0, 7.0)}));
  }
};

QTEST_APPLESS_MAIN(TestPredicates3)
#include "test_predicates_3.moc"
