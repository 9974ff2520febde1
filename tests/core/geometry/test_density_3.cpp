// SPDX-License-Identifier: GPL-3.0-or-later
// Densities in space against closed forms, against sums over fine grids, and against their own cells.
#include <QtTest>
#include <cmath>
#include <numbers>
#include <numeric>

#include "core/base/error.h"
#include "core/geometry/blended_density.h"
#include "core/geometry/gaussian_density_2.h"
#include "core/geometry/gaussian_density_3.h"
#include "core/geometry/mesh_density_3.h"
#include "core/geometry/power_cells_3.h"
#include "tests/core/geometry/laplacian_product.h"
#include "tests/core/geometry/sites_3.h"

using namespace monge;

namespace {

/// Integral of the unit Gaussian, of its first and of its second moment, from a to b.
struct Line {
  double mass, first, second;
};
Line lineOf(double a, double b) {
  const auto bell = [](double u) { return std::exp(-u * u / 2) / std::sqrt(2 * std::numbers::pi); };
  const auto area = [](double u) { return std::erf(u / std::sqrt(2)) / 2; };
  const double mass = area(b) - area(a);
  return {mass, bell(a) - bell(b), mass + a * bell(a) - b * bell(b)};
}

ConvexPolyhedron3 boxOf(Point3 low, Point3 high) {
  return Domain3::box({low, high}).polyhedron();
}

/// Midpoint sums over the polyhedron's bounds, where it holds the midpoint.
Moments3 byMidpoints(const Density3& density, const Domain3& domain, int steps) {
  const auto& [low, high] = domain.bounds();
  const Point3 step = 1.0 / steps * (high - low);
  Moments3 sum;
  for (int i = 0; i < steps; ++i)
    for (int j = 0; j < steps; ++j)
      for (int k = 0; k < steps; ++k) {
        const Point3 p = low + Point3{(i + 0.5) * step.x, (j + 0.5) * step.y, (k + 0.5) * step.z};
        if (!domain.contains(p)) continue;
        const double m = density.at(p) * step.x * step.y * step.z;
        sum.mass += m, sum.x += m * p.x, sum.y += m * p.y, sum.z += m * p.z;
        sum.xx += m * p.x * p.x, sum.xy += m * p.x * p.y, sum.xz += m * p.x * p.z;
        sum.yy += m * p.y * p.y, sum.yz += m * p.y * p.z, sum.zz += m * p.z * p.z;
      }
  return sum;
}

double largestDifference(const Moments3& a, const Moments3& b) {
  return std::max({std::abs(a.mass - b.mass), std::abs(a.x - b.x), std::abs(a.y - b.y), std::abs(a.z - b.z),
                   std::abs(a.xx - b.xx), std::abs(a.xy - b.xy), std::abs(a.xz - b.xz), std::abs(a.yy - b.yy),
                   std::abs(a.yz - b.yz), std::abs(a.zz - b.zz)});
}

}  // namespace

class TestDensity3 : public QObject {
  Q_OBJECT

 private slots:
  /// 3/4 of the density (1 + x) / 1.5 on the unit cube, from a mesh that reaches beyond, 1/4 uniform:
  /// (3 + 2 x) / 4.
  void aBlendWithAUniformDensity() {
    std::vector<Point3> corners;
    std::vector<double> values;
    for (int at = 0; at < 8; ++at) {
      corners.push_back({at & 1 ? 2.0 : -1.0, at & 2 ? 2.0 : -1.0, at & 4 ? 2.0 : -1.0});
      values.push_back(1 + corners.back().x);
    }
    ThreadTeam team(1);
    const Domain3 cube = Domain3::cube();
    const auto density =
        blendedWithUniform(cube, meshDensity(cube, delaunayMesh(corners, values, team)), 0.25);
    QVERIFY(std::abs(density->at({0, 0.3, 0.4}) - 0.75) < 1e-14);
    const ConvexPolyhedron3 half = boxOf({0, 0, 0}, {0.5, 1, 1});
    std::vector<double> facets;
    QVERIFY(std::abs(density->mass(half) - 0.4375) < 1e-14);
    QVERIFY(std::abs(density->massAndFacets(half, facets) - 0.4375) < 1e-14);
    std::vector<double> expected;
    for (int facet = 0; facet < half.facets(); ++facet) {
      std::vector<Point3> polygon;
      for (const int corner : half.loop(facet)) polygon.push_back(half.corners[corner]);
      const auto [low, high] = std::minmax_element(polygon.begin(), polygon.end());
      expected.push_back(low->x < high->x ? 0.4375 : 0.75 + 0.5 * low->x);
      QVERIFY(std::abs(density->overPolygon(polygon) - expected.back()) < 1e-14);
      QVERIFY(std::abs(facets[facet] - expected.back()) < 1e-14);
    }
    const Moments3 m = density->moments(half);
    QVERIFY(std::abs(m.mass - 0.4375) < 1e-14);
    QVERIFY(std::abs(m.x - (0.75 / 8 + 0.5 / 24)) < 1e-14);
    QVERIFY(std::abs(m.y - 0.4375 / 2) < 1e-14);
    QVERIFY(std::abs(m.z - 0.4375 / 2) < 1e-14);
    QVERIFY(std::abs(m.xx - (0.75 / 24 + 0.5 / 64)) < 1e-14);
    QVERIFY(std::abs(m.xy - (0.75 / 8 + 0.5 / 24) / 2) < 1e-14);
    QVERIFY(std::abs(m.xz - (0.75 / 8 + 0.5 / 24) / 2) < 1e-14);
    QVERIFY(std::abs(m.yy - 0.4375 / 3) < 1e-14);
    QVERIFY(std::abs(m.yz - 0.4375 / 4) < 1e-14);
    QVERIFY(std::abs(m.zz - 0.4375 / 3) < 1e-14);
  }

  /// Boxes within, across, beside and far from the Gaussian; small, flat and long ones; some with a side,
  /// an edge or a corner at its mean.
  void gaussianOverABoxInClosedForm_data() {
    QTest::addColumn<double>("sigma");
    for (const double sigma : {3.0, 0.3, 0.05, 1e-3}) QTest::addRow("%g", sigma) << sigma;
  }
  void gaussianOverABoxInClosedForm() {
    QFETCH(double, sigma);
    const Domain3 domain = Domain3::cube();
    const Point3 mean{0.5, 0.375, 0.25};
    const auto density = gaussianDensity(domain, mean, sigma);
    const auto line = [&](double low, double high, double at) {
      return lineOf((low - at) / sigma, (high - at) / sigma);
    };
    const double whole = line(0, 1, mean.x).mass * line(0, 1, mean.y).mass * line(0, 1, mean.z).mass;
    Random random(3);
    for (int round = 0; round < 400; ++round) {
      double low[3], high[3];
      const double centre[] = {mean.x, mean.y, mean.z};
      for (int axis = 0; axis < 3; ++axis) {
        const double size = std::pow(10, -4 * random.uniform());
        low[axis] = random.below(4) == 0 ? centre[axis] : random.uniform();
        high[axis] = std::min(1.0, low[axis] + size);
      }
      const ConvexPolyhedron3 box = boxOf({low[0], low[1], low[2]}, {high[0], high[1], high[2]});
      const Line x = line(low[0], high[0], mean.x), y = line(low[1], high[1], mean.y),
                 z = line(low[2], high[2], mean.z);
      const Moments3 found = density->moments(box);
      const double mass = x.mass * y.mass * z.mass / whole;
      QVERIFY2(std::abs(density->mass(box) - mass) < 1e-13, qPrintable(QString("round %1").arg(round)));
      const double first = mean.x * mass + sigma * x.first * y.mass * z.mass / whole;
      const double square =
          mean.x * mean.x * mass +
          (2 * mean.x * sigma * x.first + sigma * sigma * x.second) * y.mass * z.mass / whole;
      const double mixed =
          (mean.y * y.mass + sigma * y.first) * (mean.z * z.mass + sigma * z.first) * x.mass / whole;
      QVERIFY(std::abs(found.mass - mass) < 1e-13);
      QVERIFY(std::abs(found.x - first) < 1e-13);
      QVERIFY(std::abs(found.xx - square) < 1e-13 * (1 + sigma * sigma));
      QVERIFY(std::abs(found.yz - mixed) < 1e-13 * (1 + sigma * sigma));
      // The facet towards -x: the Gaussian along x there times the mass of the rectangle.
      const Point3 facet[] = {{low[0], low[1], low[2]},
                              {low[0], high[1], low[2]},
                              {low[0], high[1], high[2]},
                              {low[0], low[1], high[2]}};
      const double u = (low[0] - mean.x) / sigma;
      const double there = std::exp(-u * u / 2) / std::sqrt(2 * std::numbers::pi) / sigma;
      QVERIFY(std::abs(density->overPolygon(facet) - there * y.mass * z.mass / whole) < 1e-13 / sigma);
    }
    QVERIFY(std::abs(density->mass(domain.polyhedron()) - 1) < 1e-15);
  }

  void gaussianMomentsAgreeWithSums() {
    const Point3 corners[] = {{-0.7, -0.4, -0.5}, {0.9, -0.6, -0.3}, {0.1, 0.8, -0.6}, {0.2, 0.1, 0.9}};
    const Domain3 part = Domain3::hull(corners);
    const auto density = gaussianDensity(Domain3::box({{-1, -1, -1}, {1, 1, 1}}), {0.2, -0.1, 0.1}, 0.4);
    // Steps of 1 / 100 err by some steps' worth of boundary, (1 / 100)^(3 / 2) when it is as good as random.
    QVERIFY(largestDifference(density->moments(part.polyhedron()), byMidpoints(*density, part, 160)) < 5e-4);
  }

  /// A Gaussian over a slanted slab of a large domain is one over a line.
  void gaussianBehindASlantedPlane() {
    const Domain3 domain = Domain3::box({{-9, -9, -9}, {9, 9, 9}});
    const auto density = gaussianDensity(domain, {0, 0, 0}, 1);
    const Point3 normal = 1 / std::sqrt(14.0) * Point3{1, 2, 3};
    for (const double height : {-7.0, -3.0, -0.5, -1e-9, 0.0, 1e-5, 0.01, 1.5, 6.0}) {
      PolyhedronClipper3 clipper;
      clipper.start(domain.polyhedron());
      clipper.cut({}, normal, height, -1);
      const double below = std::erfc(-height / std::sqrt(2)) / 2;
      QVERIFY(std::abs(density->mass(clipper.polyhedron()) - below) < 1e-14);
      // And the second moment across it.
      const Moments3 m = density->moments(clipper.polyhedron());
      const double across =
          normal.x * normal.x * m.xx + normal.y * normal.y * m.yy + normal.z * normal.z * m.zz +
          2 * (normal.x * normal.y * m.xy + normal.x * normal.z * m.xz + normal.y * normal.z * m.yz);
      const double wanted = below - height * std::exp(-height * height / 2) / std::sqrt(2 * std::numbers::pi);
      QVERIFY(std::abs(across - wanted) < 1e-13);
    }
  }

  /// Cells tile the domain, each facet counts the same from both sides, and masses change as the facets say.
  void cellsUnderAGaussian() {
    ThreadTeam team(2);
    const Domain3 domain = Domain3::cube();
    const auto density = gaussianDensity(domain, {0.4, 0.5, 0.6}, 0.2);
    const std::vector<Point3> sites = uniformSites(300, 5);
    PowerCells3 cells(sites, domain, density, team);
    CellSystem system, ahead, behind;
    const std::vector<double> weights(300, 0);
    QVERIFY(!cells.evaluate(weights, system));
    QVERIFY(std::abs(std::accumulate(system.masses.begin(), system.masses.end(), 0.0) - 1) < 1e-13);
    std::vector<double> direction(300), moved(300);
    Random random(6);
    for (double& value : direction) value = random.normal();
    const std::vector<double> expected = laplacianTimes(system.laplacian, direction);
    const double step = 1e-7;  // of heights; differences are off by some 1e7 step^2, and rounding / step
    for (const int sign : {1, -1}) {
      for (int at = 0; at < 300; ++at) moved[at] = sign * 2 * step * direction[at];
      QVERIFY(!cells.evaluate(moved, sign > 0 ? ahead : behind));
    }
    double largest = 0;
    for (int at = 0; at < 300; ++at)
      largest =
          std::max(largest, std::abs((ahead.masses[at] - behind.masses[at]) / (2 * step) - expected[at]));
    QVERIFY2(largest < 1e-6, qPrintable(QString::number(largest)));
    for (const double coupling : system.laplacian.coupling) QVERIFY(coupling >= 0);
  }

  /// A linear function is its own interpolation on any points: over tetrahedra and boxes its integrals are
  /// those of a polynomial. Its mean on the cube is 1 + 1 + 1.5 + 0.5.
  void aLinearFunctionOnAnyPoints_data() {
    QTest::addColumn<int>("lattice");
    QTest::newRow("random points") << 0;
    QTest::newRow("a lattice") << 4;
  }
  void aLinearFunctionOnAnyPoints() {
    QFETCH(int, lattice);
    const auto plane = [](Point3 p) { return (1 + 2 * p.x + 3 * p.y + p.z) / 4; };
    std::vector<Point3> points = lattice == 0 ? uniformSites(300, 31) : std::vector<Point3>();
    for (int at = 0; at < 125 && lattice > 0; ++at)
      points.push_back({at % 5 / 4.0, at / 5 % 5 / 4.0, at / 25 / 4.0});
    for (int at = 0; at < 8 && lattice == 0; ++at)
      points.push_back({at & 1 ? 1.0 : 0, at & 2 ? 1.0 : 0, at & 4 ? 1.0 : 0});
    std::vector<double> values;
    for (const Point3 point : points) values.push_back(plane(point));
    ThreadTeam team(1);
    const auto density = meshDensity(Domain3::cube(), delaunayMesh(points, values, team));
    Random random(32);
    for (int round = 0; round < 60; ++round) {
      const double size = std::pow(10, -2 * random.uniform());
      Point3 low{random.uniform(0, 1 - size), random.uniform(0, 1 - size), random.uniform(0, 1 - size)};
      if (round % 3 == 0) low = 0.25 * Point3{1, 1, 0};  // along the lattice's planes
      const Point3 high = low + size * 0.75 * Point3{1, 1, 1}, middle = 0.5 * (low + high);
      const double h = high.x - low.x, volume = h * h * h;
      const Moments3 found = density->moments(boxOf(low, high));
      QVERIFY(std::abs(found.mass - volume * plane(middle)) < 1e-13);
      // int x f = volume (x_m f_m + f_x h^2 / 12), int x^2 f = volume ((x_m^2 + h^2/12) f_m + x_m f_x h^2/6)
      QVERIFY(std::abs(found.x - volume * (middle.x * plane(middle) + 0.5 * h * h / 12)) < 1e-13);
      const double square = (middle.x * middle.x + h * h / 12) * plane(middle) + middle.x * 0.5 * h * h / 6;
      QVERIFY(std::abs(found.xx - volume * square) < 1e-13);
      const double mixed =
          middle.y * middle.z * plane(middle) + (0.75 * middle.z + 0.25 * middle.y) * h * h / 12;
      QVERIFY(std::abs(found.yz - volume * mixed) < 1e-13);
      const Point3 polygon[] = {low, {low.x, high.y, low.z}, {low.x, high.y, high.z}, {low.x, low.y, high.z}};
      QVERIFY(std::abs(density->overPolygon(polygon) - h * h * plane({low.x, middle.y, middle.z})) < 1e-13);
      QVERIFY(std::abs(density->at(middle) - plane(middle)) < 1e-12);
    }
    QVERIFY(std::abs(density->mass(Domain3::cube().polyhedron()) - 1) < 1e-13);
  }

  /// A peak of 1 in the middle of the octahedron, whose volume is 4 / 3: a cone, of mass volume / 4.
  void aPeakInClosedForm() {
    ThreadTeam team(1);
    const std::vector<Point3> points = {{1, 0, 0}, {-1, 0, 0}, {0, 1, 0}, {0, -1, 0},
                                        {0, 0, 1}, {0, 0, -1}, {}};
    const auto density = meshDensity(Domain3::box({{-2, -2, -2}, {2, 2, 2}}),
                                     delaunayMesh(points, {0, 0, 0, 0, 0, 0, 1}, team));
    QVERIFY(std::abs(density->at({}) - 3) < 1e-14);  // 1 / (4 / 3 / 4)
    QCOMPARE(density->at({1, 1, 1}), 0.0);
    QVERIFY(std::abs(density->mass(boxOf({0, -2, -2}, {2, 2, 2})) - 0.5) < 1e-14);
    // The plane x = 0 is one of facets: a pyramid over a square of area 2.
    const Point3 section[] = {{0, -2, -2}, {0, 2, -2}, {0, 2, 2}, {0, -2, 2}};
    QVERIFY(std::abs(density->overPolygon(section) - 2) < 1e-14);
  }

  /// Lattices, sites in one plane and the like leave slivers: no density may lose or double mass to them.
  void cellsOfAnyLayoutTileTheDomain() {
    ThreadTeam team(2);
    Random random(33);
    const Domain3 domain = Domain3::cube();
    const std::vector<Point3> points = {{0, 0, 0}, {1, 0, 0}, {0, 1, 0}, {1, 1, 0},       {0, 0, 1},
                                        {1, 0, 1}, {0, 1, 1}, {1, 1, 1}, {0.25, 0.5, 0.5}};
    const Density3Ptr densities[] = {
        gaussianDensity(domain, {0.4, 0.5, 0.6}, 0.3),
        meshDensity(domain, delaunayMesh(points, {1, 2, 1, 3, 1, 1, 2, 1, 5}, team))};
    int whole = 0;
    for (int round = 0; round < 8 * kLayouts; ++round) {
      const std::vector<Point3> sites = distinctSites(static_cast<Layout>(round % kLayouts), 40, random);
      for (const Density3Ptr& density : densities) {
        PowerCells3 cells(sites, domain, density, team);
        CellSystem system;
        if (cells.evaluate(std::vector<double>(sites.size(), 0), system)) continue;  // one outside the cube
        ++whole;
        const double sum = std::accumulate(system.masses.begin(), system.masses.end(), 0.0);
        QVERIFY2(std::abs(sum - 1) < 1e-12, qPrintable(QString("round %1: %2").arg(round).arg(sum - 1)));
        Moments3 moments;
        for (int site = 0; site < cells.siteCount(); ++site)
          moments.xx += density->moments(cells.cell(site)).xx;
        QVERIFY(std::abs(moments.xx - density->moments(domain.polyhedron()).xx) < 1e-12);
      }
    }
    QVERIFY2(whole > 100, qPrintable(QString::number(whole)));
  }

  void badPointsAreNamed_data() {
    QTest::addColumn<QString>("message");
    for (const char* message :
         {"density: 2 values; expected 5", "density, point 2: -1", "density, point 3: nan",
          "density, point 4: a coordinate", "sites: rows 1 and 5 on one spot", "density: points in one plane",
          "density: a mesh without mass"})
      QTest::newRow(message) << QString(message);
  }
  void badPointsAreNamed() {
    QFETCH(QString, message);
    std::vector<Point3> points = {{0, 0, 0}, {1, 0, 0}, {0, 1, 0}, {0, 0, 1}, {1, 1, 1}};
    std::vector<double> values(5, 1);
    if (message.contains("2 values")) values.resize(2);
    if (message.contains("point 2")) values[1] = -1;
    if (message.contains("point 3")) values[2] = std::nan("");
    if (message.contains("point 4")) points[3].z = INFINITY;
    if (message.contains("one spot")) points[4] = points[0];
    if (message.contains("one plane")) points[3] = {0.5, 0.5, 0}, points[4] = {0.25, 0.75, 0};
    if (message.contains("without mass")) values.assign(5, 0);
    ThreadTeam team(1);
    try {
      meshDensity(Domain3::cube(), delaunayMesh(points, values, team));
      QFAIL("not refused");
    } catch (const Error& error) {
      QVERIFY2(QString(error.what()).startsWith(message), error.what());
    }
  }

  void badGaussiansAreNamed_data() {
    QTest::addColumn<double>("x");
    QTest::addColumn<double>("sigma");
    QTest::addColumn<QString>("message");
    QTest::newRow("sigma 0") << 0.5 << 0.0 << "sigma of the density: 0; expected a number above 0";
    QTest::newRow("sigma not finite") << 0.5 << double(INFINITY) << "sigma of the density: inf";
    QTest::newRow("sigma too small") << 0.5 << 1e-8 << "sigma of the density: 1e-08; expected at least 1e-06";
    QTest::newRow("mean not finite") << std::nan("") << 0.1 << "mean of the density";
    QTest::newRow("far away") << 9.0 << 0.1 << "density: a Gaussian of which the domain holds";
  }
  void badGaussiansAreNamed() {
    QFETCH(double, x);
    QFETCH(double, sigma);
    QFETCH(QString, message);
    try {
      gaussianDensity(Domain3::cube(), {x, 0.5, 0.5}, sigma);
      QFAIL("not refused");
    } catch (const Error& error) {
      QVERIFY2(QString(error.what()).startsWith(message), error.what());
    }
  }

  /// A lattice that is turned: its cubes are cospherical up to rounding, and the triangulation has slivers.
  void sliversOfATurnedLatticeCarryNoMass() {
    std::vector<Point3> points;
    for (int i = -5; i <= 10; ++i)
      for (int j = -5; j <= 10; ++j)
        for (int k = -8; k <= 8; ++k) {
          const double x = 0.2 * i, y = 0.2 * j, z = 0.2 * k;
          const double u = std::cos(0.3) * x - std::sin(0.3) * y, v = std::sin(0.3) * x + std::cos(0.3) * y;
          points.push_back({u, std::cos(0.7) * v - std::sin(0.7) * z, std::sin(0.7) * v + std::cos(0.7) * z});
        }
    ThreadTeam team(1);
    std::vector<double> values(points.size(), 1);
    const Domain3 cube = Domain3::cube();
    const Density3Ptr density = meshDensity(cube, delaunayMesh(std::move(points), std::move(values), team));
    const auto slab = [](double low, double high) {
      std::vector<Point3> corners;
      for (const double x : {low, high})
        for (const double y : {0.0, 1.0})
          for (const double z : {0.0, 1.0}) corners.push_back({x, y, z});
      return Domain3::hull(corners, "slab");
    };
    double sum = 0;
    for (int at = 0; at < 10; ++at) {
      const double mass = density->mass(slab(0.1 * at, 0.1 * (at + 1)).polyhedron());
      QVERIFY2(std::abs(mass - 0.1) < 1e-9, qPrintable(QString::number(mass)));
      sum += mass;
    }
    QVERIFY(std::abs(sum - 1) < 1e-9);
  }
};

QTEST_APPLESS_MAIN(TestDensity3)
#include "test_density_3.moc"
