// SPDX-License-Identifier: GPL-3.0-or-later
// Singular facets chained into curves: graphs drawn as text, lattices with gaps in closed form, bad input.
#include <QtTest>
#include <algorithm>
#include <cmath>
#include <limits>

#include "core/base/error.h"
#include "core/base/random.h"
#include "core/geometry/convex_hull_2.h"
#include "core/geometry/facet_jump.h"
#include "core/geometry/singular_graph.h"
#include "core/geometry/singular_set.h"

using namespace monge;

namespace {

using Kind = SingularSet2::Point::Kind;

struct Solved {
  PowerDiagram2 diagram;
  PowerComplex2 complex;
};

Solved voronoi(const std::vector<Point2>& sites, const Domain2& domain) {
  ThreadTeam team(1);
  Solved solved;
  solved.diagram =
      powerDiagram(sites, std::vector<double>(sites.size(), 0.0), domain, *uniformDensity(domain), team);
  solved.complex = powerComplex(solved.diagram);
  return solved;
}

/// A lattice of side x side points with the given step; rows run up from the corner.
void addLattice(std::vector<Point2>& sites, Point2 corner, double step, int side) {
  for (int row = 0; row < side; ++row)
    for (int column = 0; column < side; ++column) sites.push_back(corner + Point2{step * column, step * row});
}

/// "a-b:3 b-c" : edges between vertices named by letters, with their lengths (1 if not given), all 1 wide.
/// Vertices in capitals are on the boundary.
SingularGraph graphOf(const QString& text, double leastWeight = 0) {
  std::vector<SingularGraph::Edge> edges;
  SingularGraph::Vertices vertices;
  vertices.anchored.resize(128);
  for (char letter = 'A'; letter <= 'Z'; ++letter) vertices.anchored[letter] = true;
  if (leastWeight > 0) vertices.weight.assign(128, 1.0), vertices.leastWeight = leastWeight;
  for (const QString& word : text.split(' ', Qt::SkipEmptyParts)) {
    const double length = word.contains(':') ? word.section(':', 1).toDouble() : 1;
    edges.push_back({word[0].toLatin1(), word[2].toLatin1(), length, 1.0});
  }
  SingularGraph graph(std::move(edges), std::move(vertices));
  graph.simplify();
  return graph;
}

/// The branches that are left, as "from-to:length" with sorted ends, sorted; then the nodes without a branch.
QString describe(const SingularGraph& graph) {
  QStringList words;
  for (const auto& branch : graph.branches()) {
    if (!branch.alive) continue;
    char ends[] = {static_cast<char>(graph.nodes()[branch.from].vertex),
                   static_cast<char>(graph.nodes()[branch.to].vertex)};
    std::sort(ends, ends + 2);
    words << QString("%1-%2:%3").arg(QChar(ends[0])).arg(QChar(ends[1])).arg(branch.length);
  }
  for (const auto& node : graph.nodes())
    if (node.alive && node.branches.empty()) words << QString(QChar(static_cast<char>(node.vertex)));
  words.sort();
  return words.join(' ');
}

bool isInside(const std::vector<Point2>& hull, Point2 point) {
  for (std::size_t at = 0; at < hull.size(); ++at)
    if (cross(hull[(at + 1) % hull.size()] - hull[at], point - hull[at]) < 0) return false;
  return true;
}

}  // namespace

class TestSingularSet : public QObject {
  Q_OBJECT

 private slots:
  void graphsAreSimplified_data() {
    QTest::addColumn<QString>("drawn");
    QTest::addColumn<QString>("left");
    QTest::newRow("a chain is one branch") << "a-b b-c c-d"
                                           << "a-d:3";
    QTest::newRow("from side to side") << "A-b b-C"
                                       << "A-C:2";
    QTest::newRow("a short one between sides stays") << "A-B:0.1"
                                                     << "A-B:0.1";
    QTest::newRow("a short one from a side stays") << "A-b:0.1"
                                                   << "A-b:0.1";
    QTest::newRow("a spur goes") << "A-b b-C b-d:0.5"
                                 << "A-C:2";
    QTest::newRow("a long arm stays") << "A-b b-C b-d:2"
                                      << "A-b:1 C-b:1 b-d:2";
    QTest::newRow("spurs of spurs go") << "A-b b-C b-d:0.4 d-e:0.4 d-f:0.3"
                                       << "A-C:2";
    QTest::newRow("near branch points are one") << "A-b:3 b-C:3 b-d:0.5 d-E:3 d-F:3"
                                                << "A-b:3 C-b:3 E-b:3 F-b:3";
    QTest::newRow("far branch points stay") << "A-b:3 b-C:3 b-d:1.5 d-E:3 d-F:3"
                                            << "A-b:3 C-b:3 E-d:3 F-d:3 b-d:1.5";
    QTest::newRow("a star of short arms is a point") << "a-b:0.5 a-c:0.5 a-d:0.5 a-e:0.4"
                                                     << "a";
    QTest::newRow("a closed curve") << "a-b b-c c-a"
                                    << "a-a:3";
    QTest::newRow("a closed curve with a tail") << "a-b b-c c-a c-d:3"
                                                << "c-c:3 c-d:3";
    QTest::newRow("a closed curve with a spur") << "a-b b-c c-a c-d:0.3"
                                                << "c-c:3";
    QTest::newRow("a small eye closes") << "A-b:2 b-c:0.3 b-d:0.2 c-e:0.2 d-e:0.3 e-F:2"
                                        << "A-F:4";
    QTest::newRow("short ways to the side stay") << "A-b:3 b-C:0.5 b-D:0.6"
                                                 << "A-b:3 C-b:0.5 D-b:0.6";
    QTest::newRow("one short way to the side stays") << "a-b:3 b-c:3 b-D:0.5"
                                                     << "D-b:0.5 a-b:3 b-c:3";
    QTest::newRow("apart") << "a-b:3 c-d:4"
                           << "a-b:3 c-d:4";
  }
  void graphsAreSimplified() {
    QFETCH(QString, drawn);
    QFETCH(QString, left);
    QCOMPARE(describe(graphOf(drawn)), left);
  }

  void lightBranchesAreSpurs() {
    // A side arm of four edges and so of weight 4: too light for a limit of 5, long as it is.
    const QString text = "A-b:5 b-C:5 b-d d-e e-f f-g";
    QCOMPARE(describe(graphOf(text, 4)), QString("A-b:5 C-b:5 b-g:4"));
    QCOMPARE(describe(graphOf(text, 5)), QString("A-C:10"));
    // Of two ways to the side the one that is short and light.
    QCOMPARE(describe(graphOf("A-b:3 b-C:0.5 b-D:0.6", 2)), QString("A-D:3.6"));
  }

  void absorbedVerticesAreKept() {
    const SingularGraph graph = graphOf("a-b:0.5 a-c:0.5 a-d:0.5 a-e:0.4 e-f:0.1");
    for (const auto& node : graph.nodes()) {
      if (!node.alive) continue;
      std::vector<int> absorbed = node.absorbed;
      std::sort(absorbed.begin(), absorbed.end());
      absorbed.erase(std::unique(absorbed.begin(), absorbed.end()), absorbed.end());
      QCOMPARE(absorbed, std::vector<int>({'a', 'b', 'c', 'd', 'e', 'f'}));
    }
  }

  void hullsAreConvex() {
    QVERIFY(convexHull({}).empty());
    QCOMPARE(convexHull({{1, 2}, {1, 2}}).size(), std::size_t(1));
    QCOMPARE(convexHull({{0, 0}, {2, 2}, {1, 1}}).size(), std::size_t(2));
    QCOMPARE(convexHull({{0, 0}, {1, 0}, {2, 0}, {2, 2}, {0, 2}, {1, 1}}).size(), std::size_t(4));
    for (int seed = 0; seed < 300; ++seed) {
      Random random(seed);
      std::vector<Point2> points;
      for (std::uint64_t at = random.below(20) + 3; at > 0; --at)
        points.push_back({static_cast<double>(random.below(6)), static_cast<double>(random.below(6))});
      const auto hull = convexHull(points);
      for (std::size_t at = 0; hull.size() >= 3 && at < hull.size(); ++at)
        QVERIFY(cross(hull[(at + 1) % hull.size()] - hull[at],
                      hull[(at + 2) % hull.size()] - hull[(at + 1) % hull.size()]) > 0);
      if (hull.size() >= 3)
        for (const Point2 point : points) QVERIFY(isInside(hull, point));
    }
  }

  void gapBetweenTwoLattices() {
    // Columns at 0.02 .. 0.2 and 0.8 .. 0.98: the gap's bisector is x = 0.5, its jump 0.6 all along.
    std::vector<Point2> sites;
    addLattice(sites, {0.02, 0.05}, 0.02, 10);
    addLattice(sites, {0.8, 0.05}, 0.02, 10);
    const Solved solved = voronoi(sites, Domain2::square());
    const SingularSet2 set = singularSet(solved.diagram, solved.complex);
    QCOMPARE(set.curves.size(), std::size_t(1));
    const auto& curve = set.curves[0];
    QVERIFY(std::abs(curve.length - 1) < 1e-12);
    QVERIFY(std::abs(curve.measure - 1) < 1e-12);
    QVERIFY(std::abs(curve.leastJump - 0.6) < 1e-12);
    QVERIFY(std::abs(curve.meanJump - 0.6) < 1e-12);
    QVERIFY(std::abs(curve.largestJump - 0.6) < 1e-12);
    QCOMPARE(curve.path.size(), curve.facets.size() + 1);
    for (const Point2 point : curve.path) QVERIFY(std::abs(point.x - 0.5) < 1e-12);
    QCOMPARE(set.count(Kind::Boundary), 2);
    QCOMPARE(set.points.size(), std::size_t(2));
    QCOMPARE(set.points[curve.from].at, curve.path.front());
    QCOMPARE(set.points[curve.to].at, curve.path.back());
  }

  void fourLatticesMeetInOnePoint() {
    std::vector<Point2> sites;
    for (const Point2 corner : {Point2{0.02, 0.02}, Point2{0.8, 0.02}, Point2{0.02, 0.8}, Point2{0.8, 0.8}})
      addLattice(sites, corner, 0.02, 10);
    const Solved solved = voronoi(sites, Domain2::square());
    const SingularSet2 set = singularSet(solved.diagram, solved.complex);
    QCOMPARE(set.curves.size(), std::size_t(4));
    QCOMPARE(set.count(Kind::Branch), 1);
    QCOMPARE(set.count(Kind::Boundary), 4);
    const auto branch = std::find_if(set.points.begin(), set.points.end(),
                                     [](const auto& point) { return point.kind == Kind::Branch; });
    QCOMPARE(branch->curves, 4);
    QVERIFY(norm(branch->at - Point2{0.5, 0.5}) < 1e-12);
    // The square between the lattices' inner corners.
    QCOMPARE(branch->subgradient.size(), std::size_t(4));
    QVERIFY(std::abs(branch->area - 0.36) < 1e-12);
  }

  void plainLatticeHasNone() {
    std::vector<Point2> sites;
    addLattice(sites, {0.025, 0.025}, 0.05, 20);
    const Solved solved = voronoi(sites, Domain2::square());
    const SingularSet2 set = singularSet(solved.diagram, solved.complex);
    QVERIFY(set.curves.empty());
    QVERIFY(set.points.empty());
  }

  void spacingIsTheLatticeStep() {
    std::vector<Point2> sites;
    addLattice(sites, {0.02, 0.05}, 0.02, 10);
    addLattice(sites, {0.8, 0.05}, 0.02, 10);
    for (const double spacing : targetSpacing(voronoi(sites, Domain2::square()).diagram))
      QVERIFY(std::abs(spacing - 0.02) < 1e-12);
    QCOMPARE(targetSpacing(voronoi({{0.5, 0.5}}, Domain2::square()).diagram), std::vector<double>({0}));
  }

  void thresholdsOfJumpAndAngle() {
    // Three sites in a row: jumps 0.2 and 0.5.
    const std::vector<Point2> sites = {{0.1, 0.5}, {0.3, 0.5}, {0.8, 0.5}};
    const Solved solved = voronoi(sites, Domain2::square());
    const auto rows = [&](SingularRule::By by, double threshold) {
      return singularFacets(solved.diagram, solved.complex, {by, threshold}).rows.size();
    };
    QCOMPARE(rows(SingularRule::By::Jump, 0), std::size_t(2));
    QCOMPARE(rows(SingularRule::By::Jump, 0.3), std::size_t(1));
    QCOMPARE(rows(SingularRule::By::Jump, 0.6), std::size_t(0));
    // Normals (0.1, 0.5, -1), (0.3, 0.5, -1), (0.8, 0.5, -1): cosines 1.28 / sqrt(1.26 * 1.34) and
    // 1.49 / sqrt(1.34 * 1.89), that is 0.1695 and 0.3609 radians.
    QVERIFY(std::abs(graphAngle(sites[0], sites[1]) - std::acos(1.28 / std::sqrt(1.26 * 1.34))) < 1e-14);
    QVERIFY(std::abs(graphAngle(sites[1], sites[2]) - std::acos(1.49 / std::sqrt(1.34 * 1.89))) < 1e-14);
    QCOMPARE(rows(SingularRule::By::Angle, 0.16), std::size_t(2));
    QCOMPARE(rows(SingularRule::By::Angle, 0.2), std::size_t(1));
    QCOMPARE(rows(SingularRule::By::Angle, 0.4), std::size_t(0));
    QCOMPARE(graphAngle(Point2{0, 0}, {1e8, 0}), std::atan(1e8));
    QCOMPARE(graphAngle(Point2{3, 4}, {3, 4}), 0.0);
  }

  void fewSitesHaveNoGapOfTheirOwn() {
    for (const auto& sites : {std::vector<Point2>{{0.5, 0.5}}, std::vector<Point2>{{0.1, 0.5}, {0.9, 0.5}},
                              std::vector<Point2>{{0.1, 0.1}, {0.9, 0.1}, {0.5, 0.8}}}) {
      const Solved solved = voronoi(sites, Domain2::square());
      QVERIFY(singularSet(solved.diagram, solved.complex).curves.empty());
      // Asked for by its jump, every facet is there.
      const SingularSet2 all = singularSet(solved.diagram, solved.complex, {SingularRule::By::Jump, 0});
      QCOMPARE(all.curves.size(), sites.size() == 3 ? std::size_t(3) : sites.size() - 1);
      QCOMPARE(all.count(Kind::Branch), sites.size() == 3 ? 1 : 0);
    }
  }

  void badThresholdsAreNamed() {
    const Solved solved = voronoi({{0.1, 0.5}, {0.9, 0.5}}, Domain2::square());
    const double nan = std::numeric_limits<double>::quiet_NaN();
    const auto message = [&](const SingularRule& rule) -> QString {
      try {
        singularFacets(solved.diagram, solved.complex, rule);
      } catch (const Error& error) {
        return error.what();
      }
      return "";
    };
    QCOMPARE(message({SingularRule::By::Jump, -1}),
             QString("threshold of singular facets: -1; expected a number of at least 0"));
    QCOMPARE(message({SingularRule::By::Spacing, nan}),
             QString("threshold of singular facets: nan; expected a number of at least 0"));
    QCOMPARE(message({SingularRule::By::Spacing, 3, nan}),
             QString("least tear of singular facets: nan; expected a number of at least 0"));
  }
};

QTEST_APPLESS_MAIN(TestSingularSet)
#include "test_singular_set.moc"
