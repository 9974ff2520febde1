// SPDX-License-Identifier: GPL-3.0-or-later
// Newton in space under a Gaussian density: closed forms, symmetry, sums over a grid, hard starts.
#include <QtTest>
#include <cmath>
#include <numbers>

#include "core/geometry/gaussian_density_3.h"
#include "core/transport/site_transport.h"
#include "tests/core/geometry/sites_3.h"

using namespace monge;

namespace {

SpaceProblem problemOf(std::vector<Point3> sites, double sigma, Point3 mean = {0.5, 0.5, 0.5}) {
  const Domain3 domain = Domain3::cube();
  return {domain, gaussianDensity(domain, mean, sigma), std::move(sites), {}};
}

NewtonOptions exactly(double tolerance) {
  NewtonOptions options;
  options.tolerance = tolerance;
  return options;
}

}  // namespace

class TestGaussianTransport3 : public QObject {
  Q_OBJECT

 private slots:
  /// The wall between two sites stands where the Gaussian along their axis has the first one's mass.
  void twoSitesInClosedForm() {
    SpaceProblem problem = problemOf({{0.3, 0.5, 0.5}, {0.8, 0.5, 0.5}}, 0.2);
    problem.masses = {0.7, 0.3};
    SpaceTransport solver(problem, exactly(1e-12), 1);
    solver.run();
    QCOMPARE(solver.status(), SolveStatus::Converged);
    const auto weights = solver.weights();
    const double wall = 0.55 + weights[0] - weights[1], end = std::erf(0.5 / 0.2 / std::numbers::sqrt2);
    QVERIFY(std::abs((std::erf((wall - 0.5) / 0.2 / std::numbers::sqrt2) / end + 1) / 2 - 0.7) < 1e-12);
    QVERIFY(solver.certificate().gap < 1e-12);
  }

  /// The corners of a cube about the mean: equal weights, and each coordinate costs
  /// int (|t| - 1/4)^2 / 2 over the Gaussian's line.
  void eightSitesInClosedForm() {
    std::vector<Point3> sites;
    for (int at = 0; at < 8; ++at)
      sites.push_back({0.25 + 0.5 * (at & 1), 0.25 + 0.25 * (at & 2), 0.25 + 0.125 * (at & 4)});
    const double sigma = 0.3;
    SpaceTransport solver(problemOf(sites, sigma), exactly(1e-12), 2);
    solver.run();
    QCOMPARE(solver.status(), SolveStatus::Converged);
    for (const double weight : solver.weights()) QVERIFY(std::abs(weight) < 1e-12);
    const double end = 0.5 / sigma, bell = std::exp(-end * end / 2) / std::sqrt(2 * std::numbers::pi);
    const double peak = 1 / std::sqrt(2 * std::numbers::pi), mass = std::erf(end / std::numbers::sqrt2);
    const double second = sigma * sigma * (mass - 2 * end * bell) / mass;
    const double first = 2 * sigma * (peak - bell) / mass;
    QVERIFY(std::abs(solver.certificate().primal - 1.5 * (second - first / 2 + 1.0 / 16)) < 1e-13);
  }

  /// The cost of the map x -> nearest site under the weights, summed over 100^3 midpoints.
  void theCostIsThatOfASum() {
    const SpaceProblem problem = problemOf(uniformSites(20, 8), 0.2, {0.4, 0.5, 0.7});
    SpaceTransport solver(problem, exactly(1e-10), 2);
    solver.run();
    QCOMPARE(solver.status(), SolveStatus::Converged);
    const auto weights = solver.weights();
    double cost = 0;
    std::vector<double> masses(20, 0);
    for (int at = 0; at < 1'000'000; ++at) {
      const Point3 x{(at % 100 + 0.5) / 100, (at / 100 % 100 + 0.5) / 100, (at / 10000 + 0.5) / 100};
      std::size_t nearest = 0;
      const auto power = [&](std::size_t site) {
        return squaredNorm(x - problem.sites[site]) - weights[site];
      };
      for (std::size_t site = 1; site < 20; ++site)
        if (power(site) < power(nearest)) nearest = site;
      const double mass = problem.density->at(x) / 1e6;
      cost += mass * squaredNorm(x - problem.sites[nearest]) / 2;
      masses[nearest] += mass;
    }
    // Midpoints err by 1/24 h^2 times second derivatives, and by what walls cut off: some 1e-4 of each.
    QVERIFY(std::abs(solver.certificate().primal - cost) < 3e-4 * cost);
    for (const double mass : masses) QVERIFY(std::abs(mass - 0.05) < 1.5e-4);
  }

  /// At the cube's corners a Gaussian this narrow has nothing: the start must bring every cell to where it
  /// is.
  void aNarrowGaussianConverges_data() {
    QTest::addColumn<double>("sigma");
    QTest::addColumn<bool>("blob");
    QTest::newRow("0.05") << 0.05 << false;
    QTest::newRow("0.05, from a blob") << 0.05 << true;
    QTest::newRow("0.01") << 0.01 << false;
    QTest::newRow("0.001") << 0.001 << false;
  }
  void aNarrowGaussianConverges() {
    QFETCH(double, sigma);
    QFETCH(bool, blob);
    std::vector<Point3> sites = uniformSites(2000, 9);
    Random random(10);
    if (blob)
      for (Point3& site : sites)
        site = {0.5 + 0.05 * random.normal(), 0.5 + 0.05 * random.normal(), 0.5 + 0.05 * random.normal()};
    SpaceTransport solver(problemOf(sites, sigma), exactly(1e-6), 2);
    solver.run();
    QCOMPARE(solver.status(), SolveStatus::Converged);
    QVERIFY2(solver.history().size() <= 12, qPrintable(QString::number(solver.history().size())));
    const auto certificate = solver.certificate();
    QVERIFY(certificate.gap <= 1e-6 * certificate.primal);
  }
};

QTEST_APPLESS_MAIN(TestGaussianTransport3)
#include "test_gaussian_transport_3.moc"
