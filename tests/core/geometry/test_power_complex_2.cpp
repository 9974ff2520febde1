// SPDX-License-Identifier: GPL-3.0-or-later
// The diagram as a cell complex: Euler's formula and shared vertices, on random and on degenerate sites.
#include <QtTest>
#include <algorithm>
#include <cmath>
#include <set>

#include "core/base/random.h"
#include "core/geometry/power_complex_2.h"

using namespace monge;

namespace {

PowerDiagram2 diagramOf(const std::vector<Point2>& sites, const std::vector<double>& weights,
                        const Domain2& domain) {
  ThreadTeam team(1);
  return powerDiagram(sites, weights, domain, *uniformDensity(domain), team);
}

std::vector<Point2> drawSites(const QString& kind, int count, Random& random) {
  std::vector<Point2> sites;
  for (int at = 0; at < count; ++at) {
    const double u = random.uniform(), v = random.uniform();
    if (kind == "random") sites.push_back({u, v});
    if (kind == "lattice") sites.push_back({0.125 + 0.25 * (at % 4), 0.125 + 0.25 * (at / 4)});
    // Bisectors pass through the corners of the square and along its sides.
    if (kind == "corners") sites.push_back({at % 3 - 0.5, at / 3 - 0.5});
    if (kind == "line") sites.push_back({0.1 * at, 0.3 + 0.05 * at});
    if (kind == "ring") sites.push_back({0.5 + 0.25 * std::cos(at), 0.5 + 0.25 * std::sin(at)});
    if (kind == "clustered") sites.push_back({0.5 + std::pow(10, -9 * u) * (v - 0.5), 0.5 + 1e-9 * at});
    if (kind == "repeated") sites.push_back({std::floor(3 * u) / 3, std::floor(3 * v) / 3});
  }
  return sites;
}

double areaOf(const PowerComplex2& complex, int site) {
  const auto loop = complex.cell(site);
  double twice = 0;
  for (std::size_t at = 1; at + 1 < loop.size(); ++at) {
    const Point2 origin = complex.vertices[loop[0]].at;
    twice += cross(complex.vertices[loop[at]].at - origin, complex.vertices[loop[at + 1]].at - origin);
  }
  return twice / 2;
}

}  // namespace

class TestPowerComplex2 : public QObject {
  Q_OBJECT

 private slots:
  void eulerHolds_data() {
    QTest::addColumn<QString>("kind");
    for (const char* kind : {"random", "lattice", "corners", "line", "ring", "clustered", "repeated"})
      QTest::newRow(kind) << QString(kind);
  }
  void eulerHolds() {
    QFETCH(QString, kind);
    for (int seed = 0; seed < 120; ++seed) {
      Random random(seed);
      const int count = 1 + static_cast<int>(random.below(40));
      const auto sites = drawSites(kind, count, random);
      std::vector<double> weights;
      for (int at = 0; at < count; ++at)
        weights.push_back(seed % 3 == 0 ? 0.0 : (seed % 3 == 1 ? 0.01 : 0.2) * random.uniform());
      const Domain2 domain = seed % 2 ? Domain2::square() : Domain2::disc({0.5, 0.5}, 0.7, 1e-3);
      const PowerDiagram2 diagram = diagramOf(sites, weights, domain);
      const PowerComplex2 complex = powerComplex(diagram);
      // Vertices - edges + faces of a disc is 1; every facet borders two cells, every other side one.
      int faces = 0, sides = 0, facets = 0;
      double total = 0;
      std::set<int> used;
      for (int site = 0; site < count; ++site) {
        const auto loop = complex.cell(site);
        if (loop.size() < 3) continue;
        ++faces;
        sides += static_cast<int>(loop.size());
        used.insert(loop.begin(), loop.end());
        QCOMPARE(std::set<int>(loop.begin(), loop.end()).size(), loop.size());
        total += areaOf(complex, site);
      }
      // A cell without area that touches the domain from outside has a facet along its boundary.
      const auto hasArea = [&](int site) { return complex.cell(site).size() >= 3; };
      for (std::size_t row = 0; row < diagram.facets.size(); ++row)
        facets += complex.facetEnds[row][0] != complex.facetEnds[row][1] &&
                  hasArea(diagram.facets[row].first) && hasArea(diagram.facets[row].second);
      QVERIFY2(static_cast<int>(used.size()) - (sides - facets) + faces == 1,
               qPrintable(QString("seed %1: %2 vertices, %3 facets, %4 sides, %5 cells")
                              .arg(seed)
                              .arg(used.size())
                              .arg(facets)
                              .arg(sides)
                              .arg(faces)));
      QVERIFY(std::abs(total - domain.area()) < 1e-12);
    }
  }

  void verticesAreWhereTheirSitesTie() {
    Random random(4);
    const auto sites = drawSites("random", 200, random);
    std::vector<double> weights;
    for (int at = 0; at < 200; ++at) weights.push_back(0.002 * random.uniform());
    const PowerDiagram2 diagram = diagramOf(sites, weights, Domain2::square());
    const PowerComplex2 complex = powerComplex(diagram);
    int inside = 0, boundary = 0, corner = 0;
    for (int row = 0; row < static_cast<int>(complex.vertices.size()); ++row) {
      const auto& vertex = complex.vertices[row];
      const auto tied = complex.sitesAt(diagram, row);
      inside += vertex.place == PowerComplex2::Place::Inside;
      boundary += vertex.place == PowerComplex2::Place::Boundary;
      corner += vertex.place == PowerComplex2::Place::Corner;
      const std::size_t wanted[] = {3, 2, 0};
      QCOMPARE(tied.size(), wanted[static_cast<int>(vertex.place)]);
      const auto power = [&](int site) { return squaredNorm(vertex.at - sites[site]) - weights[site]; };
      for (const int site : tied) QVERIFY(std::abs(power(site) - power(tied[0])) < 1e-12);
    }
    QCOMPARE(corner, 4);
    QVERIFY(inside > 100 && boundary > 10);
  }

  void cocircularSitesShareOneVertex() {
    // Four sites around the middle of the square: one vertex inside, four on the boundary, four corners.
    const std::vector<Point2> sites = {{0.25, 0.25}, {0.75, 0.25}, {0.25, 0.75}, {0.75, 0.75}};
    const PowerDiagram2 diagram = diagramOf(sites, {0, 0, 0, 0}, Domain2::square());
    const PowerComplex2 complex = powerComplex(diagram);
    QCOMPARE(complex.vertices.size(), std::size_t(9));
    const auto middle =
        std::find_if(complex.vertices.begin(), complex.vertices.end(),
                     [](const auto& vertex) { return vertex.place == PowerComplex2::Place::Inside; });
    QVERIFY(middle != complex.vertices.end());
    QCOMPARE(middle->triangleCount, 2);
    const int row = static_cast<int>(middle - complex.vertices.begin());
    QCOMPARE(complex.sitesAt(diagram, row), std::vector<int>({0, 1, 2, 3}));
  }

  void oneSiteHasTheDomain() {
    const PowerDiagram2 diagram = diagramOf({{3, 4}}, {1}, Domain2::square());
    const PowerComplex2 complex = powerComplex(diagram);
    QCOMPARE(complex.vertices.size(), std::size_t(4));
    QVERIFY(complex.sitesAt(diagram, 0).empty());
  }
};

QTEST_APPLESS_MAIN(TestPowerComplex2)
#include "test_power_complex_2.moc"
