// SPDX-License-Identifier: GPL-3.0-or-later
// Singular sets of solved problems: the counts of curves and branch points are those of theory.
#include <QtTest>
#include <algorithm>
#include <cmath>
#include <functional>
#include <numbers>

#include "core/base/random.h"
#include "core/geometry/singular_set.h"
#include "core/transport/site_transport.h"

using namespace monge;

namespace {

using Kind = SingularSet2::Point::Kind;
using Inside = std::function<bool(Point2)>;

bool inDisc(Point2 p, Point2 centre, double radius) {
  return squaredNorm(p - centre) <= radius * radius;
}
bool inBox(Point2 p, double halfWidth, double halfHeight) {
  return std::abs(p.x) <= halfWidth && std::abs(p.y) <= halfHeight;
}

struct Shape {
  const char* name;
  Domain2 domain;
  Inside inside;
};

Domain2 unitDisc() {
  return Domain2::disc({0, 0}, 1, 1e-3);
}
Domain2 box(double halfWidth, double halfHeight) {
  return Domain2::box({-halfWidth, -halfHeight, halfWidth, halfHeight});
}

Shape shape(const QString& name) {
  if (name == "square to square") return {"", box(1, 1), [](Point2 p) { return inBox(p, 0.9, 0.9); }};
  if (name == "disc to square") return {"", unitDisc(), [](Point2 p) { return inBox(p, 0.9, 0.9); }};
  if (name == "disc to long box") return {"", unitDisc(), [](Point2 p) { return inBox(p, 1, 0.1); }};
  if (name == "two discs")
    return {"", unitDisc(), [](Point2 p) { return inDisc(p, {-0.6, 0}, 0.3) || inDisc(p, {0.6, 0}, 0.3); }};
  if (name == "two unequal discs")
    return {"", unitDisc(), [](Point2 p) { return inDisc(p, {-0.5, 0}, 0.15) || inDisc(p, {0.5, 0}, 0.4); }};
  if (name == "three discs")
    return {
        "", unitDisc(), [](Point2 p) {
          return inDisc(p, {-0.6, -0.4}, 0.25) || inDisc(p, {0.6, -0.4}, 0.25) || inDisc(p, {0, 0.6}, 0.25);
        }};
  if (name == "four discs")
    return {"", unitDisc(), [](Point2 p) {
              return inDisc(p, {-0.6, -0.6}, 0.25) || inDisc(p, {0.6, -0.6}, 0.25) ||
                     inDisc(p, {-0.55, 0.6}, 0.25) || inDisc(p, {0.65, 0.6}, 0.25);
            }};
  if (name == "dumbbell")
    return {"", box(1, 0.6), [](Point2 p) {
              return inDisc(p, {-0.5, 0}, 0.45) || inDisc(p, {0.5, 0}, 0.45) || inBox(p, 0.3, 0.1);
            }};
  if (name == "L")
    return {"", box(1, 1), [](Point2 p) { return inBox(p, 0.9, 0.9) && (p.x < 0 || p.y < 0); }};
  if (name == "horseshoe")
    return {"", unitDisc(), [](Point2 p) {
              return inDisc(p, {0, 0}, 0.9) && !inDisc(p, {0, 0}, 0.5) && !(p.y > 0 && std::abs(p.x) < 0.3);
            }};
  if (name == "annulus")
    return {"", unitDisc(), [](Point2 p) { return inDisc(p, {0, 0}, 0.9) && !inDisc(p, {0, 0}, 0.4); }};
  if (name == "slot")
    return {"", unitDisc(), [](Point2 p) { return inDisc(p, {0, 0}, 0.9) && !inBox(p, 0.5, 0.15); }};
  if (name == "two holes")
    return {"", box(1, 1), [](Point2 p) {
              return inBox(p, 0.9, 0.9) && !inDisc(p, {-0.4, 0}, 0.25) && !inDisc(p, {0.4, 0}, 0.25);
            }};
  // A disc inside a ring, apart from it.
  return {"", unitDisc(), [](Point2 p) {
            return inDisc(p, {0, 0}, 0.35) || (inDisc(p, {0, 0}, 0.95) && !inDisc(p, {0, 0}, 0.7));
          }};
}

/// Points of the shape, by chance or on an even lattice.
std::vector<Point2> drawTargets(const Inside& inside, int count, const QString& how, std::uint64_t seed) {
  Random random(seed);
  std::vector<Point2> points;
  const auto draw = [&] { return Point2{random.uniform(-1, 1), random.uniform(-1, 1)}; };
  if (how == "random") {
    while (static_cast<int>(points.size()) < count)
      if (const Point2 p = draw(); inside(p)) points.push_back(p);
    return points;
  }
  int hits = 0;
  for (int at = 0; at < 100000; ++at) hits += inside(draw());
  const double step = std::sqrt(4 * hits / 1e5 / count);
  for (double x = -1 + step / 3; x < 1; x += step)
    for (double y = -1 + step / 3; y < 1; y += step)
      if (inside({x, y})) points.push_back({x, y});
  return points;
}

SingularSet2 singularSetOf(const Shape& shape, std::vector<Point2> targets, PowerDiagram2* kept = nullptr) {
  const PlaneProblem problem{shape.domain, uniformDensity(shape.domain), std::move(targets), {}};
  PlaneTransport solver(problem, {}, 1);
  solver.run();
  if (solver.status() != SolveStatus::Converged) qFatal("a problem was not solved");
  const PowerDiagram2 diagram =
      powerDiagram(problem.sites, solver.weights(), shape.domain, *problem.density, solver.team());
  if (kept) *kept = diagram;
  return singularSet(diagram, powerComplex(diagram));
}

QString describe(const SingularSet2& set) {
  return QString("%1 curves, %2 branch points, %3 ends, %4 on the boundary, %5 isolated")
      .arg(set.curves.size())
      .arg(set.count(Kind::Branch))
      .arg(set.count(Kind::End))
      .arg(set.count(Kind::Boundary))
      .arg(set.count(Kind::Isolated));
}

}  // namespace

class TestSingularShapes : public QObject {
  Q_OBJECT

 private slots:
  void countsAreThoseOfTheory_data() {
    QTest::addColumn<QString>("name");
    QTest::addColumn<int>("count");
    QTest::addColumn<QString>("how");
    QTest::addColumn<QString>("wanted");
    const auto add = [](const char* name, int least, const char* wanted) {
      for (const int count : {200, 2000})
        for (const char* how : {"random", "lattice"})
          if (count >= least)
            QTest::addRow("%s, %d, %s", name, count, how) << QString(name) << count << how << QString(wanted);
    };
    // A convex target: the map is continuous (Caffarelli).
    const char* none = "0 curves, 0 branch points, 0 ends, 0 on the boundary, 0 isolated";
    add("square to square", 200, none);
    add("disc to square", 200, none);
    add("disc to long box", 200, none);
    // Two parts: the places where u has the two parts' slopes are apart from each other, the curve between
    // them runs from side to side.
    const char* cut = "1 curves, 0 branch points, 0 ends, 2 on the boundary, 0 isolated";
    add("two discs", 200, cut);
    add("two unequal discs", 200, cut);
    add("three discs", 200, "3 curves, 1 branch points, 0 ends, 3 on the boundary, 0 isolated");
    // A concave side: its pocket is torn open along one curve from the boundary that ends inside.
    add("dumbbell", 2000, "2 curves, 0 branch points, 2 ends, 2 on the boundary, 0 isolated");
    add("L", 2000, "1 curves, 0 branch points, 1 ends, 1 on the boundary, 0 isolated");
    add("horseshoe", 200, "1 curves, 0 branch points, 1 ends, 1 on the boundary, 0 isolated");
    // A part inside another one: a closed curve.
    add("disc in a ring", 2000, "1 curves, 0 branch points, 0 ends, 0 on the boundary, 0 isolated");
  }
  void countsAreThoseOfTheory() {
    QFETCH(QString, name);
    QFETCH(int, count);
    QFETCH(QString, how);
    QFETCH(QString, wanted);
    const Shape target = shape(name);
    for (std::uint64_t seed = 1; seed <= (how == "random" ? 3 : 1); ++seed)
      QCOMPARE(describe(singularSetOf(target, drawTargets(target.inside, count, how, seed))), wanted);
  }

  /// A hole is covered by the subgradients along one connected set without a loop (a loop would cut off a
  /// part of the target): a point or a tree, so points - curves = 1 for each hole, and none of it on the
  /// boundary.
  void everyHoleHasATree_data() {
    QTest::addColumn<QString>("name");
    QTest::addColumn<int>("holes");
    QTest::newRow("annulus") << "annulus" << 1;
    QTest::newRow("slot") << "slot" << 1;
    QTest::newRow("two holes") << "two holes" << 2;
  }
  void everyHoleHasATree() {
    QFETCH(QString, name);
    QFETCH(int, holes);
    const Shape target = shape(name);
    for (const char* how : {"random", "lattice"}) {
      const SingularSet2 set = singularSetOf(target, drawTargets(target.inside, 2000, how, 5));
      QCOMPARE(static_cast<int>(set.points.size()) - static_cast<int>(set.curves.size()), holes);
      QCOMPARE(set.count(Kind::Boundary), 0);
    }
  }

  /// By symmetry the map to a ring is radial: it is torn at the centre only, by the whole hole.
  void annulusTearsAtItsCentre() {
    const Shape target = shape("annulus");
    const SingularSet2 set = singularSetOf(target, drawTargets(target.inside, 2000, "lattice", 0));
    QCOMPARE(set.points.size(), std::size_t(1));
    QCOMPARE(set.points[0].kind, Kind::Isolated);
    // Half a cell: the cells that point at the centre are sectors, some 0.2 long.
    QVERIFY(norm(set.points[0].at) < 0.1);
    const double hole = std::numbers::pi * 0.4 * 0.4;
    QVERIFY2(std::abs(set.points[0].area - hole) < 0.15 * hole,
             qPrintable(QString::number(set.points[0].area)));
  }

  /// Equal discs on either side: the curve is the domain's diameter, the jumps are from 0.6, the gap, to 1.2.
  void gapOfTwoDiscsInClosedForm() {
    const Shape target = shape("two discs");
    PowerDiagram2 diagram;
    const SingularSet2 set = singularSetOf(target, drawTargets(target.inside, 2000, "lattice", 0), &diagram);
    const auto& curve = set.curves.at(0);
    QVERIFY(std::abs(curve.length - 2) < 0.01);
    QVERIFY(std::abs(curve.measure - 2 / std::numbers::pi) < 0.01);
    for (const Point2 point : curve.path) QVERIFY(std::abs(point.x) < 0.03);  // a cell is 0.04 wide
    QVERIFY(curve.leastJump >= 0.6 && curve.largestJump < 1.2);
    QVERIFY(curve.leastJump <= curve.meanJump && curve.meanJump <= curve.largestJump);
    double length = 0;
    for (const int row : curve.facets) length += norm(diagram.facets[row].to - diagram.facets[row].from);
    QVERIFY(std::abs(length - curve.length) < 1e-12);
  }

  /// Three discs' centres make a triangle; the subgradient at the branch point is spanned by a point of each.
  void branchPointSpansTheDiscs() {
    const Shape target = shape("three discs");
    const SingularSet2 set = singularSetOf(target, drawTargets(target.inside, 2000, "lattice", 0));
    const auto branch = std::find_if(set.points.begin(), set.points.end(),
                                     [](const auto& point) { return point.kind == Kind::Branch; });
    QVERIFY(branch != set.points.end());
    int left = 0, right = 0, top = 0;
    for (const Point2 corner : branch->subgradient) {
      left += inDisc(corner, {-0.6, -0.4}, 0.25);
      right += inDisc(corner, {0.6, -0.4}, 0.25);
      top += inDisc(corner, {0, 0.6}, 0.25);
    }
    QVERIFY(left > 0 && right > 0 && top > 0);
    QCOMPARE(left + right + top, static_cast<int>(branch->subgradient.size()));
  }

  /// Where many thousand targets resolve it, the middle of four discs that are not on one circle is two
  /// branch points.
  void fourDiscsWithTheirInnerCurve() {
    const Shape target = shape("four discs");
    QCOMPARE(describe(singularSetOf(target, drawTargets(target.inside, 20000, "lattice", 0))),
             QString("5 curves, 2 branch points, 0 ends, 4 on the boundary, 0 isolated"));
  }
};

QTEST_APPLESS_MAIN(TestSingularShapes)
#include "test_singular_shapes.moc"
