// SPDX-License-Identifier: GPL-3.0-or-later
// Densities against closed forms and against sums over fine grids.
#include <QtTest>
#include <cmath>

#include "core/base/error.h"
#include "core/base/random.h"
#include "core/geometry/blended_density.h"
#include "core/geometry/gaussian_density_2.h"
#include "core/geometry/gaussian_line.h"
#include "core/geometry/image_density_2.h"

using namespace monge;

namespace {

/// Midpoint sums over a polygon cut into a fan of finely divided triangles.
Moments2 byMidpoints(const Density2& density, const std::vector<Point2>& polygon, Point2 about, int steps) {
  Moments2 sum;
  const auto add = [&](Point2 x, double weight) {
    const double mass = weight * density.at(x);
    const Point2 d = x - about;
    sum.mass += mass, sum.x += mass * d.x, sum.y += mass * d.y;
    sum.xx += mass * d.x * d.x, sum.xy += mass * d.x * d.y, sum.yy += mass * d.y * d.y;
  };
  for (std::size_t at = 1; at + 1 < polygon.size(); ++at) {
    const Point2 u = 1.0 / steps * (polygon[at] - polygon[0]),
                 v = 1.0 / steps * (polygon[at + 1] - polygon[0]);
    const double area = cross(u, v) / 2;
    for (int i = 0; i < steps; ++i)
      for (int j = 0; i + j < steps; ++j) {
        add(polygon[0] + (i + 1.0 / 3) * u + (j + 1.0 / 3) * v, area);
        if (i + j + 1 < steps) add(polygon[0] + (i + 2.0 / 3) * u + (j + 2.0 / 3) * v, area);
      }
  }
  return sum;
}

}  // namespace

class TestDensity2 : public QObject {
  Q_OBJECT

 private slots:
  void gaussianOverARectangleInClosedForm() {
    const Domain2 domain = Domain2::box({-2, -1, 3, 4});
    const auto density = gaussianDensity(domain, {0.5, 1}, 0.7);
    const auto share = [](double from, double to) {
      return (std::erf(to / std::sqrt(2)) - std::erf(from / std::sqrt(2))) / 2;
    };
    const double whole = share(-2.5 / 0.7, 2.5 / 0.7) * share(-2 / 0.7, 3 / 0.7);
    const double part = share(-0.5 / 0.7, 0.1 / 0.7) * share(-1 / 0.7, 2 / 0.7);
    const std::vector<Point2> rectangle = {{0, 0}, {0.6, 0}, {0.6, 3}, {0, 3}};
    QVERIFY(std::abs(density->mass(rectangle) - part / whole) < 1e-13);
    QVERIFY(std::abs(density->mass(domain.corners()) - 1) < 1e-14);
  }

  void narrowGaussiansInClosedForm_data() {
    QTest::addColumn<double>("sigma");
    for (const double sigma : {0.1, 1e-2, 1e-3, 1e-4, 1e-5, 1e-6}) QTest::addRow("%g", sigma) << sigma;
  }
  /// What lies on one side of a line at some sigmas from the mean, whichever way the line goes; and moments
  /// of a Gaussian of which all is in the domain.
  void narrowGaussiansInClosedForm() {
    QFETCH(double, sigma);
    const Domain2 square = Domain2::square();
    const Point2 mean = {0.5, 0.5};
    const auto density = gaussianDensity(square, mean, sigma);
    // In units of sigma a coordinate is known to some of its last bits only.
    const double blurred = 1e-12 + 2e-16 / sigma;
    for (const double angle : {0.0, 0.3, 1.0, 1.5707963, 2.5, 4.0})
      for (const double away : {-3.0, -0.4, 0.0, 1.0, 9.5}) {
        const Point2 normal = {std::cos(angle), std::sin(angle)}, along = {-normal.y, normal.x};
        if (std::abs(away * sigma) > 0.2) continue;
        const Point2 foot = mean + away * sigma * normal;
        const std::vector<Point2> side = {foot + 0.1 * along, foot - 0.1 * along,
                                          foot - 0.1 * along + 0.15 * normal,
                                          foot + 0.1 * along + 0.15 * normal};
        if (sigma > 1e-2) continue;  // wider ones reach beyond the polygon
        QVERIFY(std::abs(density->mass(side) - std::erfc(away / std::sqrt(2)) / 2) < blurred);
      }
    const Moments2 m = density->moments(square.corners(), mean);
    QVERIFY(std::abs(m.mass - 1) < 1e-12);
    QVERIFY(std::abs(m.x) < 1e-12 * sigma + 1e-16 && std::abs(m.y) < 1e-12 * sigma + 1e-16);
    if (sigma > 0.05) return;
    QVERIFY(std::abs(m.xx / (sigma * sigma) - 1) < blurred);
    QVERIFY(std::abs(m.yy / (sigma * sigma) - 1) < blurred);
    QVERIFY(std::abs(m.xy / (sigma * sigma)) < blurred);
  }

  /// The work on a side does not grow with its length in units of sigma.
  void longSidesTakeFewNodes() {
    for (const double reach : {1.0, 1e2, 1e6, 1e12}) {
      for (const Point2 towards :
           {Point2{1, 0.3}, Point2{1, 1e-9}, Point2{0.3, 1}, Point2{1, 1}, Point2{0, 1}}) {
        int nodes = 0;
        gaussian::alongNearSide(-reach * towards, reach * towards, [&](Point2, double) { ++nodes; });
        QVERIFY2(nodes > 0 && nodes <= 60 * 8, qPrintable(QString::number(nodes)));
      }
      int nodes = 0;
      gaussian::alongNearSide({-reach, 9}, {reach, 9}, [&](Point2, double) { ++nodes; });
      QCOMPARE(nodes, 0);
    }
  }

  void gaussianMomentsAgreeWithSums_data() {
    QTest::addColumn<double>("size");
    QTest::newRow("small against sigma") << 0.004;
    QTest::newRow("some sigma") << 0.5;
    QTest::newRow("many sigma") << 2.0;
  }
  void gaussianMomentsAgreeWithSums() {
    QFETCH(double, size);
    const auto density = gaussianDensity(Domain2::disc({0, 0}, 3), {0.3, -0.2}, 0.4);
    const Point2 about = {0.1, 0.2};
    std::vector<Point2> polygon;
    for (const Point2 corner : {Point2{0, 0}, Point2{1, 0.2}, Point2{1.1, 0.9}, Point2{0.3, 1}})
      polygon.push_back(Point2{-0.2, -0.3} + size * corner);
    const Moments2 exact = density->moments(polygon, about),
                   sum = byMidpoints(*density, polygon, about, 1000);
    const double mass = sum.mass;
    QVERIFY(std::abs(exact.mass - density->mass(polygon)) < 1e-14);
    QVERIFY2(std::abs(exact.mass - mass) < 2e-6 * mass,
             qPrintable(QString("%1 and %2").arg(exact.mass).arg(mass)));
    QVERIFY(std::abs(exact.x - sum.x) < 2e-6 * mass);
    QVERIFY(std::abs(exact.y - sum.y) < 2e-6 * mass);
    QVERIFY(std::abs(exact.xx - sum.xx) < 5e-6 * mass);
    QVERIFY(std::abs(exact.xy - sum.xy) < 5e-6 * mass);
    QVERIFY(std::abs(exact.yy - sum.yy) < 5e-6 * mass);
  }

  void gaussianAlongSegments() {
    const auto density = gaussianDensity(Domain2::disc({0, 0}, 3), {0.3, -0.2}, 0.4);
    for (const double length : {1e-6, 1e-3, 0.3, 2.0}) {
      const Point2 a = {-0.5, -0.4}, b = a + length * Point2{0.6, 0.8};
      double sum = 0;
      for (int step = 0; step < 20'000; ++step)
        sum += density->at(a + (step + 0.5) / 20'000 * (b - a)) * length / 20'000;
      QVERIFY(std::abs(density->alongSegment(a, b) - sum) < 1e-7 * sum);
    }
  }

  /// A picture with values 1 + 2 x + 3 y at its centres is that plane between them, so integrals are known.
  void pictureOfAPlaneInClosedForm() {
    RowsD values(8, 8);
    for (int row = 0; row < 8; ++row)
      for (int column = 0; column < 8; ++column)
        values(row, column) = 1 + 2 * (column + 0.5) / 8 + 3 * (7.5 - row) / 8;
    const auto density = imageDensity(Domain2::square(), values);
    // Inside the centres, over [.25, .75] x [.25, .5]: mean of the plane 1 + 2 * .5 + 3 * .375, area 1 / 8.
    const double part = (1 + 1 + 1.125) / 8;
    const double ratio = density->at({0.5, 0.375}) / (1 + 1 + 1.125);
    const std::vector<Point2> rectangle = {{0.25, 0.25}, {0.75, 0.25}, {0.75, 0.5}, {0.25, 0.5}};
    QVERIFY(std::abs(density->mass(rectangle) - ratio * part) < 1e-15);
    QVERIFY(std::abs(density->mass(Domain2::square().corners()) - 1) < 1e-14);
  }

  void pictureMomentsAgreeWithSums() {
    Random random(8);
    RowsD values(5, 7);
    for (Eigen::Index at = 0; at < values.size(); ++at) values.data()[at] = random.uniform();
    const auto density = imageDensity(Domain2::box({-1, 0, 2, 1.5}), values);
    const std::vector<Point2> polygon = {{-0.7, 0.1}, {1.2, 0.3}, {1.7, 1.2}, {-0.2, 1.4}};
    const Moments2 exact = density->moments(polygon, {0.2, -0.4}),
                   sum = byMidpoints(*density, polygon, {0.2, -0.4}, 1000);
    QVERIFY(std::abs(exact.mass - density->mass(polygon)) < 1e-14);
    QVERIFY(std::abs(exact.mass - sum.mass) < 3e-6);
    QVERIFY(std::abs(exact.x - sum.x) < 3e-6);
    QVERIFY(std::abs(exact.y - sum.y) < 3e-6);
    QVERIFY(std::abs(exact.xx - sum.xx) < 5e-6);
    QVERIFY(std::abs(exact.xy - sum.xy) < 5e-6);
    QVERIFY(std::abs(exact.yy - sum.yy) < 5e-6);
    double line = 0;
    const Point2 a = {-0.9, 0.2}, b = {1.8, 1.1};
    for (int step = 0; step < 100'000; ++step)
      line += density->at(a + (step + 0.5) / 100'000 * (b - a)) * norm(b - a) / 100'000;
    QVERIFY(std::abs(density->alongSegment(a, b) - line) < 1e-8);
  }

  /// Half a picture that is 0 on the left, half uniform: 1/2 there; and whole integrals in closed form.
  void aBlendIsAboveZeroWhereThePictureIsNot() {
    const Domain2 box = Domain2::box({0, 0, 2, 1});
    RowsD values(1, 4);
    values << 0, 0, 1, 1;
    const auto density = blendedWithUniform(box, imageDensity(box, values), 0.25);
    // The picture is 0 up to 0.75, then rises to 1 at 1.25: its mass is 1 in all.
    QVERIFY(std::abs(density->at({0.5, 0.5}) - 0.125) < 1e-15);
    QVERIFY(std::abs(density->at({1.5, 0.5}) - 0.875) < 1e-15);
    const std::vector<Point2> left = {{0, 0}, {0.75, 0}, {0.75, 1}, {0, 1}};
    QVERIFY(std::abs(density->mass(left) - 0.75 * 0.125) < 1e-15);
    QVERIFY(std::abs(density->mass(box.corners()) - 1) < 1e-15);
    QVERIFY(std::abs(density->alongSegment({0.5, 0}, {0.5, 1}) - 0.125) < 1e-15);
    const std::vector<Point2> right = {{1.25, 0}, {2, 0}, {2, 1}, {1.25, 1}};
    const Moments2 m = density->moments(right, {0, 0});
    QVERIFY(std::abs(m.mass - 0.875 * 0.75) < 1e-14);
    QVERIFY(std::abs(m.x - 0.875 * (4 - 1.5625) / 2) < 1e-14);
    QVERIFY(std::abs(m.y - 0.875 * 0.75 / 2) < 1e-14);
    QVERIFY(std::abs(m.xx - 0.875 * (8 - 1.953125) / 3) < 1e-14);
    QVERIFY(std::abs(m.xy - 0.875 * (4 - 1.5625) / 4) < 1e-14);
    QVERIFY(std::abs(m.yy - 0.875 * 0.75 / 3) < 1e-14);
  }

  void badPicturesAreRefused() {
    const Domain2 square = Domain2::square();
    QVERIFY_THROWS_EXCEPTION(Error, imageDensity(square, RowsD::Zero(3, 3)));
    QVERIFY_THROWS_EXCEPTION(Error, imageDensity(square, RowsD::Constant(2, 2, -1)));
    QVERIFY_THROWS_EXCEPTION(Error, imageDensity(square, RowsD(0, 0)));
  }

  void uniformMomentsAboutAnyPoint() {
    const Domain2 domain = Domain2::box({0, 0, 2, 2});
    const std::vector<Point2> rectangle = {{0, 0}, {1, 0}, {1, 2}, {0, 2}};
    const Moments2 moments = uniformDensity(domain)->moments(rectangle, {1, 1});
    QCOMPARE(moments.mass, 0.5);
    QVERIFY(std::abs(moments.x + 0.25) < 1e-15);
    QVERIFY(std::abs(moments.y) < 1e-15);
    QVERIFY(std::abs(moments.xx - 0.5 / 3) < 1e-15);
    QVERIFY(std::abs(moments.yy - 0.5 / 3) < 1e-15);
    QVERIFY(std::abs(moments.xy) < 1e-15);
  }

  void discKeepsAreaAndAccuracy() {
    for (const double accuracy : {1e-2, 1e-4, 1e-6}) {
      const Domain2 disc = Domain2::disc({1, 2}, 3, accuracy);
      QVERIFY(std::abs(disc.area() - 9 * M_PI) < 1e-11);
      QVERIFY(norm(disc.centroid() - Point2{1, 2}) < 1e-12);
      const auto& corners = disc.corners();
      for (std::size_t at = 0; at < corners.size(); ++at) {
        const double corner = norm(corners[at] - Point2{1, 2});
        const double side = norm(0.5 * (corners[at] + corners[(at + 1) % corners.size()]) - Point2{1, 2});
        QVERIFY(corner - 3 <= 3 * accuracy && 3 - side <= 3 * accuracy);
      }
    }
  }

  void domainsThatAreNotConvexAreRefused_data() {
    QTest::addColumn<QString>("message");
    QTest::newRow("notch")
        << "domain polygon: a corner at (0.25, 0.25) that points inwards; expected a convex polygon";
    QTest::newRow("two corners") << "domain polygon: 2 corners that span no area; expected a convex polygon";
    QTest::newRow("line") << "domain polygon: 3 corners that span no area; expected a convex polygon";
    QTest::newRow("star")
        << "domain polygon: a polygon that winds around more than once; expected a convex polygon";
    QTest::newRow("nan") << "domain polygon: the corner (nan, 0); expected finite coordinates";
  }
  void domainsThatAreNotConvexAreRefused() {
    QFETCH(QString, message);
    std::vector<Point2> corners = {{0, 0}, {1, 0}, {0.25, 0.25}, {0, 1}};
    const std::string tag = QTest::currentDataTag();
    if (tag == "two corners") corners = {{0, 0}, {1, 1}};
    if (tag == "line") corners = {{0, 0}, {1, 1}, {2, 2}};
    if (tag == "nan") corners = {{NAN, 0}, {1, 1}, {2, 2}};
    if (tag == "star") {
      corners.clear();
      for (int at = 0; at < 5; ++at)
        corners.push_back({std::cos(at * 4 * M_PI / 5), std::sin(at * 4 * M_PI / 5)});
    }
    try {
      Domain2 domain(corners);
      QFAIL("not refused");
    } catch (const Error& error) {
      QCOMPARE(QString(error.what()), message);
    }
  }

  void cornersMayRunEitherWay() {
    const Domain2 domain({{0, 0}, {0, 1}, {0.5, 1}, {1, 1}, {1, 0}});
    QCOMPARE(domain.corners().size(), std::size_t(4));
    QCOMPARE(domain.area(), 1.0);
    QVERIFY(domain.contains({1, 1}) && domain.contains({0.5, 0}) && !domain.contains({1.0001, 0.5}));
  }

  void badGaussiansAreRefused() {
    const Domain2 square = Domain2::square();
    QVERIFY_THROWS_EXCEPTION(Error, gaussianDensity(square, {0, 0}, 0));
    QVERIFY_THROWS_EXCEPTION(Error, gaussianDensity(square, {0, NAN}, 1));
    QVERIFY_THROWS_EXCEPTION(Error, gaussianDensity(square, {40, 0}, 1));
    try {
      gaussianDensity(Domain2::box({0, 0, 8, 2}), {1, 1}, 1e-9);
      QFAIL("not refused");
    } catch (const Error& error) {
      QCOMPARE(
          QString(error.what()),
          QString(
              "sigma of the density: 1e-09; expected at least 8e-06, a millionth of the domain's extent"));
    }
  }
};

QTEST_APPLESS_MAIN(TestDensity2)
#include "test_density_2.moc"
