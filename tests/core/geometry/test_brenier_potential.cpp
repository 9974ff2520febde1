// SPDX-License-Identifier: GPL-3.0-or-later
// The Brenier potential and its Legendre dual against brute force, closed forms and each other.
#include <QtTest>
#include <algorithm>
#include <cmath>
#include <limits>

#include "core/base/random.h"
#include "core/geometry/convex_hull_2.h"
#include "core/geometry/duality.h"

using namespace monge;

namespace {

PowerDiagram2 diagramOf(const std::vector<Point2>& sites, const std::vector<double>& weights,
                        const Domain2& domain = Domain2::square()) {
  ThreadTeam team(1);
  return powerDiagram(sites, weights, domain, *uniformDensity(domain), team);
}

struct Case {
  std::vector<Point2> sites;
  std::vector<double> weights;
  Domain2 domain;
};

Case drawCase(const QString& kind, int seed) {
  Random random(seed);
  const int count = 1 + static_cast<int>(random.below(40));
  Case drawn{{}, {}, seed % 2 ? Domain2::square() : Domain2::disc({0.5, 0.5}, 0.7, 1e-3)};
  for (int at = 0; at < count; ++at) {
    const double u = random.uniform(), v = random.uniform();
    if (kind == "random") drawn.sites.push_back({2 * u - 0.5, 2 * v - 0.5});
    if (kind == "lattice") drawn.sites.push_back({0.25 * (at % 5), 0.25 * (at / 5)});
    if (kind == "line") drawn.sites.push_back({0.125 * at, 0.5 + 0.0625 * at});
    if (kind == "ring") drawn.sites.push_back({0.5 + 0.25 * std::cos(at), 0.5 + 0.25 * std::sin(at)});
    if (kind == "clustered") drawn.sites.push_back({0.5 + std::pow(10, -9 * u) * (v - 0.5), 0.5 + 1e-9 * at});
    if (kind == "repeated") drawn.sites.push_back({std::floor(3 * u) / 3, std::floor(3 * v) / 3});
    drawn.weights.push_back(seed % 3 == 0 ? 0.0 : (seed % 3 == 1 ? 0.01 : 0.3) * random.uniform());
  }
  return drawn;
}

void addKinds() {
  QTest::addColumn<QString>("kind");
  for (const char* kind : {"random", "lattice", "line", "ring", "clustered", "repeated"})
    QTest::newRow(kind) << QString(kind);
}

double bruteValue(const PowerDiagram2& diagram, Point2 x) {
  double best = -std::numeric_limits<double>::infinity();
  for (std::size_t site = 0; site < diagram.sites.size(); ++site)
    best = std::max(best, dot(x, diagram.sites[site]) + diagram.height(static_cast<int>(site)));
  return best;
}

double signedVolume(const std::array<double, 3>& a, const std::array<double, 3>& b,
                    const std::array<double, 3>& c, const std::array<double, 3>& d) {
  const auto minus = [](const auto& p, const auto& q) {
    return std::array<double, 3>{p[0] - q[0], p[1] - q[1], p[2] - q[2]};
  };
  const auto u = minus(b, a), v = minus(c, a), w = minus(d, a);
  return w[0] * (u[1] * v[2] - u[2] * v[1]) + w[1] * (u[2] * v[0] - u[0] * v[2]) +
         w[2] * (u[0] * v[1] - u[1] * v[0]);
}

}  // namespace

class TestBrenierPotential : public QObject {
  Q_OBJECT

 private slots:
  void valueIsTheLargestPlane_data() { addKinds(); }
  void valueIsTheLargestPlane() {
    QFETCH(QString, kind);
    for (int seed = 0; seed < 150; ++seed) {
      const Case drawn = drawCase(kind, seed);
      const BrenierPotential2 potential(diagramOf(drawn.sites, drawn.weights, drawn.domain));
      Random random(seed + 1000);
      int hint = -1;
      for (int at = 0; at < 30; ++at) {
        const Point2 x = {random.uniform(-2, 3), random.uniform(-2, 3)};
        const double value = potential.value(x, hint);
        QVERIFY2(std::abs(value - bruteValue(potential.diagram(), x)) < 1e-14,
                 qPrintable(QString("seed %1").arg(seed)));
        hint = potential.siteAt(x, at % 2 ? hint : -1);
        QCOMPARE(potential.plane(hint, x), value);
        QCOMPARE(potential.gradient(x), potential.diagram().sites[potential.siteAt(x)]);
      }
    }
  }

  void dualityHolds_data() { addKinds(); }
  void dualityHolds() {
    QFETCH(QString, kind);
    for (int seed = 0; seed < 150; ++seed) {
      const Case drawn = drawCase(kind, seed);
      const BrenierPotential2 potential(diagramOf(drawn.sites, drawn.weights, drawn.domain));
      const LegendreDual2 dual(potential.diagram());
      const DualityCheck check = checkDuality(potential, dual, 50, seed);
      // Sites 1e-9 apart send power centres as far as 1e9, where a relative rounding is all that can be had.
      QVERIFY2(check.holds(1e-12), qPrintable(QString("seed %1: error %2, slack %3, faults %4 %5 %6")
                                                  .arg(seed)
                                                  .arg(check.matchingError)
                                                  .arg(check.leastSlack)
                                                  .arg(check.convexityFaults)
                                                  .arg(check.hiddenFaults)
                                                  .arg(check.complexFaults)));
      QVERIFY(check.pairs > 50);
    }
  }

  void subgradientsAtEveryKindOfPlace() {
    const std::vector<Point2> sites = {{0.25, 0.25}, {0.75, 0.25}, {0.25, 0.75}, {0.75, 0.75}};
    const BrenierPotential2 potential(diagramOf(sites, {0, 0, 0, 0}));
    QCOMPARE(potential.subgradient({0.1, 0.2}), std::vector<Point2>({{0.25, 0.25}}));
    QCOMPARE(potential.subgradient({0.5, 0.2}), std::vector<Point2>({{0.25, 0.25}, {0.75, 0.25}}));
    QCOMPARE(polygonArea(potential.subgradient({0.5, 0.5})), 0.25);
    for (int vertex = 0; vertex < static_cast<int>(potential.complex().vertices.size()); ++vertex) {
      const Point2 at = potential.complex().vertices[vertex].at;
      QCOMPARE(potential.subgradientAtVertex(vertex), potential.subgradient(at));
    }
  }

  void subgradientsSupportTheGraph() {
    for (int seed = 0; seed < 50; ++seed) {
      const Case drawn = drawCase("random", seed);
      const BrenierPotential2 potential(diagramOf(drawn.sites, drawn.weights, drawn.domain));
      Random random(seed);
      for (int vertex = 0; vertex < static_cast<int>(potential.complex().vertices.size()); ++vertex) {
        const Point2 x = potential.complex().vertices[vertex].at;
        for (const Point2 y : potential.subgradientAtVertex(vertex)) {
          const Point2 z = {random.uniform(-1, 2), random.uniform(-1, 2)};
          QVERIFY(potential.value(z) >= potential.value(x) + dot(y, z - x) - 1e-12);
        }
      }
    }
  }

  void graphIsConvexAndSharesItsVertices() {
    Random random(8);
    std::vector<Point2> sites;
    std::vector<double> weights;
    for (int at = 0; at < 300; ++at) {
      sites.push_back({random.uniform(), random.uniform()});
      weights.push_back(0.003 * random.uniform());
    }
    const BrenierPotential2 potential(diagramOf(sites, weights));
    const PolygonMesh mesh = potential.graph();
    QCOMPARE(mesh.faceData[0].first, std::string("site"));
    QCOMPARE(mesh.faceData[0].second.size(), mesh.faces.size());
    std::vector<int> shared(mesh.vertices.size(), 0);
    for (std::size_t row = 0; row < mesh.faces.size(); ++row) {
      const int site = static_cast<int>(mesh.faceData[0].second[row]);
      for (const int vertex : mesh.faces[row]) {
        const auto& [x, y, u] = mesh.vertices[vertex];
        ++shared[vertex];
        QVERIFY(std::abs(u - potential.plane(site, {x, y})) < 1e-12);  // the face is flat
      }
    }
    int insideVertices = 0;
    for (std::size_t row = 0; row < shared.size(); ++row) {
      if (potential.complex().vertices[row].place != PowerComplex2::Place::Inside) continue;
      ++insideVertices;
      QCOMPARE(shared[row], 3);
    }
    QVERIFY(insideVertices > 200);
    // Across every ridge the other face lies above the plane of this one.
    const auto ridges = potential.ridges();
    QCOMPARE(ridges.size(), potential.diagram().facets.size());
    for (const auto& ridge : ridges) {
      const auto& facet = potential.diagram().facets[ridge.facet];
      QVERIFY(ridge.from != ridge.to);
      QVERIFY(ridge.jump > 0 && ridge.angle > 0 && ridge.angle < 3.15);
      const Point2 beyond = potential.diagram().cells[facet.second].centroid;
      QVERIFY(potential.plane(facet.second, beyond) > potential.plane(facet.first, beyond));
    }
  }

  void hiddenAndRepeatedSites() {
    const BrenierPotential2 potential(
        diagramOf({{0.5, 0.5}, {0.2, 0.2}, {0.8, 0.2}, {0.5, 0.8}, {0.2, 0.2}}, {-1, 0, 0, 0, 0.01}));
    const LegendreDual2 dual(potential.diagram());
    QVERIFY(potential.diagram().cells[0].hidden && potential.diagram().cells[1].hidden);
    QVERIFY(dual.value({0.5, 0.5}) < -potential.height(0));
    QVERIFY(dual.value({0.2, 0.2}) < -potential.height(1));
    QCOMPARE(dual.value({0.2, 0.2}), -potential.height(4));
    QVERIFY(potential.siteAt({0.5, 0.5}, 0) != 0);  // a hidden hint serves as none
    QVERIFY(checkDuality(potential, dual).holds());
  }

  void dualInClosedForm() {
    // u(x) = max(0, x_1, x_2, x_1 + x_2) = max(0, x_1) + max(0, x_2); its dual is 0 on the unit square.
    const std::vector<Point2> corners = {{0, 0}, {1, 0}, {0, 1}, {1, 1}};
    const BrenierPotential2 potential(diagramOf(corners, {0, 1, 1, 2}, Domain2::box({-1, -1, 1, 1})));
    for (int site = 0; site < 4; ++site) QCOMPARE(potential.height(site), 0.0);
    const LegendreDual2 dual(potential.diagram());
    for (double x = -0.9; x < 1; x += 0.3)
      for (double y = -0.9; y < 1; y += 0.3)
        QCOMPARE(potential.value({x, y}), std::max(0.0, x) + std::max(0.0, y));
    for (double x = -0.5; x <= 1.5; x += 0.25)
      for (double y = -0.5; y <= 1.5; y += 0.25) {
        const bool inside = x >= 0 && x <= 1 && y >= 0 && y <= 1;
        QCOMPARE(dual.value({x, y}), inside ? 0.0 : std::numeric_limits<double>::infinity());
        QCOMPARE(dual.triangleAt({x, y}).has_value(), inside);
        if (inside) QVERIFY(norm(*dual.gradient({x, y})) < 1e-15);
      }
    QCOMPARE(polygonArea(potential.subgradient({0, 0})), 1.0);
  }

  void dualOnALineAndOnOneSpot() {
    const double inf = std::numeric_limits<double>::infinity();
    const LegendreDual2 line(diagramOf({{0, 0}, {1, 1}, {2, 2}}, {0, 2, 8}));  // all heights 0
    QCOMPARE(line.value({0.5, 0.5}), 0.0);
    QCOMPARE(line.value({2, 2}), 0.0);
    QCOMPARE(line.value({2.1, 2.1}), inf);
    QCOMPARE(line.value({1, 1.1}), inf);
    QVERIFY(!line.gradient({1, 1}));
    const LegendreDual2 spot(diagramOf({{3, 4}}, {27}));  // height 1
    QCOMPARE(spot.value({3, 4}), -1.0);
    QCOMPARE(spot.value({3, 4.5}), inf);
  }

  void dualIsTheLowerHull() {
    for (int seed = 0; seed < 100; ++seed) {
      const Case drawn = drawCase("random", seed);
      const PowerDiagram2 diagram = diagramOf(drawn.sites, drawn.weights, drawn.domain);
      const LegendreDual2 dual(diagram);
      const PolygonMesh mesh = dual.graph();
      for (const auto& face : mesh.faces)
        for (std::size_t site = 0; site < mesh.vertices.size(); ++site)
          QVERIFY(signedVolume(mesh.vertices[face[0]], mesh.vertices[face[1]], mesh.vertices[face[2]],
                               mesh.vertices[site]) > -1e-14);
    }
  }
};

QTEST_APPLESS_MAIN(TestBrenierPotential)
#include "test_brenier_potential.moc"
