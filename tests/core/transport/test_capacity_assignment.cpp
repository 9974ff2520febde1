// SPDX-License-Identifier: GPL-3.0-or-later
#include <QTest>
#include <algorithm>
#include <cmath>
#include <numeric>

#include "core/base/error.h"
#include "core/base/random.h"
#include "core/transport/capacity_assignment.h"
#include "core/transport/exact_discrete.h"

using namespace monge;

namespace {

RowsF randomRows(Eigen::Index rows, Eigen::Index columns, std::uint64_t seed) {
  Random random(seed);
  RowsF result(rows, columns);
  for (Eigen::Index i = 0; i < result.size(); ++i) result.data()[i] = static_cast<float>(random.normal());
  return result;
}

RowsF squaredCosts(const RowsF& points, const RowsF& sites) {
  RowsF costs(sites.rows(), points.rows());
  for (Eigen::Index j = 0; j < sites.rows(); ++j)
    costs.row(j) = (points.rowwise() - sites.row(j)).rowwise().squaredNorm().transpose();
  return costs;
}

std::vector<std::int64_t> held(const std::vector<int>& owner, std::size_t k) {
  std::vector<std::int64_t> counts(k);
  for (const int j : owner) ++counts[static_cast<std::size_t>(j)];
  return counts;
}

/// Whose each point is under the weights, in double precision; ties to the lowest.
std::vector<int> cells(const RowsF& costs, const VectorD& weights) {
  std::vector<int> owner;
  for (Eigen::Index i = 0; i < costs.cols(); ++i) {
    Eigen::Index least = 0;
    (costs.col(i).cast<double>() - weights).minCoeff(&least);
    owner.push_back(static_cast<int>(least));
  }
  return owner;
}

template <class Work>
QString refusal(Work work) {
  try {
    work();
  } catch (const Error& error) {
    return QString::fromUtf8(error.what());
  }
  return {};
}

}  // namespace

class TestCapacityAssignment : public QObject {
  Q_OBJECT

 private slots:
  /// Every way to share 7 points out, for costs with many ties and without.
  void isTheBestOfAll_data() {
    QTest::addColumn<bool>("whole");
    QTest::newRow("ties") << true;
    QTest::newRow("no ties") << false;
  }
  void isTheBestOfAll() {
    QFETCH(bool, whole);
    constexpr int n = 7, k = 3;
    for (std::uint64_t seed = 1; seed <= 20; ++seed) {
      RowsF costs = randomRows(k, n, seed);
      if (whole) costs = (2 * costs).array().round();
      const std::vector<std::int64_t> capacities{2, 4, 1};
      double best = std::numeric_limits<double>::infinity();
      for (int code = 0; code < 2187; ++code) {
        std::vector<int> owner;
        for (int i = 0, rest = code; i < n; ++i, rest /= k) owner.push_back(rest % k);
        if (held(owner, k) != capacities) continue;
        double cost = 0;
        for (int i = 0; i < n; ++i) cost += static_cast<double>(costs(owner[static_cast<std::size_t>(i)], i));
        best = std::min(best, cost);
      }
      const CapacityAssignment found = assignWithCapacities(costs, capacities);
      QCOMPARE(held(found.owner, k), capacities);
      QVERIFY2(std::abs(found.cost - best) <= 1e-12, qPrintable(QString::number(found.cost - best)));
    }
  }

  void agreesWithTheNetworkSimplex_data() {
    QTest::addColumn<int>("n");
    QTest::addColumn<int>("k");
    QTest::newRow("one site") << 50 << 1;
    QTest::newRow("few") << 2000 << 4;
    QTest::newRow("many") << 600 << 60;
    QTest::newRow("as many as points") << 40 << 40;
  }
  void agreesWithTheNetworkSimplex() {
    QFETCH(int, n);
    QFETCH(int, k);
    const RowsF costs = squaredCosts(randomRows(n, 2, 1), randomRows(k, 2, 2));
    Random random(3);
    std::vector<double> shares;
    for (int j = 0; j < k; ++j) shares.push_back(k == n ? 1 : random.uniform(0.2, 1));
    const std::vector<std::int64_t> capacities = wholeCapacities(n, shares);
    const CapacityAssignment found = assignWithCapacities(costs, capacities);
    QCOMPARE(held(found.owner, static_cast<std::size_t>(k)), capacities);
    VectorD demand(k);
    for (int j = 0; j < k; ++j) demand[j] = static_cast<double>(capacities[static_cast<std::size_t>(j)]);
    const ExactTransport oracle =
        exactTransport(RowsD(costs.transpose().cast<double>()), VectorD::Ones(n), demand);
    QVERIFY(std::abs(found.cost - oracle.cost) <= n * 0x1p-52 * oracle.cost);
    // The weights prove it: every point lies in the cell of its site, and none on a wall.
    QCOMPARE(cells(costs, found.weights), found.owner);
    QVERIFY(std::abs(found.weights.sum()) <= 1e-9);
    // Eq. (9) at the optimum is the cost.
    double dual = 0;
    for (int i = 0; i < n; ++i) dual += (costs.col(i).cast<double>() - found.weights).minCoeff();
    dual += found.weights.dot(demand);
    QVERIFY(std::abs(dual - oracle.cost) <= n * 0x1p-52 * oracle.cost);
  }

  /// 3 points at 0 to 2 and 9 at 10 to 18, halves: the wall lies between the third and fourth of the nine.
  void wallOfUnequalClusters() {
    RowsF points(12, 1), sites(2, 1);
    points << 0, 1, 2, 10, 11, 12, 13, 14, 15, 16, 17, 18;
    sites << 1, 14;
    const CapacityAssignment found =
        assignWithCapacities(squaredCosts(points, sites), std::vector<std::int64_t>{6, 6});
    QCOMPARE(found.owner, (std::vector<int>{0, 0, 0, 0, 0, 0, 1, 1, 1, 1, 1, 1}));
    // (x - 1)^2 - g_0 = (x - 14)^2 - g_1 at the wall; the middle of 12 and 13 is where it has most room.
    const double wall = (14 * 14 - 1 - (found.weights[1] - found.weights[0])) / (2 * 13);
    QVERIFY(std::abs(wall - 12.5) <= 1e-12);
  }

  void closeWeightsSaveMoves() {
    const RowsF points = randomRows(3000, 2, 5), sites = randomRows(8, 2, 6);
    const std::vector<std::int64_t> capacities(8, 375);
    const RowsF costs = squaredCosts(points, sites);
    const CapacityAssignment cold = assignWithCapacities(costs, capacities);
    const CapacityAssignment warm = assignWithCapacities(
        costs, capacities, {cold.weights.data(), static_cast<std::size_t>(cold.weights.size())});
    QVERIFY(cold.moves > 0);
    QCOMPARE(warm.moves, 0);
    QCOMPARE(warm.owner, cold.owner);
    // From anywhere the optimum is the same.
    const CapacityAssignment far =
        assignWithCapacities(costs, capacities, std::vector<double>{9, 0, 0, 3, 0, -4, 0, 1});
    QCOMPARE(far.owner, cold.owner);
  }

  void cellsMayBeEmpty() {
    const RowsF costs = squaredCosts(randomRows(50, 2, 7), randomRows(3, 2, 8));
    const CapacityAssignment found = assignWithCapacities(costs, std::vector<std::int64_t>{20, 0, 30});
    QCOMPARE(held(found.owner, 3), (std::vector<std::int64_t>{20, 0, 30}));
    QCOMPARE(cells(costs, found.weights), found.owner);
  }

  void equalPointsAreSharedAllTheSame() {
    const RowsF costs = RowsF::Ones(2, 10);
    const CapacityAssignment found = assignWithCapacities(costs, std::vector<std::int64_t>{3, 7});
    QCOMPARE(held(found.owner, 2), (std::vector<std::int64_t>{3, 7}));
    QCOMPARE(found.weights[0], found.weights[1]);
  }

  void sharesBecomeWholeNumbers() {
    QCOMPARE(wholeCapacities(10, std::vector<double>{1, 1, 1}), (std::vector<std::int64_t>{4, 3, 3}));
    QCOMPARE(wholeCapacities(2, std::vector<double>{0.1, 0.1, 0.8}), (std::vector<std::int64_t>{0, 0, 2}));
    QCOMPARE(wholeCapacities(1000, std::vector<double>{2, 3}), (std::vector<std::int64_t>{400, 600}));
  }

  void refusesWhatDoesNotFit() {
    const RowsF costs = RowsF::Ones(2, 4);
    QCOMPARE(refusal([&] { assignWithCapacities(costs, std::vector<std::int64_t>{4}); }),
             QString("capacities: 1; expected 2, one for each site"));
    QCOMPARE(refusal([&] {
               assignWithCapacities(costs, std::vector<std::int64_t>{2, 3});
             }),
             QString("capacities: a sum of 5; expected 4, the number of points"));
    QCOMPARE(refusal([&] {
               assignWithCapacities(costs, std::vector<std::int64_t>{-1, 5});
             }),
             QString("capacities: -1; expected 0 or more"));
    QCOMPARE(refusal([&] {
               assignWithCapacities(costs, std::vector<std::int64_t>{2, 2}, std::vector<double>{1});
             }),
             QString("weights: 1; expected 2, one for each site"));
    RowsF broken = costs;
    broken(1, 2) = std::numeric_limits<float>::quiet_NaN();
    QCOMPARE(refusal([&] {
               assignWithCapacities(broken, std::vector<std::int64_t>{2, 2});
             }),
             QString("costs: a value that is not finite; expected finite costs"));
    QCOMPARE(refusal([&] { assignWithCapacities(RowsF(0, 0), {}); }),
             QString("costs: none; expected at least one site and one point"));
    QCOMPARE(refusal([&] {
               wholeCapacities(5, std::vector<double>{1, 0});
             }),
             QString("shares: 0.000000; expected finite numbers above 0"));
  }
};

QTEST_APPLESS_MAIN(TestCapacityAssignment)
#include "test_capacity_assignment.moc"
