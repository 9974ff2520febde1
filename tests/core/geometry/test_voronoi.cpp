// SPDX-License-Identifier: GPL-3.0-or-later
#include <QtTest>
#include <cmath>

#include "core/base/error.h"
#include "core/base/random.h"
#include "core/geometry/voronoi.h"

using namespace monge;

namespace {

RowsF rows(std::initializer_list<std::pair<double, double>> points) {
  RowsF result(static_cast<Eigen::Index>(points.size()), 2);
  Eigen::Index row = 0;
  for (const auto& [x, y] : points) result.row(row++) << static_cast<float>(x), static_cast<float>(y);
  return result;
}

double area(const std::vector<double>& polygon) {
  double twice = 0;
  for (std::size_t i = 0; i < polygon.size(); i += 2) {
    const std::size_t j = (i + 2) % polygon.size();
    twice += polygon[i] * polygon[j + 1] - polygon[j] * polygon[i + 1];
  }
  return twice / 2;
}

double totalArea(const CellComplex& complex) {
  double sum = 0;
  for (const auto& cell : complex.cells) sum += area(cell.polygon);
  return sum;
}

/// Smallest signed distance to the edges: positive inside a convex counter-clockwise polygon. Where four
/// bisectors meet in a point, rounding may leave an edge of that size between them; it has no direction to
/// speak of.
double depth(const std::vector<double>& polygon, double x, double y) {
  double smallest = polygon.empty() ? -INFINITY : INFINITY;
  for (std::size_t i = 0; i < polygon.size(); i += 2) {
    const std::size_t j = (i + 2) % polygon.size();
    const double dx = polygon[j] - polygon[i], dy = polygon[j + 1] - polygon[i + 1];
    if (std::hypot(dx, dy) < 1e-14) continue;
    const double cross = dx * (y - polygon[i + 1]) - dy * (x - polygon[i]);
    smallest = std::min(smallest, cross / std::hypot(dx, dy));
  }
  return smallest;
}

double distance(const RowsF& sites, Eigen::Index site, double x, double y) {
  return std::hypot(x - sites(site, 0), y - sites(site, 1));
}

Eigen::Index nearest(const RowsF& sites, double x, double y) {
  Eigen::Index best = 0;
  for (Eigen::Index site = 1; site < sites.rows(); ++site) {
    if (distance(sites, site, x, y) < distance(sites, best, x, y)) best = site;
  }
  return best;
}

/// Random points of the box lie in the cell of their nearest site, up to rounding; the cells fill the box.
bool agreesWithBruteForce(const RowsF& sites, const Box2& box, Random& random, int points) {
  const CellComplex complex = voronoiCells(sites, box);
  const double whole = box.width() * box.height();
  if (std::abs(totalArea(complex) - whole) > 1e-12 * whole * static_cast<double>(sites.rows())) return false;
  for (int i = 0; i < points; ++i) {
    const double x = random.uniform(box.xMin, box.xMax), y = random.uniform(box.yMin, box.yMax);
    const auto& polygon = complex.cells[static_cast<std::size_t>(nearest(sites, x, y))].polygon;
    if (depth(polygon, x, y) < -1e-9 * std::max(box.width(), box.height())) return false;
  }
  return true;
}

const Box2 kSquare{-1, -1, 1, 1};

}  // namespace

class TestVoronoi : public QObject {
  Q_OBJECT

 private slots:
  void oneSiteOwnsTheBox() {
    for (const auto& sites : {rows({{0.3, 0.2}}), rows({{50, -70}})}) {
      const CellComplex complex = voronoiCells(sites, kSquare);
      QCOMPARE(complex.cells.size(), std::size_t(1));
      QCOMPARE(complex.cells[0].polygon, (std::vector<double>{-1, -1, 1, -1, 1, 1, -1, 1}));
    }
  }

  void noSiteNoCell() { QVERIFY(voronoiCells(RowsF(0, 2), kSquare).cells.empty()); }

  void twoSitesHalveTheBox() {
    const CellComplex complex = voronoiCells(rows({{-0.5, 0}, {0.5, 0}}), kSquare);
    for (int site : {0, 1}) {
      QCOMPARE(complex.cells[site].site, site);
      QCOMPARE(area(complex.cells[site].polygon), 2.0);
    }
    QVERIFY(depth(complex.cells[0].polygon, -0.9, 0) > 0);
  }

  void theFirstOfEqualSitesOwnsTheCell() {
    const CellComplex complex = voronoiCells(rows({{0.5, 0}, {-0.5, 0}, {0.5, 0}, {-0.5, 0}}), kSquare);
    QCOMPARE(area(complex.cells[0].polygon), 2.0);
    QCOMPARE(area(complex.cells[1].polygon), 2.0);
    QVERIFY(complex.cells[2].polygon.empty());
    QVERIFY(complex.cells[3].polygon.empty());
    QCOMPARE(totalArea(voronoiCells(rows({{0, 0}, {0, 0}, {0, 0}}), kSquare)), 4.0);
  }

  void collinearSitesCutStrips() {
    const CellComplex complex = voronoiCells(rows({{0.75, 0}, {-0.75, 0}, {0.25, 0}, {-0.25, 0}}), kSquare);
    for (const auto& cell : complex.cells) QCOMPARE(area(cell.polygon), 1.0);
    const CellComplex diagonal = voronoiCells(rows({{-0.5, -0.5}, {0, 0}, {0.5, 0.5}}), kSquare);
    QCOMPARE(area(diagonal.cells[0].polygon), 1.125);  // a corner triangle of side 1.5
    QCOMPARE(totalArea(diagonal), 4.0);
  }

  // Four cells meet in each inner corner: the triangulation is not unique, the cells are.
  void cocircularSitesCutSquares() {
    RowsF sites(64, 2);
    for (int i = 0; i < 64; ++i) sites.row(i) << (i % 8 - 3.5f) / 4, (i / 8 - 3.5f) / 4;
    const CellComplex complex = voronoiCells(sites, kSquare);
    for (const auto& cell : complex.cells) {
      QCOMPARE(cell.polygon.size(), std::size_t(8));
      QCOMPARE(area(cell.polygon), 1.0 / 16);
    }
  }

  void sitesOutsideMayStillOwnAPart() {
    const CellComplex complex = voronoiCells(rows({{0, 0}, {1.5, 0}, {9, 9}}), kSquare);
    QCOMPARE(area(complex.cells[1].polygon), 0.5);
    QVERIFY(complex.cells[2].polygon.empty());
    QCOMPARE(totalArea(complex), 4.0);
  }

  void nearDuplicatesStillFillTheBox() {
    Random random(3);
    RowsF sites(40, 2);
    for (int pair = 0; pair < 20; ++pair) {
      sites.row(2 * pair) << static_cast<float>(random.uniform(-1, 1)),
          static_cast<float>(random.uniform(-1, 1));
      sites.row(2 * pair + 1) = sites.row(2 * pair);
      sites(2 * pair + 1, pair % 2) = std::nextafter(sites(2 * pair, pair % 2), 2.0f);
    }
    QVERIFY(agreesWithBruteForce(sites, kSquare, random, 1000));
  }

  void hugeCoordinatesAreAnswered() {
    const CellComplex complex = voronoiCells(rows({{0, 0}, {3e38, 3e38}, {-3e38, 1}}), kSquare);
    QCOMPARE(area(complex.cells[0].polygon), 4.0);
  }

  void agreesWithBruteForceOnRandomCases() {
    Random random(17);
    for (int round = 0; round < 1000; ++round) {
      const int k = 1 + static_cast<int>(random.below(30));
      // On a coarse lattice in every third round: duplicates, lines and circles come by themselves.
      const bool lattice = round % 3 == 0;
      RowsF sites(k, 2);
      for (int i = 0; i < k; ++i) {
        for (int axis : {0, 1}) {
          const double value = lattice ? static_cast<double>(random.below(5)) / 2 - 1 : 1.5 * random.normal();
          sites(i, axis) = static_cast<float>(value);
        }
      }
      const Box2 box{-1 - random.uniform(), -1, random.uniform(), 1.5};
      QVERIFY2(agreesWithBruteForce(sites, box, random, 20), qPrintable(QString("round %1").arg(round)));
    }
  }

  void refusesWhatHasNoCells() {
    const RowsF good = rows({{0, 0}, {1, 1}});
    QVERIFY_THROWS_EXCEPTION(Error, voronoiCells(rows({{0, 0}, {NAN, 1}}), kSquare));
    QVERIFY_THROWS_EXCEPTION(Error, voronoiCells(rows({{0, INFINITY}}), kSquare));
    QVERIFY_THROWS_EXCEPTION(Error, voronoiCells(RowsF::Zero(3, 3), kSquare));
    QVERIFY_THROWS_EXCEPTION(Error, voronoiCells(good, Box2{1, 0, 1, 1}));
    QVERIFY_THROWS_EXCEPTION(Error, voronoiCells(good, Box2{0, 0, INFINITY, 1}));
    QVERIFY_THROWS_EXCEPTION(Error, voronoiCells(good, Box2{0, NAN, 1, 1}));
  }
};

QTEST_APPLESS_MAIN(TestVoronoi)
#include "test_voronoi.moc"
