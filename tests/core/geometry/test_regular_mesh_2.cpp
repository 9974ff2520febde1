// SPDX-License-Identifier: GPL-3.0-or-later
#include <QtTest>
#include <algorithm>
#include <array>
#include <cmath>
#include <set>

#include "core/base/random.h"
#include "core/geometry/power_cells_2.h"
#include "core/geometry/predicates_2.h"
#include "core/geometry/regular_mesh_2.h"

using namespace monge;

namespace {

enum class Layout { Square, Lattice, Circle, Cluster, Slab, FewCoordinates, LineAndOne };
constexpr int kLayouts = 7;

Point2 siteOf(Layout layout, Random& random) {
  const double u = random.uniform(), v = random.uniform();
  const auto whole = [&](double share, int n) { return std::floor(share * n); };
  switch (layout) {
    case Layout::Square:
      return {u, v};
    case Layout::Lattice:
      return {whole(u, 8) / 8, whole(v, 8) / 8};
    case Layout::Circle:
      return {0.5 + 0.25 * std::cos(7 * u), 0.5 + 0.25 * std::sin(7 * u)};
    case Layout::Cluster:
      return {0.5 + 1e-6 * random.normal(), 0.5 + 1e-6 * random.normal()};
    case Layout::Slab:
      return {u, 0.5 + 1e-7 * v};
    case Layout::FewCoordinates:
      return {whole(u, 20) / 20, whole(v, 3) / 3};
    case Layout::LineAndOne:
      return v < 0.1 ? Point2{0.3, 0.9} : Point2{whole(u, 64) / 64, 0.25};
  }
  return {};
}

/// Up to `count` of them, in order of their coordinates.
std::vector<Point2> distinctSites(Layout layout, int count, Random& random) {
  std::set<Point2> sites;
  for (int at = 0; at < count; ++at) sites.insert(siteOf(layout, random));
  return {sites.begin(), sites.end()};
}

/// A lattice of n by n, each site somewhere about its place, so that none is easily hidden.
std::vector<Point2> jittered(int n, Random& random) {
  std::vector<Point2> sites;
  for (int at = 0; at < n * n; ++at)
    sites.push_back({(at % n + 0.6 * random.uniform()) / n, (at / n + 0.6 * random.uniform()) / n});
  return sites;
}

bool spanPlane(const std::vector<Point2>& sites) {
  return std::any_of(sites.begin(), sites.end(),
                     [&](Point2 site) { return orientation(sites.front(), sites.back(), site) != 0; });
}

/// What is wrong with a triangulation, or an empty string: links that do not answer, triangles turned over,
/// edges that are not regular.
QString faultOf(const RegularMesh2& mesh) {
  const auto& all = mesh.triangles();
  const auto weighted = [&](int site) { return WeightedPoint2{mesh.sites()[site], mesh.weights()[site]}; };
  for (int at = 0; at < static_cast<int>(all.size()); ++at) {
    const auto& [v, neighbour, centre, error] = all[at];
    const bool finite = !mesh.isInfinite(at);
    if (finite && orientation(mesh.sites()[v[0]], mesh.sites()[v[1]], mesh.sites()[v[2]]) <= 0)
      return QString("triangle %1 is not counter-clockwise").arg(at);
    for (int i = 0; i < 3; ++i) {
      const auto& other = all[neighbour[i]];
      const auto back =
          std::find(std::begin(other.neighbour), std::end(other.neighbour), at) - std::begin(other.neighbour);
      if (back == 3) return QString("%1 does not answer %2").arg(neighbour[i]).arg(at);
      const int across = other.vertex[back];
      for (int j = 0; j < 3; ++j)
        if (j != i && std::count(std::begin(other.vertex), std::end(other.vertex), v[j]) != 1)
          return QString("%1 and %2 share no edge").arg(neighbour[i]).arg(at);
      if (finite && across != mesh.infinite() &&
          powerSide(weighted(v[0]), weighted(v[1]), weighted(v[2]), weighted(across)) > 0)
        return QString("edge %1 of %2 is irregular").arg(i).arg(at);
    }
  }
  for (int site = 0; site < mesh.siteCount(); ++site) {
    const auto& v = all[mesh.triangleOf(site)].vertex;
    if (std::count(std::begin(v), std::end(v), site) != 1) return QString("site %1 is elsewhere").arg(site);
  }
  return {};
}

std::vector<double> randomWeights(std::size_t count, double size, Random& random) {
  std::vector<double> weights(count);
  for (double& weight : weights) weight = size * random.normal();
  return weights;
}

std::vector<std::array<int, 2>> rowOf(const CellSystem& system, int row) {
  std::vector<std::array<int, 2>> result;
  for (int at = system.laplacian.offsets[row]; at < system.laplacian.offsets[row + 1]; ++at)
    result.push_back({system.laplacian.columns[at], at});
  std::sort(result.begin(), result.end());
  return result;
}

/// Whether two systems have the same neighbours, and numbers that differ by no more than `most`.
bool agree(const CellSystem& one, const CellSystem& other, double most) {
  for (int site = 0; site < one.laplacian.rows(); ++site) {
    const auto row = rowOf(one, site), there = rowOf(other, site);
    if (row.size() != there.size() || std::abs(one.masses[site] - other.masses[site]) > most) return false;
    for (std::size_t at = 0; at < row.size(); ++at)
      if (row[at][0] != there[at][0] ||
          std::abs(one.laplacian.coupling[row[at][1]] - other.laplacian.coupling[there[at][1]]) > most)
        return false;
  }
  return true;
}

}  // namespace

class TestRegularMesh2 : public QObject {
  Q_OBJECT

 private slots:
  void repairEqualsAFreshTriangulation() {
    ThreadTeam team(2);
    Random random(2);
    int hiddenOnes = 0, repaired = 0;
    long flips = 0;
    for (int round = 0; round < 30 * kLayouts; ++round) {
      const std::vector<Point2> sites = distinctSites(static_cast<Layout>(round % kLayouts), 300, random);
      if (!spanPlane(sites)) continue;
      RegularMesh2 mesh(sites, std::vector<double>(sites.size(), 0));
      const double spacing = squaredNorm(sites[sites.size() / 2] - sites[sites.size() / 2 - 1]);
      for (int change = 0; change < 6; ++change) {
        std::vector<double> weights =
            randomWeights(sites.size(), spacing * std::pow(10, -change % 3), random);
        if (round % 2 == 0)  // many ties
          for (double& weight : weights) weight = spacing * std::round(8 * weight / spacing) / 8;
        const RegularMesh2 fresh(sites, weights);
        const auto hidden = mesh.repair(weights, team);
        QCOMPARE(hidden.has_value(), fresh.hasHidden());
        if (hidden) {
          QCOMPARE(fresh.triangleOf(*hidden), -1);
          ++hiddenOnes;
        } else {
          QVERIFY2(faultOf(mesh).isEmpty(), qPrintable(faultOf(mesh)));
          ++repaired;
        }
      }
      flips += mesh.flips();
    }
    QVERIFY2(repaired > 200 && hiddenOnes > 200 && flips > 10000,
             qPrintable(QString("%1 %2 %3").arg(repaired).arg(hiddenOnes).arg(flips)));
  }

  /// Powers of two change no digit, down to where products of coordinates have none left.
  void theTriangulationDoesNotDependOnTheScale() {
    ThreadTeam team(1);
    Random random(3);
    const std::vector<Point2> plain = jittered(12, random);
    const std::vector<double> weights = randomWeights(plain.size(), 1e-3, random);
    const auto flipped = [&](int exponent) {
      std::vector<Point2> sites;
      std::vector<double> scaled;
      for (const Point2 site : plain) sites.push_back(std::ldexp(1, exponent) * site);
      for (const double weight : weights) scaled.push_back(std::ldexp(weight, 2 * exponent));
      RegularMesh2 mesh(sites, std::vector<double>(sites.size(), 0));
      const bool isWhole = !mesh.repair(scaled, team);
      std::set<std::array<int, 3>> triangles;
      for (const auto& triangle : mesh.triangles()) {
        std::array<int, 3> vertices{triangle.vertex[0], triangle.vertex[1], triangle.vertex[2]};
        std::sort(vertices.begin(), vertices.end());
        triangles.insert(vertices);
      }
      return isWhole ? triangles : std::set<std::array<int, 3>>{};
    };
    const auto expected = flipped(0);
    QVERIFY(expected.size() > 200);
    for (const int exponent : {-480, -400, -350, -300, -200, -100, -50, 50, 150})
      QVERIFY(flipped(exponent) == expected);
  }

  void centresAreAtEqualPowerDistance() {
    ThreadTeam team(1);
    Random random(4);
    for (const Layout layout : {Layout::Square, Layout::Slab, Layout::Cluster}) {
      const std::vector<Point2> sites = distinctSites(layout, 1000, random);
      RegularMesh2 mesh(sites, std::vector<double>(sites.size(), 0));
      QVERIFY(!mesh.repair(std::vector<double>(sites.size(), 0), team));
      int sharp = 0;
      for (const auto& [vertex, neighbour, centre, error] : mesh.triangles()) {
        if (!(error < std::numeric_limits<double>::infinity())) continue;
        ++sharp;
        const double first = norm(centre - sites[vertex[0]]);
        for (const int site : vertex)
          QVERIFY(std::abs(norm(centre - sites[site]) - first) <= 2 * error + 1e-15);
      }
      QVERIFY(layout != Layout::Square || sharp > 1900);
    }
  }

  void changedSitesAreTold() {
    ThreadTeam team(2);
    Random random(5);
    const std::vector<Point2> sites = jittered(50, random);
    RegularMesh2 mesh(sites, std::vector<double>(sites.size(), 0));
    const auto stars = [&] {
      std::vector<std::vector<std::array<int, 4>>> result(sites.size() + 1);
      for (int at = 0; at < static_cast<int>(mesh.triangles().size()); ++at)
        for (const auto& v = mesh.triangles()[at].vertex; const int vertex : v)
          result[vertex].push_back({at, v[0], v[1], v[2]});
      return result;
    };
    int same = 0, changed = 0;
    for (const double size : {3e-5, 1e-5, 1e-6, 0.0}) {
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
    QVERIFY(same > 1000 && changed > 500);
  }

  void laterEvaluationsAreThoseOfFreshCells() {
    ThreadTeam team(2), alone(1);
    Random random(17);
    const std::vector<Point2> sites = jittered(50, random);
    const auto cells = [&](ThreadTeam& own) {
      return PowerCells2(sites, Domain2::square(), uniformDensity(Domain2::square()), own);
    };
    PowerCells2 kept = cells(team);
    std::vector<double> weights(sites.size(), 0);
    int compared = 0;
    for (const double size : {0.0, 1.0, 1.0, 0.02, 0.001, 1e-5, 0.5, 1e-5, 0.0}) {
      std::vector<double> trial = weights;
      for (double& weight : trial) weight += size * 1e-5 * random.normal();
      PowerCells2 fresh = cells(alone);
      CellSystem one, other;
      const auto hidden = kept.evaluate(trial, one);
      QCOMPARE(hidden.has_value(), fresh.evaluate(trial, other).has_value());
      if (hidden) continue;
      weights = trial;
      ++compared;
      QVERIFY(agree(one, other, 1e-12));
    }
    QVERIFY(compared >= 7);
  }
};

QTEST_APPLESS_MAIN(TestRegularMesh2)
#include "test_regular_mesh_2.moc"
