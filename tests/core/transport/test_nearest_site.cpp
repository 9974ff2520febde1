// SPDX-License-Identifier: GPL-3.0-or-later
#include <QtTest>
#include <cmath>

#include "core/base/error.h"
#include "core/base/random.h"
#include "core/transport/nearest_site.h"

using namespace monge;

namespace {

RowsD randomRows(int rows, int columns, std::uint64_t seed, double low = 0, double high = 1) {
  Random random(seed);
  return RowsD::NullaryExpr(rows, columns, [&] { return random.uniform(low, high); });
}

int bruteForce(const RowsD& sites, const VectorD& weights, const Eigen::RowVectorXd& x) {
  Eigen::Index best;
  ((sites.rowwise() - x).rowwise().squaredNorm() - weights).minCoeff(&best);
  return static_cast<int>(best);
}

}  // namespace

class TestNearestSite : public QObject {
  Q_OBJECT

 private slots:
  void answersAsALookAtAll_data() {
    QTest::addColumn<int>("dimension");
    QTest::addColumn<double>("spread");
    for (const int dimension : {1, 2, 3, 5, 8})
      for (const double spread : {0.0, 0.01, 100.0})
        QTest::addRow("d = %d, weights to %g", dimension, spread) << dimension << spread;
  }
  void answersAsALookAtAll() {
    QFETCH(int, dimension);
    QFETCH(double, spread);
    const RowsD sites = randomRows(700, dimension, 1), points = randomRows(400, dimension, 2, -0.5, 1.5);
    const VectorD weights = randomRows(700, 1, 3, 0, spread);
    const NearestSite nearest(sites, weights, NearestSite::Search::Tree);
    QVERIFY(nearest.usesTree());
    ThreadTeam one(1), two(2);
    const IndicesI found = nearest(points, one);
    QCOMPARE(nearest(points, two), found);
    for (int row = 0; row < 400; ++row) QCOMPARE(found[row], bruteForce(sites, weights, points.row(row)));
  }

  /// A grid asked at its corners, sites on one spot, and all sites on one spot: the lowest row of equal ones.
  void tiesGoToTheLowest() {
    RowsD grid(100, 2);
    for (int at = 0; at < 100; ++at) grid.row(at) << at % 10, at / 10;
    const NearestSite nearest(grid, {}, NearestSite::Search::Tree);
    for (int at = 0; at < 81; ++at) {
      const double corner[] = {at % 9 + 0.5, at / 9 + 0.5};
      QCOMPARE(nearest(corner), at / 9 * 10 + at % 9);
    }
    const NearestSite heap(RowsD::Zero(90, 2), {}, NearestSite::Search::Tree);
    const double origin[] = {0, 0}, far[] = {1e6, 3};
    QCOMPARE(heap(origin), 0);
    QCOMPARE(heap(far), 0);
  }

  void manyDimensionsLookAtAll() {
    const NearestSite nearest(randomRows(500, 40, 1));
    QVERIFY(!nearest.usesTree());
    const RowsD sites = randomRows(500, 40, 1), points = randomRows(20, 40, 2);
    ThreadTeam team(1);
    const IndicesI found = nearest(points, team);
    for (int row = 0; row < 20; ++row)
      QCOMPARE(found[row], bruteForce(sites, VectorD::Zero(500), points.row(row)));
  }

  void refusesWhatMakesNoSense() {
    QVERIFY_EXCEPTION_THROWN(NearestSite(RowsD(0, 2)), Error);
    QVERIFY_EXCEPTION_THROWN(NearestSite(RowsD::Zero(3, 2), VectorD::Zero(2)), Error);
    QVERIFY_EXCEPTION_THROWN(NearestSite(RowsD::Constant(3, 2, NAN)), Error);
    const NearestSite nearest(RowsD::Zero(3, 2));
    const double three[] = {0, 0, 0};
    QVERIFY_EXCEPTION_THROWN(nearest(three), Error);
    ThreadTeam team(1);
    QVERIFY_EXCEPTION_THROWN(nearest(RowsD::Constant(1, 2, INFINITY), team), Error);
  }
};

QTEST_APPLESS_MAIN(TestNearestSite)
#include "test_nearest_site.moc"
