// SPDX-License-Identifier: GPL-3.0-or-later
// Conjugate gradients on graph Laplacians with the multigrid that goes before them.
#include <QTest>
#include <algorithm>
#include <cmath>
#include <numeric>
#include <vector>

#include "core/base/random.h"
#include "core/transport/solve_laplacian.h"

using namespace monge;

namespace {

/// A lattice of side x side rows; couplings e^(spread u), u normal, times `scale`.
GraphLaplacian lattice(int side, double spread, double scale = 1) {
  Random random(3);
  std::vector<double> right, down;
  for (int row = 0; row < side * side; ++row) {
    right.push_back(scale * std::exp(spread * random.normal()));
    down.push_back(scale * std::exp(spread * random.normal()));
  }
  GraphLaplacian laplacian;
  laplacian.offsets.push_back(0);
  for (int row = 0; row < side * side; ++row) {
    const int x = row % side, y = row / side;
    double sum = 0;
    const auto add = [&](int column, double coupling) {
      laplacian.columns.push_back(column);
      laplacian.coupling.push_back(coupling);
      sum += coupling;
    };
    if (y > 0) add(row - side, down[row - side]);
    if (x > 0) add(row - 1, right[row - 1]);
    if (x + 1 < side) add(row + 1, right[row]);
    if (y + 1 < side) add(row + side, down[row]);
    laplacian.diagonal.push_back(sum);
    laplacian.offsets.push_back(static_cast<int>(laplacian.columns.size()));
  }
  return laplacian;
}

std::vector<double> centredNoise(int rows) {
  Random random(5);
  std::vector<double> values;
  for (int row = 0; row < rows; ++row) values.push_back(random.normal());
  const double mean = std::accumulate(values.begin(), values.end(), 0.0) / rows;
  for (double& value : values) value -= mean;
  return values;
}

std::vector<double> image(const GraphLaplacian& laplacian, const std::vector<double>& x) {
  std::vector<double> result(x.size());
  for (int row = 0; row < laplacian.rows(); ++row)
    for (int at = laplacian.offsets[row]; at < laplacian.offsets[row + 1]; ++at)
      result[row] += laplacian.coupling[at] * (x[row] - x[laplacian.columns[at]]);
  return result;
}

double distance(const std::vector<double>& a, const std::vector<double>& b) {
  double squared = 0;
  for (std::size_t row = 0; row < a.size(); ++row) squared += (a[row] - b[row]) * (a[row] - b[row]);
  return std::sqrt(squared / static_cast<double>(a.size()));
}

}  // namespace

class TestMultigrid : public QObject {
  Q_OBJECT

 private slots:
  /// A level that was the coarsest, whose inverse is known, may get aggregates from another Laplacian.
  void theCoarsestLevelMayBecomeAFineOne() {
    constexpr int kRows = 400;
    const auto graph = [](double spokes, double chain) {  // a hub with a strong neighbour, and a path
      GraphLaplacian laplacian;
      laplacian.offsets.push_back(0);
      for (int row = 0; row < kRows; ++row) {
        double sum = 0;
        const auto add = [&](int column, double coupling) {
          laplacian.columns.push_back(column);
          laplacian.coupling.push_back(coupling);
          sum += coupling;
        };
        const auto spoke = [&](int other) { return other == 1 ? 100 : spokes; };
        for (int other = 1; row == 0 && other < kRows; ++other) add(other, spoke(other));
        if (row > 0) add(0, spoke(row));
        if (row > 1) add(row - 1, chain);
        if (row > 0 && row + 1 < kRows) add(row + 1, chain);
        laplacian.diagonal.push_back(sum);
        laplacian.offsets.push_back(static_cast<int>(laplacian.columns.size()));
      }
      return laplacian;
    };
    ThreadTeam team(2);
    const GraphLaplacian star = graph(1, 1e-9), path = graph(1e-9, 1);
    Multigrid multigrid(star, team), fresh(path, team);
    QVERIFY(multigrid.update(path));
    std::vector<double> x;
    const LinearTolerance tolerance{1e-8, {}, 1};
    const auto expected = solveLaplacian(fresh, centredNoise(kRows), x, tolerance, 60, team);
    const auto found = solveLaplacian(multigrid, centredNoise(kRows), x, tolerance, 60, team);
    QVERIFY(expected.converged);
    QVERIFY2(found.converged, qPrintable(QString("%1 left").arg(found.residual)));
  }

  void findsTheSolution_data() {
    QTest::addColumn<int>("side");
    QTest::addColumn<double>("spread");
    QTest::addColumn<double>("scale");
    QTest::newRow("small, on one level") << 10 << 0.5 << 1.0;
    QTest::newRow("even") << 150 << 0.0 << 1.0;
    QTest::newRow("uneven") << 150 << 1.0 << 1.0;
    QTest::newRow("beyond single precision") << 60 << 1.0 << 1e-120;
  }
  /// In a number of iterations that grows neither with the rows nor with the scale.
  void findsTheSolution() {
    QFETCH(int, side);
    QFETCH(double, spread);
    QFETCH(double, scale);
    ThreadTeam team(2);
    const GraphLaplacian laplacian = lattice(side, spread, scale);
    const std::vector<double> wanted = centredNoise(side * side), b = image(laplacian, wanted);
    Multigrid multigrid(laplacian, team);
    std::vector<double> x;
    const LinearSolve solve = solveLaplacian(multigrid, b, x, {1e-10, {}, 1}, 60, team);
    QVERIFY(solve.converged);
    QVERIFY2(solve.iterations <= 30, qPrintable(QString::number(solve.iterations)));
    QVERIFY(solve.residual <= 1e-10);
    QVERIFY2(distance(x, wanted) < 1e-7, qPrintable(QString::number(distance(x, wanted))));
    QVERIFY(std::abs(std::accumulate(x.begin(), x.end(), 0.0)) < 1e-9 * side * side);
  }

  void isTheSameWithAnyTeam() {
    const GraphLaplacian laplacian = lattice(200, 1), changed = lattice(200, 1.05);
    const std::vector<double> b = image(laplacian, centredNoise(200 * 200));
    std::vector<std::vector<double>> found;
    for (const int members : {1, 2, 3}) {
      ThreadTeam team(members);
      Multigrid multigrid(laplacian, team);
      QVERIFY(!multigrid.update(changed));
      solveLaplacian(multigrid, b, found.emplace_back(), {1e-6, {}, 1}, 60, team);
    }
    QVERIFY(found[1] == found[0]);
    QVERIFY(found[2] == found[0]);
  }

  /// <M x, y> = <x, M y> as far as single precision goes, with blocks and levels of odd sizes.
  void isSymmetric_data() {
    QTest::addColumn<int>("side");
    for (const int side : {7, 13, 47, 101, 151}) QTest::addRow("%d", side) << side;
  }
  void isSymmetric() {
    QFETCH(int, side);
    ThreadTeam team(2);
    Multigrid multigrid(lattice(side, 1), team);
    const auto applied = [&](const std::vector<double>& r) {
      multigrid.begin([&](std::int64_t begin, std::int64_t end, std::int64_t) {
        std::copy(r.begin() + begin, r.begin() + end, multigrid.right().begin() + begin);
      });
      multigrid.finish([](std::int64_t, std::int64_t, std::int64_t) {});
      return std::vector<double>(multigrid.solution().begin(), multigrid.solution().end());
    };
    const auto product = [](const std::vector<double>& a, const std::vector<double>& b) {
      return std::inner_product(a.begin(), a.end(), b.begin(), 0.0);
    };
    const std::vector<double> x = centredNoise(side * side), y(x.rbegin(), x.rend());
    const std::vector<double> fromX = applied(x), fromY = applied(y);
    const double size = std::sqrt(product(fromX, fromX) * product(y, y));
    QVERIFY(std::abs(product(fromX, y) - product(x, fromY)) <= 1e-5 * size);
    QVERIFY(product(fromX, x) > 0);
  }

  void followsAnotherLaplacian_data() {
    QTest::addColumn<double>("spread");
    QTest::addColumn<bool>("anew");
    QTest::newRow("little change") << 0.55 << false;
    QTest::newRow("much change") << 1.0 << true;
  }
  void followsAnotherLaplacian() {
    QFETCH(double, spread);
    QFETCH(bool, anew);
    ThreadTeam team(2);
    const GraphLaplacian changed = lattice(150, spread);
    const std::vector<double> wanted = centredNoise(150 * 150), b = image(changed, wanted);
    Multigrid multigrid(lattice(150, 0.5), team);
    QCOMPARE(multigrid.update(changed), anew);
    std::vector<double> x;
    const LinearSolve solve = solveLaplacian(multigrid, b, x, {1e-10, {}, 1}, 60, team);
    QVERIFY(solve.converged);
    QVERIFY2(solve.iterations <= 30, qPrintable(QString::number(solve.iterations)));
    QVERIFY(distance(x, wanted) < 1e-7);
  }

  /// A bound on rows alone ends the solve when all are within it, and not before.
  void goesAsFarAsTheRowsAsk() {
    ThreadTeam team(2);
    const GraphLaplacian laplacian = lattice(100, 1);
    const std::vector<double> b = image(laplacian, centredNoise(100 * 100)), rows(b.size(), 1.0);
    Multigrid multigrid(laplacian, team);
    int before = 0;
    for (const double bound : {1e-1, 1e-3, 1e-5}) {
      std::vector<double> x;
      const LinearSolve solve = solveLaplacian(multigrid, b, x, {1, rows, bound}, 60, team);
      QVERIFY(solve.converged);
      QVERIFY(solve.iterations > before);
      before = solve.iterations;
      const std::vector<double> found = image(laplacian, x);
      for (std::size_t row = 0; row < b.size(); ++row)
        QVERIFY(std::abs(found[row] - b[row]) <= 1.001 * bound);
    }
  }

  void saysWhatItCannotSolve() {
    ThreadTeam team(1);
    GraphLaplacian none = lattice(20, 1);
    std::fill(none.coupling.begin(), none.coupling.end(), 0.0);
    std::fill(none.diagonal.begin(), none.diagonal.end(), 0.0);
    Multigrid multigrid(none, team);
    std::vector<double> x;
    QVERIFY(!solveLaplacian(multigrid, centredNoise(400), x, {1e-6, {}, 1}, 60, team).converged);
    QVERIFY(solveLaplacian(multigrid, std::vector<double>(400), x, {1e-6, {}, 1}, 60, team).converged);
    QVERIFY(x == std::vector<double>(400));
  }
};

QTEST_APPLESS_MAIN(TestMultigrid)
#include "test_multigrid.moc"
