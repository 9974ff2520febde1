// SPDX-License-Identifier: GPL-3.0-or-later
#include <QTest>

#include "core/data/toy.h"
#include "core/training/k_means.h"

using namespace monge;

class TestKMeans : public QObject {
  Q_OBJECT

 private slots:
  void findsTheFourDiscs() {
    const RowsF rows = toyDistribution("four_clusters").sample(4000, 2).rows;
    const RowsF centers = kMeans(rows, 4, 7);
    for (float x : {-0.5f, 0.5f})
      for (float y : {-0.5f, 0.5f}) {
        RowsF disc(1, 2);
        disc << x, y;
        QVERIFY((centers.rowwise() - disc.row(0)).rowwise().norm().minCoeff() < 0.02f);
      }
    QVERIFY(kMeans(rows, 4, 7) == centers);
  }

  void moreCentresThanPoints() {
    RowsF rows(2, 2);
    rows << 0, 0, 1, 1;
    const RowsF centers = kMeans(rows, 5, 1);
    QCOMPARE(centers.rows(), 5);
    QVERIFY(centers.allFinite());
  }

  /// Squares beyond single precision: centres all the same.
  void coordinatesTooLargeToSquare() {
    RowsF rows(3, 2);
    rows << 0, 0, 1e20f, 0, 0, 1e20f;
    const RowsF centers = kMeans(rows, 2, 1);
    QCOMPARE(centers.rows(), 2);
    QVERIFY(centers.allFinite());
  }
};

QTEST_APPLESS_MAIN(TestKMeans)
#include "test_k_means.moc"
