// SPDX-License-Identifier: GPL-3.0-or-later
// Crossings of straight paths against dense sampling, the plane's own cells, closed forms and degenerate
// sites.
#include <QtTest>
#include <algorithm>
#include <cmath>
#include <limits>

#include "core/base/error.h"
#include "core/base/random.h"
#include "core/geometry/brenier_potential.h"
#include "core/geometry/path_crossings.h"

using namespace monge;

namespace {

struct Case {
  RowsD sites;
  VectorD heights;
  std::vector<double> from, to;
};

enum class Kind { Random, Lattice, Repeated, Line, Spread };

Case drawCase(Kind kind, int dimension, int seed) {
  Random random(seed);
  const int count = 1 + static_cast<int>(random.below(60));
  Case drawn{RowsD(count, dimension), VectorD(count), {}, {}};
  for (int row = 0; row < count; ++row) {
    for (int axis = 0; axis < dimension; ++axis) {
      double value = random.normal();
      if (kind == Kind::Lattice || kind == Kind::Repeated) value = std::round(value);
      if (kind == Kind::Line) value = axis == 0 ? row : 0.5;
      if (kind == Kind::Spread) value *= std::pow(10, 6 * random.uniform() - 3);
      drawn.sites(row, axis) = value;
    }
    const double weight = kind == Kind::Repeated || seed % 3 == 0 ? 0 : random.uniform();
    drawn.heights[row] = (weight - drawn.sites.row(row).squaredNorm()) / 2;
  }
  for (int axis = 0; axis < dimension; ++axis) {
    // Whole numbers as ends make ties on lattices.
    drawn.from.push_back(kind == Kind::Lattice ? std::round(2 * random.normal()) : 2 * random.normal());
    drawn.to.push_back(kind == Kind::Lattice ? std::round(2 * random.normal()) : 2 * random.normal());
  }
  return drawn;
}

double planeAt(const Case& drawn, int site, double t) {
  double sum = drawn.heights[site];
  for (std::size_t axis = 0; axis < drawn.from.size(); ++axis)
    sum += drawn.sites(site, static_cast<Eigen::Index>(axis)) *
           (drawn.from[axis] + t * (drawn.to[axis] - drawn.from[axis]));
  return sum;
}

double highest(const Case& drawn, double t) {
  double best = -std::numeric_limits<double>::infinity();
  for (int site = 0; site < drawn.sites.rows(); ++site) best = std::max(best, planeAt(drawn, site, t));
  return best;
}

/// The sizes that rounding is relative to.
double scaleOf(const Case& drawn) {
  double ends = 0;
  for (std::size_t axis = 0; axis < drawn.from.size(); ++axis)
    ends += drawn.from[axis] * drawn.from[axis] + drawn.to[axis] * drawn.to[axis];
  return drawn.heights.cwiseAbs().maxCoeff() +
         std::sqrt(ends * drawn.sites.rowwise().squaredNorm().maxCoeff());
}

int siteAt(const PathCrossings::Path& path, double t) {
  int site = path.first;
  for (const auto& crossing : path.crossings)
    if (crossing.at <= t) site = crossing.after;
  return site;
}

QString whatIsWrong(const Case& drawn, const PathCrossings::Path& path) {
  const double rounding = 1e-14 * scaleOf(drawn);
  int site = path.first;
  double before = 0;
  for (const auto& crossing : path.crossings) {
    if (crossing.before != site) return "a cell is left that was not entered";
    if (!(crossing.at > 0 && crossing.at < 1)) return "a crossing outside (0, 1)";
    if (crossing.at < before - 1e-12) return "crossings out of order";
    const double jump = (drawn.sites.row(crossing.after) - drawn.sites.row(crossing.before)).norm();
    if (std::abs(crossing.jump - jump) > 1e-14 * jump || !(jump > 0)) return "a wrong jump";
    if (!(crossing.angle > 0 && crossing.angle <= 3.1415927)) return "a wrong angle";
    if (std::abs(planeAt(drawn, crossing.before, crossing.at) - planeAt(drawn, crossing.after, crossing.at)) >
        rounding)
      return "planes that do not meet at their crossing";
    before = crossing.at;
    site = crossing.after;
  }
  // Between samples too: at every sample the site said to be met must attain the maximum.
  for (int sample = 0; sample <= 400; ++sample) {
    const double t = sample / 400.0;
    if (planeAt(drawn, siteAt(path, t), t) < highest(drawn, t) - rounding)
      return QString("a site below the maximum at %1").arg(t);
  }
  return "";
}

}  // namespace

class TestPathCrossings : public QObject {
  Q_OBJECT

 private slots:
  void agreesWithDenseSampling_data() {
    QTest::addColumn<int>("kind");
    QTest::addColumn<int>("dimension");
    for (const int dimension : {1, 2, 3, 16}) {
      QTest::addRow("random, d = %d", dimension) << static_cast<int>(Kind::Random) << dimension;
      QTest::addRow("lattice, d = %d", dimension) << static_cast<int>(Kind::Lattice) << dimension;
      QTest::addRow("repeated, d = %d", dimension) << static_cast<int>(Kind::Repeated) << dimension;
      QTest::addRow("line, d = %d", dimension) << static_cast<int>(Kind::Line) << dimension;
      QTest::addRow("spread, d = %d", dimension) << static_cast<int>(Kind::Spread) << dimension;
    }
  }
  void agreesWithDenseSampling() {
    QFETCH(int, kind);
    QFETCH(int, dimension);
    std::size_t met = 0;
    for (int seed = 0; seed < 100; ++seed) {
      const Case drawn = drawCase(static_cast<Kind>(kind), dimension, seed);
      const PathCrossings crossings(drawn.sites, drawn.heights);
      const auto path = crossings.along(drawn.from, drawn.to);
      const QString wrong = whatIsWrong(drawn, path);
      QVERIFY2(wrong.isEmpty(), qPrintable(QString("seed %1: %2").arg(seed).arg(wrong)));
      met += path.crossings.size();
    }
    // Sites spread over six orders leave most paths in one cell.
    QVERIFY(met > (static_cast<Kind>(kind) == Kind::Spread ? 0 : 50));
  }

  void everyCellThatASampleSeesIsMet() {
    for (int seed = 0; seed < 100; ++seed) {
      const Case drawn = drawCase(Kind::Random, 2, seed);
      const auto path = PathCrossings(drawn.sites, drawn.heights).along(drawn.from, drawn.to);
      for (int sample = 0; sample <= 2000; ++sample) {
        const double t = sample / 2000.0, best = highest(drawn, t);
        for (int site = 0; site < drawn.sites.rows(); ++site) {
          if (planeAt(drawn, site, t) < best) continue;
          const bool met =
              site == path.first || std::any_of(path.crossings.begin(), path.crossings.end(),
                                                [&](const auto& at) { return at.after == site; });
          QVERIFY2(met, qPrintable(QString("seed %1, site %2").arg(seed).arg(site)));
        }
      }
    }
  }

  void agreesWithTheCellsOfThePlane() {
    Random random(3);
    std::vector<Point2> sites;
    std::vector<double> weights;
    RowsD rows(500, 2);
    VectorD heights(500);
    for (int at = 0; at < 500; ++at) {
      sites.push_back({random.uniform(), random.uniform()});
      weights.push_back(0.001 * random.uniform());
      rows.row(at) << sites[at].x, sites[at].y;
      heights[at] = (weights[at] - squaredNorm(sites[at])) / 2;
    }
    ThreadTeam team(1);
    const Domain2 square = Domain2::square();
    const BrenierPotential2 potential(powerDiagram(sites, weights, square, *uniformDensity(square), team));
    const PathCrossings crossings(rows, heights);
    const auto& facets = potential.diagram().facets;
    for (int segment = 0; segment < 100; ++segment) {
      const std::vector<double> from = {random.uniform(), random.uniform()};
      const std::vector<double> to = {random.uniform(), random.uniform()};
      const auto path = crossings.along(from, to);
      QCOMPARE(path.first, potential.siteAt({from[0], from[1]}));
      // The facets cut by the segment, by the plane's own geometry.
      std::size_t cut = 0;
      for (const auto& facet : facets) {
        const Point2 a = {from[0], from[1]}, b = {to[0], to[1]};
        const auto side = [](Point2 p, Point2 q, Point2 x) { return cross(q - p, x - p) > 0; };
        cut += side(a, b, facet.from) != side(a, b, facet.to) &&
               side(facet.from, facet.to, a) != side(facet.from, facet.to, b);
      }
      QCOMPARE(path.crossings.size(), cut);
    }
  }

  void closedForm() {
    // Sites 0, 1, 3 on the axis, no weights: the walls are half way, at 0.5 and 2.
    const RowsD sites = (RowsD(3, 1) << 0, 1, 3).finished();
    const PathCrossings crossings(sites, (VectorD(3) << 0, -0.5, -4.5).finished());
    const auto path = crossings.along(std::vector<double>{-1}, std::vector<double>{3});
    QCOMPARE(path.first, 0);
    QCOMPARE(path.crossings.size(), std::size_t(2));
    QCOMPARE(path.crossings[0].at, 1.5 / 4);
    QCOMPARE(path.crossings[1].at, 3.0 / 4);
    QCOMPARE(path.crossings[1].jump, 2.0);
    QCOMPARE(path.crossings[0].angle, std::atan(1.0));
    QCOMPARE(path.crossings[1].angle, std::atan(3.0) - std::atan(1.0));
    // Ends on walls: the path begins in the cell that it enters, and does not leave the one that it ends in.
    const auto between = crossings.along(std::vector<double>{0.5}, std::vector<double>{2});
    QCOMPARE(between.first, 1);
    QVERIFY(between.crossings.empty());
  }

  void tiesFollowTheRule() {
    // Four sites about the origin: a path through the vertex meets two cells only.
    const RowsD square = (RowsD(4, 2) << -1, -1, 1, -1, -1, 1, 1, 1).finished();
    const PathCrossings crossings(square, VectorD::Constant(4, -1));
    const auto path = crossings.along(std::vector<double>{-1, -1}, std::vector<double>{1, 1});
    QCOMPARE(path.first, 0);
    QCOMPARE(path.crossings.size(), std::size_t(1));
    QCOMPARE(path.crossings[0].after, 3);
    QCOMPARE(path.crossings[0].at, 0.5);
    // Along a wall the lower row has it; of repeated sites too.
    const auto wall = crossings.along(std::vector<double>{-1, 0}, std::vector<double>{1, 0});
    QCOMPARE(wall.first, 0);
    QCOMPARE(wall.crossings.size(), std::size_t(1));
    QCOMPARE(wall.crossings[0].after, 1);
    const PathCrossings repeated((RowsD(3, 1) << 1, 1, 2).finished(),
                                 (VectorD(3) << -0.5, -0.5, -2).finished());
    QCOMPARE(repeated.along(std::vector<double>{0}, std::vector<double>{2}).first, 0);
    // A path of no length stays where it is.
    const auto still = crossings.along(std::vector<double>{0.5, 0.25}, std::vector<double>{0.5, 0.25});
    QCOMPARE(still.first, 3);
    QVERIFY(still.crossings.empty());
  }

  void manyPathsAreTheSameWithAnyTeam() {
    const Case drawn = drawCase(Kind::Random, 5, 17);
    const PathCrossings crossings(drawn.sites, drawn.heights);
    const auto ends = [](std::int64_t row, std::span<double> from, std::span<double> to) {
      Random random(static_cast<std::uint64_t>(row));
      for (double& value : from) value = random.normal();
      for (double& value : to) value = random.normal();
    };
    std::vector<PathCrossings::Path> one, two;
    ThreadTeam single(1), pair(2);
    const auto keep = [](auto& list) {
      return [&list](std::int64_t row, const PathCrossings::Path& path) {
        if (row == static_cast<std::int64_t>(list.size())) list.push_back(path);
      };
    };
    QCOMPARE(crossings.forEach(1300, ends, keep(one), single), std::int64_t(1300));
    QCOMPARE(crossings.forEach(1300, ends, keep(two), pair), std::int64_t(1300));
    QCOMPARE(one.size(), std::size_t(1300));
    QCOMPARE(two.size(), std::size_t(1300));
    for (std::size_t row = 0; row < one.size(); ++row) {
      QCOMPARE(one[row].first, two[row].first);
      QCOMPARE(one[row].crossings.size(), two[row].crossings.size());
      for (std::size_t at = 0; at < one[row].crossings.size(); ++at)
        QVERIFY(one[row].crossings[at].at == two[row].crossings[at].at &&
                one[row].crossings[at].after == two[row].crossings[at].after);
    }
  }

  void stopsWhenAsked() {
    const Case drawn = drawCase(Kind::Random, 2, 1);
    const PathCrossings crossings(drawn.sites, drawn.heights);
    std::stop_source source;
    ThreadTeam team(2);
    std::int64_t seen = 0;
    const auto ends = [](std::int64_t, std::span<double> from, std::span<double> to) {
      std::fill(from.begin(), from.end(), 0.0);
      std::fill(to.begin(), to.end(), 1.0);
    };
    const auto visit = [&](std::int64_t row, const PathCrossings::Path&) {
      ++seen;
      if (row == 100) source.request_stop();
    };
    const std::int64_t done = crossings.forEach(1'000'000, ends, visit, team, source.get_token());
    QCOMPARE(done, seen);
    QVERIFY(done > 100 && done < 10'000);
  }

  void wilsonsInterval() {
    // Newcombe (1998), table I: 81 of 263 and 15 of 148.
    const ShareInterval first = wilsonInterval(81, 263), second = wilsonInterval(15, 148);
    QVERIFY(std::abs(first.lower - 0.2553) < 5e-5 && std::abs(first.upper - 0.3662) < 5e-5);
    QVERIFY(std::abs(second.lower - 0.0624) < 5e-5 && std::abs(second.upper - 0.1605) < 5e-5);
    QCOMPARE(wilsonInterval(0, 20).lower, 0.0);
    QVERIFY(std::abs(wilsonInterval(0, 20).upper - 0.1611) < 5e-5);
    QCOMPARE(wilsonInterval(20, 20).upper, 1.0);
    QCOMPARE(wilsonInterval(0, 0).upper, 1.0);
  }

  void badInputIsNamed_data() {
    QTest::addColumn<QString>("wanted");
    QTest::newRow("none") << "sites: none; expected at least one";
    QTest::newRow("lengths") << "heights: 1; expected 2, one for each site";
    QTest::newRow("nan") << "sites: a value that is not finite; expected finite numbers";
    QTest::newRow("infinite height") << "heights: a value that is not finite; expected finite numbers";
    QTest::newRow("ends") << "ends of a path: 2 and 1 numbers; expected 2 each";
    QTest::newRow("nan end") << "ends of a path: a value that is not finite; expected finite numbers";
  }
  void badInputIsNamed() {
    QFETCH(QString, wanted);
    const std::string tag = QTest::currentDataTag();
    const double nan = std::numeric_limits<double>::quiet_NaN(),
                 inf = std::numeric_limits<double>::infinity();
    const RowsD two = RowsD::Random(2, 2);
    const PathCrossings good(two, VectorD::Zero(2));
    try {
      if (tag == "none") PathCrossings(RowsD(0, 2), VectorD(0));
      if (tag == "lengths") PathCrossings(two, VectorD::Zero(1));
      if (tag == "nan") PathCrossings(RowsD::Constant(2, 2, nan), VectorD::Zero(2));
      if (tag == "infinite height") PathCrossings(two, VectorD::Constant(2, inf));
      if (tag == "ends") good.along(std::vector<double>{0, 0}, std::vector<double>{0});
      if (tag == "nan end") good.along(std::vector<double>{0, 0}, std::vector<double>{0, nan});
      QFAIL("not refused");
    } catch (const Error& error) {
      QCOMPARE(QString(error.what()), wanted);
    }
  }
};

QTEST_APPLESS_MAIN(TestPathCrossings)
#include "test_path_crossings.moc"
