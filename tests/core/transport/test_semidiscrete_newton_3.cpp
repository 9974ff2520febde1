// SPDX-License-Identifier: GPL-3.0-or-later
#include <QtTest>
#include <algorithm>
#include <cmath>
#include <numeric>

#include "core/base/error.h"
#include "core/geometry/power_cells_3.h"
#include "core/transport/newton_start.h"
#include "core/transport/semidiscrete_newton.h"
#include "tests/core/geometry/sites_3.h"

using namespace monge;

namespace {

struct Solved {
  SolveStatus status;
  std::vector<double> weights, masses;
  int steps;
};

Solved solve(const std::vector<Point3>& sites, const Domain3& domain, const std::vector<double>& targets,
             double tolerance, int threads) {
  ThreadTeam team(threads);
  PowerCells3 cells(sites, domain, uniformDensity(domain), team);
  NewtonOptions options;
  options.tolerance = tolerance;
  SemidiscreteNewton newton(cells, targets, quantileStart(sites, targets, domain, *uniformDensity(domain)),
                            options, team);
  newton.run();
  return {newton.status(), newton.weights(), newton.masses(), static_cast<int>(newton.history().size())};
}

std::vector<double> equalMasses(std::size_t count) {
  return std::vector<double>(count, 1.0 / static_cast<double>(count));
}

double largestRelative(const std::vector<double>& found, const std::vector<double>& wanted) {
  double largest = 0;
  for (std::size_t at = 0; at < found.size(); ++at)
    largest = std::max(largest, std::abs(found[at] - wanted[at]) / wanted[at]);
  return largest;
}

}  // namespace

class TestSemidiscreteNewton3 : public QObject {
  Q_OBJECT

 private slots:
  void randomSitesGetEqualMasses() {
    const std::vector<Point3> sites = uniformSites(2000, 1);
    const Solved solved = solve(sites, Domain3::cube(), equalMasses(2000), 1e-9, 2);
    QCOMPARE(solved.status, SolveStatus::Converged);
    QVERIFY(largestRelative(solved.masses, equalMasses(2000)) <= 1e-9);
    QVERIFY(solved.steps <= 12);
  }

  void layoutsGetTheMassesAskedFor_data() {
    QTest::addColumn<int>("layout");
    const char* names[] = {"cube",   "wide",    "lattice",         "line",         "plane",
                           "sphere", "cluster", "few coordinates", "plane and one"};
    for (int layout = 0; layout < kLayouts; ++layout) QTest::newRow(names[layout]) << layout;
  }
  void layoutsGetTheMassesAskedFor() {
    QFETCH(int, layout);
    Random random(2);
    const std::vector<Point3> sites = distinctSites(static_cast<Layout>(layout), 150, random);
    std::vector<double> targets(sites.size());
    for (double& target : targets) target = random.uniform(0.2, 1);
    const double whole = std::accumulate(targets.begin(), targets.end(), 0.0);
    for (double& target : targets) target /= whole;
    const Solved solved = solve(sites, Domain3::cube(), targets, 1e-9, 2);
    QCOMPARE(solved.status, SolveStatus::Converged);
    QVERIFY(largestRelative(solved.masses, targets) <= 1e-9);
  }

  /// Along a line across a box, cells are slabs: their walls are at the cumulative masses.
  void aLineOfSitesGetsSlabs() {
    const std::vector<Point3> sites{{0.1, 0.5, 0.5}, {0.2, 0.5, 0.5}, {0.6, 0.5, 0.5}};
    const Solved solved = solve(sites, Domain3::cube(), {0.5, 0.3, 0.2}, 1e-12, 1);
    QCOMPARE(solved.status, SolveStatus::Converged);
    const double walls[] = {0.5, 0.8};
    for (int at = 0; at < 2; ++at) {
      const double a = sites[at].x, b = sites[at + 1].x;
      const double wall = (b * b - a * a + solved.weights[at] - solved.weights[at + 1]) / (2 * (b - a));
      QVERIFY(std::abs(wall - walls[at]) < 1e-12);
    }
  }

  void anyDomainWillDo() {
    const Point3 corners[] = {{0, 0, 0}, {3, 0, 0}, {0, 2, 0}, {0, 0, 1}};
    const Domain3 domain = Domain3::hull(corners);
    const std::vector<Point3> sites = uniformSites(200, 3);
    const Solved solved = solve(sites, domain, equalMasses(200), 1e-9, 2);
    QCOMPARE(solved.status, SolveStatus::Converged);
    QVERIFY(largestRelative(solved.masses, equalMasses(200)) <= 1e-9);
  }

  void anyTeamTakesTheSameSteps() {
    const std::vector<Point3> sites = uniformSites(1500, 4);
    const Solved one = solve(sites, Domain3::cube(), equalMasses(1500), 1e-8, 1);
    for (const int threads : {2, 3})
      QVERIFY(solve(sites, Domain3::cube(), equalMasses(1500), 1e-8, threads).weights == one.weights);
  }
};

QTEST_APPLESS_MAIN(TestSemidiscreteNewton3)
#include "test_semidiscrete_newton_3.moc"
