// SPDX-License-Identifier: GPL-3.0-or-later
// Power diagrams against brute force, closed forms and themselves, on random and on degenerate sites.
#include <QtTest>
#include <algorithm>
#include <cmath>
#include <numeric>
#include <optional>

#include "core/base/error.h"
#include "core/base/random.h"
#include "core/geometry/power_cells_2.h"
#include "core/geometry/power_diagram_2.h"

using namespace monge;

namespace {

Domain2 domainFor(int seed) {
  switch (seed % 4) {
    case 0:
      return Domain2::square();
    case 1:
      return Domain2({{-1, 0}, {2, -0.5}, {0.5, 2}});
    case 2:
      return Domain2::disc({0.5, 0.5}, 0.7, 1e-3);
    default:
      return Domain2::box({-3, 0.2, 5, 0.7});
  }
}

enum class Kind { Random, Lattice, Line, FlatHull, Cocircular, Clustered, Repeated };

std::vector<Point2> drawSites(Kind kind, int count, Random& random) {
  std::vector<Point2> sites;
  for (int at = 0; at < count; ++at) {
    const double u = random.uniform(), v = random.uniform();
    switch (kind) {
      case Kind::Random:
        sites.push_back({2 * u - 0.5, 2 * v - 0.5});
        break;
      case Kind::Lattice:
        sites.push_back({0.25 * (at % 5), 0.25 * (at / 5)});
        break;
      case Kind::Line:
        sites.push_back({0.125 * at, 0.5 + 0.0625 * at});
        break;
      case Kind::FlatHull:
        sites.push_back(at + 1 < count ? Point2{0.125 * at, 0} : Point2{0.3, 0.8});
        break;
      case Kind::Cocircular:
        sites.push_back({0.5 + 0.25 * std::cos(at), 0.5 + 0.25 * std::sin(at)});
        break;
      case Kind::Clustered:
        sites.push_back({0.5 + std::pow(10, -9 * u) * (v - 0.5), 0.5 + 1e-9 * at});
        break;
      case Kind::Repeated:
        sites.push_back({std::floor(3 * u) / 3, std::floor(3 * v) / 3});
        break;
    }
  }
  return sites;
}

std::vector<double> drawWeights(int count, double scale, Random& random) {
  std::vector<double> weights;
  for (int at = 0; at < count; ++at) weights.push_back(scale * (2 * random.uniform() - 1));
  return weights;
}

/// The cell cut by the bisectors with all other sites.
double bruteMass(int site, const std::vector<Point2>& sites, const std::vector<double>& weights,
                 const Domain2& domain, const Density2& density) {
  CellClipper2 clipper;
  clipper.start(domain);
  for (int other = 0; other < static_cast<int>(sites.size()); ++other) {
    if (other == site || clipper.isEmpty()) continue;
    if (sites[other] == sites[site]) {
      const bool loses = weights[other] > weights[site] || (weights[other] == weights[site] && other < site);
      if (loses) return 0;
      continue;
    }
    clipper.cut(sites[site], weights[site], sites[other], weights[other], other);
  }
  return clipper.isEmpty() ? 0 : density.mass(clipper.cell().corners);
}

}  // namespace

class TestPowerDiagram2 : public QObject {
  Q_OBJECT

 private slots:
  void agreesWithBruteForce_data() {
    QTest::addColumn<int>("kind");
    QTest::newRow("random") << static_cast<int>(Kind::Random);
    QTest::newRow("lattice") << static_cast<int>(Kind::Lattice);
    QTest::newRow("line") << static_cast<int>(Kind::Line);
    QTest::newRow("flat hull") << static_cast<int>(Kind::FlatHull);
    QTest::newRow("cocircular") << static_cast<int>(Kind::Cocircular);
    QTest::newRow("clustered") << static_cast<int>(Kind::Clustered);
    QTest::newRow("repeated") << static_cast<int>(Kind::Repeated);
  }
  void agreesWithBruteForce() {
    QFETCH(int, kind);
    ThreadTeam team(2);
    int hidden = 0;
    for (int seed = 0; seed < 200; ++seed) {
      Random random(seed);
      const int count = 1 + static_cast<int>(random.below(40));
      const Domain2 domain = domainFor(seed);
      const Density2Ptr density = uniformDensity(domain);
      const auto sites = drawSites(static_cast<Kind>(kind), count, random);
      const auto weights = drawWeights(count, seed % 3 == 0 ? 0 : seed % 3 == 1 ? 0.01 : 0.3, random);
      const PowerDiagram2 diagram = powerDiagram(sites, weights, domain, *density, team);
      double total = 0;
      for (int site = 0; site < count; ++site) {
        const double mass = diagram.cells[site].mass;
        total += mass;
        hidden += diagram.cells[site].hidden;
        const double wanted = bruteMass(site, sites, weights, domain, *density);
        QVERIFY2(std::abs(mass - wanted) < 1e-12,
                 qPrintable(QString("seed %1, site %2: %3, by brute force %4")
                                .arg(seed)
                                .arg(site)
                                .arg(mass)
                                .arg(wanted)));
      }
      QVERIFY2(std::abs(total - 1) < 1e-12,
               qPrintable(QString("seed %1: masses sum to %2").arg(seed).arg(total, 0, 'g', 17)));
    }
    // Corners of a convex polygon are never hidden: their cells are unbounded.
    QCOMPARE(hidden > 0, kind != static_cast<int>(Kind::Cocircular));
  }

  void repairFollowsTheWeights() {
    ThreadTeam team(2);
    int repaired = 0, refused = 0;
    for (int seed = 0; seed < 300; ++seed) {
      Random random(seed);
      const int count = 3 + static_cast<int>(random.below(60));
      const Kind kind = seed % 3 == 0 ? Kind::Lattice : seed % 3 == 1 ? Kind::Cocircular : Kind::Random;
      const auto sites = drawSites(kind, count, random);
      const Domain2 domain =
          seed % 2 ? Domain2::box({-0.6, -0.6, 1.6, 2.6}) : Domain2::disc({0.5, 1}, 2.5, 1e-3);
      const Density2Ptr density = uniformDensity(domain);
      PowerCells2 cells(sites, domain, density, team);
      CellSystem system;
      for (int round = 0; round < 6; ++round) {
        const auto weights = drawWeights(count, round == 5 ? 0.2 : 0.05 / count / count, random);
        const auto empty = cells.evaluate(weights, system);
        const PowerDiagram2 diagram = powerDiagram(sites, weights, domain, *density, team);
        const bool all = std::all_of(diagram.cells.begin(), diagram.cells.end(),
                                     [](const auto& cell) { return cell.mass > 0; });
        if (empty) {
          ++refused;
          QVERIFY2(!(diagram.cells[*empty].mass > 1e-15),
                   qPrintable(QString("seed %1: site %2 has a cell").arg(seed).arg(*empty)));
          continue;
        }
        ++repaired;
        QVERIFY2(all, qPrintable(QString("seed %1: an empty cell was not reported").arg(seed)));
        for (int site = 0; site < count; ++site)
          QVERIFY(std::abs(system.masses[site] - diagram.cells[site].mass) < 1e-12);
      }
    }
    QVERIFY(repaired > 300);
    QVERIFY(refused > 100);
  }

  void derivativesAreTheLaplacian() {
    ThreadTeam team(1);
    Random random(5);
    const auto sites = drawSites(Kind::Random, 60, random);
    const Domain2 domain = Domain2::disc({0.5, 0.5}, 1.6, 1e-3);
    PowerCells2 cells(sites, domain, uniformDensity(domain), team);
    auto weights = drawWeights(60, 0.0002, random);
    CellSystem system, moved;
    QVERIFY(!cells.evaluate(weights, system));
    const double step = 1e-6;
    for (int site = 0; site < 60; site += 7) {
      std::vector<double> analytic(60, 0.0);
      const auto& laplacian = system.laplacian;
      analytic[site] = laplacian.diagonal[site];
      for (int at = laplacian.offsets[site]; at < laplacian.offsets[site + 1]; ++at)
        analytic[laplacian.columns[at]] -= laplacian.coupling[at];
      std::vector<double> plus, minus;
      auto shifted = weights;
      shifted[site] = weights[site] + 2 * step;  // a height changes half as much as its weight
      QVERIFY(!cells.evaluate(shifted, moved));
      plus = moved.masses;
      shifted[site] = weights[site] - 2 * step;
      QVERIFY(!cells.evaluate(shifted, moved));
      minus = moved.masses;
      for (int other = 0; other < 60; ++other) {
        const double slope = (plus[other] - minus[other]) / (2 * step);
        QVERIFY2(std::abs(slope - analytic[other]) < 1e-5 * laplacian.diagonal[site],
                 qPrintable(QString("d mass %1 / d height %2: %3, Laplacian %4")
                                .arg(other)
                                .arg(site)
                                .arg(slope)
                                .arg(analytic[other])));
      }
    }
  }

  void twoSitesInClosedForm() {
    ThreadTeam team(1);
    const Domain2 square = Domain2::square();
    // The bisector of (0.25, .5) and (0.75, .5) is x = 0.5 + w / (2 * 0.5), w the first one's weight.
    const std::vector<Point2> sites = {{0.25, 0.5}, {0.75, 0.5}};
    const auto diagram =
        powerDiagram(sites, std::vector<double>{0.1, 0}, square, *uniformDensity(square), team);
    QCOMPARE(diagram.cells[0].mass, 0.6);
    QCOMPARE(diagram.cells[1].mass, 0.4);
    QCOMPARE(diagram.cells[0].centroid.x, 0.3);
    QCOMPARE(diagram.cells[0].centroid.y, 0.5);
    // Integral of (x - .25)^2 + (y - .5)^2 over [0, .6] x [0, 1].
    const double wanted = (std::pow(0.35, 3) + std::pow(0.25, 3)) / 3 + 0.6 / 12;
    QVERIFY(std::abs(diagram.cells[0].secondMoment - wanted) < 1e-15);
    QCOMPARE(diagram.facets.size(), std::size_t(1));
    QCOMPARE(diagram.facets[0].measure, 1.0);
    QVERIFY(diagram.facets[0].from.y < diagram.facets[0].to.y);  // the first cell lies to the left
  }

  void oneSiteOwnsTheDomain() {
    ThreadTeam team(1);
    const Domain2 disc = Domain2::disc();
    const auto diagram =
        powerDiagram(std::vector<Point2>{{7, 7}}, std::vector<double>{3}, disc, *uniformDensity(disc), team);
    QVERIFY(std::abs(diagram.cells[0].mass - 1) < 1e-14);
    QVERIFY(diagram.facets.empty());
  }

  void latticeCellsAreSquares() {
    ThreadTeam team(2);
    std::vector<Point2> sites;
    for (int row = 0; row < 20; ++row)
      for (int column = 0; column < 20; ++column) sites.push_back({(column + 0.5) / 20, (row + 0.5) / 20});
    const Domain2 square = Domain2::square();
    const auto diagram =
        powerDiagram(sites, std::vector<double>(400, 0.0), square, *uniformDensity(square), team);
    for (std::size_t site = 0; site < sites.size(); ++site) {
      QVERIFY(std::abs(diagram.cells[site].mass - 1.0 / 400) < 1e-16);
      QVERIFY(norm(diagram.cells[site].centroid - sites[site]) < 1e-14);
    }
    double length = 0;
    for (const auto& facet : diagram.facets) length += facet.measure;
    QVERIFY(std::abs(length - 2 * 19) < 1e-12);
  }

  void everyPointIsInTheCellOfItsNearestSite() {
    ThreadTeam team(2);
    Random random(11);
    const auto sites = drawSites(Kind::Random, 80, random);
    const auto weights = drawWeights(80, 0.05, random);
    const Domain2 square = Domain2::square();
    const auto diagram = powerDiagram(sites, weights, square, *uniformDensity(square), team);
    for (int row = 0; row < 60; ++row)
      for (int column = 0; column < 60; ++column) {
        const Point2 x = {(column + 0.31) / 60, (row + 0.47) / 60};
        const auto power = [&](int site) { return squaredNorm(x - sites[site]) - weights[site]; };
        int best = 0;
        for (int site = 1; site < 80; ++site)
          if (power(site) < power(best)) best = site;
        const auto& corners = diagram.cells[best].outline.corners;
        for (std::size_t at = 0; at < corners.size(); ++at)
          QVERIFY(cross(corners[(at + 1) % corners.size()] - corners[at], x - corners[at]) > -1e-12);
        QVERIFY(!corners.empty());
      }
  }

  void facetsBorderBothTheirCells() {
    ThreadTeam team(2);
    Random random(3);
    const auto sites = drawSites(Kind::Random, 200, random);
    const auto weights = drawWeights(200, 0.003, random);
    const Domain2 square = Domain2::square();
    const auto diagram = powerDiagram(sites, weights, square, *uniformDensity(square), team);
    QVERIFY(diagram.facets.size() > 100);
    for (const auto& facet : diagram.facets)
      for (const Point2 x : {facet.from, facet.to}) {
        const double first = squaredNorm(x - sites[facet.first]) - weights[facet.first];
        const double second = squaredNorm(x - sites[facet.second]) - weights[facet.second];
        QVERIFY(std::abs(first - second) < 1e-12);
        for (std::size_t site = 0; site < sites.size(); ++site)
          QVERIFY(squaredNorm(x - sites[site]) - weights[site] > first - 1e-12);
      }
  }

  void badInputIsNamed_data() {
    QTest::addColumn<QString>("what");
    QTest::newRow("none") << "sites: none";
    QTest::newRow("lengths") << "weights: 1";
    QTest::newRow("nan") << "site 2: a value that is not finite";
    QTest::newRow("repeated") << "sites: rows 1 and 3 on one spot";
  }
  void badInputIsNamed() {
    QFETCH(QString, what);
    ThreadTeam team(1);
    const Domain2 square = Domain2::square();
    const std::string tag = QTest::currentDataTag();
    try {
      if (tag == "none") powerDiagram({}, {}, square, *uniformDensity(square), team);
      if (tag == "lengths")
        powerDiagram(std::vector<Point2>{{0, 0}, {1, 1}}, std::vector<double>{0}, square,
                     *uniformDensity(square), team);
      if (tag == "nan")
        powerDiagram(std::vector<Point2>{{0, 0}, {1, NAN}}, std::vector<double>{0, 0}, square,
                     *uniformDensity(square), team);
      if (tag == "repeated") PowerCells2({{0, 0}, {1, 1}, {0, 0}}, square, uniformDensity(square), team);
      QFAIL("not refused");
    } catch (const Error& error) {
      QVERIFY2(QString(error.what()).startsWith(what), error.what());
    }
  }

  /// Sites so near to each other that the square of their distance vanishes have a wall between them all the
  /// same, and so have those a universe apart.
  void wallsStandAtAnyDistance_data() {
    QTest::addColumn<double>("apart");
    for (const double apart : {1.5e-323, 1e-300, 1e-160, 1e-20, 1e20, 1e160, 1e300})
      QTest::addRow("%g apart", apart) << apart;
  }
  void wallsStandAtAnyDistance() {
    QFETCH(double, apart);
    const std::vector<Point2> sites{{0.0625, 0}, {0, 0}, {apart, 0}};
    const Domain2 box = Domain2::box({-1, -1, 1, 1});
    ThreadTeam team(1);
    const PowerDiagram2 diagram =
        powerDiagram(sites, std::vector<double>(3, 0), box, *uniformDensity(box), team);
    const auto& cells = diagram.cells;
    QVERIFY(std::abs(cells[0].mass + cells[1].mass + cells[2].mass - 1) < 1e-12);
    if (apart < 1e-15) QVERIFY(std::abs(cells[1].mass - 0.5) < 1e-9 && cells[2].mass > 0.01);
  }
};

QTEST_APPLESS_MAIN(TestPowerDiagram2)
#include "test_power_diagram_2.moc"
