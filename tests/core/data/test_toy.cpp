// SPDX-License-Identifier: GPL-3.0-or-later
#include <QtTest>
#include <cmath>
#include <set>

#include "core/base/error.h"
#include "core/base/random.h"
#include "core/data/toy.h"

using namespace monge;

namespace {

/// The names of the plane distributions that have a density.
void addPlaneDensities() {
  QTest::addColumn<QString>("name");
  for (const ToyDistribution* toy : toyDistributions()) {
    const std::vector<double> origin(static_cast<std::size_t>(toy->dimension()), 0);
    if (toy->dimension() == 2 && toy->density(origin.data())) {
      QTest::newRow(toy->name().c_str()) << QString::fromStdString(toy->name());
    }
  }
}

/// A box that holds all of the mass, up to what lies five deviations outside (6e-7).
struct Support {
  Eigen::RowVector2d lower, upper;
  explicit Support(const ToyDistribution& toy) {
    const Dataset set = toy.sample(20000, 1);
    lower = set.lower().cast<double>().array() - 0.02;
    upper = set.upper().cast<double>().array() + 0.02;
    if (const RowsF modes = toy.modes(); modes.rows() > 0) {
      lower = modes.colwise().minCoeff().cast<double>().array() - 5 * toy.modeDeviation();
      upper = modes.colwise().maxCoeff().cast<double>().array() + 5 * toy.modeDeviation();
    }
  }
};

}  // namespace

class TestToy : public QObject {
  Q_OBJECT

 private slots:
  void isFoundByName() {
    std::set<std::string> names;
    for (const ToyDistribution* toy : toyDistributions()) {
      QCOMPARE(&toyDistribution(toy->name()), toy);
      QVERIFY(!toy->title().empty() && !toy->source().empty());
      names.insert(toy->name());
    }
    const std::set<std::string> expected = {
        "two_clusters", "three_clusters", "four_clusters",    "ring_8",           "ball_3d",
        "ring_10",      "disc",           "disc_pair",        "shape_with_holes", "dumbbell",
        "grid_25",      "swiss_roll",     "unequal_clusters", "clusters_3d"};
    QCOMPARE(names, expected);
  }

  void namesTheKnownOnes() {
    try {
      toyDistribution("five_clusters");
      QFAIL("an unknown distribution was found");
    } catch (const Error& error) {
      QVERIFY(QString(error.what()).contains("\"five_clusters\""));
      QVERIFY(QString(error.what()).contains("four_clusters"));
    }
  }

  void refusesCountsItCannotDraw() {
    QVERIFY_THROWS_EXCEPTION(Error, toyDistribution("disc").sample(0, 1));
    QVERIFY_THROWS_EXCEPTION(Error, toyDistribution("disc").sample(std::int64_t{1} << 60, 1));
  }

  void sameSeedSameSample() {
    for (const ToyDistribution* toy : toyDistributions()) {
      const Dataset set = toy->sample(500, 7);
      QCOMPARE(set.size(), std::int64_t(500));
      QCOMPARE(set.dimension(), toy->dimension());
      QVERIFY(set.rows.allFinite());
      QCOMPARE(set.rows, toy->sample(500, 7).rows);
      QCOMPARE(set.rows.topRows(100).eval(), toy->sample(100, 7).rows);
      QVERIFY(set.rows != toy->sample(500, 8).rows);
      QCOMPARE(set.provenance, std::string("generated, seed 7"));
    }
  }

  void masksContainEverySample() {
    int masked = 0;
    for (const ToyDistribution* toy : toyDistributions()) {
      const std::vector<Disc> mask = toy->mask();
      if (mask.empty()) continue;
      ++masked;
      const Dataset set = toy->sample(100000, 3);
      QCOMPARE(set.mask.size(), mask.size());
      for (std::int64_t row = 0; row < set.size(); ++row) {
        const std::size_t label = set.labels.empty() ? 0 : static_cast<std::size_t>(set.labels[row]);
        QVERIFY(mask.at(label).contains(set.rows(row, 0), set.rows(row, 1)));
      }
    }
    QCOMPARE(masked, 6);
  }

  void densityIntegratesToOne_data() { addPlaneDensities(); }
  // Stratified Monte Carlo, one point in each of m x m squares. For a density that jumps along a curve the
  // deviation is below (largest jump) * area * sqrt(squares on the curve) / (2 m^2); five deviations are
  // allowed.
  void densityIntegratesToOne() {
    QFETCH(QString, name);
    const ToyDistribution& toy = toyDistribution(name.toStdString());
    const Support support(toy);
    const int m = 800;
    const Eigen::RowVector2d step = (support.upper - support.lower) / m;
    Random random(1);
    double sum = 0, largest = 0;
    for (int i = 0; i < m * m; ++i) {
      const double x[2] = {support.lower(0) + (i % m + random.uniform()) * step(0),
                           support.lower(1) + (i / m + random.uniform()) * step(1)};
      const double density = toy.density(x).value();
      sum += density * step.prod();
      largest = std::max(largest, density);
    }
    const double onCurves = 20.0 * m;  // no boundary here is longer than 20 sides of the grid
    QVERIFY2(std::abs(sum - 1) < 5 * largest * step.prod() * std::sqrt(onCurves) / 2,
             qPrintable(QString::number(sum, 'g', 12)));
  }

  void samplesFollowTheDensity_data() { addPlaneDensities(); }
  // Chi-square on 20 x 20 cells; cells that expect fewer than 10 samples are taken together.
  void samplesFollowTheDensity() {
    QFETCH(QString, name);
    const ToyDistribution& toy = toyDistribution(name.toStdString());
    const Support support(toy);
    const int side = 20, fine = 60, n = 100000;
    const Eigen::RowVector2d step = (support.upper - support.lower) / side;
    std::vector<double> expected(side * side, 0), seen(side * side, 0);
    for (int cell = 0; cell < side * side; ++cell) {
      for (int i = 0; i < fine * fine; ++i) {
        const double x[2] = {support.lower(0) + (cell % side + (i % fine + 0.5) / fine) * step(0),
                             support.lower(1) + (cell / side + (i / fine + 0.5) / fine) * step(1)};
        expected[cell] += n * toy.density(x).value() * step.prod() / (fine * fine);
      }
    }
    const Dataset set = toy.sample(n, 12);
    for (int row = 0; row < n; ++row) {
      const auto cellOf = [&](int axis) {
        return std::clamp(static_cast<int>((set.rows(row, axis) - support.lower(axis)) / step(axis)), 0,
                          side - 1);
      };
      ++seen[cellOf(1) * side + cellOf(0)];
    }
    double chi2 = 0, restExpected = 0, restSeen = 0;
    int freedom = -1;
    const auto add = [&](double e, double s) { chi2 += (s - e) * (s - e) / e, ++freedom; };
    for (int cell = 0; cell < side * side; ++cell) {
      if (expected[cell] >= 10) {
        add(expected[cell], seen[cell]);
      } else {
        restExpected += expected[cell];
        restSeen += seen[cell];
      }
    }
    if (restExpected >= 10) add(restExpected, restSeen);
    // Mean and deviation of chi-square, four deviations.
    QVERIFY2(chi2 < freedom + 4 * std::sqrt(2.0 * freedom),
             qPrintable(QString("chi-square %1 with %2 degrees of freedom").arg(chi2).arg(freedom)));
  }

  void modesLabelTheSamples() {
    for (const char* name : {"ring_8", "ring_10", "grid_25"}) {
      const ToyDistribution& toy = toyDistribution(name);
      const RowsF modes = toy.modes();
      const Dataset set = toy.sample(5000, 4);
      double squares = 0;
      for (std::int64_t row = 0; row < set.size(); ++row) {
        squares += (set.rows.row(row) - modes.row(set.labels[static_cast<std::size_t>(row)])).squaredNorm();
      }
      // Each coordinate has the deviation stated: 10,000 squared normals, whose mean has deviation sqrt(2 /
      // 10,000).
      const double ratio = squares / 10000 / std::pow(toy.modeDeviation(), 2);
      QVERIFY2(std::abs(ratio - 1) < 4 * std::sqrt(2.0 / 10000), name);
    }
    QCOMPARE(toyDistribution("grid_25").modes().row(0).eval(), Eigen::RowVector2f(-4, -4).eval());
    QCOMPARE(toyDistribution("grid_25").modes().row(24).eval(), Eigen::RowVector2f(4, 4).eval());
    QCOMPARE(toyDistribution("ring_8").modes().rows(), Eigen::Index(8));
  }

  void ballIsStandardNormal() {
    const ToyDistribution& ball = toyDistribution("ball_3d");
    const double origin[3] = {0, 0, 0}, one[3] = {0, 1, 0};
    QCOMPARE(ball.density(origin).value(), std::pow(2 * std::acos(-1.0), -1.5));
    QCOMPARE(ball.density(one).value() / ball.density(origin).value(), std::exp(-0.5));
    const Dataset set = ball.sample(100000, 2);
    QVERIFY(set.labels.empty());
    const Eigen::MatrixXd rows = set.rows.cast<double>();
    const Eigen::Matrix3d second = rows.transpose() * rows / 100000;
    // Deviations of second moments: sqrt(2 / n) on the diagonal, less beside it.
    QVERIFY((second - Eigen::Matrix3d::Identity()).cwiseAbs().maxCoeff() < 4.5 * std::sqrt(2.0 / 100000));
  }
};

QTEST_APPLESS_MAIN(TestToy)
#include "test_toy.moc"
