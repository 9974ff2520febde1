// SPDX-License-Identifier: GPL-3.0-or-later
// The complex of a power diagram in space against its cells, in every layout; sheets of chosen facets, whose
// Euler characteristics and boundaries are known.
#include <QtTest>
#include <cmath>
#include <functional>
#include <set>

#include "core/base/error.h"
#include "core/geometry/singular_sheets_3.h"
#include "tests/core/geometry/sites_3.h"

using namespace monge;

namespace {

/// Sites (i + 1/2) / n.
std::vector<Point3> lattice(int n) {
  std::vector<Point3> sites;
  for (int i = 0; i < n * n * n; ++i)
    sites.push_back({(i % n + 0.5) / n, (i / n % n + 0.5) / n, (i / n / n + 0.5) / n});
  return sites;
}

struct Diagram {
  Diagram(const std::vector<Point3>& sites, const std::vector<double>& weights)
      : team(2), cells(sites, Domain3::cube(), uniformDensity(Domain3::cube()), team) {
    CellSystem system;
    isWhole = !cells.evaluate(weights, system) && cells.mesh();
  }
  ThreadTeam team;
  PowerCells3 cells;
  bool isWhole = false;
};

/// The facets between sites inside and outside of a region, without anything forgotten.
SingularSheets3 boundaryOf(const PowerComplex3& complex, const std::vector<Point3>& sites,
                           const std::function<bool(Point3)>& isIn) {
  SingularFacets3 facets;
  for (const auto& facet : complex.facets)
    facets.isSingular.push_back(isIn(sites[facet.first]) != isIn(sites[facet.second]));
  const SingularSizes3 sizes{std::vector<double>(complex.facets.size(), 1e9),
                             std::vector<double>(sites.size(), 1)};
  return singularSheets(complex, facets, sizes);
}

/// "1/1 0/2": Euler characteristic and loops of each sheet, sorted.
QString describe(const PowerComplex3& complex, const SingularSheets3& sheets) {
  const std::vector<int> characteristics = eulerCharacteristics(complex, sheets);
  std::vector<int> loops(sheets.count, 0);
  for (const SheetLoop3& loop : sheetLoops(complex, sheets)) ++loops[loop.sheet];
  QStringList words;
  for (int sheet = 0; sheet < sheets.count; ++sheet)
    words << QString("%1/%2").arg(characteristics[sheet]).arg(loops[sheet]);
  words.sort();
  return words.join(' ');
}

double powerOf(Point3 x, Point3 site, double weight) {
  return squaredNorm(x - site) - weight;
}

}  // namespace

class TestPowerComplex3 : public QObject {
  Q_OBJECT

 private slots:
  void facetsAreThoseOfTheCells() {
    Random random(41);
    int compared = 0;
    for (int round = 0; round < 20 * kLayouts; ++round) {
      const auto sites = distinctSites(static_cast<Layout>(round % kLayouts), 40, random);
      std::vector<double> weights(sites.size(), 0);
      if (round % 2)
        for (double& weight : weights) weight = 1e-3 * random.normal();
      Diagram diagram(sites, weights);
      if (!diagram.isWhole) continue;
      const PowerComplex3 complex = powerComplex(diagram.cells);
      std::set<std::pair<int, int>> known;
      for (const auto& facet : complex.facets) known.emplace(facet.first, facet.second);
      QCOMPARE(known.size(), complex.facets.size());
      for (int site = 0; site < diagram.cells.siteCount(); ++site) {
        const ConvexPolyhedron3 cell = diagram.cells.cell(site);
        for (int facet = 0; facet < cell.facets(); ++facet)
          if (cell.across[facet] > site && norm(facetArea(cell, facet)) > 1e-12)
            QVERIFY(known.contains({site, cell.across[facet]}));
      }
      ++compared;
    }
    QVERIFY2(compared > 60, qPrintable(QString::number(compared)));
  }

  void edgesAndVerticesFitTogether() {
    Random random(42);
    for (const Layout layout : {Layout::Cube, Layout::Lattice, Layout::Cluster, Layout::FewCoordinates}) {
      const auto sites = distinctSites(layout, 60, random);
      const std::vector<double> weights(sites.size(), 0);
      Diagram diagram(sites, weights);
      QVERIFY(diagram.isWhole);
      const PowerComplex3 complex = powerComplex(diagram.cells);
      for (const auto& edge : complex.edges) {
        for (int at = 0; at < 3; ++at) {
          const auto& facet = complex.facets.at(edge.facets[at]);
          QVERIFY(facet.first != edge.sites[at] && facet.second != edge.sites[at]);
        }
        for (const int end : {0, 1}) {
          const Point3 x = edge.path[end];
          const double power = powerOf(x, sites[edge.sites[0]], 0);
          for (const int site : edge.sites) QVERIFY(std::abs(powerOf(x, sites[site], 0) - power) < 1e-12);
          if (edge.ends[end] >= 0) QCOMPARE(complex.vertices[edge.ends[end]].at, x);
          for (const auto& plane : diagram.cells.domain().planes())
            QVERIFY(dot(plane.normal, x) - plane.offset < 1e-12);
        }
      }
      for (std::size_t row = 0; row < complex.vertices.size(); ++row)
        for (const int edge : complex.vertices[row].edges) {
          const auto& ends = complex.edges.at(edge).ends;
          QVERIFY(ends[0] == static_cast<int>(row) || ends[1] == static_cast<int>(row));
        }
    }
  }

  /// Around a facet each side begins where the last one ended, or both are cut off.
  void sidesGoAround() {
    Diagram diagram(uniformSites(200, 43), std::vector<double>(200, 0));
    const PowerComplex3 complex = powerComplex(diagram.cells);
    for (int row = 0; row < static_cast<int>(complex.facets.size()); ++row) {
      const auto sides = complex.sidesOf(row);
      for (std::size_t at = 0; at < sides.size(); ++at) {
        const auto& here = sides[at];
        const auto& next = sides[at + 1 == sides.size() ? 0 : at + 1];
        QCOMPARE(complex.edges[here.edge].ends[here.backwards ? 0 : 1],
                 complex.edges[next.edge].ends[next.backwards ? 1 : 0]);
      }
    }
  }

  void sheetsOfChosenFacets_data() {
    QTest::addColumn<QString>("region");
    QTest::addColumn<QString>("wanted");
    QTest::newRow("nothing") << "nothing"
                             << "";
    QTest::newRow("half") << "half"
                          << "1/1";
    QTest::newRow("slab") << "slab"
                          << "1/1 1/1";
    QTest::newRow("block inside") << "block inside"
                                  << "2/0";
    QTest::newRow("rod") << "rod"
                         << "0/2";
    QTest::newRow("corner") << "corner"
                            << "1/1";
    QTest::newRow("ring inside") << "ring inside"
                                 << "0/0";
    QTest::newRow("two blocks") << "two blocks"
                                << "2/0 2/0";
    QTest::newRow("block with a cavity") << "block with a cavity"
                                         << "2/0 2/0";
    QTest::newRow("slab with a window") << "slab with a window"
                                        << "0/2";
  }
  void sheetsOfChosenFacets() {
    QFETCH(QString, region);
    QFETCH(QString, wanted);
    // Blocks of a lattice of 7, shaken or not: cells differ, what is connected to what does not.
    const auto in = [](double t, int low, int high) { return 7 * t > low && 7 * t < high; };
    const auto isIn = [&](Point3 p) {
      if (region == "half") return p.x < 0.5;
      if (region == "slab") return in(p.x, 2, 5);
      if (region == "block inside") return in(p.x, 2, 5) && in(p.y, 2, 5) && in(p.z, 2, 5);
      if (region == "rod") return in(p.x, 2, 5) && in(p.y, 2, 5);
      if (region == "corner") return in(p.x, -1, 3) && in(p.y, -1, 3) && in(p.z, -1, 3);
      if (region == "ring inside")
        return in(p.x, 1, 6) && in(p.y, 1, 6) && in(p.z, 2, 5) && !(in(p.x, 3, 4) && in(p.y, 3, 4));
      if (region == "two blocks") return in(p.x, 1, 6) && in(p.y, 1, 6) && (in(p.z, 1, 3) || in(p.z, 4, 6));
      if (region == "block with a cavity")
        return in(p.x, 1, 6) && in(p.y, 1, 6) && in(p.z, 1, 6) &&
               !(in(p.x, 3, 4) && in(p.y, 3, 4) && in(p.z, 3, 4));
      if (region == "slab with a window") return in(p.x, 2, 5) && !(in(p.y, 2, 5) && in(p.z, 2, 5));
      return false;
    };
    for (const double shake : {0.0, 0.02}) {
      Random random(44);
      std::vector<Point3> sites = lattice(7);
      std::vector<double> weights(sites.size(), 0);
      for (double& weight : weights) weight = shake / 49 * random.uniform();
      Diagram diagram(sites, weights);
      QVERIFY(diagram.isWhole);
      const PowerComplex3 complex = powerComplex(diagram.cells);
      QCOMPARE(describe(complex, boundaryOf(complex, sites, isIn)), wanted);
    }
  }

  void sitesInOnePlaneAreRefused() {
    Diagram diagram({{0.2, 0.2, 0.5}, {0.8, 0.2, 0.5}, {0.5, 0.8, 0.5}}, {0, 0, 0});
    QVERIFY_THROWS_EXCEPTION(Error, powerComplex(diagram.cells));
  }
};

QTEST_APPLESS_MAIN(TestPowerComplex3)
#include "test_power_complex_3.moc"
