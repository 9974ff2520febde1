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

  void collinearPoints() {
    QVERIFY(areCollinear({0, 0, 0}, {1, 2, 3}, {2, 4, 6}));
    QVERIFY(!areCollinear({0, 0, 0}, {1, 2, 3}, {2, 4, std::nextafter(6.0, 7.0)}));
  }
};

QTEST_APPLESS_MAIN(TestPredicates3)
#include "test_predicates_3.moc"
