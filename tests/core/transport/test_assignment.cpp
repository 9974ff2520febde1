// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/transport/assignment.h"

#include <QtTest>
#include <cmath>
#include <functional>
#include <limits>
#include <set>
#include <sstream>

#include "core/base/error.h"
#include "core/transport/exact_discrete.h"
#include "tests/core/transport/discrete_cases.h"

using namespace monge;
using namespace monge::test;

namespace {

constexpr double kInfinity = std::numeric_limits<double>::infinity();

/// Rows on lines, "-" for a forbidden pair.
RowsD matrix(const QString& text) {
  const QStringList lines = text.split('\n', Qt::SkipEmptyParts);
  RowsD result(lines.size(), lines[0].split(' ', Qt::SkipEmptyParts).size());
  for (int i = 0; i < lines.size(); ++i) {
    const QStringList cells = lines[i].split(' ', Qt::SkipEmptyParts);
    for (int j = 0; j < cells.size(); ++j) result(i, j) = cells[j] == "-" ? kInfinity : cells[j].toDouble();
  }
  return result;
}

double bruteForce(const RowsD& cost) {
  std::vector<bool> taken(static_cast<std::size_t>(cost.cols()));
  const std::function<double(Eigen::Index)> rest = [&](Eigen::Index row) -> double {
    if (row == cost.rows()) return 0;
    double least = kInfinity;
    for (Eigen::Index j = 0; j < cost.cols(); ++j) {
      const auto at = static_cast<std::size_t>(j);
      if (taken[at] || cost(row, j) == kInfinity) continue;
      taken[at] = true;
      least = std::min(least, cost(row, j) + rest(row + 1));
      taken[at] = false;
    }
    return least;
  };
  return rest(0);
}

void verifyOptimal(const Assignment& result, const RowsD& cost) {
  const RowsD finite = cost.unaryExpr([](double c) { return c == kInfinity ? 0.0 : c; });
  const double tolerance = 1e-14 * static_cast<double>(cost.cols()) * (finite.cwiseAbs().maxCoeff() + 1e-300);
  QCOMPARE(result.status, AssignmentStatus::Optimal);
  QCOMPARE(std::ssize(result.column), cost.rows());
  QCOMPARE(std::ssize(std::set<int>(result.column.begin(), result.column.end())), cost.rows());
  QVERIFY((cost - result.u.replicate(1, cost.cols()) - result.v.transpose().replicate(cost.rows(), 1))
              .minCoeff() >= -tolerance);
  QVERIFY(result.v.maxCoeff() <= 0);
  const double n = static_cast<double>(cost.rows());
  QVERIFY2(std::abs(result.u.sum() + result.v.sum() - result.cost) <= n * tolerance,
           qPrintable(QString::number(result.u.sum() + result.v.sum() - result.cost)));
}

}  // namespace

class TestAssignment : public QObject {
  Q_OBJECT

 private slots:
  /// Expected costs from scipy.optimize.linear_sum_assignment 1.10.
  void knownMatrices_data() {
    QTest::addColumn<QString>("text");
    QTest::addColumn<double>("cost");
    QTest::newRow("one pair") << "7" << 7.0;
    QTest::newRow("three") << "4 1 3\n2 0 5\n3 2 2" << 5.0;
    QTest::newRow("wide") << "10 10 8 9\n9 8 1 4\n9 7 4 10" << 17.0;
    QTest::newRow("negative") << "-1 -5 2\n-3 -2 0\n4 -6 -6" << -14.0;
    QTest::newRow("forbidden pairs") << "- 3 1\n2 - -\n- - 9" << 14.0;
    QTest::newRow("all equal") << "2 2 2\n2 2 2\n2 2 2" << 6.0;
    QTest::newRow("far apart in size") << "1e12 1 0\n1e-12 2e12 1\n5 5 1e-12" << 1.0 + 2e-12;
  }
  void knownMatrices() {
    QFETCH(QString, text);
    QFETCH(double, cost);
    const RowsD costs = matrix(text);
    const Assignment result = assign(costs);
    verifyOptimal(result, costs);
    QCOMPARE(result.cost, cost);
  }

  void aThousandSmallMatricesAgreeWithBruteForce() {
    Random random(1);
    for (int round = 0; round < 1000; ++round) {
      const int n = 1 + static_cast<int>(random.below(6)), m = n + static_cast<int>(random.below(3));
      RowsD cost(n, m);
      const bool ties = random.below(2) == 0;
      for (double& entry : cost.reshaped()) {
        entry = ties ? static_cast<double>(random.below(3)) : random.normal();
        if (random.below(4) == 0) entry = kInfinity;
      }
      const double expected = bruteForce(cost);
      const Assignment result = assign(cost);
      if (expected == kInfinity) {
        QCOMPARE(result.status, AssignmentStatus::Infeasible);
        verifyBlocked(result.blocked, cost);
      } else {
        verifyOptimal(result, cost);
        QVERIFY(std::abs(result.cost - expected) <= 1e-14 * n * (1 + std::abs(expected)));
      }
      if (QTest::currentTestFailed()) return qWarning("in round %d", round);
    }
  }

  void largerSetsAgreeWithTransport() {
    Random random(2);
    const RowsD x = normalPoints(300, 2, random), y = normalPoints(300, 2, random);
    const RowsD cost = costMatrix(x, y, 2);
    const Assignment result = assign(cost);
    verifyOptimal(result, cost);
    const VectorD ones = VectorD::Ones(300);
    QVERIFY(std::abs(result.cost - exactTransport(x, ones, y, ones, 2).cost) <= 1e-12 * result.cost);
  }

  void aStopIsObeyed() {
    std::stop_source source;
    source.request_stop();
    // Equal rows compete, so that some row needs a path.
    const Assignment result = assign(RowsD::Ones(4, 4), source.get_token());
    QCOMPARE(result.status, AssignmentStatus::Cancelled);
    QVERIFY(result.column.empty() && std::isnan(result.cost));
  }

  void badInputIsNamed_data() {
    QTest::addColumn<QString>("text");
    QTest::addColumn<QString>("message");
    QTest::newRow("tall") << "1\n2"
                          << "2 rows and 1 columns; expected at least as many columns as rows";
    QTest::newRow("no number") << "1 nan\n2 3"
                               << "row 1, column 2: NaN";
    QTest::newRow("endless gain") << "1 2\n-inf 3"
                                  << "row 2, column 1: -infinity";
  }
  void badInputIsNamed() {
    QFETCH(QString, text);
    QFETCH(QString, message);
    try {
      assign(matrix(text));
      QFAIL("no error");
    } catch (const Error& error) {
      QVERIFY2(QString(error.what()).contains(message), error.what());
    }
    QVERIFY_EXCEPTION_THROWN(assign(RowsD(0, 3)), Error);
  }

 private:
  /// Together they must have fewer columns than they are.
  static void verifyBlocked(const std::vector<int>& rows, const RowsD& cost) {
    Eigen::Index columns = 0;
    for (Eigen::Index j = 0; j < cost.cols(); ++j) columns += cost(rows, j).minCoeff() < kInfinity;
    QVERIFY(!rows.empty() && columns < std::ssize(rows));
  }
};

QTEST_APPLESS_MAIN(TestAssignment)
#include "test_assignment.moc"
