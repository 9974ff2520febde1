// SPDX-License-Identifier: GPL-3.0-or-later
// Monte-Carlo transport against closed forms and Newton, its honesty over many seeds, and its restarts.
#include <QtTest>
#include <cmath>
#include <limits>

#include "core/base/error.h"
#include "core/base/random.h"
#include "core/transport/montecarlo_state.h"
#include "core/transport/semidiscrete_montecarlo.h"
#include "core/transport/site_transport.h"
#include "core/transport/wall_graph.h"
#include "tests/core/geometry/laplacian_product.h"

using namespace monge;

namespace {

MonteCarloProblem randomProblem(int sites, int d, std::uint64_t seed = 1) {
  Random random(seed);
  MonteCarloProblem problem{SourceMeasure::unitBox(d), RowsD(sites, d), {}};
  for (Eigen::Index at = 0; at < problem.sites.size(); ++at) problem.sites.data()[at] = random.uniform();
  return checkedProblem(std::move(problem));
}

/// A solver with all that it stands on.
struct Setup {
  Setup(MonteCarloProblem problem, const MonteCarloOptions& options, int threads = 2,
        SearchPrecision precision = SearchPrecision::Single)
      : team(threads),
        search(SemidiscreteMonteCarlo::sitesAbout(problem), precision, team),
        solver(std::move(problem), options, search, team) {}
  ThreadTeam team;
  CpuPlaneSearch search;
  SemidiscreteMonteCarlo solver;
};

MonteCarloOptions tolerance(double value, std::uint64_t seed = 0) {
  MonteCarloOptions options;
  options.tolerance = value;
  options.seed = seed;
  return options;
}

/// The cells of the unit square or cube under some weights, exactly.
template <class Where>
CellSystem exactCells(const MonteCarloProblem& problem, const typename Where::Domain& domain,
                      const VectorD& weights, ThreadTeam& team) {
  std::vector<typename Where::Point> sites;
  for (Eigen::Index i = 0; i < weights.size(); ++i) {
    if constexpr (Where::kDimension == 2)
      sites.push_back({problem.sites(i, 0), problem.sites(i, 1)});
    else
      sites.push_back({problem.sites(i, 0), problem.sites(i, 1), problem.sites(i, 2)});
  }
  typename Where::Cells cells(sites, domain, uniformDensity(domain), team);
  CellSystem system;
  const std::optional<int> empty = cells.evaluate(std::span(weights.data(), sites.size()), system);
  return empty ? CellSystem{} : system;
}

/// |w_i - nu_i| of the square's cells.
VectorD exactErrors(const MonteCarloProblem& problem, const VectorD& weights, ThreadTeam& team) {
  const CellSystem system = exactCells<Plane>(problem, Domain2::square(), weights, team);
  return (Eigen::Map<const VectorD>(system.masses.data(), std::ssize(system.masses)) - problem.masses)
      .cwiseAbs();
}

void compareStates(const MonteCarloState& a, const MonteCarloState& b) {
  QVERIFY(a.heights == b.heights);
  QCOMPARE(a.iteration, b.iteration);
  QCOMPARE(a.samples, b.samples);
  QCOMPARE(a.batch, b.batch);
  QCOMPARE(a.tests, b.tests);
  QCOMPARE(a.expected, b.expected);
  QCOMPARE(a.damping, b.damping);
}

}  // namespace

class TestSemidiscreteMonteCarlo : public QObject {
  Q_OBJECT

 private slots:
  /// Two sites on an axis of the box: the wall is where the first one's mass lies to its left, and w_0 - w_1
  /// = 2 a (wall - middle) for sites a apart.
  void twoSitesInClosedForm() {
    for (const int d : {2, 5, 128}) {
      MonteCarloProblem problem{SourceMeasure::unitBox(d), RowsD::Constant(2, d, 0.5), VectorD(2)};
      problem.sites(0, 0) = 0.3, problem.sites(1, 0) = 0.8;
      problem.masses << 7, 3;
      Setup setup(checkedProblem(problem), tolerance(0.004));
      setup.solver.run();
      QCOMPARE(setup.solver.status(), SolveStatus::Converged);
      const VectorD weights = setup.solver.weights();
      // The wall is off by no more than the total variation.
      const double wall = 0.55 + (weights[0] - weights[1]) / (2 * 0.5);
      QVERIFY2(std::abs(wall - 0.7) < 0.004, qPrintable(QString::number(wall)));
      // Cost: (x - y)^2 / 2 along the axis in strips, and 1/24 for each of the others.
      const auto strip = [](double from, double to, double site) {
        return (std::pow(to - site, 3) - std::pow(from - site, 3)) / 6;
      };
      const double cost = strip(0, wall, 0.3) + strip(wall, 1, 0.8) + (d - 1) / 24.0;
      const MonteCarloTest& test = *setup.solver.lastTest();
      // The interval holds it with at least 95 %; twice as wide leaves 1e-4.
      const double half = (test.primal.upper - test.primal.lower) / 2;
      QVERIFY(std::abs(test.primal.value - cost) < 2 * half);
      // Weak duality: no plan costs less than the dual.
      const double exact = strip(0, 0.7, 0.3) + strip(0.7, 1, 0.8) + (d - 1) / 24.0;
      QVERIFY(test.dual.value < exact + (test.dual.upper - test.dual.lower));
    }
  }

  /// The exact masses, those that Newton works with, are as near to the wanted ones as the test of samples
  /// promised; heights are unique but for a constant.
  void agreesWithExactCellsInThePlane() {
    MonteCarloProblem problem = randomProblem(60, 2);
    for (int i = 0; i < 60; ++i) problem.masses[i] = 1 + i % 3;
    Setup setup(checkedProblem(problem), tolerance(0.004));
    setup.solver.run();
    QCOMPARE(setup.solver.status(), SolveStatus::Converged);
    QVERIFY(setup.solver.lastTest()->masses.totalVariation.upper <= 0.004);
    const VectorD errors = exactErrors(setup.solver.problem(), setup.solver.weights(), setup.team);
    QVERIFY2(errors.sum() / 2 <= 0.004, qPrintable(QString::number(errors.sum() / 2)));
  }

  void agreesWithExactCellsInSpace() {
    const MonteCarloProblem problem = randomProblem(60, 3);
    Setup setup(problem, tolerance(0.005));
    setup.solver.run();
    QCOMPARE(setup.solver.status(), SolveStatus::Converged);
    const CellSystem cells = exactCells<Space>(problem, Domain3::cube(), setup.solver.weights(), setup.team);
    QCOMPARE(cells.masses.size(), std::size_t(60));
    double variation = 0;
    for (int i = 0; i < 60; ++i) variation += 0.5 * std::abs(cells.masses[i] - problem.masses[i]);
    QVERIFY2(variation <= 0.005, qPrintable(QString::number(variation)));
  }

  /// Newton's weights for the same problem differ by what the masses' error explains: 1/2 L dw = w(h) - nu to
  /// first order.
  void weightsDifferFromNewtonsByTheMassError() {
    const MonteCarloProblem problem = randomProblem(40, 2, 3);
    Setup setup(problem, tolerance(0.004));
    setup.solver.run();
    PlaneProblem exact{Domain2::square(), {}, {}, {}};
    for (int i = 0; i < 40; ++i) exact.sites.push_back({problem.sites(i, 0), problem.sites(i, 1)});
    PlaneTransport newton(exact, {}, 1);
    newton.run();
    QCOMPARE(newton.status(), SolveStatus::Converged);
    const std::vector<double> weights = newton.weights();
    const VectorD found = setup.solver.weights();
    const CellSystem cells = exactCells<Plane>(problem, Domain2::square(), found, setup.team);
    std::vector<double> half(40);
    for (int i = 0; i < 40; ++i) half[i] = (found[i] - weights[i]) / 2;
    const std::vector<double> change = laplacianTimes(cells.laplacian, half);
    double rest = 0, error = 0;
    for (int i = 0; i < 40; ++i) {
      error += std::abs(cells.masses[i] - problem.masses[i]);
      rest += std::abs(change[i] - (cells.masses[i] - problem.masses[i]));
    }
    // Second order: the share of a cell that changes, some 0.01, of the first.
    QVERIFY2(rest < 0.05 * error, qPrintable(QString("%1 of %2").arg(rest).arg(error)));
  }

  /// The Hessian from samples against the one of the exact cells: L x for the x that solves the sampled
  /// system.
  void wallsAgreeWithTheExactHessian() {
    const MonteCarloProblem problem = randomProblem(30, 2, 5);
    Setup setup(problem, tolerance(0.01));
    setup.solver.run();
    const VectorD weights = setup.solver.weights();
    const CellSystem cells = exactCells<Plane>(problem, Domain2::square(), weights, setup.team);
    const SampleStreams streams(problem.source, PointKind::Sobol, 77);
    constexpr std::int64_t kSamples = 1 << 20;
    SamplePanels samples(kSamples, 2);
    streams.fill(0, 0, samples, setup.team);
    TopPlanes found;
    setup.search.setHeights(setup.solver.state().heights);
    setup.search.find(samples, found, {});
    WallGraph walls(30, WallGraph::reachOf(found, 0.05));
    walls.add(found);
    VectorD right = VectorD::Zero(30);
    for (int i = 0; i < 30; ++i) right[i] = i % 2 == 0 ? 1 : -1;
    const VectorD x = walls.solve(kSamples, problem.masses, right, 1e-9).heights;
    const std::vector<double> product = laplacianTimes(cells.laplacian, {x.begin(), x.end()});
    const VectorD rest = Eigen::Map<const VectorD>(product.data(), 30) - right;
    // 50,000 samples on some 80 walls leave chance 1 / 25 of each; the solve stops at 0.03.
    QVERIFY2(rest.norm() < 0.1 * right.norm(), qPrintable(QString::number(rest.norm() / right.norm())));
  }

  void convergesInHighDimension_data() {
    QTest::addColumn<int>("sites");
    QTest::addColumn<int>("dimension");
    QTest::addColumn<QString>("kind");
    for (const char* kind : {"box", "ball", "normal"}) QTest::newRow(kind) << 300 << 16 << QString(kind);
    QTest::newRow("clusters") << 400 << 8 << QString("clusters");
    QTest::newRow("uneven masses") << 300 << 10 << QString("uneven masses");
    QTest::newRow("far away") << 200 << 12 << QString("far away");
    QTest::newRow("uniform points") << 200 << 6 << QString("uniform points");
  }
  void convergesInHighDimension() {
    QFETCH(int, sites);
    QFETCH(int, dimension);
    QFETCH(QString, kind);
    Random random(8);
    MonteCarloProblem problem = randomProblem(sites, dimension, 4);
    if (kind == "ball") problem.source = SourceMeasure::ballAround(problem.sites);
    if (kind == "normal") problem.source = SourceMeasure::normal(dimension, 0.7);
    if (kind == "clusters")
      for (int i = 0; i < sites; ++i)
        problem.sites.row(i) *= 0.05, problem.sites.row(i).array() += 0.3 * (i % 3);
    if (kind == "uneven masses")
      for (double& mass : problem.masses) mass = std::exp(2 * random.normal());
    if (kind == "far away") problem.sites.array() = 100 + 20 * problem.sites.array();
    MonteCarloOptions options = tolerance(0.04);
    if (kind == "uniform points") options.points = PointKind::Uniform;
    Setup setup(checkedProblem(problem), options);
    setup.solver.run();
    QCOMPARE(setup.solver.status(), SolveStatus::Converged);
    // On a million samples that the solver never saw (another test's).
    const MonteCarloTest test = setup.solver.test(1 << 20, 0.99);
    QVERIFY2(test.masses.totalVariation.lower <= 0.04,
             qPrintable(QString::number(test.masses.totalVariation.lower)));
    // In expectation e^-20 of the lightest cells, but those of uneven masses.
    if (kind != "uneven masses") QCOMPARE(test.masses.empty, std::int64_t(0));
    // Primal less dual is sum (w_i - nu_i) weight_i / 2 for the same masses.
    const VectorD weights = setup.solver.weights();
    const double gap = 0.5 * (test.masses.masses - setup.solver.problem().masses).dot(weights);
    QVERIFY(std::abs(test.primal.value - test.dual.value - gap) < 1e-9 * std::abs(test.primal.value));
  }

  /// A cell whose plane is far below all others is found again.
  void emptyCellsRecover() {
    const MonteCarloProblem problem = randomProblem(200, 6);
    Setup setup(problem, tolerance(0.03));
    setup.solver.step();
    MonteCarloState state = setup.solver.state();
    for (const int cell : {3, 77, 150}) state.heights[cell] -= 50;
    state.expected = -1, state.previousIsKept = false;
    setup.solver.restore(state);
    setup.solver.run();
    QCOMPARE(setup.solver.status(), SolveStatus::Converged);
    QCOMPARE(setup.solver.lastTest()->masses.empty, std::int64_t(0));
  }

  void doesNotDependOnTheTeamOrThePrecision() {
    const MonteCarloProblem problem = randomProblem(150, 20);
    Setup one(problem, tolerance(0.05, 5), 1), three(problem, tolerance(0.05, 5), 3),
        half(problem, tolerance(0.05, 5), 2, SearchPrecision::Half), other(problem, tolerance(0.05, 6), 2);
    for (Setup* setup : {&one, &three, &half, &other}) setup->solver.run();
    compareStates(one.solver.state(), three.solver.state());
    compareStates(one.solver.state(), half.solver.state());
    QVERIFY(one.solver.state().heights != other.solver.state().heights);
  }

  /// Stopped in the middle of a round, written, read back and run to the end: the same bits as in one go.
  void restartIsAsUninterrupted() {
    const QTemporaryDir folder;
    const std::filesystem::path file = (folder.path() + "/state.json").toStdString();
    const MonteCarloProblem problem = randomProblem(150, 5);
    const MonteCarloOptions options = tolerance(0.02, 2);
    Setup whole(problem, options);
    whole.solver.run();
    QVERIFY(whole.solver.history().size() > 5);
    MonteCarloState state;
    for (int round = 0; round < 200; ++round) {
      Setup part(problem, options);
      if (round > 0) part.solver.restore(readMonteCarloState(file, fingerprint(problem, options)));
      part.solver.step();
      state = part.solver.state();
      if (part.solver.status() == SolveStatus::Converged) break;
      std::stop_source stop;
      stop.request_stop();
      part.solver.step(stop.get_token());
      QCOMPARE(part.solver.status(), SolveStatus::Cancelled);
      compareStates(part.solver.state(), state);
      writeMonteCarloState(file, part.solver.state(), fingerprint(problem, options));
    }
    compareStates(state, whole.solver.state());
  }

  /// Over 60 seeds the true total variation, known from exact cells, is in the interval of the test that
  /// ended the descent: at 95 % at most 3 misses are expected, more than 9 have a chance below 1e-3.
  void intervalsHoldTheTruth() {
    const MonteCarloProblem problem = randomProblem(25, 2, 9);
    int missed = 0, above = 0;
    for (std::uint64_t seed = 0; seed < 60; ++seed) {
      Setup setup(problem, tolerance(0.03, seed), 1);
      setup.solver.run();
      QCOMPARE(setup.solver.status(), SolveStatus::Converged);
      const VectorD errors = exactErrors(problem, setup.solver.weights(), setup.team);
      const double variation = 0.5 * errors.sum(),
                   largest = (errors.array() / problem.masses.array()).maxCoeff();
      const MassTest& test = setup.solver.lastTest()->masses;
      missed += variation < test.totalVariation.lower || variation > test.totalVariation.upper ||
                largest < test.largestRelative.lower || largest > test.largestRelative.upper;
      above += variation > 0.03;
    }
    QVERIFY2(missed <= 9, qPrintable(QString::number(missed)));
    QVERIFY2(above <= 9, qPrintable(QString::number(above)));
  }

  void endsAtTheLimitOfSamples() {
    MonteCarloOptions options = tolerance(1e-6);
    options.maxSamples = 20000;
    Setup setup(randomProblem(50, 4), options);
    setup.solver.run();
    QCOMPARE(setup.solver.status(), SolveStatus::IterationLimit);
    QVERIFY(setup.solver.state().samples >= 20000 && setup.solver.state().samples < 60000);
  }

  void refusesBadInput_data() {
    QTest::addColumn<QString>("what");
    QTest::addColumn<QString>("message");
    QTest::newRow("one site") << "one site"
                              << "points: 1; expected at least 2";
    QTest::newRow("a line") << "a line"
                            << "points: 1 column; expected 2 to 128, one a coordinate";
    QTest::newRow("129 dimensions") << "129 dimensions"
                                    << "points: 129 columns; expected 2 to 128, one a coordinate";
    QTest::newRow("NaN") << "NaN"
                         << "point 3: a value that is not finite; expected finite coordinates";
    QTest::newRow("huge") << "huge"
                          << "point 5: a coordinate too large for single precision; expected less than 3e38";
    QTest::newRow("twice")
        << "twice"
        << "points: 2 and 5 on one spot, as far as single precision tells; expected distinct ones";
    QTest::newRow("too few masses") << "too few masses"
                                    << "masses: 3; expected 10, one for each point";
    QTest::newRow("mass 0") << "mass 0"
                            << "mass 4: 0; expected above 0";
    QTest::newRow("infinite mass") << "infinite mass"
                                   << "mass 4: inf; expected above 0";
    QTest::newRow("other source") << "other source"
                                  << "source: dimension 3; expected 2, that of the points";
  }
  void refusesBadInput() {
    QFETCH(QString, what);
    QFETCH(QString, message);
    MonteCarloProblem problem = randomProblem(10, 2);
    if (what == "one site") problem.sites = RowsD::Zero(1, 2);
    if (what == "a line") problem.sites = RowsD::Random(10, 1);
    if (what == "129 dimensions") problem.sites = RowsD::Random(10, 129);
    if (what == "NaN") problem.sites(2, 1) = std::numeric_limits<double>::quiet_NaN();
    if (what == "huge") problem.sites(4, 0) = 1e300, problem.sites(5, 0) = -1e300;
    if (what == "twice") problem.sites.row(4) = problem.sites.row(1) * (1 + 1e-12);
    if (what == "too few masses") problem.masses = VectorD::Ones(3);
    if (what == "mass 0") problem.masses[3] = 0;
    if (what == "infinite mass") problem.masses[3] = std::numeric_limits<double>::infinity();
    if (what == "other source") problem.source = SourceMeasure::unitBox(3);
    try {
      checkedProblem(problem);
      QFAIL("nothing was thrown");
    } catch (const Error& error) {
      QCOMPARE(QString(error.what()), message);
    }
  }

  void refusesStatesOfOtherProblems() {
    const QTemporaryDir folder;
    const std::filesystem::path file = (folder.path() + "/state.json").toStdString();
    const MonteCarloProblem problem = randomProblem(20, 3);
    Setup setup(problem, {});
    setup.solver.step();
    writeMonteCarloState(file, setup.solver.state(), fingerprint(problem, {}));
    compareStates(readMonteCarloState(file, fingerprint(problem, {})), setup.solver.state());
    MonteCarloProblem moved = problem;
    moved.sites(7, 1) += 1e-9;
    QVERIFY_EXCEPTION_THROWN(readMonteCarloState(file, fingerprint(moved, {})), Error);
    QVERIFY_EXCEPTION_THROWN(readMonteCarloState(file, fingerprint(problem, tolerance(0.1, 1))), Error);
    QVERIFY_EXCEPTION_THROWN(readMonteCarloState(file.parent_path() / "none.json", ""), Error);
    for (const char* text : {"", "{}", "[1]", "{\"format\": \"monge transport state\", \"version\": 2}",
                             "{\"format\": \"monge transport state\", \"version\": 1, \"problem\": \"x\"}"}) {
      QFile broken(QString::fromStdString(file.string()));
      QVERIFY(broken.open(QIODevice::WriteOnly));
      broken.write(text);
      broken.close();
      QVERIFY_EXCEPTION_THROWN(readMonteCarloState(file, "x"), Error);
    }
    MonteCarloState state = setup.solver.state();
    state.heights[3] = std::numeric_limits<double>::quiet_NaN();
    QVERIFY_EXCEPTION_THROWN(setup.solver.restore(state), Error);
    state.heights = VectorD::Zero(19);
    QVERIFY_EXCEPTION_THROWN(setup.solver.restore(state), Error);
  }
};

QTEST_APPLESS_MAIN(TestSemidiscreteMonteCarlo)
#include "test_semidiscrete_montecarlo.moc"
