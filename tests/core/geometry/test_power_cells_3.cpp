// SPDX-License-Identifier: GPL-3.0-or-later
#include <QtTest>
#include <algorithm>
#include <cmath>
#include <map>
#include <numeric>

#include "core/base/error.h"
#include "core/geometry/power_cells_3.h"
#include "tests/core/geometry/laplacian_product.h"
#include "tests/core/geometry/sites_3.h"

using namespace monge;

namespace {

/// The cell cut out of the domain by the bisectors with all other sites.
ConvexPolyhedron3 bruteCell(const std::vector<Point3>& sites, const std::vector<double>& weights,
                            const Domain3& domain, int site) {
  ConvexPolyhedron3 whole = domain.polyhedron();
  for (int& facet : whole.across) facet = PowerCells3::domainFacet(facet);
  PolyhedronClipper3 clipper;
  clipper.start(whole);
  for (int other = 0; other < static_cast<int>(sites.size()); ++other) {
    if (other == site || clipper.polyhedron().isEmpty()) continue;
    const Point3 apart = sites[other] - sites[site];
    clipper.cut(sites[site], apart, (squaredNorm(apart) + weights[site] - weights[other]) / 2, other);
  }
  return clipper.polyhedron();
}

double massOf(const ConvexPolyhedron3& cell, const Domain3& domain) {
  return cell.isEmpty() ? 0 : volume(cell) / domain.volume();
}

std::map<int, double> couplingsOf(const ConvexPolyhedron3& cell, const std::vector<Point3>& sites,
                                  const Domain3& domain, int site) {
  std::map<int, double> result;
  for (int facet = 0; facet < cell.facets(); ++facet)
    if (const int other = cell.across[facet]; other >= 0)
      result[other] += norm(facetArea(cell, facet)) / norm(sites[other] - sites[site]) / domain.volume();
  return result;
}

std::map<int, double> rowOf(const GraphLaplacian& laplacian, int row) {
  std::map<int, double> result;
  for (int at = laplacian.offsets[row]; at < laplacian.offsets[row + 1]; ++at)
    result[laplacian.columns[at]] += laplacian.coupling[at];
  return result;
}

double largestDifference(const std::map<int, double>& a, const std::map<int, double>& b) {
  double largest = 0;
  for (const auto& [key, value] : a)
    largest = std::max(largest, std::abs(value - (b.contains(key) ? b.at(key) : 0)));
  for (const auto& [key, value] : b) largest = std::max(largest, a.contains(key) ? 0 : std::abs(value));
  return largest;
}

Domain3 domainOf(int kind, Random& random) {
  if (kind == 0) return Domain3::cube();
  if (kind == 1) {
    const Point3 corners[] = {{-0.5, -0.5, -0.5}, {2.5, -0.5, -0.5}, {-0.5, 2.5, -0.5}, {-0.5, -0.5, 2.5}};
    return Domain3::hull(corners);
  }
  const std::vector<Point3> corners = distinctSites(Layout::Wide, 12, random);
  return Domain3::hull(corners);
}

std::vector<double> weightsOf(int kind, std::size_t count, Random& random) {
  std::vector<double> weights(count, 0);
  const double size[] = {0, 0.01, 0.1, 1};
  for (double& weight : weights) weight = size[kind] * random.normal() / static_cast<double>(count);
  return weights;
}

/// Sites (i + 1/2) / n.
std::vector<Point3> lattice(int n) {
  std::vector<Point3> sites;
  for (int i = 0; i < n * n * n; ++i)
    sites.push_back({(i % n + 0.5) / n, (i / n % n + 0.5) / n, (i / n / n + 0.5) / n});
  return sites;
}

}  // namespace

class TestPowerCells3 : public QObject {
  Q_OBJECT

 private slots:
  void cellsOfRandomCasesAreThoseOfBruteForce() {
    ThreadTeam team(2);
    Random random(11);
    int whole = 0, refused = 0;
    for (int round = 0; round < 1000; ++round) {
      const int count = 1 + static_cast<int>(random.below(24));
      const std::vector<Point3> sites = distinctSites(static_cast<Layout>(round % kLayouts), count, random);
      const Domain3 domain = domainOf(round / kLayouts % 3, random);
      const std::vector<double> weights = weightsOf(round / 27 % 4, sites.size(), random);
      PowerCells3 cells(sites, domain, uniformDensity(domain), team);
      CellSystem system;
      const auto empty = cells.evaluate(weights, system);
      const QByteArray where = "round " + QByteArray::number(round);
      if (empty) {
        QVERIFY2(massOf(bruteCell(sites, weights, domain, *empty), domain) < 1e-14, where);
        ++refused;
        continue;
      }
      ++whole;
      QVERIFY2(std::abs(std::accumulate(system.masses.begin(), system.masses.end(), 0.0) - 1) < 1e-12, where);
      for (int site = 0; site < cells.siteCount(); ++site) {
        const ConvexPolyhedron3 brute = bruteCell(sites, weights, domain, site);
        QVERIFY2(std::abs(system.masses[site] - massOf(brute, domain)) < 1e-12, where);
        QVERIFY2(std::abs(massOf(cells.cell(site), domain) - massOf(brute, domain)) < 1e-12, where);
        // Areas of facets between sites at least 0.002 apart.
        QVERIFY2(
            largestDifference(rowOf(system.laplacian, site), couplingsOf(brute, sites, domain, site)) < 1e-9,
            where);
      }
    }
    QVERIFY2(whole > 500 && refused > 100, qPrintable(QString("%1 %2").arg(whole).arg(refused)));
  }

  void manySitesFillTheDomainSymmetrically() {
    ThreadTeam team(2);
    Random random(12);
    for (const Layout layout :
         {Layout::Cube, Layout::Wide, Layout::Cluster, Layout::FewCoordinates, Layout::Sphere}) {
      const std::vector<Point3> sites = distinctSites(layout, 3000, random);
      const Domain3 domain =
          layout == Layout::Wide ? Domain3::box({{-2, -2, -2}, {3, 3, 3}}) : Domain3::cube();
      PowerCells3 cells(sites, domain, uniformDensity(domain), team);
      CellSystem system;
      QVERIFY(!cells.evaluate(std::vector<double>(sites.size(), 0), system));
      QVERIFY(std::abs(std::accumulate(system.masses.begin(), system.masses.end(), 0.0) - 1) < 1e-12);
      for (int site = 0; site < cells.siteCount(); ++site)
        for (const auto& [other, coupling] : rowOf(system.laplacian, site)) {
          const std::map<int, double> back = rowOf(system.laplacian, other);
          const double there = back.contains(site) ? back.at(site) : 0;
          QVERIFY(std::abs(coupling - there) <= 1e-10 * (coupling + system.laplacian.diagonal[site]));
        }
    }
  }

  void latticeCellsAreCubes() {
    ThreadTeam team(2);
    constexpr int n = 7;
    PowerCells3 cells(lattice(n), Domain3::cube(), uniformDensity(Domain3::cube()), team);
    CellSystem system;
    QVERIFY(!cells.evaluate(std::vector<double>(n * n * n, 0), system));
    for (int site = 0; site < cells.siteCount(); ++site) {
      QVERIFY(std::abs(system.masses[site] * n * n * n - 1) < 1e-12);
      // Six facets of area 1 / n^2, sites 1 / n apart; less at the boundary.
      int inner = 6;
      for (const int at : {site % n, site / n % n, site / n / n}) inner -= at == 0 || at == n - 1;
      QVERIFY(std::abs(system.laplacian.diagonal[site] * n - inner) < 1e-11);
    }
  }

  void twoSites() {
    ThreadTeam team(1);
    PowerCells3 cells({{0.25, 0.5, 0.5}, {0.75, 0.5, 0.5}}, Domain3::cube(), uniformDensity(Domain3::cube()),
                      team);
    CellSystem system;
    QVERIFY(!cells.evaluate(std::vector<double>{0.1, 0}, system));
    // The wall is at (w_1 - w_2 + |y_2|^2 - |y_1|^2) / (2 |y_2 - y_1|) = 0.6 along x.
    QVERIFY(std::abs(system.masses[0] - 0.6) < 1e-15);
    QVERIFY(std::abs(system.laplacian.diagonal[0] - 2) < 1e-14);
    QCOMPARE(cells.evaluate(std::vector<double>{0.6, 0}, system), std::optional(1));
  }

  void wallsStandAtAnyDistance() {
    ThreadTeam team(1);
    for (const double apart : {4.9e-324, 1e-300, 1e-160, 1e-100, 1e-60, 1e-20}) {
      PowerCells3 cells({{0, 0, 0}, {0, 0, apart}, {0.0625, 0, 0.0625}, {0, 0.0625, 0.0625}}, Domain3::cube(),
                        uniformDensity(Domain3::cube()), team);
      CellSystem system;
      const auto empty =
          cells.evaluate(std::vector<double>(4, 0), system);  // the wall is on the domain's floor
      QVERIFY(!empty || *empty == 0);
      QVERIFY(std::abs(std::accumulate(system.masses.begin(), system.masses.end(), 0.0) - 1) < 1e-12);
    }
  }

  void oneSiteHasItAll() {
    ThreadTeam team(1);
    PowerCells3 cells({{5, 5, 5}}, Domain3::cube(), uniformDensity(Domain3::cube()), team);
    CellSystem system;
    QVERIFY(!cells.evaluate(std::vector<double>{3}, system));
    QCOMPARE(system.masses[0], 1.0);
    QVERIFY(system.laplacian.columns.empty());
  }

  void derivativesOfMassesAreTheLaplacian() {
    ThreadTeam team(2);
    Random random(13);
    const std::vector<Point3> sites = uniformSites(200, 14);
    std::vector<double> weights(200);
    for (double& weight : weights) weight = 1e-3 * random.normal();
    PowerCells3 cells(sites, Domain3::cube(), uniformDensity(Domain3::cube()), team);
    CellSystem system, ahead, behind;
    QVERIFY(!cells.evaluate(weights, system));
    std::vector<double> direction(200);
    for (double& value : direction) value = random.normal();
    const std::vector<double> expected = laplacianTimes(system.laplacian, direction);
    const double step = 1e-6;  // of heights; weights change twice as much
    std::vector<double> moved(200);
    for (int sign : {1, -1}) {
      for (int at = 0; at < 200; ++at) moved[at] = weights[at] + sign * 2 * step * direction[at];
      QVERIFY(!cells.evaluate(moved, sign > 0 ? ahead : behind));
    }
    // Masses are piecewise cubic: differences are off by step^2 times third derivatives, of the order of 1e4.
    for (int at = 0; at < 200; ++at)
      QVERIFY(std::abs((ahead.masses[at] - behind.masses[at]) / (2 * step) - expected[at]) < 1e-6);
  }

  void anyTeamFindsTheSame() {
    Random shift(15);
    std::vector<Point3> sites = lattice(14);
    for (Point3& site : sites) site = site + 0.03 * Point3{shift.uniform(), shift.uniform(), shift.uniform()};
    std::vector<CellSystem> found;
    for (const int threads : {1, 2, 3}) {
      ThreadTeam team(threads);
      Random random(16);
      PowerCells3 cells(sites, Domain3::cube(), uniformDensity(Domain3::cube()), team);
      CellSystem system;
      for (int change = 0; change < 3; ++change) {
        std::vector<double> weights(sites.size());
        for (double& weight : weights) weight = 2e-4 * random.normal();
        QVERIFY(!cells.evaluate(weights, system));
        QVERIFY(cells.mesh()->flips() > 1000);
      }
      found.push_back(system);
    }
    for (const CellSystem& other : found) {
      QVERIFY(other.masses == found[0].masses);
      QVERIFY(other.laplacian.columns == found[0].laplacian.columns);
      QVERIFY(other.laplacian.coupling == found[0].laplacian.coupling);
    }
  }

  void laterEvaluationsAreThoseOfFreshCells() {
    ThreadTeam team(2), alone(1);
    Random random(17);
    std::vector<Point3> sites = distinctSites(Layout::Cube, 1500, random);
    PowerCells3 kept(sites, Domain3::cube(), uniformDensity(Domain3::cube()), team);
    std::vector<double> weights(sites.size(), 0);
    int compared = 0;
    for (const double size : {0.0, 1.0, 1.0, 0.02, 0.001, 1e-5, 0.5, 1e-5, 0.0}) {
      std::vector<double> trial = weights;
      for (double& weight : trial) weight += size * 1e-4 * random.normal();
      PowerCells3 fresh(sites, Domain3::cube(), uniformDensity(Domain3::cube()), alone);
      CellSystem one, other;
      const auto hidden = kept.evaluate(trial, one);
      QCOMPARE(hidden.has_value(), fresh.evaluate(trial, other).has_value());
      if (hidden) continue;
      weights = trial;
      ++compared;
      for (int site = 0; site < kept.siteCount(); ++site) {
        QVERIFY(std::abs(one.masses[site] - other.masses[site]) < 1e-15);
        QVERIFY(largestDifference(rowOf(one.laplacian, site), rowOf(other.laplacian, site)) < 1e-12);
      }
    }
    QVERIFY(compared >= 7);
  }

  void aSiteMayHaveThousandsOfNeighbours() {
    ThreadTeam team(2);
    Random random(18);
    std::vector<Point3> sites{{0.5, 0.5, 0.5}};
    for (const Point3 site : distinctSites(Layout::Sphere, 3000, random)) sites.push_back(site);
    PowerCells3 cells(sites, Domain3::cube(), uniformDensity(Domain3::cube()), team);
    for (int round = 0; round < 2; ++round) {  // walked, and kept as far as it can be
      CellSystem system;
      QVERIFY(!cells.evaluate(std::vector<double>(sites.size(), 0), system));
      QVERIFY(system.laplacian.offsets[1] > 2500);
      QVERIFY(std::abs(std::accumulate(system.masses.begin(), system.masses.end(), 0.0) - 1) < 1e-12);
      const ConvexPolyhedron3 cell = cells.cell(0);
      QVERIFY(std::abs(system.masses[0] - volume(cell)) < 1e-12);
    }
  }

  void aHiddenSiteIsNamedInEveryLayout() {
    ThreadTeam team(1);
    Random random(17);
    for (int kind = 0; kind < kLayouts; ++kind) {
      const std::vector<Point3> sites = distinctSites(static_cast<Layout>(kind), 30, random);
      PowerCells3 cells(sites, Domain3::cube(), uniformDensity(Domain3::cube()), team);
      std::vector<double> weights(sites.size(), 0);
      weights[1] = -100;
      CellSystem system;
      QCOMPARE(cells.evaluate(weights, system), std::optional(1));
    }
  }

  void badSites_data() {
    QTest::addColumn<int>("kind");
    QTest::addColumn<QString>("text");
    QTest::newRow("none") << 0 << "sites";
    QTest::newRow("twice") << 1 << "rows 4 and 18 on one spot";
    QTest::newRow("not finite") << 2 << "site 6";
  }
  void badSites() {
    QFETCH(int, kind);
    QFETCH(QString, text);
    ThreadTeam team(1);
    std::vector<Point3> sites = uniformSites(30, 18);
    if (kind == 0) sites.clear();
    if (kind == 1) sites[17] = sites[3];
    if (kind == 2) sites[5].y = std::nan("");
    try {
      PowerCells3 cells(sites, Domain3::cube(), uniformDensity(Domain3::cube()), team);
      QFAIL("no error");
    } catch (const Error& error) {
      QVERIFY2(QString::fromStdString(error.what()).contains(text), error.what());
    }
  }
};

QTEST_APPLESS_MAIN(TestPowerCells3)
#include "test_power_cells_3.moc"
