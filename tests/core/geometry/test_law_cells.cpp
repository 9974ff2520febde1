// SPDX-License-Identifier: GPL-3.0-or-later
#include <QtTest>
#include <cmath>
#include <map>

#include "core/base/error.h"
#include "core/base/random.h"
#include "core/geometry/law_cells.h"

using namespace monge;

namespace {

RowsF randomSites(int count, std::uint64_t seed) {
  Random random(seed);
  RowsF sites(count, 2);
  for (Eigen::Index i = 0; i < sites.size(); ++i) sites.data()[i] = static_cast<float>(random.uniform(-1, 1));
  return sites;
}

CellLaw powerLaw(double p, int weighted = 0) {
  CellLaw law;
  law.cost = CellCost::Power;
  law.power = p;
  Random random(9);
  for (int j = 0; j < weighted; ++j) law.weights.push_back(random.uniform(-0.1, 0.1));
  return law;
}

/// Twice the area within a closed polyline, positive when it runs counter-clockwise.
double signedArea(const std::vector<double>& loop) {
  double twice = 0;
  const std::size_t n = loop.size() / 2;
  for (std::size_t i = 0; i < n; ++i) {
    const std::size_t j = (i + 1) % n;
    twice += loop[2 * i] * loop[2 * j + 1] - loop[2 * j] * loop[2 * i + 1];
  }
  return twice / 2;
}

double areaOf(const CellComplex::Cell& cell) {
  double area = signedArea(cell.polygon);
  for (const auto& loop : cell.loops) area += signedArea(loop);
  return area;
}

/// Crossing number of all loops.
bool contains(const CellComplex::Cell& cell, double x, double y) {
  bool inside = false;
  for (const auto& loop : cell.loops)
    for (std::size_t i = 0, n = loop.size() / 2; i < n; ++i) {
      const std::size_t j = (i + 1) % n;
      const double ay = loop[2 * i + 1], by = loop[2 * j + 1];
      if ((ay > y) == (by > y)) continue;
      if (x < loop[2 * i] + (y - ay) / (by - ay) * (loop[2 * j] - loop[2 * i])) inside = !inside;
    }
  return inside;
}

/// Gap between the two least values at a point, over how fast it can change: the distance to a wall, at
/// least.
double gapAt(const CellLaw& law, const RowsF& sites, double x, double y) {
  std::vector<double> values;
  const double point[] = {x, y};
  for (Eigen::Index j = 0; j < sites.rows(); ++j)
    values.push_back(law.between(point, sites.row(j).data(), 2) - law.weight(static_cast<std::size_t>(j)));
  std::sort(values.begin(), values.end());
  return values.size() > 1 ? values[1] - values[0] : 1;
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

const Box2 kBox{-1, -0.75, 1, 0.75};

}  // namespace

class TestLawCells : public QObject {
  Q_OBJECT

 private slots:
  void latticeOwnersAreTheNearest_data() {
    QTest::addColumn<double>("p");
    QTest::addColumn<int>("sites");
    QTest::addColumn<bool>("weights");
    QTest::addColumn<QString>("cost");
    QTest::newRow("one site") << 1.0 << 1 << false << "power";
    QTest::newRow("p 1") << 1.0 << 13 << false << "power";
    QTest::newRow("p 3, weights") << 3.0 << 64 << true << "power";
    QTest::newRow("p 1.2, many") << 1.2 << 500 << true << "power";
    QTest::newRow("distances, weights") << 2.0 << 20 << true << "l2";
    QTest::newRow("squared") << 2.0 << 20 << true << "l2_squared";
  }
  void latticeOwnersAreTheNearest() {
    QFETCH(double, p);
    QFETCH(int, sites);
    QFETCH(bool, weights);
    QFETCH(QString, cost);
    CellLaw law = powerLaw(p, weights ? sites : 0);
    law.cost = cellCostFromString(cost.toStdString());
    const RowsF places = randomSites(sites, 2);
    const Lattice lattice{kBox, 211, 157};
    const std::vector<int> owners = nearestOnLattice(law, places, lattice, {}, 1);
    QVERIFY(owners == nearestOnLattice(law, places, lattice, {}, 3));
    for (int row = 0; row < lattice.rows; ++row)
      for (int column = 0; column < lattice.columns; ++column) {
        const double x[] = {lattice.x(column), lattice.y(row)};
        QCOMPARE(owners[lattice.index(column, row)], law.owner(places, x));
      }
  }

  void latticeOwnersWithLabels() {
    CellLaw law = powerLaw(1.5);
    const RowsF places = randomSites(12, 3);
    Random random(4);
    for (int j = 0; j < 12; ++j) law.siteLabels.push_back(static_cast<int>(random.below(4)) - 1);
    const Lattice lattice{kBox, 150, 100};
    std::vector<int> labels;
    for (std::size_t i = 0; i < lattice.size(); ++i) labels.push_back(static_cast<int>(random.below(4)) - 1);
    const std::vector<int> owners = nearestOnLattice(law, places, lattice, labels, 2);
    for (int row = 0; row < lattice.rows; ++row)
      for (int column = 0; column < lattice.columns; ++column) {
        const double x[] = {lattice.x(column), lattice.y(row)};
        const std::size_t i = lattice.index(column, row);
        QCOMPARE(owners[i], law.owner(places, x, labels[i]));
      }
  }

  /// Outlines agree with the nearest-site test wherever no wall is within a step.
  void outlinesHoldTheirPoints_data() {
    QTest::addColumn<double>("p");
    QTest::addColumn<int>("sites");
    QTest::addColumn<bool>("weights");
    for (const double p : {1.0, 1.3, 3.0, 8.0})
      for (const int sites : {1, 2, 7, 40})
        QTest::addRow("p %g, %d", p, sites) << p << sites << (sites % 2 == 0);
  }
  void outlinesHoldTheirPoints() {
    QFETCH(double, p);
    QFETCH(int, sites);
    QFETCH(bool, weights);
    const CellLaw law = powerLaw(p, weights ? sites : 0);
    const RowsF places = randomSites(sites, 5);
    const Lattice lattice{kBox, 161, 121};
    const CellComplex complex = tracedCells(law, places, {}, lattice, 1);
    QVERIFY(complex.bent);
    double area = 0;
    for (const auto& cell : complex.cells) area += areaOf(cell);
    const double step = 2.0 / 160;
    // Outlines share their walls but for what straightening leaves out: 0.02 of a step to each side.
    QVERIFY2(std::abs(area - 3) <= 0.04 * step * 10 * sites, qPrintable(QString::number(area - 3)));
    Random random(6);
    // |x - y|_p^p changes by at most 2 p 2^(p-1) a unit of length in each of two values here.
    const double steepest = 2 * 2 * p * std::pow(2, p - 1);
    for (int i = 0; i < 3000; ++i) {
      const double x = random.uniform(-1, 1), y = random.uniform(-0.75, 0.75);
      if (gapAt(law, places, x, y) < 2 * step * steepest) continue;
      const double at[] = {x, y};
      const int owner = law.owner(places, at);
      for (const auto& cell : complex.cells) QCOMPARE(contains(cell, x, y), cell.site == owner);
    }
  }

  /// On walls the two least values are equal: to a thousandth of a step, times how fast they change.
  void wallsLieOnTheEquation() {
    const CellLaw law = powerLaw(3, 9);
    const RowsF places = randomSites(9, 7);
    const Lattice lattice{kBox, 201, 151};
    const CellComplex complex = tracedCells(law, places, {}, lattice, 1);
    QVERIFY(!complex.walls.empty());
    std::size_t points = 0, off = 0;
    for (const auto& wall : complex.walls)
      for (std::size_t i = 0; i + 1 < wall.size(); i += 2, ++points)
        off += gapAt(law, places, wall[i], wall[i + 1]) > 1e-3 * 0.01 * 2 * 3 * 4 * 2;
    // Where three cells meet, the middle of a square stands for the place.
    QVERIFY2(off <= 2 * complex.walls.size(), qPrintable(QString("%1 of %2").arg(off).arg(points)));
    QVERIFY(points > 4 * complex.walls.size());
  }

  /// p = 2 has exact polygons to compare with.
  void agreesWithPolygons() {
    const CellLaw law = powerLaw(2, 15);
    const RowsF places = randomSites(15, 8);
    const CellComplex exact = powerCells(places, law.weights, kBox);
    const CellComplex traced = tracedCells(law, places, {}, {kBox, 401, 301}, 2);
    double total = 0;
    for (std::size_t j = 0; j < 15; ++j) {
      total += areaOf(exact.cells[j]);
      // Corners are off by a step at most, and a cell has about six: a step squared for each.
      const double step = 2.0 / 400;
      QVERIFY(std::abs(areaOf(exact.cells[j]) - areaOf(traced.cells[j])) <=
              12 * step * step + 0.04 * step * 4);
    }
    QVERIFY(std::abs(total - 3) <= 1e-12);
    QVERIFY(!lawCells(law, places, {}, kBox, 400, 1).bent);
  }

  void powerCellsAreCellsOfTheLaw() {
    const RowsF places = randomSites(20, 10);
    const CellLaw law = powerLaw(2, 20);
    const CellComplex complex = powerCells(places, law.weights, kBox);
    Random random(11);
    for (int i = 0; i < 2000; ++i) {
      const double at[] = {random.uniform(-1, 1), random.uniform(-0.75, 0.75)};
      if (gapAt(law, places, at[0], at[1]) < 1e-9) continue;
      const auto& polygon = complex.cells[static_cast<std::size_t>(law.owner(places, at))].polygon;
      for (std::size_t c = 0, n = polygon.size() / 2; c < n; ++c) {
        const std::size_t d = (c + 1) % n;
        const double cross = (polygon[2 * d] - polygon[2 * c]) * (at[1] - polygon[2 * c + 1]) -
                             (polygon[2 * d + 1] - polygon[2 * c + 1]) * (at[0] - polygon[2 * c]);
        QVERIFY(cross >= 0);
      }
    }
    // Equal weights change nothing; none are a Voronoi diagram.
    const CellComplex plain = powerCells(places, {}, kBox);
    const CellComplex equal = powerCells(places, std::vector<double>(20, 0.3), kBox);
    for (std::size_t j = 0; j < 20; ++j)
      QVERIFY(std::abs(areaOf(plain.cells[j]) - areaOf(equal.cells[j])) <= 1e-12);
  }

  /// A cell in the middle of another one is a hole there, and its wall is closed.
  void anIslandIsAHole() {
    CellLaw labels = powerLaw(1);
    labels.siteLabels = {0, 1};
    // One point of label 1 in the middle of a ring of label 0.
    LabelledPoints points;
    points.points.resize(9, 2);
    points.points.row(0) << 0, 0;
    points.labels.push_back(1);
    for (int i = 0; i < 8; ++i) {
      points.points.row(i + 1) << static_cast<float>(0.6 * std::cos(i * M_PI / 4)),
          static_cast<float>(0.6 * std::sin(i * M_PI / 4));
      points.labels.push_back(0);
    }
    const CellComplex island =
        tracedCells(labels, RowsF{{-0.5f, 0}, {0.1f, 0}}, points, {{-2, -2, 2, 2}, 161, 161}, 1);
    QCOMPARE(island.cells[1].loops.size(), std::size_t{1});
    QVERIFY(signedArea(island.cells[1].loops[0]) > 0);
    QCOMPARE(island.cells[0].loops.size(), std::size_t{2});
    QCOMPARE(island.walls.size(), std::size_t{1});
    const auto& wall = island.walls[0];
    QCOMPARE(wall[0], wall[wall.size() - 2]);
    QVERIFY(std::abs(areaOf(island.cells[0]) + areaOf(island.cells[1]) - 16) <= 1e-2);
    QVERIFY(contains(island.cells[1], 0, 0) && !contains(island.cells[0], 0, 0));
  }

  void oneCellIsTheBox() {
    const CellComplex complex = tracedCells(powerLaw(1), RowsF{{5, 5}}, {}, {kBox, 20, 20}, 1);
    QCOMPARE(complex.cells.size(), std::size_t{1});
    QCOMPARE(areaOf(complex.cells[0]), 3.0);
    QVERIFY(complex.walls.empty());
  }

  void sitesOnOneSpot() {
    const CellComplex complex =
        tracedCells(powerLaw(1), RowsF{{0, 0}, {0, 0}, {0.5f, 0.2f}}, {}, {kBox, 50, 40}, 1);
    QVERIFY(complex.cells[1].loops.empty());
    QVERIFY(areaOf(complex.cells[0]) > 0 && areaOf(complex.cells[2]) > 0);
  }

  void refusesWhatDoesNotFit() {
    const RowsF places = randomSites(3, 1);
    CellLaw features;
    features.cost = CellCost::Features;
    QCOMPARE(refusal([&] {
               tracedCells(features, places, {}, {kBox, 10, 10}, 1);
             }),
             QString("cells: features; expected a cost of the coordinates"));
    QVERIFY(!hasPlaneCells(features, places));
    QVERIFY(!hasPlaneCells(CellLaw{}, RowsF(0, 2)));
    CellLaw broken = powerLaw(1);
    broken.weights = {0, std::nan(""), 0};
    QVERIFY(!hasPlaneCells(broken, places));
    CellLaw labels = powerLaw(1);
    labels.siteLabels = {0, 1, 2};
    QCOMPARE(refusal([&] {
               tracedCells(labels, places, {}, {kBox, 10, 10}, 1);
             }),
             QString("labelled points: none; expected at least one"));
    QCOMPARE(refusal([&] { powerCells(places, {1}, kBox); }),
             QString("dual weights: 1; expected 3, one for each site"));
    QVERIFY(!refusal([&] { tracedCells(powerLaw(1), places, {}, {{0, 0, 0, 1}, 10, 10}, 1); }).isEmpty());
  }
};

QTEST_APPLESS_MAIN(TestLawCells)
#include "test_law_cells.moc"
