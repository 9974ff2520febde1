// SPDX-License-Identifier: GPL-3.0-or-later
#include <QTest>

#include "core/metrics/mask_metrics.h"

using namespace monge;

class TestMaskMetrics : public QObject {
  Q_OBJECT

 private slots:
  /// A disc of radius 1 in the middle of a 4 x 4 grid on [-2, 2]^2: the centres (+-0.5, +-0.5) of four bins
  /// lie inside.
  void countsByHand() {
    const MaskGrid grid({{0, 0, 1}}, {-2, -2, 2, 2}, 4);
    QCOMPARE(grid.insideBins(), 4);
    RowsF points(5, 2);
    points << 0.5f, 0.5f,  // inside, in the upper right bin
        0.9f, 0.1f,        // the same bin
        -0.1f, -0.1f,      // lower left bin
        0.9f, 0.9f,        // in the upper right bin but outside the disc
        3, 3;              // off the grid
    const auto measured = grid.measure(points);
    QCOMPARE(measured.coverage, 2.0 / 4);
    QCOMPARE(measured.precision, 3.0 / 5);
  }

  void nothingGenerated() {
    const auto measured = MaskGrid({{0, 0, 1}}, {-1, -1, 1, 1}).measure(RowsF(0, 2));
    QCOMPARE(measured.coverage, 0.0);
    QCOMPARE(measured.precision, 0.0);
  }

  void squareOfThePaper() {
    RowsF lower(1, 2), upper(1, 2);
    lower << -0.75f, -0.25f;
    upper << 0.75f, 0.25f;
    const auto [low, high] = surroundingSquare(lower, upper);
    QCOMPARE(low(0), -1.0f);
    QCOMPARE(low(1), -1.0f);
    QCOMPARE(high(0), 1.0f);
    QCOMPARE(high(1), 1.0f);
  }
};

QTEST_APPLESS_MAIN(TestMaskMetrics)
#include "test_mask_metrics.moc"
