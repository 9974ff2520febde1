// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/transport/exact_discrete.h"

#include <lemon/network_simplex.h>
#include <lemon/smart_graph.h>

#include <QtTest>
#include <cmath>
#include <limits>
#include <numeric>

#include "core/base/error.h"
#include "core/base/random.h"
#include "tests/core/transport/discrete_cases.h"

using namespace monge;
using namespace monge::test;

namespace {

/// LEMON's network simplex on the whole graph, all in whole numbers (with real costs it can cycle).
std::int64_t lemonCost(const RowsD& cost, const VectorD& a, const VectorD& b) {
  lemon::SmartDigraph graph;
  std::vector<lemon::SmartDigraph::Node> nodes;
  for (Eigen::Index at = 0; at < a.size() + b.size(); ++at) nodes.push_back(graph.addNode());
  lemon::SmartDigraph::ArcMap<std::int64_t> arcCost(graph);
  lemon::SmartDigraph::NodeMap<std::int64_t> supply(graph);
  for (Eigen::Index i = 0; i < a.size(); ++i) {
    supply[nodes[static_cast<std::size_t>(i)]] = static_cast<std::int64_t>(a[i]);
    for (Eigen::Index j = 0; j < b.size(); ++j)
      arcCost[graph.addArc(nodes[static_cast<std::size_t>(i)],
                           nodes[static_cast<std::size_t>(a.size() + j)])] =
          static_cast<std::int64_t>(cost(i, j));
  }
  for (Eigen::Index j = 0; j < b.size(); ++j)
    supply[nodes[static_cast<std::size_t>(a.size() + j)]] = -static_cast<std::int64_t>(b[j]);
  lemon::NetworkSimplex<lemon::SmartDigraph, std::int64_t, std::int64_t> simplex(graph);
  simplex.costMap(arcCost).supplyMap(supply);
  return simplex.run() == simplex.OPTIMAL ? simplex.totalCost<std::int64_t>() : -1;
}

/// Recomputes everything that a solution claims, from the matrix.
void verifyOptimal(const ExactTransport& result, const RowsD& cost, const VectorD& a, const VectorD& b) {
  // A potential is a sum of up to n + m costs along the tree; each addition rounds.
  const double scale = cost.cwiseAbs().maxCoeff(), mass = a.sum();
  const double tolerance = 1e-14 * static_cast<double>(a.size() + b.size()) * scale;
  QCOMPARE(result.status, DiscreteStatus::Optimal);
  QVERIFY(std::ssize(result.plan) <= a.size() + b.size() - 1);
  VectorD rows = VectorD::Zero(a.size()), columns = VectorD::Zero(b.size());
  double primal = 0;
  for (const PlanEntry& entry : result.plan) {
    QVERIFY(entry.mass > 0);
    rows[entry.row] += entry.mass;
    columns[entry.column] += entry.mass;
    primal += entry.mass * cost(entry.row, entry.column);
    // Complementary slackness.
    QVERIFY(std::abs(cost(entry.row, entry.column) - result.u[entry.row] - result.v[entry.column]) <=
            tolerance);
  }
  QVERIFY((rows - a).cwiseAbs().maxCoeff() <= 1e-14 * mass);
  QVERIFY((columns - b * (a.sum() / b.sum())).cwiseAbs().maxCoeff() <= 1e-14 * mass);
  const double violation =
      ((result.u.replicate(1, b.size()) + result.v.transpose().replicate(a.size(), 1)) - cost).maxCoeff();
  QVERIFY2(violation <= tolerance, qPrintable(QString::number(violation)));
  QVERIFY(result.certificate.largestInfeasibility <= tolerance);
  QVERIFY(std::abs(primal - result.cost) <= tolerance * mass);
  QVERIFY(std::abs(result.certificate.gap) <= tolerance * mass);
}

}  // namespace

class TestExactDiscrete : public QObject {
  Q_OBJECT

 private slots:
  /// A shape moved by a vector: no plan is better than the shift, for any p. Its length is to be had also
  /// where its p-th power is not.
  void distancesWhosePowersAreBeyondAllNumbers_data() {
    QTest::addColumn<double>("scale");
    QTest::addColumn<double>("p");
    for (const double p : {1.0, 2.0, 3.5, 64.0})
      for (const double scale : {1e-300, 1e-155, 1e-6, 1.0, 1e5, 1e155, 1e300})
        QTest::addRow("%g, p %g", scale, p) << scale << p;
  }
  void distancesWhosePowersAreBeyondAllNumbers() {
    QFETCH(double, scale);
    QFETCH(double, p);
    Random random(5);
    for (const int d : {1, 2}) {
      // Far enough for the shift to be best for p = 1 and to stay so when powers are sharp.
      const RowsD x = normalPoints(400, d, random) * scale;
      const Eigen::RowVectorXd shift = Eigen::RowVectorXd::Constant(d, 5 * scale / std::sqrt(d));
      const RowsD y = x.rowwise() + shift;
      const VectorD a = uniformWeights(400);
      const ExactTransport result = exactTransport(x, a, y, a, p);
      QCOMPARE(result.status, DiscreteStatus::Optimal);
      // Rounded coordinates are moved by a little more or less, and the p-th root of a sum of powers is that
      // of its largest terms.
      QVERIFY2(std::abs(result.distance / scale / 5 - 1) < 1e-12,
               qPrintable(QString::number(result.distance / scale, 'g', 17)));
      const double power = std::pow(5 * scale, p);
      if (std::isnormal(power)) QVERIFY(std::abs(result.cost / power - 1) < 1e-12 * p);
      if (std::isinf(power)) QCOMPARE(result.cost, power);
      if (power == 0) QCOMPARE(result.cost, 0.0);
    }
  }

  /// Far shorter than the whole is wide: their 64th powers vanish beside those of the others.
  void shortWaysInAWideSet() {
    RowsD x(3, 1), y(3, 1);
    x << 0, 1, 2;
    y << 1e-10, 1 + 1e-10, 2;
    const VectorD a = uniformWeights(3);
    const ExactTransport result = exactTransport(x, a, y, a, 64);
    QVERIFY(std::abs(result.distance / (1e-10 * std::pow(2.0 / 3, 1.0 / 64)) - 1) < 1e-6);
    QCOMPARE(result.cost, 0.0);
  }

  /// A coordinate that all points share says nothing about distances, however large.
  void aSharedCoordinateIsNoMatter() {
    RowsD x(2, 2), y(2, 2);
    x << 1e300, 0, 1e300, 1e-300;
    y << 1e300, 3e-300, 1e300, 4e-300;
    const VectorD a = uniformWeights(2);
    QVERIFY(std::abs(exactTransport(x, a, y, a, 1).distance / 3e-300 - 1) < 1e-15);
  }

  void entriesThatCannotBeSummedAreNamed() {
    RowsD cost = RowsD::Ones(2, 3);
    cost(1, 2) = 1e301;
    try {
      exactTransport(cost, uniformWeights(2), uniformWeights(3));
      QFAIL("not refused");
    } catch (const Error& error) {
      QCOMPARE(QString(error.what()),
               QString("cost matrix, row 2, column 3: 1e+301; expected a number of at most 1e300"));
    }
    cost(1, 2) = std::numeric_limits<double>::infinity();
    QVERIFY_THROWS_EXCEPTION(Error, exactTransport(cost, uniformWeights(2), uniformWeights(3)));
    cost(1, 2) = 1e300;
    const ExactTransport result = exactTransport(cost, uniformWeights(2), uniformWeights(3));
    QVERIFY(std::abs(result.cost - 1) < 1e-15);
    QVERIFY(std::isnan(result.distance));
  }

  void aTranslationCostsItsLength() {
    Random random(1);
    const RowsD x = normalPoints(300, 2, random);
    const Eigen::RowVector2d t(3, -4);
    const RowsD y = x.rowwise() + t;
    const VectorD a = uniformWeights(300);
    for (const double p : {1.0, 1.5, 2.0, 3.0}) {
      const ExactTransport result = exactTransport(x, a, y, a, p);
      verifyOptimal(result, costMatrix(x, y, p), a, a);
      QVERIFY(std::abs(std::pow(result.cost, 1 / p) - 5) < 1e-13 * 5);
    }
  }

  void permutationsFindNothingBetter() {
    Random random(2);
    for (int round = 0; round < 60; ++round) {
      const int n = 1 + static_cast<int>(random.below(7));
      const RowsD x = latticePoints(n, 2, 3, random), y = latticePoints(n, 2, 3, random);
      const RowsD cost = costMatrix(x, y, round % 2 ? 1 : 2);
      const VectorD a = VectorD::Ones(n);
      std::vector<int> order(static_cast<std::size_t>(n));
      std::iota(order.begin(), order.end(), 0);
      double least = std::numeric_limits<double>::infinity();
      do {
        double sum = 0;
        for (int i = 0; i < n; ++i) sum += cost(i, order[static_cast<std::size_t>(i)]);
        least = std::min(least, sum);
      } while (std::next_permutation(order.begin(), order.end()));
      QVERIFY(std::abs(exactTransport(x, a, y, a, round % 2 ? 1 : 2).cost - least) <= 1e-14 * (1 + least));
    }
  }

  void aThousandSmallProblemsAgreeWithLemon() {
    Random random(3);
    for (int round = 0; round < 1000; ++round) {
      const Problem problem = smallProblem(random);
      const RowsD cost = costMatrix(problem.x, problem.y, problem.p);
      const ExactTransport byPoints = exactTransport(problem.x, problem.a, problem.y, problem.b, problem.p);
      verifyOptimal(byPoints, cost, problem.a, problem.b);
      const RowsD whole = (cost * 0x1.0p20).array().round();
      const ExactTransport byMatrix = exactTransport(whole, problem.a, problem.b);
      verifyOptimal(byMatrix, whole, problem.a, problem.b);
      QCOMPARE(static_cast<std::int64_t>(byMatrix.cost), lemonCost(whole, problem.a, problem.b));
      if (QTest::currentTestFailed()) return qWarning("in round %d", round);
    }
  }

  void coarserLevelsLeadToTheSameOptimum_data() {
    QTest::addColumn<int>("n");
    QTest::addColumn<int>("m");
    QTest::addColumn<int>("d");
    QTest::addColumn<double>("p");
    QTest::newRow("square") << 700 << 700 << 2 << 2.0;
    QTest::newRow("distance") << 700 << 700 << 2 << 1.0;
    QTest::newRow("few to many") << 40 << 1500 << 3 << 2.0;
    QTest::newRow("many to one") << 900 << 1 << 2 << 1.0;
    QTest::newRow("high dimension") << 400 << 500 << 40 << 2.0;
    QTest::newRow("general power") << 300 << 350 << 2 << 1.3;
  }
  void coarserLevelsLeadToTheSameOptimum() {
    QFETCH(int, n);
    QFETCH(int, m);
    QFETCH(int, d);
    QFETCH(double, p);
    Random random(4);
    const RowsD x = normalPoints(n, d, random), y = normalPoints(m, d, random);
    const VectorD a = wholeWeights(n, m, random), b = wholeWeights(m, n, random);
    const VectorD evened = b * (a.sum() / b.sum());
    const RowsD cost = costMatrix(x, y, p);
    const ExactTransport result = exactTransport(x, a, y, evened, p);
    verifyOptimal(result, cost, a, evened);
    const ExactTransport byMatrix = exactTransport(cost, a, evened);
    QVERIFY(std::abs(result.cost - byMatrix.cost) <= 1e-12 * result.cost);
  }

  void oneDimensionIsTheQuantileCoupling() {
    Random random(5);
    const RowsD x = normalPoints(500, 1, random), y = normalPoints(700, 1, random);
    const VectorD a = uniformWeights(500), b = uniformWeights(700);
    for (const double p : {1.0, 2.0, 2.5}) {
      const RowsD cost = costMatrix(x, y, p);
      const ExactTransport line = exactTransport(x, a, y, b, p);
      verifyOptimal(line, cost, a, b);
      QVERIFY(std::abs(line.cost - exactTransport(cost, a, b).cost) <= 1e-13 * line.cost);
    }
  }

  void theResultDoesNotDependOnThreads() {
    Random random(6);
    const RowsD x = normalPoints(1200, 3, random), y = normalPoints(1000, 3, random);
    const VectorD a = uniformWeights(1200), b = uniformWeights(1000);
    DiscreteOptions options;
    options.threads = 1;
    const ExactTransport first = exactTransport(x, a, y, b, 2, options);
    for (const int threads : {2, 3}) {
      options.threads = threads;
      const ExactTransport again = exactTransport(x, a, y, b, 2, options);
      QCOMPARE(again.cost, first.cost);
      QVERIFY(again.u == first.u && again.v == first.v);
      QCOMPARE(again.iterations, first.iterations);
      QCOMPARE(again.plan.size(), first.plan.size());
    }
  }

  void aStopIsObeyed() {
    Random random(7);
    const RowsD x = normalPoints(1500, 2, random), y = normalPoints(1500, 2, random);
    const VectorD a = uniformWeights(1500);
    std::stop_source source;
    DiscreteOptions options;
    options.stop = source.get_token();
    int calls = 0;
    options.progress = [&](const DiscreteProgress& progress) {
      QVERIFY(progress.level < progress.levels);
      QVERIFY(progress.unplaced >= 0 && progress.unplaced <= 1);
      if (++calls == 2) source.request_stop();
    };
    const ExactTransport result = exactTransport(x, a, y, a, 2, options);
    QCOMPARE(result.status, DiscreteStatus::Cancelled);
    QVERIFY(std::isnan(result.cost));
    QVERIFY(result.plan.empty());
    QCOMPARE(calls, 2);
  }

  void badInputIsNamed() {
    const RowsD x = RowsD::Zero(2, 2), y = RowsD::Ones(3, 2), empty(0, 2), other = RowsD::Ones(3, 1);
    RowsD broken = y;
    broken(1, 1) = std::nan("");
    const VectorD a = uniformWeights(2), b = uniformWeights(3);
    const VectorD negative = (VectorD(3) << 1, -0.5, 0.5).finished(), zero = VectorD::Zero(3);
    const auto message = [](const auto& action) -> std::string {
      try {
        action();
      } catch (const Error& error) {
        return error.what();
      }
      return "no error";
    };
    const auto says = [&](const RowsD& s, const VectorD& sw, const RowsD& t, const VectorD& tw, double p,
                          const char* expected) {
      const std::string found = message([&] { exactTransport(s, sw, t, tw, p); });
      QVERIFY2(found.find(expected) != std::string::npos, found.c_str());
    };
    says(empty, VectorD(), y, b, 2, "first set: no points");
    says(x, a, other, b, 2, "second set: points of dimension 1; expected dimension 2");
    says(x, a, broken, b, 2, "second set, point 2: a coordinate that is no number");
    says(x, a, y, a, 2, "second weights: 2 weights; expected 3");
    says(x, a, y, negative, 2, "second weights, weight 2: -0.5");
    says(x, a, y, zero, 2, "second weights: weights of sum 0");
    says(x, a, y, 2 * b, 2, "second weights: a sum of 2");
    says(x, a, y, b, 0.5, "p: 0.5");
    says(x, a, y, b, std::nan(""), "p: nan");
    const std::string found = message([&] { exactTransport(broken, b, a); });
    QVERIFY2(found.find("cost matrix, row 2, column 2: nan") != std::string::npos, found.c_str());
  }
};

QTEST_APPLESS_MAIN(TestExactDiscrete)
#include "test_exact_discrete.moc"
