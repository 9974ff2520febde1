// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/transport/sinkhorn.h"

#include <QtTest>
#include <cmath>
#include <limits>

#include "core/base/error.h"
#include "core/transport/exact_discrete.h"
#include "tests/core/transport/discrete_cases.h"

using namespace monge;
using namespace monge::test;

class TestSinkhorn : public QObject {
  Q_OBJECT

 private slots:
  /// The estimate does not depend on the unit of length.
  void unitsWhosePowersAreBeyondAllNumbers() {
    Random random(8);
    const RowsD x = normalPoints(40, 2, random), y = normalPoints(40, 2, random);
    const VectorD a = uniformWeights(40);
    for (const double p : {1.0, 2.0, 64.0}) {
      const SinkhornEstimate here = sinkhornTransport(x, a, y, a, p);
      QVERIFY(here.distance > 0);
      QVERIFY(std::abs(here.distance / std::pow(here.upper, 1 / p) - 1) < 1e-14);
      for (const int bits : {-1000, -500, -20, 17, 500, 1000}) {
        const double unit = std::ldexp(1.0, bits);
        const SinkhornEstimate there = sinkhornTransport(x * unit, a, y * unit, a, p);
        QVERIFY2(std::abs(there.distance / unit / here.distance - 1) < 1e-9,
                 qPrintable(QString("p %1, 2^%2: %3").arg(p).arg(bits).arg(there.distance / unit)));
      }
    }
  }

  void aStopBeforeTheFirstPassIsNoAnswer() {
    Random random(5);
    const RowsD x = normalPoints(50, 2, random), y = normalPoints(50, 2, random);
    std::stop_source source;
    source.request_stop();
    SinkhornOptions options;
    options.stop = source.get_token();
    const SinkhornEstimate estimate =
        sinkhornTransport(x, uniformWeights(50), y, uniformWeights(50), 2, options);
    QCOMPARE(estimate.status, SinkhornStatus::Cancelled);
    QVERIFY(std::isinf(estimate.upper) && std::isnan(estimate.distance));
  }

  void theBoundsHoldTheExactCost() {
    Random random(1);
    for (int round = 0; round < 200; ++round) {
      const Problem problem = smallProblem(random);
      const ExactTransport exact = exactTransport(problem.x, problem.a, problem.y, problem.b, problem.p);
      SinkhornOptions options;
      options.epsilon = round % 2 ? 1e-3 : 0.1;
      options.iterations = round % 3 ? 1000 : 3;  // bounds hold also where it has not converged
      const SinkhornEstimate estimate =
          sinkhornTransport(problem.x, problem.a, problem.y, problem.b, problem.p, options);
      const double largest = costMatrix(problem.x, problem.y, problem.p).maxCoeff();
      const double rounding = 1e-13 * problem.a.sum() * largest;
      QVERIFY2(estimate.lower <= exact.cost + rounding && exact.cost <= estimate.upper + rounding,
               qPrintable(QString("round %1: %2 <= %3 <= %4")
                              .arg(round)
                              .arg(estimate.lower)
                              .arg(exact.cost)
                              .arg(estimate.upper)));
    }
  }

  void thePotentialsAreFeasible() {
    Random random(2);
    const RowsD x = normalPoints(60, 3, random), y = normalPoints(70, 3, random);
    const VectorD a = wholeWeights(60, 3, random), b = wholeWeights(70, 3, random);
    const SinkhornEstimate estimate = sinkhornTransport(x, a, y, b * (a.sum() / b.sum()), 1.5);
    const RowsD cost = costMatrix(x, y, 1.5);
    const double violation =
        (estimate.u.replicate(1, 70) + estimate.v.transpose().replicate(60, 1) - cost).maxCoeff();
    QVERIFY(violation <= 1e-14 * cost.maxCoeff());
    const double dual = a.dot(estimate.u) + (b * (a.sum() / b.sum())).dot(estimate.v);
    QVERIFY(std::abs(dual - estimate.lower) <= 1e-13 * a.sum() * cost.maxCoeff());
  }

  void aSmallerEpsilonIsCloser() {
    Random random(3);
    const RowsD x = normalPoints(300, 2, random), y = normalPoints(400, 2, random);
    const VectorD a = uniformWeights(300), b = uniformWeights(400);
    double before = std::numeric_limits<double>::infinity();
    for (const double epsilon : {1e-1, 1e-2, 1e-3}) {
      SinkhornOptions options;
      options.epsilon = epsilon;
      options.marginalError = 1e-5;
      const SinkhornEstimate estimate = sinkhornTransport(x, a, y, b, 2, options);
      QCOMPARE(estimate.status, SinkhornStatus::Converged);
      QVERIFY(estimate.marginalError <= options.marginalError);
      QVERIFY(estimate.upper - estimate.lower < before);
      before = estimate.upper - estimate.lower;
    }
    // Entropy adds at most epsilon log(min(n, m)) to the cost, and as much again to the dual value.
    const double mean = costMatrix(x, y, 2).mean();
    QVERIFY(before <= 2 * 1e-3 * mean * std::log(300.0));
  }

  void twoPointsHaveAClosedForm() {
    // Symmetric 2 x 2: P_12 / P_11 = exp(-1 / epsilon), so that the rounded plan costs 1 / (1 + exp(1 /
    // epsilon)).
    const RowsD x = (RowsD(2, 1) << 0, 1).finished();
    const VectorD half = VectorD::Constant(2, 0.5);
    SinkhornOptions options;
    options.epsilon = 1;  // times the mean cost, which is 1/2
    options.marginalError = 1e-14;
    const SinkhornEstimate estimate = sinkhornTransport(x, half, x, half, 2, options);
    QCOMPARE(estimate.epsilon, 0.5);
    QVERIFY(std::abs(estimate.upper - 1 / (1 + std::exp(2.0))) < 1e-14);
    QVERIFY(std::abs(estimate.lower) < 1e-14);
  }

  void pointsThatAreAllOneCostNothing() {
    const RowsD x = RowsD::Constant(5, 2, 3.25);
    const SinkhornEstimate estimate = sinkhornTransport(x, uniformWeights(5), x, uniformWeights(5), 2);
    QCOMPARE(estimate.status, SinkhornStatus::Converged);
    QCOMPARE(estimate.lower, 0.0);
    QCOMPARE(estimate.upper, 0.0);
  }

  void theResultDoesNotDependOnThreads() {
    Random random(4);
    const RowsD x = normalPoints(500, 2, random), y = normalPoints(300, 2, random);
    SinkhornOptions options;
    options.epsilon = 0.05;
    options.threads = 1;
    const SinkhornEstimate first =
        sinkhornTransport(x, uniformWeights(500), y, uniformWeights(300), 2, options);
    for (const int threads : {2, 3}) {
      options.threads = threads;
      const SinkhornEstimate again =
          sinkhornTransport(x, uniformWeights(500), y, uniformWeights(300), 2, options);
      QCOMPARE(again.upper, first.upper);
      QCOMPARE(again.lower, first.lower);
      QCOMPARE(again.iterations, first.iterations);
    }
  }

  void aStopIsObeyed() {
    Random random(5);
    const RowsD x = normalPoints(50, 2, random), y = normalPoints(50, 2, random);
    std::stop_source source;
    SinkhornOptions options;
    options.stop = source.get_token();
    options.progress = [&](const SinkhornProgress& progress) {
      if (progress.iteration == 3) source.request_stop();
    };
    const SinkhornEstimate estimate =
        sinkhornTransport(x, uniformWeights(50), y, uniformWeights(50), 2, options);
    QCOMPARE(estimate.status, SinkhornStatus::Cancelled);
    QVERIFY(estimate.iterations <= 4);
    QCOMPARE(estimate.lower, 0.0);
    QCOMPARE(estimate.upper, std::numeric_limits<double>::infinity());
  }

  void badOptionsAreNamed() {
    const RowsD x = RowsD::Zero(2, 2);
    const auto refuses = [&](const SinkhornOptions& options, const char* subject) {
      try {
        sinkhornTransport(x, uniformWeights(2), x, uniformWeights(2), 2, options);
      } catch (const Error& error) {
        return error.subject() == subject;
      }
      return false;
    };
    SinkhornOptions options;
    options.epsilon = 0;
    QVERIFY(refuses(options, "epsilon"));
    options.epsilon = std::nan("");
    QVERIFY(refuses(options, "epsilon"));
    options = {};
    options.marginalError = -1;
    QVERIFY(refuses(options, "marginal error"));
    options = {};
    options.iterations = 0;
    QVERIFY(refuses(options, "iterations"));
  }
};

QTEST_APPLESS_MAIN(TestSinkhorn)
#include "test_sinkhorn.moc"
