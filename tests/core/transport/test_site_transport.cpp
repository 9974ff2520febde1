// SPDX-License-Identifier: GPL-3.0-or-later
// Semi-discrete transport in the plane against closed forms, on inputs that break naive solvers, and by its
// certificate.
#include <QtTest>
#include <algorithm>
#include <cmath>
#include <numeric>

#include "core/base/error.h"
#include "core/base/random.h"
#include "core/geometry/gaussian_density_2.h"
#include "core/geometry/mesh_density_2.h"
#include "core/geometry/power_diagram_2.h"
#include "core/transport/site_transport.h"

using namespace monge;

namespace {

PlaneProblem randomProblem(int count, std::uint64_t seed, const Domain2& domain = Domain2::square()) {
  Random random(seed);
  PlaneProblem problem{Domain2::square(), {}, {}, {}};
  problem.domain = domain;
  for (int at = 0; at < count; ++at) problem.sites.push_back({random.uniform(), random.uniform()});
  return problem;
}

NewtonOptions exactly(double tolerance) {
  NewtonOptions options;
  options.tolerance = tolerance;
  return options;
}

double largestRelativeError(const PlaneTransport& solver) {
  const std::vector<double> masses = solver.masses();
  double largest = 0;
  for (std::size_t site = 0; site < masses.size(); ++site) {
    const double wanted = solver.problem().masses[site];
    largest = std::max(largest, std::abs(masses[site] - wanted) / wanted);
  }
  return largest;
}

}  // namespace

class TestSiteTransport : public QObject {
  Q_OBJECT

 private slots:
  /// Two sites: the boundary is where the first one's mass lies to its left, x = w / (2 a) + 1/2 for sites a
  /// apart.
  void twoSitesInClosedForm() {
    PlaneProblem problem{Domain2::square(), {}, {}, {}};
    problem.sites = {{0.3, 0.5}, {0.8, 0.5}};
    problem.masses = {0.7, 0.3};
    PlaneTransport solver(problem, exactly(1e-12), 1);
    solver.run();
    QCOMPARE(solver.status(), SolveStatus::Converged);
    // x = (0.3 + 0.8) / 2 + (w_0 - w_1) / (2 * 0.5) = 0.7
    const auto weights = solver.weights();
    QVERIFY(std::abs(weights[0] - weights[1] - 0.15) < 1e-12);
    const auto certificate = solver.certificate();
    const auto strip = [](double from, double to, double site) {
      return (std::pow(to - site, 3) - std::pow(from - site, 3)) / 3 / 2 + (to - from) / 24;
    };
    QVERIFY(std::abs(certificate.primal - strip(0, 0.7, 0.3) - strip(0.7, 1, 0.8)) < 1e-14);
    QVERIFY(std::abs(certificate.dual - certificate.primal) < 1e-13);
  }

  /// Sites on a line: cells are strips between the quantiles of their masses, in the order along the line.
  void quantilesInAStrip() {
    Random random(4);
    PlaneProblem problem{Domain2::square(), {}, {}, {}};
    for (int at = 0; at < 50; ++at) {
      problem.sites.push_back({random.uniform(), 0.5});
      problem.masses.push_back(0.1 + random.uniform());
    }
    PlaneTransport solver(problem, exactly(1e-11), 2);
    solver.run();
    QCOMPARE(solver.status(), SolveStatus::Converged);
    std::vector<int> order(50);
    std::iota(order.begin(), order.end(), 0);
    std::sort(order.begin(), order.end(),
              [&](int a, int b) { return problem.sites[a].x < problem.sites[b].x; });
    const auto weights = solver.weights();
    double quantile = 0;
    for (int at = 0; at + 1 < 50; ++at) {
      const int left = order[at], right = order[at + 1];
      quantile += solver.problem().masses[left];
      const double apart = problem.sites[right].x - problem.sites[left].x;
      const double wall = (problem.sites[left].x + problem.sites[right].x) / 2 +
                          (weights[left] - weights[right]) / (2 * apart);
      QVERIFY2(std::abs(wall - quantile) < 1e-10,
               qPrintable(QString("wall %1: %2, quantile %3").arg(at).arg(wall).arg(quantile)));
    }
  }

  /// The density 2 x, linear on two triangles: the wall stands where its mass, x^2, is the first one's.
  void twoSitesUnderAPiecewiseLinearDensity() {
    PlaneProblem problem{Domain2::square(), {}, {}, {}};
    problem.density =
        meshDensity(problem.domain, {{{0, 0}, {1, 0}, {1, 1}, {0, 1}}, {0, 1, 1, 0}, {{0, 1, 2}, {0, 2, 3}}});
    problem.sites = {{0.3, 0.5}, {0.8, 0.5}};
    problem.masses = {0.64, 0.36};
    PlaneTransport solver(problem, exactly(1e-12), 1);
    solver.run();
    QCOMPARE(solver.status(), SolveStatus::Converged);
    const auto weights = solver.weights();
    QVERIFY(std::abs(0.55 + weights[0] - weights[1] - 0.8) < 1e-12);
    QVERIFY(solver.certificate().gap < 1e-13);
  }

  void manySitesUnderAPiecewiseLinearDensity() {
    PlaneProblem problem = randomProblem(2000, 8);
    problem.density = meshDensity(problem.domain, {{{0, 0}, {1, 0}, {1, 1}, {0, 1}, {0.3, 0.4}},
                                                   {0.1, 1, 0.1, 2, 5},
                                                   {{0, 1, 4}, {1, 2, 4}, {2, 3, 4}, {3, 0, 4}}});
    PlaneTransport solver(problem, exactly(1e-6), 2);
    solver.run();
    QCOMPARE(solver.status(), SolveStatus::Converged);
    QVERIFY(largestRelativeError(solver) <= 1e-6);
    QVERIFY2(solver.history().size() <= 10, qPrintable(QString::number(solver.history().size())));
  }

  /// A lattice is transported by its own squares: equal weights, cost 1/2 * 2 * (1/n)^2 / 12 each.
  void latticeKeepsItsSquares() {
    PlaneProblem problem{Domain2::square(), {}, {}, {}};
    for (int row = 0; row < 12; ++row)
      for (int column = 0; column < 12; ++column)
        problem.sites.push_back({(column + 0.5) / 12, (row + 0.5) / 12});
    PlaneTransport solver(problem, exactly(1e-12), 2);
    solver.run();
    QCOMPARE(solver.status(), SolveStatus::Converged);
    for (const double weight : solver.weights()) QVERIFY(std::abs(weight) < 1e-13);
    QVERIFY(std::abs(solver.certificate().primal - 1.0 / 144 / 12) < 1e-15);
  }

  void converges_data() {
    QTest::addColumn<QString>("kind");
    for (const char* kind :
         {"random", "disc", "far outside", "nine orders of mass", "clustered over nine orders",
          "line plus one", "line", "two clusters", "one site", "cocircular"})
      QTest::newRow(kind) << QString(kind);
  }
  void converges() {
    QFETCH(QString, kind);
    Random random(9);
    PlaneProblem problem = randomProblem(400, 3, kind == "disc" ? Domain2::disc() : Domain2::square());
    for (std::size_t at = 0; at < problem.sites.size(); ++at) {
      Point2& site = problem.sites[at];
      const double share = static_cast<double>(at) / 400;
      if (kind == "far outside") site = {1000 + site.x, -300 + 5 * site.y};
      if (kind == "nine orders of mass") problem.masses.push_back(std::pow(10, -9 * random.uniform()));
      if (kind == "clustered over nine orders") {
        const double reach = std::pow(10, -9 * random.uniform());
        site = {0.5 + reach * (site.x - 0.5), 0.5 + reach * (site.y - 0.5)};
      }
      if (kind == "line plus one") site = at == 0 ? Point2{0.4, 0.9} : Point2{share, 0.5};
      if (kind == "line") site = {share, 0.25 + share / 2};
      if (kind == "two clusters") site = {site.x / 10 + (at % 2 ? 0.9 : 0), site.y / 10};
      if (kind == "cocircular") site = {std::cos(share * 6.28), std::sin(share * 6.28)};
    }
    if (kind == "one site") problem.sites.resize(1);
    PlaneTransport solver(problem, exactly(1e-6), 2);
    solver.run();
    QVERIFY2(solver.status() == SolveStatus::Converged, statusName(solver.status()).c_str());
    QVERIFY(largestRelativeError(solver) <= 1e-6);
    const auto certificate = solver.certificate();
    QVERIFY2(certificate.gap <= 2e-6 * std::max(certificate.primal, 1e-3) * (kind == "far outside" ? 10 : 1),
             qPrintable(QString("primal %1, gap %2").arg(certificate.primal).arg(certificate.gap)));
  }

  /// Where the errors of large cells are down to their rounding, the norm of all cannot fall any more.
  void smallCellsConvergeBelowTheRoundingOfLargeOnes() {
    for (int seed = 1; seed <= 100; ++seed) {
      Random random(seed);
      PlaneProblem problem = randomProblem(400, seed);
      for (int at = 0; at < 400; ++at) problem.masses.push_back(std::pow(10, -9 * random.uniform()));
      PlaneTransport solver(problem, exactly(1e-6), 1);
      solver.run();
      QVERIFY2(solver.status() == SolveStatus::Converged,
               qPrintable(QString("seed %1: %2").arg(seed).arg(statusName(solver.status()).c_str())));
      QVERIFY(largestRelativeError(solver) <= 1e-6);
    }
  }

  /// Three sites and three almost on one spot: the centre of their triangle is lost in rounding, its cells
  /// are not. Nearer than 1e-9 their walls move by more than the tolerance with the last digit of a weight.
  void sitesThatAllButFallTogether() {
    Random random(12);
    for (const double apart : {1e-8, 1e-9, 1e-11}) {
      PlaneProblem problem{Domain2::square(), {}, {}, {}};
      for (int spot = 0; spot < 100; ++spot) {
        const Point2 place{random.uniform(), random.uniform()};
        for (int each = 0; each < 3; ++each)
          problem.sites.push_back(place + apart * Point2{random.normal(), random.normal()});
      }
      PlaneTransport solver(problem, exactly(1e-6), 2);
      solver.run();
      QCOMPARE(solver.status(), apart < 1e-10 ? SolveStatus::Stalled : SolveStatus::Converged);
      QVERIFY(largestRelativeError(solver) <= (apart < 1e-10 ? 2e-4 : 1e-6));
    }
  }

  /// More than rounding allows: the end is told, and it is the best that was reached.
  void whatCannotBeReachedUnderADensityIsNotLost() {
    for (const double sigma : {0.1, 0.25}) {
      PlaneProblem problem = randomProblem(1500, 6);
      problem.density = gaussianDensity(problem.domain, {0.5, 0.5}, sigma);
      PlaneTransport solver(problem, exactly(1e-14), 2);
      solver.run();
      QCOMPARE(solver.status(), SolveStatus::Stalled);
      QVERIFY2(solver.residual() < 1e-11, qPrintable(QString::number(solver.residual())));
      QVERIFY(std::abs(largestRelativeError(solver) - solver.residual()) < 1e-15);
    }
  }

  void sameStepsWithAnyNumberOfThreads() {
    PlaneTransport one(randomProblem(20'000, 1), {}, 1), three(randomProblem(20'000, 1), {}, 3);
    one.run();
    three.run();
    QCOMPARE(one.status(), SolveStatus::Converged);
    QCOMPARE(one.history().size(), three.history().size());
    QCOMPARE(one.weights(), three.weights());
  }

  void stepsAreDampedAndReported() {
    PlaneTransport solver(randomProblem(3000, 2), {}, 2);
    double before = 1e300;
    while (solver.status() == SolveStatus::Running) {
      solver.step();
      const NewtonStep& step = solver.history().back();
      QVERIFY(step.norm <= (1 - step.damping / 2) * before);
      QVERIFY(step.smallestMass > 0);
      QVERIFY(step.trials >= 1);
      before = step.norm;
    }
    QCOMPARE(solver.status(), SolveStatus::Converged);
  }

  /// The certificate's numbers from the diagram that is saved, which is made in another way.
  void theCertificateIsThatOfTheDiagram() {
    PlaneTransport solver(randomProblem(500, 6, Domain2::disc({0.4, 0.6}, 0.8)), {}, 2);
    solver.run();
    const auto weights = solver.weights();
    const PlaneProblem& problem = solver.problem();
    const auto diagram =
        powerDiagram(problem.sites, weights, problem.domain, *problem.density, solver.team());
    double cost = 0, dual = 0;
    for (std::size_t site = 0; site < weights.size(); ++site) {
      cost += diagram.cells[site].secondMoment / 2;
      dual += (diagram.cells[site].secondMoment - weights[site] * diagram.cells[site].mass) / 2 +
              problem.masses[site] * weights[site] / 2;
    }
    QVERIFY(std::abs(solver.certificate().primal - cost) < 1e-13);
    QVERIFY(std::abs(solver.certificate().dual - dual) < 1e-13);
  }

  /// A cost does not depend on where space has its origin: carried a million away, none of its digits may go
  /// but those that the coordinates themselves lose.
  void theCertificateInSpaceIsThatOfItsCopyFarAway() {
    Random random(9);
    std::vector<Point3> near, far;
    const Point3 away{1e6, -1e6, 1e6};
    for (int at = 0; at < 60; ++at) {
      near.push_back({random.uniform(), random.uniform(), random.uniform()});
      far.push_back(near.back() + away);
    }
    std::vector<Point3> corners;
    for (int at = 0; at < 8; ++at)
      corners.push_back(away + Point3{double(at & 1), double(at >> 1 & 1), double(at >> 2 & 1)});
    SpaceTransport here({Domain3::cube(), {}, near, {}}, {}, 2);
    SpaceTransport there({Domain3::hull(corners), {}, far, {}}, {}, 2);
    here.run();
    there.run();
    QCOMPARE(there.status(), SolveStatus::Converged);
    QVERIFY(std::abs(there.certificate().primal - here.certificate().primal) < 1e-8);
    QVERIFY(there.certificate().gap < 1e-6);
  }

  /// Weights do not depend on where the plane has its origin. A million away a coordinate is known to 1e-10.
  void theWeightsAreThoseOfTheCopyFarAway() {
    constexpr double kAway = 0x1p20;
    PlaneProblem near = randomProblem(1000, 5), far = near;
    far.domain = Domain2::box({kAway, -kAway, kAway + 1, 1 - kAway});
    for (Point2& site : far.sites) site = site + Point2{kAway, -kAway};
    PlaneTransport here(near, {}, 2), there(far, {}, 2);
    here.run();
    there.run();
    QCOMPARE(there.status(), SolveStatus::Converged);
    QVERIFY(largestRelativeError(there) <= 1e-6);
    const std::vector<double> w = here.weights(), v = there.weights();
    for (std::size_t site = 0; site < w.size(); ++site) QVERIFY(std::abs(w[site] - v[site]) < 1e-8);
  }

  /// Their cells are differences of pyramids, or triangles, a million high.
  void sitesSpreadFarBeyondTheDomain() {
    PlaneProblem plane = randomProblem(100, 5);
    for (Point2& site : plane.sites) site = 1e6 * site;
    PlaneTransport inPlane(plane, {}, 2);
    inPlane.run();
    QCOMPARE(inPlane.status(), SolveStatus::Converged);
    for (const double reach : {1e4, 1e5, 1e6}) {
      SpaceProblem space{Domain3::cube(), {}, {}, {}};
      Random random(3);
      for (int at = 0; at < 100; ++at)
        space.sites.push_back(reach * Point3{random.uniform(), random.uniform(), random.uniform()});
      SpaceTransport inSpace(space, {}, 2);
      inSpace.run();
      QCOMPARE(inSpace.status(), SolveStatus::Converged);
      QVERIFY(inSpace.residual() <= 1e-6);
    }
  }

  void whatIsTooFarIsNamed() {
    const auto message = [](const PlaneProblem& problem) {
      try {
        PlaneTransport solver(problem, {}, 1);
      } catch (const Error& error) {
        return QString(error.what());
      }
      return QString("not refused");
    };
    PlaneProblem problem{Domain2::box({3e8, 0, 3e8 + 2, 2}), {}, {{3e8, 1}, {3e8 + 2, 1}}, {}};
    QVERIFY2(
        message(problem).startsWith("domain: 150000000.5 times its extent away from the origin; expected"),
        qPrintable(message(problem)));
    problem = {Domain2::square(), {}, {{0, 0}, {0.5, 2e7 + 0.5}}, {}};
    QVERIFY2(message(problem).startsWith("site 2: 2e+07 times the domain's extent away from it; expected"),
             qPrintable(message(problem)));
  }

  void aStopKeepsTheLastGoodState() {
    PlaneTransport solver(randomProblem(3000, 2), {}, 2);
    solver.step();
    const auto weights = solver.weights();
    std::stop_source stop;
    stop.request_stop();
    solver.run(stop.get_token());
    QCOMPARE(solver.status(), SolveStatus::Cancelled);
    QCOMPARE(solver.weights(), weights);
  }

  void theLimitOfIterationsIsSaid() {
    NewtonOptions options;
    options.maxIterations = 1;
    PlaneTransport solver(randomProblem(3000, 2), options, 2);
    solver.run();
    QCOMPARE(solver.status(), SolveStatus::IterationLimit);
  }

  /// So far away that a step of 1 is lost in rounding.
  void oneSiteFarAwayTakesAll() {
    PlaneProblem problem{Domain2::square(), {}, {}, {}};
    problem.sites = {{0.875, 1e20}};
    PlaneTransport solver(problem, {}, 1);
    QCOMPARE(solver.status(), SolveStatus::Converged);
    QCOMPARE(solver.weights(), std::vector<double>{0});
    QVERIFY(std::abs(solver.masses()[0] - 1) < 1e-12);
  }

  /// Masses of any scale, also where their sum is beyond all numbers.
  void largeMassesAreShares() {
    PlaneProblem problem{
        Domain2::square(), {}, {{0.1, 0.1}, {0.5, 0.6}, {0.9, 0.2}}, {1e308, 1e308, 0.5e308}};
    PlaneTransport solver(problem, {}, 1);
    const std::vector<double> masses = solver.problem().masses;
    QVERIFY(std::abs(masses[0] - 0.4) < 1e-15 && std::abs(masses[2] - 0.2) < 1e-15);
  }

  void badInputIsNamed_data() {
    QTest::addColumn<QString>("message");
    for (const char* message :
         {"sites: none", "site 2: a coordinate", "site 2: 2e", "sites: rows 2 and 3 on one spot",
          "masses: 2; expected 3", "mass 2: -1; expected a number above 0", "mass 1: nan", "mass 3: 0",
          "mass 1: 1e-320; expected a share"})
      QTest::newRow(message) << QString(message);
  }
  void badInputIsNamed() {
    QFETCH(QString, message);
    PlaneProblem problem{Domain2::square(), {}, {}, {}};
    problem.sites = {{0.1, 0.1}, {0.5, 0.6}, {0.9, 0.2}};
    if (message.startsWith("sites: none")) problem.sites.clear();
    if (message.startsWith("site 2: a coordinate")) problem.sites[1].y = INFINITY;
    if (message.startsWith("site 2: 2e")) problem.sites[1].x = -2e75;
    if (message.startsWith("sites: rows")) problem.sites[2] = problem.sites[1];
    if (message.startsWith("masses")) problem.masses = {1, 1};
    if (message.startsWith("mass 2")) problem.masses = {1, -1, 1};
    if (message.startsWith("mass 1: nan")) problem.masses = {NAN, 1, 1};
    if (message.startsWith("mass 3")) problem.masses = {1, 1, 0};
    if (message.startsWith("mass 1: 1e-320")) problem.masses = {1e-320, 1e308, 1e308};
    try {
      PlaneTransport solver(problem, {}, 1);
      QFAIL("not refused");
    } catch (const Error& error) {
      QVERIFY2(QString(error.what()).startsWith(message), error.what());
    }
  }
};

QTEST_APPLESS_MAIN(TestSiteTransport)
#include "test_site_transport.moc"
