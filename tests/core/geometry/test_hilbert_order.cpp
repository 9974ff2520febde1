// SPDX-License-Identifier: GPL-3.0-or-later
// The order of sites along a Hilbert curve: every row once, and near rows near in space.
#include <CGAL/hilbert_sort.h>

#include <QTest>
#include <algorithm>
#include <cmath>
#include <limits>
#include <numeric>
#include <vector>

#include "core/base/random.h"
#include "core/geometry/hilbert_order.h"

using namespace monge;

namespace {

double distance(const Point2& a, const Point2& b) {
  return std::hypot(a.x - b.x, a.y - b.y);
}
double distance(const Point3& a, const Point3& b) {
  return std::hypot(a.x - b.x, a.y - b.y, a.z - b.z);
}

/// The path through the points in this order.
template <class Point>
double pathLength(const std::vector<Point>& points, const std::vector<int>& order) {
  double length = 0;
  for (std::size_t at = 1; at < order.size(); ++at)
    length += distance(points[order[at - 1]], points[order[at]]);
  return length;
}

bool isPermutation(std::vector<int> order, std::size_t count) {
  if (order.size() != count) return false;
  std::sort(order.begin(), order.end());
  for (std::size_t at = 0; at < count; ++at)
    if (order[at] != static_cast<int>(at)) return false;
  return true;
}

template <class Point>
Point drawn(Random& random, const QByteArray& kind) {
  const auto coordinate = [&] {
    if (kind == "uniform") return random.uniform();
    if (kind == "blob") return 0.5 + 0.05 * random.normal();
    return std::exp(12 * random.normal());  // over many orders
  };
  Point point;
  point.x = coordinate(), point.y = coordinate();
  if constexpr (requires { point.z; }) point.z = coordinate();
  return point;
}

template <class Point>
std::vector<Point> drawn(const QByteArray& kind, int count) {
  Random random(5);
  std::vector<Point> points;
  for (int at = 0; at < count; ++at) {
    if (kind != "clusters") {
      points.push_back(drawn<Point>(random, kind));
      continue;
    }
    Point point = drawn<Point>(random, "blob");  // ten clusters, each a millionth of what is between them
    point.x = at % 10 * 0.1 + 1e-7 * point.x;
    point.y = at * 7 % 10 * 0.1 + 1e-7 * point.y;
    if constexpr (requires { point.z; }) point.z *= 1e-7;
    points.push_back(point);
  }
  return points;
}

/// A row that CGAL can sort by its point.
template <class Point>
struct Place {
  Point at;
  int row = 0;
};
template <class Point, int kAxis>
struct Less {
  bool operator()(const Place<Point>& a, const Place<Point>& b) const { return of(a.at) < of(b.at); }
  static double of(const Point& point) {
    if constexpr (kAxis == 0) return point.x;
    if constexpr (kAxis == 1) return point.y;
    if constexpr (kAxis == 2) return point.z;
  }
};
struct InPlane {
  using Point_2 = Place<Point2>;
  using Less_x_2 = Less<Point2, 0>;
  using Less_y_2 = Less<Point2, 1>;
  Less_x_2 less_x_2_object() const { return {}; }
  Less_y_2 less_y_2_object() const { return {}; }
};
struct InSpace {
  using Point_3 = Place<Point3>;
  using Less_x_3 = Less<Point3, 0>;
  using Less_y_3 = Less<Point3, 1>;
  using Less_z_3 = Less<Point3, 2>;
  Less_x_3 less_x_3_object() const { return {}; }
  Less_y_3 less_y_3_object() const { return {}; }
  Less_z_3 less_z_3_object() const { return {}; }
};

/// CGAL's curve halves the points, where ours halves the space.
template <class Traits, class Point>
std::vector<int> orderByCgal(const std::vector<Point>& points) {
  std::vector<Place<Point>> places;
  for (const Point& point : points) places.push_back({point, static_cast<int>(places.size())});
  CGAL::hilbert_sort(places.begin(), places.end(), Traits());
  std::vector<int> order;
  for (const Place<Point>& place : places) order.push_back(place.row);
  return order;
}

template <class Traits, class Point>
void checkThatNearIsNear(const QByteArray& kind) {
  const auto points = drawn<Point>(kind, 20'000);
  const std::vector<int> order = hilbertOrder(points);
  QVERIFY(isPermutation(order, points.size()));
  const double length = pathLength(points, order), byCgal = pathLength(points, orderByCgal<Traits>(points));
  QVERIFY2(length <= 1.1 * byCgal, qPrintable(QString("%1 against %2").arg(length).arg(byCgal)));
}

}  // namespace

class TestHilbertOrder : public QObject {
  Q_OBJECT

 private slots:
  void keepsNearNear_data() {
    QTest::addColumn<QByteArray>("kind");
    for (const char* kind : {"uniform", "blob", "clusters", "orders"})
      QTest::newRow(kind) << QByteArray(kind);
  }
  void keepsNearNear() {
    QFETCH(QByteArray, kind);
    checkThatNearIsNear<InPlane, Point2>(kind);
    checkThatNearIsNear<InSpace, Point3>(kind);
  }

  /// The curve itself: each of the cells of a lattice is beside the one before it.
  void goesFromCellToCell() {
    std::vector<Point2> plane;
    std::vector<Point3> space;
    for (int at = 0; at < 64 * 64; ++at) {
      plane.push_back({at % 64 + 0.0, at / 64 + 0.0});
      space.push_back({at % 16 + 0.0, at / 16 % 16 + 0.0, at / 256 + 0.0});
    }
    QCOMPARE(pathLength(plane, hilbertOrder(plane)), 64 * 64 - 1.0);
    QCOMPARE(pathLength(space, hilbertOrder(space)), 64 * 64 - 1.0);
  }

  /// Points along an axis, at any scale. The curve may take the halves of an edge of a cube the other way
  /// round, cell within cell, so that the way is longer than the line.
  void sortsALine_data() {
    QTest::addColumn<double>("scale");
    QTest::addColumn<int>("axis");
    for (const double scale : {1.0, 1e-300, 1e300})
      for (const int axis : {0, 1, 2}) QTest::addRow("%g, axis %d", scale, axis) << scale << axis;
  }
  void sortsALine() {
    QFETCH(double, scale);
    QFETCH(int, axis);
    Random random(2);
    std::vector<Point3> points;
    for (int at = 0; at < 3000; ++at) {
      const double value = scale * (random.uniform() - 0.5);
      points.push_back({axis == 0 ? value : 1, axis == 1 ? value : 1, axis == 2 ? value : 1});
    }
    const std::vector<int> order = hilbertOrder(points);
    QVERIFY(isPermutation(order, points.size()));
    QVERIFY(pathLength(points, order) <= 4 * scale);
  }

  void takesWhatIsExtreme() {
    QVERIFY(hilbertOrder(std::vector<Point2>()).empty());
    QCOMPARE(hilbertOrder(std::vector<Point2>{{3, 4}}), std::vector<int>{0});
    std::vector<int> rows(2000);
    std::iota(rows.begin(), rows.end(), 0);
    QCOMPARE(hilbertOrder(std::vector<Point2>(2000, {0.1, 0.2})), rows);
    const double most = std::numeric_limits<double>::max(), least = std::numeric_limits<double>::denorm_min();
    std::vector<Point2> points;
    for (int at = 0; at < 2000; ++at) points.push_back({at % 2 == 0 ? most : -most, at % 3 * least});
    QVERIFY(isPermutation(hilbertOrder(points), points.size()));
    points.assign(2000, {0, least});
    points[7] = {least, 0};
    QVERIFY(isPermutation(hilbertOrder(points), points.size()));
  }

  /// A tiny cluster beside one far point is ordered within.
  void looksIntoClusters() {
    Random random(4);
    std::vector<Point2> points(5000);
    for (Point2& point : points) point = {1e-9 * random.uniform(), 1e-9 * random.uniform()};
    const double alone = pathLength(points, hilbertOrder(points));
    points.push_back({1e9, 1e9});
    QVERIFY(pathLength(points, hilbertOrder(points)) - std::hypot(1e9, 1e9) < 1e-6);
    points.pop_back();
    std::vector<Point2> two = points;
    for (const Point2& point : points) two.push_back({point.x + 1, point.y});
    std::vector<int> order = hilbertOrder(two);
    std::erase_if(order, [](int row) { return row >= 5000; });
    QCOMPARE(pathLength(two, order), alone);
  }
};

QTEST_APPLESS_MAIN(TestHilbertOrder)
#include "test_hilbert_order.moc"
