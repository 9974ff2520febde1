// SPDX-License-Identifier: GPL-3.0-or-later
// Triangulations and cells against Qhull: the lower hull of the lifted sites (y, |y|^2 - w), and cells as
// intersections of half-spaces. Where Qhull merges facets, what is compared is what does not depend on how
// they are cut up: the hull as a function, its integral, the hidden sites, the cells' volumes.
#include <QtTest>

class TestQhullOracle : public QObject {
  Q_OBJECT

 private slots:
  void initTestCase();
  void lowerHullsInThePlane();
  void lowerHullsInSpace();
  void cellsInThePlane();
  void cellsInSpace();
};

#ifdef MONGE_HAS_QHULL

#include <algorithm>
#include <cmath>
#include <limits>
#include <map>

#include "core/geometry/power_cells_3.h"
#include "core/geometry/power_diagram_2.h"
#include "core/geometry/predicates_2.h"
#include "core/geometry/predicates_3.h"
#include "core/geometry/regular_mesh_2.h"
#include "tests/core/geometry/qhull.h"
#include "tests/core/geometry/sites_3.h"

using namespace monge;

namespace {

double coordinate(Point2 p, int axis) {
  return axis == 0 ? p.x : p.y;
}
double coordinate(Point3 p, int axis) {
  return axis == 0 ? p.x : axis == 1 ? p.y : p.z;
}
constexpr int dimensionOf(Point2) {
  return 2;
}
constexpr int dimensionOf(Point3) {
  return 3;
}
double determinant(Point2 a, Point2 b, Point2 c) {
  return cross(b - a, c - a);
}
double determinant(Point3 a, Point3 b, Point3 c, Point3 d) {
  return dot(b - a, cross(c - a, d - a));
}

/// The lower hull of lifted sites as Qhull has it. A point far above all of them makes it round even where
/// they are on one sphere; the lower facets are those that look down.
template <class Point>
class LowerHull {
 public:
  LowerHull(const std::vector<Point>& sites, const std::vector<double>& weights) : m_sites(sites) {
    constexpr int dimension = dimensionOf(Point{});
    Point middle;
    double highest = 0;
    std::vector<double> points;
    for (std::size_t row = 0; row < sites.size(); ++row) {
      for (int axis = 0; axis < dimension; ++axis) points.push_back(coordinate(sites[row], axis));
      m_lifts.push_back(squaredNorm(sites[row]) - weights[row]);
      points.push_back(m_lifts.back());
      middle = middle + 1.0 / static_cast<double>(sites.size()) * sites[row];
      m_size = std::max(m_size, std::abs(m_lifts.back()));
      highest = std::max(highest, m_lifts.back());
    }
    for (int axis = 0; axis < dimension; ++axis) points.push_back(coordinate(middle, axis));
    points.push_back(highest + 10 * m_size);
    m_hull = qhullHull(dimension + 1, points);
    // Upright ones stay: sites at the rim that stick out by no more than rounding have no others.
    std::erase_if(m_hull.facets,
                  [&](const QhullHull::Facet& facet) { return facet.normal[dimension] > 1e-12; });
  }

  const QhullHull& hull() const { return m_hull; }
  double size() const { return m_size; }

  /// How far a site's lifted point lies outside of the hull; below 0 inside.
  double outside(int site) const {
    constexpr int dimension = dimensionOf(Point{});
    double farthest = -std::numeric_limits<double>::infinity();
    for (const auto& facet : m_hull.facets) {
      double sum = facet.offset + facet.normal[dimension] * m_lifts[site];
      for (int axis = 0; axis < dimension; ++axis)
        sum += facet.normal[axis] * coordinate(m_sites[site], axis);
      farthest = std::max(farthest, sum);
    }
    return farthest;
  }

  /// Over the simplices of given vertices: the integral of what interpolates the lifts.
  template <class Simplices>
  double integral(const Simplices& simplices) const {
    double sum = 0;
    for (const auto& simplex : simplices) {
      double mean = 0;
      for (const int site : simplex) mean += m_lifts[site] / static_cast<double>(simplex.size());
      sum += mean * content(simplex);
    }
    return sum;
  }
  std::vector<std::vector<int>> simplices() const {
    std::vector<std::vector<int>> all;
    for (const auto& facet : m_hull.facets) all.push_back(facet.vertices);
    return all;
  }

 private:
  template <class Simplex>
  double content(const Simplex& s) const {
    if constexpr (dimensionOf(Point{}) == 2)
      return std::abs(determinant(m_sites[s[0]], m_sites[s[1]], m_sites[s[2]])) / 2;
    else
      return std::abs(determinant(m_sites[s[0]], m_sites[s[1]], m_sites[s[2]], m_sites[s[3]])) / 6;
  }

  std::vector<Point> m_sites;
  std::vector<double> m_lifts;
  double m_size = 0;
  QhullHull m_hull;
};

/// Volume of the half-spaces <normal, x> <= offset, `inside` in the interior of all: the hull of the points
/// normal / room is dual to it.
template <class Point>
double commonVolume(const std::vector<std::pair<Point, double>>& halfSpaces, Point inside) {
  constexpr int dimension = dimensionOf(Point{});
  std::vector<double> dual, corners;
  for (const auto& [normal, offset] : halfSpaces)
    for (int axis = 0; axis < dimension; ++axis)
      dual.push_back(coordinate(normal, axis) / (offset - dot(normal, inside)));
  for (const auto& facet : qhullHull(dimension, dual).facets)
    for (int axis = 0; axis < dimension; ++axis) corners.push_back(-facet.normal[axis] / facet.offset);
  return qhullHull(dimension, corners).volume;
}

template <class Point>
void addBisectors(const std::vector<Point>& sites, const std::vector<double>& weights, int site,
                  std::vector<std::pair<Point, double>>& halfSpaces) {
  for (int other = 0; other < static_cast<int>(sites.size()); ++other)
    if (other != site)
      halfSpaces.emplace_back(
          sites[other] - sites[site],
          (squaredNorm(sites[other]) - squaredNorm(sites[site]) + weights[site] - weights[other]) / 2);
}

constexpr double kLeastVolume = 1e-6;  // of cells that have room for a point well inside

bool spansNoVolume(const std::vector<Point3>& sites) {
  const auto off = std::find_if(sites.begin(), sites.end(),
                                [&](Point3 site) { return !areCollinear(sites[0], sites[1], site); });
  return off == sites.end() || std::all_of(sites.begin(), sites.end(), [&](Point3 site) {
           return orientation(sites[0], sites[1], *off, site) == 0;
         });
}

enum class Weights { None, Some, NineOrders };
std::vector<double> weightsOf(Weights kind, std::size_t count, Random& random) {
  std::vector<double> weights(count, 0);
  for (double& weight : weights) {
    if (kind == Weights::Some) weight = 0.3 * random.normal() / static_cast<double>(count);
    if (kind == Weights::NineOrders) weight = std::pow(10, -9 * random.uniform()) / 10;
  }
  return weights;
}

std::vector<Point2> planeSites(int layout, int count, Random& random) {
  std::map<std::pair<double, double>, bool> known;
  std::vector<Point2> sites;
  for (int draw = 0; draw < 4 * count && static_cast<int>(sites.size()) < count; ++draw) {
    const double u = random.uniform(), v = random.uniform(), angle = 6.283185307179586 * u;
    const auto whole = [&](int n) {
      return static_cast<double>(random.below(static_cast<std::uint64_t>(n)));
    };
    Point2 site{u, v};
    if (layout == 1) site = {whole(8) / 8, whole(8) / 8};                                    // grid
    if (layout == 2) site = {0.5 + 0.4 * std::cos(angle), 0.5 + 0.4 * std::sin(angle)};      // cocircular
    if (layout == 3) site = draw == 0 ? Point2{0.3, 0.9} : Point2{whole(1024) / 1024, 0.5};  // line plus one
    if (layout == 4) site = {0.5 + 1e-3 * (u - 0.5) * (1 + 99 * (draw % 7 == 0)), 0.5 + 1e-3 * (v - 0.5)};
    if (known.emplace(std::pair(site.x, site.y), true).second) sites.push_back(site);
  }
  return sites;
}

/// What both hulls must agree on.
template <class Point, class Simplices>
QString disagreement(const LowerHull<Point>& hull, const std::vector<char>& isVisible,
                     const Simplices& ours) {
  if (hull.hull().facets.empty()) return "Qhull: " + QString::fromStdString(hull.hull().problem);
  const double rounding =
      1e-12 * std::max(1.0, hull.size());  // where Qhull merges facets it is off by some 1e-13
  for (int site = 0; site < static_cast<int>(isVisible.size()); ++site) {
    const double outside = hull.outside(site);
    if (outside > rounding) return QString("site %1 is %2 outside of Qhull's hull").arg(site).arg(outside);
    if (isVisible[site] && outside < -rounding)
      return QString("site %1 is not hidden, but %2 inside of Qhull's hull").arg(site).arg(-outside);
  }
  const double here = hull.integral(ours), there = hull.integral(hull.simplices());
  if (std::abs(here - there) > rounding) return QString("integrals %1 and %2").arg(here).arg(there);
  return {};
}

}  // namespace

void TestQhullOracle::initTestCase() {}

void TestQhullOracle::lowerHullsInThePlane() {
  Random random(21);
  std::ptrdiff_t hidden = 0;
  for (int round = 0; round < 1500; ++round) {
    const std::vector<Point2> sites = planeSites(round % 5, 4 + static_cast<int>(random.below(60)), random);
    if (std::all_of(sites.begin(), sites.end(),
                    [&](Point2 site) { return orientation(sites[0], sites[1], site) == 0; }))
      continue;
    const std::vector<double> weights = weightsOf(static_cast<Weights>(round / 5 % 3), sites.size(), random);
    const RegularMesh2 mesh(sites, weights);
    std::vector<std::vector<int>> triangles;
    for (int at = 0; at < static_cast<int>(mesh.triangles().size()); ++at)
      if (const auto& v = mesh.triangles()[at].vertex; !mesh.isInfinite(at))
        triangles.push_back({v[0], v[1], v[2]});
    std::vector<char> isVisible;
    for (int site = 0; site < mesh.siteCount(); ++site) isVisible.push_back(mesh.triangleOf(site) >= 0);
    const QString found = disagreement(LowerHull<Point2>(sites, weights), isVisible, triangles);
    QVERIFY2(found.isEmpty(), qPrintable(QString("round %1: %2").arg(round).arg(found)));
    hidden += std::count(isVisible.begin(), isVisible.end(), false);
  }
  QVERIFY(hidden > 1000);
}

void TestQhullOracle::lowerHullsInSpace() {
  ThreadTeam team(2);
  Random random(22);
  std::ptrdiff_t hidden = 0;
  for (int round = 0; round < 1350; ++round) {
    const std::vector<Point3> sites =
        distinctSites(static_cast<Layout>(round % kLayouts), 5 + static_cast<int>(random.below(40)), random);
    if (spansNoVolume(sites)) continue;
    const std::vector<double> weights =
        weightsOf(static_cast<Weights>(round / kLayouts % 3), sites.size(), random);
    const RegularMesh3 mesh(sites, weights, team);
    std::vector<std::vector<int>> tetrahedra;
    for (int at = 0; at < static_cast<int>(mesh.tetrahedra().size()); ++at) {
      const auto& v = mesh.tetrahedra()[at].vertex;
      if (v[0] != RegularMesh3::kHole && !mesh.isInfinite(at)) tetrahedra.push_back({v[0], v[1], v[2], v[3]});
    }
    std::vector<char> isVisible;
    for (int site = 0; site < mesh.siteCount(); ++site) isVisible.push_back(mesh.tetrahedronOf(site) >= 0);
    const QString found = disagreement(LowerHull<Point3>(sites, weights), isVisible, tetrahedra);
    QVERIFY2(found.isEmpty(), qPrintable(QString("round %1: %2").arg(round).arg(found)));
    hidden += std::count(isVisible.begin(), isVisible.end(), false);
  }
  QVERIFY(hidden > 1000);
}

void TestQhullOracle::cellsInThePlane() {
  ThreadTeam team(1);
  Random random(23);
  int compared = 0;
  for (int round = 0; round < 60; ++round) {
    const std::vector<Point2> sites = planeSites(round % 5, 30, random);
    const std::vector<double> weights = weightsOf(static_cast<Weights>(round / 5 % 3), sites.size(), random);
    const Domain2 domain = Domain2::square();
    const PowerDiagram2 diagram = powerDiagram(sites, weights, domain, *uniformDensity(domain), team);
    for (int site = 0; site < static_cast<int>(sites.size()); ++site) {
      if (diagram.cells[site].mass < kLeastVolume) continue;
      std::vector<std::pair<Point2, double>> halfSpaces = {
          {{-1, 0}, 0}, {{1, 0}, 1}, {{0, -1}, 0}, {{0, 1}, 1}};
      addBisectors(sites, weights, site, halfSpaces);
      const double volume = commonVolume(halfSpaces, diagram.cells[site].centroid);
      QVERIFY2(std::abs(volume - diagram.cells[site].mass) < 1e-12,
               qPrintable(QString("round %1, site %2").arg(round).arg(site)));
      ++compared;
    }
  }
  QVERIFY(compared > 500);
}

void TestQhullOracle::cellsInSpace() {
  ThreadTeam team(2);
  Random random(24);
  int compared = 0;
  for (int round = 0; round < 54; ++round) {
    const std::vector<Point3> sites = distinctSites(static_cast<Layout>(round % kLayouts), 20, random);
    const std::vector<double> weights =
        weightsOf(static_cast<Weights>(round / kLayouts % 3), sites.size(), random);
    const Domain3 domain = Domain3::cube();
    PowerCells3 cells(sites, domain, uniformDensity(domain), team);
    CellSystem system;
    if (cells.evaluate(weights, system)) continue;
    for (int site = 0; site < cells.siteCount(); ++site) {
      if (system.masses[site] < kLeastVolume) continue;
      std::vector<std::pair<Point3, double>> halfSpaces;
      for (const auto& [normal, offset] : domain.planes()) halfSpaces.emplace_back(normal, offset);
      addBisectors(sites, weights, site, halfSpaces);
      const double volume = commonVolume(halfSpaces, centroid(cells.cell(site)));
      QVERIFY2(std::abs(volume - system.masses[site]) < 1e-12,
               qPrintable(QString("round %1, site %2").arg(round).arg(site)));
      ++compared;
    }
  }
  QVERIFY(compared > 200);
}

#else

void TestQhullOracle::initTestCase() {
  QSKIP("built without Qhull (package libqhull-dev)");
}
void TestQhullOracle::lowerHullsInThePlane() {}
void TestQhullOracle::lowerHullsInSpace() {}
void TestQhullOracle::cellsInThePlane() {}
void TestQhullOracle::cellsInSpace() {}

#endif

QTEST_APPLESS_MAIN(TestQhullOracle)
#include "test_qhull_oracle.moc"
