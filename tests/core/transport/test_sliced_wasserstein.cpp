// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/transport/sliced_wasserstein.h"

#include <QtTest>
#include <cmath>

#include "core/base/error.h"
#include "core/transport/exact_discrete.h"
#include "tests/core/transport/discrete_cases.h"

using namespace monge;
using namespace monge::test;

class TestSlicedWasserstein : public QObject {
  Q_OBJECT

 private slots:
  void unitsWhosePowersAreBeyondAllNumbers() {
    Random random(8);
    const RowsD x = normalPoints(40, 3, random), y = normalPoints(30, 3, random);
    const VectorD a = uniformWeights(40), b = uniformWeights(30);
    for (const double p : {1.0, 2.0, 64.0}) {
      const SlicedEstimate here = slicedWasserstein(x, a, y, b, p);
      QVERIFY(std::abs(here.distance / std::pow(here.cost, 1 / p) - 1) < 1e-14);
      for (const int bits : {-1000, -500, -20, 17, 500, 1000}) {
        const double unit = std::ldexp(1.0, bits);
        const SlicedEstimate there = slicedWasserstein(x * unit, a, y * unit, b, p);
        QVERIFY2(std::abs(there.distance / unit / here.distance - 1) < 1e-12,
                 qPrintable(QString("p %1, 2^%2: %3").arg(p).arg(bits).arg(there.distance / unit)));
      }
    }
  }

  void oneDimensionIsExact() {
    Random random(1);
    const RowsD x = normalPoints(100, 1, random), y = normalPoints(70, 1, random);
    const VectorD a = uniformWeights(100), b = uniformWeights(70);
    const SlicedEstimate estimate = slicedWasserstein(x, a, y, b, 2);
    QVERIFY(std::abs(estimate.cost - exactTransport(x, a, y, b, 2).cost) <= 1e-13 * estimate.cost);
    QVERIFY(estimate.standardError <= 1e-13 * estimate.cost);
  }

  void aTranslationHasAClosedForm() {
    // E <t, theta>^2 = |t|^2 / d; five standard errors leave one chance in a million, and the seed is fixed.
    Random random(2);
    const RowsD x = normalPoints(40, 5, random);
    const Eigen::RowVectorXd t = Eigen::RowVectorXd::LinSpaced(5, -1, 2);
    const VectorD a = uniformWeights(40);
    SlicedOptions options;
    options.projections = 4000;
    const SlicedEstimate estimate = slicedWasserstein(x, a, x.rowwise() + t, a, 2, options);
    QVERIFY(std::abs(estimate.cost - t.squaredNorm() / 5) <= 5 * estimate.standardError);
    // Var <t, theta>^2 = |t|^4 (3 / (d (d + 2)) - 1 / d^2).
    const double deviation = t.squaredNorm() * std::sqrt(3.0 / 35 - 1.0 / 25);
    QVERIFY(std::abs(estimate.standardError * std::sqrt(4000.0) / deviation - 1) < 0.1);
  }

  void itIsNeverAboveTheExactDistance() {
    Random random(3);
    for (int round = 0; round < 50; ++round) {
      const Problem problem = smallProblem(random);
      const double exact = exactTransport(problem.x, problem.a, problem.y, problem.b, problem.p).cost;
      SlicedOptions options;
      options.projections = 20;
      options.seed = static_cast<std::uint64_t>(round);
      const double sliced =
          slicedWasserstein(problem.x, problem.a, problem.y, problem.b, problem.p, options).cost;
      QVERIFY(sliced <= exact * (1 + 1e-12) + 1e-12);
    }
  }

  void seedsAndThreads() {
    Random random(4);
    const RowsD x = normalPoints(60, 3, random), y = normalPoints(80, 3, random);
    const auto cost = [&](std::uint64_t seed, int threads) {
      SlicedOptions options;
      options.seed = seed;
      options.threads = threads;
      return slicedWasserstein(x, uniformWeights(60), y, uniformWeights(80), 1, options).cost;
    };
    QCOMPARE(cost(7, 1), cost(7, 2));
    QCOMPARE(cost(7, 1), cost(7, 3));
    QVERIFY(cost(7, 1) != cost(8, 1));
  }

  void aStopIsObeyed() {
    const RowsD x = RowsD::Random(30, 3), y = RowsD::Random(30, 3);
    std::stop_source source;
    SlicedOptions options;
    options.stop = source.get_token();
    options.progress = [&](int) { source.request_stop(); };
    const SlicedEstimate estimate =
        slicedWasserstein(x, uniformWeights(30), y, uniformWeights(30), 2, options);
    QVERIFY(estimate.cancelled);
    QVERIFY(std::isnan(estimate.cost));
    QVERIFY(estimate.projections < options.projections);
  }

  void badOptionsAreNamed() {
    SlicedOptions options;
    options.projections = 1;
    const RowsD x = RowsD::Zero(2, 2);
    QVERIFY_EXCEPTION_THROWN(slicedWasserstein(x, uniformWeights(2), x, uniformWeights(2), 2, options),
                             Error);
  }
};

QTEST_APPLESS_MAIN(TestSlicedWasserstein)
#include "test_sliced_wasserstein.moc"
