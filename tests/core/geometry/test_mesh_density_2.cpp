// SPDX-License-Identifier: GPL-3.0-or-later
// Piecewise linear densities against closed forms, and every bad mesh.
#include <QtTest>
#include <cmath>

#include "core/base/error.h"
#include "core/base/random.h"
#include "core/geometry/mesh_density_2.h"

using namespace monge;

namespace {

/// side x side squares over [0, 1]^2, each cut in two, their inner corners shaken; values by a function.
template <class Value>
TriangleMesh2 shakenMesh(int side, double shake, const Value& value) {
  Random random(5);
  TriangleMesh2 mesh;
  for (int row = 0; row <= side; ++row)
    for (int column = 0; column <= side; ++column) {
      const bool isInner = row % side != 0 && column % side != 0;
      const Point2 moved = isInner ? shake * Point2{random.uniform(-1, 1), random.uniform(-1, 1)} : Point2{};
      mesh.vertices.push_back(1.0 / side * (Point2{1.0 * column, 1.0 * row} + moved));
      mesh.values.push_back(value(mesh.vertices.back()));
    }
  for (int row = 0; row < side; ++row)
    for (int column = 0; column < side; ++column) {
      const int a = row * (side + 1) + column, b = a + 1, c = a + side + 1, d = c + 1;
      mesh.triangles.push_back({a, b, d});
      mesh.triangles.push_back({a, d, c});
    }
  return mesh;
}

/// Gauss-Legendre with 3 points each way takes the integrals of a polynomial of degree 5 over a rectangle.
template <class Value>
Moments2 overRectangle(Point2 low, Point2 high, Point2 about, const Value& value) {
  const double nodes[] = {-std::sqrt(0.6), 0, std::sqrt(0.6)}, weights[] = {5.0 / 18, 8.0 / 18, 5.0 / 18};
  Moments2 sum;
  for (int i = 0; i < 3; ++i)
    for (int j = 0; j < 3; ++j) {
      const Point2 x{low.x + (high.x - low.x) * (1 + nodes[i]) / 2,
                     low.y + (high.y - low.y) * (1 + nodes[j]) / 2};
      const double m = weights[i] * weights[j] * (high.x - low.x) * (high.y - low.y) * value(x);
      const Point2 d = x - about;
      sum.mass += m, sum.x += m * d.x, sum.y += m * d.y;
      sum.xx += m * d.x * d.x, sum.xy += m * d.x * d.y, sum.yy += m * d.y * d.y;
    }
  return sum;
}

}  // namespace

class TestMeshDensity2 : public QObject {
  Q_OBJECT

 private slots:
  /// A linear function is its own interpolation on any mesh. Its mass on the square is 1 + 1 + 1.5.
  void aLinearFunctionOnAnyMesh() {
    const auto plane = [](Point2 p) { return (1 + 2 * p.x + 3 * p.y) / 3.5; };
    const auto density = meshDensity(Domain2::square(), shakenMesh(9, 0.3, plane));
    Random random(6);
    for (int round = 0; round < 200; ++round) {
      const double size = std::pow(10, -3 * random.uniform());
      const Point2 low{random.uniform(0, 1 - size), random.uniform(0, 1 - size)};
      const Point2 high = low + size * Point2{1, random.uniform(0.1, 1)}, about{0.3, -0.2};
      const std::vector<Point2> rectangle = {low, {high.x, low.y}, high, {low.x, high.y}};
      const Moments2 found = density->moments(rectangle, about);
      const Moments2 wanted = overRectangle(low, high, about, plane);
      // Sums of some hundred pieces, each rounded to 1e-16.
      QVERIFY(std::abs(density->mass(rectangle) - wanted.mass) < 1e-14);
      QVERIFY(std::abs(found.mass - wanted.mass) < 1e-14);
      QVERIFY(std::abs(found.x - wanted.x) < 1e-14 && std::abs(found.y - wanted.y) < 1e-14);
      QVERIFY(std::abs(found.xx - wanted.xx) < 1e-14 && std::abs(found.xy - wanted.xy) < 1e-14);
      QVERIFY(std::abs(found.yy - wanted.yy) < 1e-14);
      const double along = norm(high - low) * plane(0.5 * (low + high));
      QVERIFY(std::abs(density->alongSegment(low, high) - along) < 1e-14);
      QVERIFY(std::abs(density->at(low) - plane(low)) < 1e-14);
    }
  }

  /// Segments along the sides of triangles count once.
  void segmentsAlongSides() {
    const auto density = meshDensity(Domain2::square(), shakenMesh(4, 0, [](Point2) { return 7.0; }));
    QVERIFY(std::abs(density->alongSegment({0.5, 0}, {0.5, 1}) - 1) < 1e-14);
    QVERIFY(std::abs(density->alongSegment({0.1, 0.25}, {0.9, 0.25}) - 0.8) < 1e-14);
    QVERIFY(std::abs(density->alongSegment({0.25, 0.25}, {0.75, 0.75}) - std::sqrt(0.5)) < 1e-14);
    QVERIFY(std::abs(density->alongSegment({0.3, 0.1}, {0.3, 0.1})) < 1e-14);
  }

  /// A pyramid over the square: height 1 in the middle, so that its mass is a third of the area; triangles
  /// either way around.
  void aPyramidInClosedForm() {
    TriangleMesh2 mesh{{{0, 0}, {1, 0}, {1, 1}, {0, 1}, {0.5, 0.5}}, {0, 0, 0, 0, 1}, {}};
    mesh.triangles = {{0, 1, 4}, {4, 2, 1}, {2, 3, 4}, {0, 3, 4}};
    const auto density = meshDensity(Domain2::square(), mesh);
    QVERIFY(std::abs(density->at({0.5, 0.5}) - 3) < 1e-14);
    QVERIFY(std::abs(density->at({0.25, 0.5}) - 1.5) < 1e-14);
    const std::vector<Point2> half = {{0, 0}, {0.5, 0}, {0.5, 1}, {0, 1}};
    QVERIFY(std::abs(density->mass(half) - 0.5) < 1e-15);
    // E (x - 1/2)^2 of a pyramid: the section at height t has side 1 - t, int_0^1 3 (1 - t)^4 / 12 = 1 / 20.
    const Moments2 whole = density->moments(Domain2::square().corners(), {0.5, 0.5});
    QVERIFY(std::abs(whole.xx - 0.05) < 1e-15 && std::abs(whole.yy - 0.05) < 1e-15);
    QVERIFY(std::abs(whole.x) < 1e-15 && std::abs(whole.xy) < 1e-15);
    // Through the middle along x: a triangle of height 3.
    QVERIFY(std::abs(density->alongSegment({0, 0.5}, {1, 0.5}) - 1.5) < 1e-14);
  }

  /// Nothing lies beyond the mesh; what does of it beyond the domain does not count.
  void aMeshOfAnotherShapeThanTheDomain() {
    const TriangleMesh2 mesh{{{-1, 0}, {1, 0}, {0, 1}}, {1, 1, 1}, {{0, 1, 2}}};
    const auto density = meshDensity(Domain2::square(), mesh);
    QVERIFY(std::abs(density->at({0.25, 0.25}) - 2) < 1e-14);
    QCOMPARE(density->at({0.75, 0.75}), 0.0);
    QVERIFY(std::abs(density->mass(Domain2::square().corners()) - 1) < 1e-15);
    const std::vector<Point2> beyond = {{0.6, 0.6}, {1, 0.6}, {1, 1}, {0.6, 1}};
    QCOMPARE(density->mass(beyond), 0.0);
  }

  void badMeshesAreNamed_data() {
    QTest::addColumn<QString>("message");
    for (const char* message :
         {"density: a mesh without triangles", "density: 2 values; expected 4", "density, vertex 3: -1",
          "density, vertex 2: nan", "density, vertex 4: a coordinate", "density, triangle 2: the corner 5",
          "density, triangle 1: no area", "density, triangle 2: another triangle on the same side",
          "density: a mesh without mass"})
      QTest::newRow(message) << QString(message);
  }
  void badMeshesAreNamed() {
    QFETCH(QString, message);
    TriangleMesh2 mesh{{{0, 0}, {1, 0}, {1, 1}, {0, 1}}, {1, 1, 1, 1}, {{0, 1, 2}, {0, 2, 3}}};
    if (message.contains("without triangles")) mesh.triangles.clear();
    if (message.contains("2 values")) mesh.values.resize(2);
    if (message.contains("vertex 3")) mesh.values[2] = -1;
    if (message.contains("vertex 2")) mesh.values[1] = std::nan("");
    if (message.contains("vertex 4")) mesh.vertices[3].x = INFINITY;
    if (message.contains("corner 5")) mesh.triangles[1][2] = 4;
    if (message.contains("no area")) mesh.triangles[0] = {0, 1, 1};
    if (message.contains("another")) mesh.triangles[1] = {0, 1, 3};
    if (message.contains("without mass")) mesh.values = {0, 0, 0, 0};
    try {
      meshDensity(Domain2::square(), mesh);
      QFAIL("not refused");
    } catch (const Error& error) {
      QVERIFY2(QString(error.what()).startsWith(message), error.what());
    }
  }
};

QTEST_APPLESS_MAIN(TestMeshDensity2)
#include "test_mesh_density_2.moc"
