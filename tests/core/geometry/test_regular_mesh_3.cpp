// SPDX-License-Identifier: GPL-3.0-or-later
#include <QtTest>
#include <algorithm>
#include <array>
#include <cmath>

#include "core/geometry/predicates_3.h"
#include "core/geometry/regular_mesh_3.h"
#include "tests/core/geometry/sites_3.h"

using namespace monge;

namespace {

/// What is wrong with a triangulation, or an empty string: links that do not answer, tetrahedra turned inside
/// out, facets that are not regular, a volume that is not the hull's.
QString faultOf(const RegularMesh3& mesh) {
  const auto& all = mesh.tetrahedra();
  const auto weighted = [&](int site) { return WeightedPoint3{mesh.sites()[site], mesh.weights()[site]}; };
  for (int at = 0; at < static_cast<int>(all.size()); ++at) {
    const auto& [v, neighbour, centre, error] = all[at];
    if (v[0] == RegularMesh3::kHole) continue;
    const bool finite = !mesh.isInfinite(at);
    if (finite &&
        orientation(mesh.sites()[v[0]], mesh.sites()[v[1]], mesh.sites()[v[2]], mesh.sites()[v[3]]) <= 0)
      return QString("tetrahedron %1 is not positive").arg(at);
    for (int i = 0; i < 4; ++i) {
      const auto& other = all[neighbour[i]];
      const auto back =
          std::find(std::begin(other.neighbour), std::end(other.neighbour), at) - std::begin(other.neighbour);
      if (back == 4) return QString("%1 does not answer %2").arg(neighbour[i]).arg(at);
      const int across = other.vertex[back];
      for (int j = 0; j < 4; ++j)
        if (j != i && std::count(std::begin(other.vertex), std::end(other.vertex), v[j]) != 1)
          return QString("%1 and %2 share no facet").arg(neighbour[i]).arg(at);
      if (finite && across != mesh.infinite() &&
          powerSide(weighted(v[0]), weighted(v[1]), weighted(v[2]), weighted(v[3]), weighted(across)) > 0)
        return QString("facet %1 of %2 is irregular").arg(i).arg(at);
    }
  }
  for (int site = 0; site < mesh.siteCount(); ++site) {
    const auto& v = all[mesh.tetrahedronOf(site)].vertex;
    if (std::count(std::begin(v), std::end(v), site) != 1) return QString("site %1 is elsewhere").arg(site);
  }
  return {};
}

std::vector<std::array<int, 4>> sortedTetrahedra(const RegularMesh3& mesh) {
  std::vector<std::array<int, 4>> result;
  for (const auto& tetrahedron : mesh.tetrahedra()) {
    if (tetrahedron.vertex[0] == RegularMesh3::kHole) continue;
    std::array<int, 4> vertices{};
    std::copy(std::begin(tetrahedron.vertex), std::end(tetrahedron.vertex), vertices.begin());
    std::sort(vertices.begin(), vertices.end());
    result.push_back(vertices);
  }
  std::sort(result.begin(), result.end());
  return result;
}

std::vector<double> randomWeights(std::size_t count, double size, Random& random) {
  std::vector<double> weights(count);
  for (double& weight : weights) weight = size * random.normal();
  return weights;
}

bool span(const std::vector<Point3>& sites) {
  for (const Point3 d : sites)
    for (const Point3 c : sites)
      if (orientation(sites[0], sites[1], c, d) != 0) return true;
  return false;
}

}  // namespace

class TestRegularMesh3 : public QObject {
  Q_OBJECT

 private slots:
  void freshTriangulationsAreRegular() {
    ThreadTeam team(2);
    Random random(1);
    for (int round = 0; round < 45; ++round) {
      const std::vector<Point3> sites = distinctSites(static_cast<Layout>(round % kLayouts), 60, random);
      if (!span(sites)) continue;
      const RegularMesh3 mesh(sites, std::vector<double>(sites.size(), 0.25), team);
      QVERIFY2(faultOf(mesh).isEmpty(), qPrintable(faultOf(mesh)));
    }
  }

  void repairEqualsAFreshTriangulation() {
    ThreadTeam team(2);
    Random random(2);
    long flips = 0;
    int hiddenOnes = 0, compared = 0;
    for (int round = 0; round < 60; ++round) {
      const std::vector<Point3> sites = distinctSites(Layout::Cube, 20 + round * 10, random);
      RegularMesh3 mesh(sites, std::vector<double>(sites.size(), 0), team);
      for (int change = 0; change < 5; ++change) {
        const double spacing = std::pow(static_cast<double>(sites.size()), -2.0 / 3);
        const std::vector<double> weights = randomWeights(sites.size(), spacing * (change + 1) / 25, random);
        const RegularMesh3 fresh(sites, weights, team);
        const auto hidden = mesh.repair(weights, team);
        if (hidden) {
          QCOMPARE(fresh.tetrahedronOf(*hidden), -1);
          ++hiddenOnes;
          continue;
        }
        for (int site = 0; site < mesh.siteCount(); ++site) QVERIFY(fresh.tetrahedronOf(site) >= 0);
        QVERIFY2(faultOf(mesh).isEmpty(), qPrintable(faultOf(mesh)));
        QVERIFY(sortedTetrahedra(mesh) == sortedTetrahedra(fresh));
        ++compared;
      }
      flips += mesh.flips();
    }
    QVERIFY(compared > 100 && hiddenOnes > 20 && flips > 10000);
  }

  /// Powers of two change no digit, down to where products of coordinates have none left.
  void theTriangulationDoesNotDependOnTheScale() {
    ThreadTeam team(1);
    Random random(8);
    std::vector<Point3> plain = distinctSites(Layout::Cube, 200, random);
    const std::vector<double> weights = randomWeights(plain.size(), 1e-3, random);
    const auto repaired = [&](int exponent) {
      std::vector<Point3> sites;
      std::vector<double> scaled;
      for (const Point3 site : plain) sites.push_back(std::ldexp(1, exponent) * site);
      for (const double weight : weights) scaled.push_back(std::ldexp(weight, 2 * exponent));
      RegularMesh3 mesh(sites, std::vector<double>(sites.size(), 0), team);
      return mesh.repair(scaled, team) ? std::vector<std::array<int, 4>>{} : sortedTetrahedra(mesh);
    };
    const auto expected = repaired(0);
    QVERIFY(expected.size() > 1000);
    for (const int exponent : {-480, -400, -350, -300, -200, -100, -50, 50, 150})
      QVERIFY(repaired(exponent) == expected);
  }

  void changedSitesAreTold() {
    ThreadTeam team(2);
    Random random(5);
    const std::vector<Point3> sites = distinctSites(Layout::Cube, 800, random);
    RegularMesh3 mesh(sites, std::vector<double>(sites.size(), 0), team);
    const auto stars = [&] {
      std::vector<std::vector<std::array<int, 5>>> result(sites.size());
      for (int at = 0; at < static_cast<int>(mesh.tetrahedra().size()); ++at) {
        const auto& v = mesh.tetrahedra()[at].vertex;
        if (v[0] == RegularMesh3::kHole) continue;
        for (const int vertex : v)
          if (vertex != mesh.infinite()) result[vertex].push_back({at, v[0], v[1], v[2], v[3]});
      }
      return result;
    };
    int same = 0, changed = 0;
    for (const double size : {1e-4, 1e-5, 1e-6, 0.0}) {
      const auto before = stars();
      const long time = mesh.changes();
      mesh.repair(randomWeights(sites.size(), size, random), team);
      const auto after = stars();
      for (int site = 0; site < mesh.siteCount(); ++site) {
        const bool isTold = mesh.lastChange(site) > time;
        QVERIFY(isTold || before[site] == after[site]);
        (isTold ? changed : same) += 1;
      }
    }
    QVERIFY(same > 100 && changed > 100);
  }

  void degenerateLayoutsAreRepaired() {
    ThreadTeam team(1);
    Random random(3);
    for (int round = 0; round < 90; ++round) {
      const std::vector<Point3> sites = distinctSites(static_cast<Layout>(round % kLayouts), 40, random);
      if (!span(sites)) continue;
      RegularMesh3 mesh(sites, std::vector<double>(sites.size(), 0), team);
      for (int change = 0; change < 6; ++change) {
        std::vector<double> weights = randomWeights(sites.size(), change % 2 == 0 ? 1e-4 : 1e-3, random);
        for (double& weight : weights) weight = std::round(weight * 8192) / 8192;  // many ties
        const RegularMesh3 fresh(sites, weights, team);
        const auto hidden = mesh.repair(weights, team);
        if (hidden) {
          QCOMPARE(fresh.tetrahedronOf(*hidden), -1);
        } else {
          QVERIFY2(faultOf(mesh).isEmpty(), qPrintable(faultOf(mesh)));
        }
      }
    }
  }

  void centresAreAtEqualPowerDistance() {
    ThreadTeam team(1);
    Random random(4);
    const std::vector<Point3> sites = distinctSites(Layout::Cube, 500, random);
    RegularMesh3 mesh(sites, std::vector<double>(sites.size(), 0), team);
    QVERIFY(!mesh.repair(randomWeights(sites.size(), 1e-4, random), team));
    int sharp = 0;
    for (std::size_t at = 0; at < mesh.tetrahedra().size(); ++at) {
      const auto& [vertex, neighbour, centre, error] = mesh.tetrahedra()[at];
      if (!(error < 1e-9)) continue;
      ++sharp;
      double powers[4];
      for (int i = 0; i < 4; ++i) {
        const int site = vertex[i];
        powers[i] = squaredNorm(centre - sites[site]) - mesh.weights()[site];
      }
      const auto [low, high] = std::minmax_element(std::begin(powers), std::end(powers));
      const double radius = norm(centre - sites[vertex[0]]);
      QVERIFY(*high - *low <= 4 * (radius + 1) * error);
    }
    QVERIFY(sharp > 2500);
  }

  void aSiteHiddenDeepInAnotherCellIsNamed() {
    ThreadTeam team(2);
    const std::vector<Point3> sites = uniformSites(300, 6);
    RegularMesh3 mesh(sites, std::vector<double>(300, 0), team);
    std::vector<double> weights(300, 0);
    weights[123] = -0.5;
    QCOMPARE(mesh.repair(weights, team), std::optional(123));
    weights[123] = 0;  // and after a refusal the triangulation still serves
    QCOMPARE(mesh.repair(weights, team), std::optional<int>());
    QVERIFY2(faultOf(mesh).isEmpty(), qPrintable(faultOf(mesh)));
  }
};

QTEST_APPLESS_MAIN(TestRegularMesh3)
#include "test_regular_mesh_3.moc"
