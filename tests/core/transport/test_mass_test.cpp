// SPDX-License-Identifier: GPL-3.0-or-later
// What samples say of the masses of cells, with masses that are known.
#include <QtTest>
#include <cmath>
#include <numeric>

#include "core/base/random.h"
#include "core/transport/mass_test.h"

using namespace monge;

namespace {

/// Cells whose masses are off by `error` of the target, up and down in turn.
VectorD alternating(int cells, double error) {
  VectorD masses(cells);
  for (int i = 0; i < cells; ++i) masses[i] = (1 + (i % 2 == 0 ? error : -error)) / cells;
  return masses;
}

MassCounts draw(const VectorD& masses, std::int64_t samples, std::uint64_t seed) {
  Random random(seed);
  std::vector<double> below(static_cast<std::size_t>(masses.size()));
  std::partial_sum(masses.begin(), masses.end(), below.begin());
  MassCounts counts;
  for (int half : {0, 1}) {
    counts.halves[half].assign(below.size(), 0);
    counts.samples[half] = samples / 2;
    for (std::int64_t s = 0; s < samples / 2; ++s)
      ++counts
            .halves[half][std::upper_bound(below.begin(), below.end() - 1, random.uniform()) - below.begin()];
  }
  return counts;
}

}  // namespace

class TestMassTest : public QObject {
  Q_OBJECT

 private slots:
  void intervalsHoldTheTruth_data() {
    QTest::addColumn<int>("cells");
    QTest::addColumn<double>("error");
    QTest::addColumn<int>("samples");
    QTest::newRow("no error, few samples") << 200 << 0.0 << 1000;
    QTest::newRow("small error below the noise") << 200 << 0.05 << 4000;
    QTest::newRow("error above the noise") << 50 << 0.3 << 20000;
    QTest::newRow("two cells") << 2 << 0.1 << 2000;
    QTest::newRow("two cells, far off") << 2 << 0.6 << 200;
    QTest::newRow("four cells, far off") << 4 << 0.5 << 400;
    QTest::newRow("half of the cells empty") << 100 << 1.0 << 2000;
  }
  /// 400 tests at 90 %: each interval misses at most 10 % in expectation, 40; more than 60 have a chance
  /// below 1e-3 (three deviations of 6).
  void intervalsHoldTheTruth() {
    QFETCH(int, cells);
    QFETCH(double, error);
    QFETCH(int, samples);
    const VectorD masses = alternating(cells, error), targets = VectorD::Constant(cells, 1.0 / cells);
    int missedVariation = 0, missedRelative = 0;
    double chi = 0, chiSquares = 0, plain = 0;
    constexpr int kTests = 400;
    for (int seed = 0; seed < kTests; ++seed) {
      const MassTest test = testMasses(draw(masses, samples, seed), targets, 0.9);
      QCOMPARE(test.samples, std::int64_t(samples));
      const double variation = error / 2;
      missedVariation +=
          test.totalVariation.lower > variation + 1e-12 || test.totalVariation.upper < variation - 1e-12;
      missedRelative +=
          test.largestRelative.lower > error + 1e-12 || test.largestRelative.upper < error - 1e-12;
      for (const Estimate& estimate : {test.totalVariation, test.largestRelative})
        QVERIFY(estimate.lower <= estimate.value && estimate.value <= estimate.upper);
      chi += test.chiSquare / kTests, chiSquares += test.chiSquare * test.chiSquare / kTests;
      plain += 0.5 * (test.masses - targets).cwiseAbs().sum() / kTests;
    }
    QVERIFY2(missedVariation <= 60, qPrintable(QString::number(missedVariation)));
    QVERIFY2(missedRelative <= 60, qPrintable(QString::number(missedRelative)));
    // Unbiased: the mean of all within five of its deviations. The plain estimate is not.
    const double deviation = std::sqrt((chiSquares - chi * chi) / kTests);
    QVERIFY2(std::abs(chi - error * error) < 5 * deviation,
             qPrintable(QString("%1 %2").arg(chi).arg(deviation)));
    if (error == 0) QVERIFY(plain > 0.1);
  }

  /// With few cells the linear part of the deviation is what counts: taken at an estimate that is too low it
  /// would be too low as well. 4,000 bounds at two deviations: 2.3 % miss, 91; more than 130 have a chance
  /// below 1e-4.
  void theUpperBoundHoldsForFewCells_data() {
    QTest::addColumn<int>("cells");
    QTest::addColumn<double>("error");
    QTest::newRow("two cells") << 2 << 0.2;
    QTest::newRow("two cells, far off") << 2 << 0.5;
    QTest::newRow("four cells") << 4 << 0.3;
  }
  void theUpperBoundHoldsForFewCells() {
    QFETCH(int, cells);
    QFETCH(double, error);
    const VectorD masses = alternating(cells, error), targets = VectorD::Constant(cells, 1.0 / cells);
    int missed = 0;
    for (int seed = 0; seed < 4000; ++seed) {
      const MassCounts counts = draw(masses, 400, static_cast<std::uint64_t>(seed));
      std::vector<std::int64_t> all(static_cast<std::size_t>(cells));
      for (std::size_t at = 0; at < all.size(); ++at) all[at] = counts.halves[0][at] + counts.halves[1][at];
      missed += chiSquare(all, 400, targets).upperBound(2, 400) < error * error;
    }
    QVERIFY2(missed <= 130, qPrintable(QString::number(missed)));
  }

  void intervalsShrink() {
    const VectorD masses = alternating(20, 0.2), targets = VectorD::Constant(20, 0.05);
    const MassTest few = testMasses(draw(masses, 2000, 1), targets, 0.95),
                   many = testMasses(draw(masses, 2000000, 1), targets, 0.95);
    QVERIFY(few.totalVariation.upper - few.totalVariation.lower > 0.05);
    QVERIFY(many.totalVariation.upper - many.totalVariation.lower < 0.003);
    QVERIFY(many.largestRelative.upper - many.largestRelative.lower < 0.03);
    QVERIFY(std::abs(many.totalVariation.value - 0.1) < 0.002);
  }

  void countsEmptyCells() {
    VectorD masses = VectorD::Zero(5);
    masses[1] = 1;
    const MassTest test = testMasses(draw(masses, 100, 3), VectorD::Constant(5, 0.2), 0.95);
    QCOMPARE(test.empty, std::int64_t(4));
    QVERIFY(test.largestRelative.upper >= 4);
    QVERIFY(test.largestRelative.lower > 3);
  }
};

QTEST_APPLESS_MAIN(TestMassTest)
#include "test_mass_test.moc"
