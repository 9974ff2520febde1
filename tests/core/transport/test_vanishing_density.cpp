// SPDX-License-Identifier: GPL-3.0-or-later
// Transport from densities that are 0 at places, where a start cannot give every cell mass.
#include <QtTest>
#include <algorithm>
#include <cmath>
#include <functional>
#include <numeric>

#include "core/base/error.h"
#include "core/base/random.h"
#include "core/geometry/image_density_2.h"
#include "core/geometry/mesh_density_3.h"
#include "core/transport/site_transport.h"

using namespace monge;

namespace {

using Rows = std::vector<std::string>;

const Rows kRing = {"................",  //
                    "......####......",  //
                    "....########....",  //
                    "...####..####...",  //
                    "..###......###..",  //
                    "..##........##..",  //
                    ".###........###.",  //
                    ".##..........##.",  //
                    ".##..........##.",  //
                    ".###........###.",  //
                    "..##........##..",  //
                    "..###......###..",  //
                    "...####..####...",  //
                    "....########....",  //
                    "......####......",  //
                    "................"};
const Rows kCorner = {".........",  //
                      ".##......",  //
                      ".##......",  //
                      ".##......",  //
                      ".##......",  //
                      ".##......",  //
                      ".#######.",  //
                      ".#######.",  //
                      "........."};
const Rows kTwoSquares = {".......##.",  //
                          ".......##.",  //
                          "..........",  //
                          "..........",  //
                          "..........",  //
                          "..........",  //
                          "..........",  //
                          "###.......",  //
                          "###.......",  //
                          "###......."};
/// Parts of equal mass. The square's boundary goes through the outermost pixels' values.
const Rows kTwins = {"......##",  //
                     "......##",  //
                     "........",  //
                     "........",  //
                     "........",  //
                     "........",  //
                     "##......",  //
                     "##......"};

RowsD picture(const Rows& rows) {
  RowsD values(std::ssize(rows), std::ssize(rows[0]));
  for (Eigen::Index row = 0; row < values.rows(); ++row)
    for (Eigen::Index column = 0; column < values.cols(); ++column)
      values(row, column) = rows[row][column] == '#' ? 1 : 0;
  return values;
}

PlaneProblem drawn(const Rows& rows, int sites) {
  Random random(3);
  PlaneProblem problem{Domain2::square(), {}, {}, {}};
  problem.density = imageDensity(problem.domain, picture(rows));
  for (int at = 0; at < sites; ++at) problem.sites.push_back({random.uniform(), random.uniform()});
  return problem;
}

/// The picture as it is defined: values at the pixels' centres, bilinear between them, constant beyond.
class Pixels {
 public:
  explicit Pixels(const Rows& rows) : m_values(picture(rows)) {}

  double at(double x, double y) const {
    const double column = std::clamp(x * width() - 0.5, 0.0, width() - 1.0);
    const double row = std::clamp((1 - y) * height() - 0.5, 0.0, height() - 1.0);
    const auto c = static_cast<Eigen::Index>(column), r = static_cast<Eigen::Index>(row);
    const auto nextC = std::min(c + 1, m_values.cols() - 1), nextR = std::min(r + 1, m_values.rows() - 1);
    const double s = column - static_cast<double>(c), t = row - static_cast<double>(r);
    return (1 - t) * ((1 - s) * m_values(r, c) + s * m_values(r, nextC)) +
           t * ((1 - s) * m_values(nextR, c) + s * m_values(nextR, nextC));
  }

  /// Integral along x, exact: trapezoids between the lines of centres.
  double along(double from, double to, double y) const {
    double sum = 0;
    for (int pixel = 0; pixel <= width(); ++pixel) {
      const double low = std::max(from, (pixel - 0.5) / width());
      const double high = std::min(to, (pixel + 0.5) / width());
      if (high > low) sum += (high - low) * (at(low, y) + at(high, y)) / 2;
    }
    return sum;
  }

 private:
  int width() const { return static_cast<int>(m_values.cols()); }
  int height() const { return static_cast<int>(m_values.rows()); }
  RowsD m_values;
};

/// What each cell has of the picture, from nothing but the cells' definition: on each of many lines y the
/// part that a site has is an interval.
std::vector<double> massesByLines(const Rows& rows, const PlaneTransport& solver, int lines) {
  const Pixels pixels(rows);
  const std::vector<Point2>& sites = solver.problem().sites;
  const std::vector<double> w = solver.weights();
  std::vector<double> masses(sites.size());
  double whole = 0;
  for (int line = 0; line < lines; ++line) {
    const double y = (line + 0.5) / lines;
    whole += pixels.along(0, 1, y);
    for (std::size_t i = 0; i < sites.size(); ++i) {
      double from = 0, to = 1;
      for (std::size_t j = 0; j < sites.size(); ++j) {
        // |x - y_i|^2 - w_i <= |x - y_j|^2 - w_j: x (y_j - y_i) <= half of the rest
        const double slope = sites[j].x - sites[i].x;
        const double rest =
            (squaredNorm(sites[j]) - w[j] - squaredNorm(sites[i]) + w[i]) / 2 - y * (sites[j].y - sites[i].y);
        if (slope > 0) to = std::min(to, rest / slope);
        if (slope < 0) from = std::max(from, rest / slope);
      }
      if (to > from) masses[i] += pixels.along(from, to, y);
    }
  }
  for (double& mass : masses) mass /= whole;
  return masses;
}

/// Two bars that meet in a corner of the cube: values on a lattice of 6 x 6 x 6 points.
SpaceProblem bars(int sites) {
  std::vector<Point3> points;
  std::vector<double> values;
  for (int i = 0; i < 6; ++i)
    for (int j = 0; j < 6; ++j)
      for (int k = 0; k < 6; ++k) {
        points.push_back({i / 5.0, j / 5.0, k / 5.0});
        values.push_back(j <= 1 && (i <= 1 || k <= 1) ? 1 : 0);
      }
  ThreadTeam team(2);
  SpaceProblem problem{Domain3::cube(), {}, {}, {}};
  problem.density = meshDensity(problem.domain, delaunayMesh(points, values, team));
  Random random(5);
  for (int at = 0; at < sites; ++at)
    problem.sites.push_back({random.uniform(), random.uniform(), random.uniform()});
  return problem;
}

/// With the uniform density's shares falling from step to step.
template <class Solver>
void checkSteps(const Solver& solver) {
  double share = 1;
  int number = 0;
  for (const NewtonStep& step : solver.history()) {
    QCOMPARE(step.iteration, ++number);
    QVERIFY(step.uniformShare <= share);
    share = step.uniformShare;
  }
}

}  // namespace

class TestVanishingDensity : public QObject {
  Q_OBJECT

 private slots:
  void picturesOnBlack_data() {
    QTest::addColumn<QString>("shape");
    QTest::addColumn<int>("sites");
    for (const char* shape : {"ring", "corner", "two squares", "twins"})
      for (const int sites : {1, 2, 40, 300, 1000})
        QTest::addRow("%s, %d", shape, sites) << QString(shape) << sites;
  }
  void picturesOnBlack() {
    QFETCH(QString, shape);
    QFETCH(int, sites);
    const Rows& rows = shape == "ring"     ? kRing
                       : shape == "corner" ? kCorner
                       : shape == "twins"  ? kTwins
                                           : kTwoSquares;
    PlaneTransport solver(drawn(rows, sites), {}, 2);
    solver.run();
    QVERIFY2(solver.status() == SolveStatus::Converged, statusName(solver.status()).c_str());
    QVERIFY(solver.residual() <= 1e-6);
    checkSteps(solver);
    const TransportCertificate certificate = solver.certificate();
    QVERIFY(certificate.massError <= 1e-6);
    QVERIFY(certificate.gap <= 2e-6 * certificate.primal);
    if (sites > 40) return;
    const std::vector<double> masses = solver.masses(), sums = massesByLines(rows, solver, 4000);
    for (int site = 0; site < sites; ++site) {
      QVERIFY(std::abs(masses[site] * sites - 1) <= 1e-6);
      // The midpoint rule along y, where the integrand has kinks and, at level walls, jumps.
      QVERIFY2(std::abs(sums[site] - masses[site]) < 1e-5, qPrintable(QString::number(sums[site])));
    }
  }

  /// Masses over four orders of magnitude: the uniform part has to become smaller than each.
  void unequalMasses() {
    PlaneProblem problem = drawn(kRing, 100);
    Random random(1);
    for (int site = 0; site < 100; ++site) problem.masses.push_back(std::pow(10, -4 * random.uniform()));
    PlaneTransport solver(problem, {1e-9, 200}, 2);
    solver.run();
    QCOMPARE(solver.status(), SolveStatus::Converged);
    QVERIFY(solver.residual() <= 1e-9);
    QCOMPARE(solver.history().back().uniformShare, 0.0);
  }

  /// 20 sites for each of two equal parts: the cells of one have no wall within the other, and what there is
  /// of the density does not say how far apart the two lots of weights are.
  void cellsThatFallApart() {
    PlaneProblem problem = drawn(kTwins, 40);
    for (int site = 0; site < 40; ++site) {
      Point2& at = problem.sites[site];
      at = (site % 2 ? Point2{0.75, 0.75} : Point2{0, 0}) + 0.25 * at;
    }
    PlaneTransport solver(problem, {}, 2);
    solver.run();
    QCOMPARE(solver.status(), SolveStatus::Converged);
    QVERIFY(solver.residual() <= 1e-6);
    QVERIFY(solver.certificate().gap <= 1e-6 * solver.certificate().primal);
  }

  void twoBarsInSpace() {
    SpaceTransport solver(bars(40), {}, 2);
    solver.run();
    QCOMPARE(solver.status(), SolveStatus::Converged);
    QVERIFY(solver.residual() <= 1e-6);
    QVERIFY(solver.history().front().uniformShare > 0);
    checkSteps(solver);
    QVERIFY(solver.certificate().gap <= 2e-6 * solver.certificate().primal);
    // A sum over a lattice of midpoints, each given to the site whose cell it is in.
    constexpr int kSteps = 60;
    const std::vector<double> w = solver.weights();
    std::vector<double> sums(40);
    for (int at = 0; at < kSteps * kSteps * kSteps; ++at) {
      const Point3 x{(at % kSteps + 0.5) / kSteps, (at / kSteps % kSteps + 0.5) / kSteps,
                     (at / kSteps / kSteps + 0.5) / kSteps};
      std::vector<double> powers;
      for (int site = 0; site < 40; ++site)
        powers.push_back(squaredNorm(x - solver.problem().sites[site]) - w[site]);
      const auto owner = std::min_element(powers.begin(), powers.end()) - powers.begin();
      sums[owner] += solver.problem().density->at(x) / (kSteps * kSteps * kSteps);
    }
    // A cell has hundreds of them; those on its walls may go either way.
    for (const double sum : sums) QVERIFY2(std::abs(sum * 40 - 1) < 0.05, qPrintable(QString::number(sum)));
  }

  void sameStepsWithAnyNumberOfThreads() {
    PlaneTransport one(drawn(kTwoSquares, 300), {}, 1), three(drawn(kTwoSquares, 300), {}, 3);
    one.run();
    three.run();
    QCOMPARE(one.history().size(), three.history().size());
    QCOMPARE(one.weights(), three.weights());
    QCOMPARE(one.masses(), three.masses());
  }

  /// On the way masses, residual and certificate are those of the density that was asked for.
  void aStopOnTheWayTellsTheDensityItself() {
    PlaneTransport solver(drawn(kRing, 40), {}, 2);
    solver.step();
    QCOMPARE(solver.status(), SolveStatus::Running);
    QCOMPARE(solver.history().size(), std::size_t{1});
    QVERIFY(solver.history().back().uniformShare > 0);
    const std::vector<double> weights = solver.weights();
    std::stop_source stop;
    stop.request_stop();
    solver.run(stop.get_token());
    QCOMPARE(solver.status(), SolveStatus::Cancelled);
    QCOMPARE(solver.weights(), weights);
    const std::vector<double> masses = solver.masses(), sums = massesByLines(kRing, solver, 4000);
    double largest = 0;
    for (std::size_t site = 0; site < masses.size(); ++site) {
      QVERIFY(std::abs(sums[site] - masses[site]) < 1e-5);
      largest = std::max(largest, std::abs(masses[site] * 40 - 1));
    }
    QVERIFY(std::abs(solver.residual() - largest) < 1e-12);
    QVERIFY(std::abs(solver.certificate().massError - largest) < 1e-12);
  }

  /// Each density may take as many steps as are allowed; then the status says so.
  void theLimitOfIterationsIsSaid() {
    PlaneTransport solver(drawn(kRing, 300), {1e-6, 2}, 2);
    solver.run();
    QCOMPARE(solver.status(), SolveStatus::IterationLimit);
    QVERIFY(solver.history().back().uniformShare > 0);
  }
};

QTEST_APPLESS_MAIN(TestVanishingDensity)
#include "test_vanishing_density.moc"
