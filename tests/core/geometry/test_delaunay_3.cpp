// SPDX-License-Identifier: GPL-3.0-or-later
#include <CGAL/Delaunay_triangulation_3.h>
#include <CGAL/Exact_predicates_inexact_constructions_kernel.h>
#include <CGAL/Triangulation_vertex_base_with_info_3.h>

#include <QtTest>
#include <algorithm>
#include <array>
#include <cmath>
#include <numbers>

#include "core/geometry/delaunay_parts_3.h"
#include "core/geometry/hilbert_order.h"
#include "core/geometry/predicates_3.h"
#include "tests/core/geometry/sites_3.h"

using namespace monge;

namespace {

using Sites = std::vector<Point3>;
using Corners = std::vector<std::array<int, 4>>;

Corners sorted(Corners corners) {
  for (auto& four : corners) std::sort(four.begin(), four.end());
  std::sort(corners.begin(), corners.end());
  return corners;
}

/// The vertices of all tetrahedra, infinity being the number of sites.
Corners byCgal(const Sites& sites) {
  using Kernel = CGAL::Exact_predicates_inexact_constructions_kernel;
  using Vertex = CGAL::Triangulation_vertex_base_with_info_3<int, Kernel>;
  using Delaunay = CGAL::Delaunay_triangulation_3<
      Kernel, CGAL::Triangulation_data_structure_3<Vertex, CGAL::Delaunay_triangulation_cell_base_3<Kernel>>>;
  std::vector<std::pair<Delaunay::Point, int>> points;
  for (const Point3 site : sites)
    points.push_back({{site.x, site.y, site.z}, static_cast<int>(points.size())});
  Delaunay delaunay(points.begin(), points.end());
  if (delaunay.dimension() < 3) return {};
  delaunay.infinite_vertex()->info() = static_cast<int>(sites.size());
  Corners corners;
  for (auto cell : delaunay.all_cell_handles())
    corners.push_back(
        {cell->vertex(0)->info(), cell->vertex(1)->info(), cell->vertex(2)->info(), cell->vertex(3)->info()});
  return sorted(corners);
}

template <class Tetrahedra>
Corners cornersOf(const Tetrahedra& tetrahedra) {
  Corners corners;
  for (const auto& tetrahedron : tetrahedra) {
    const auto [a, b, c, d] = tetrahedron.vertex;
    corners.push_back({a, b, c, d});
  }
  return sorted(corners);
}

/// What is wrong with the links and turns of a triangulation, or an empty string.
QString faultOf(const std::vector<RegularMesh3::Tetrahedron>& all, const Sites& sites) {
  const int infinite = static_cast<int>(sites.size());
  int before = 0;
  for (int at = 0; at < static_cast<int>(all.size()); ++at) {
    const auto& v = all[at].vertex;
    if (std::count(std::begin(v), std::end(v), infinite) == 0 &&
        orientation(sites[v[0]], sites[v[1]], sites[v[2]], sites[v[3]]) <= 0)
      return QString("%1 is not positive").arg(at);
    const int smallest = *std::min_element(std::begin(v), std::end(v));
    if (smallest < before) return QString("%1 is not in order").arg(at);
    before = smallest;
    for (int i = 0; i < 4; ++i) {
      const auto& other = all[all[at].neighbour[i]];
      const auto back = std::find(std::begin(other.neighbour), std::end(other.neighbour), at);
      if (back == std::end(other.neighbour)) return QString("%1 has no answer").arg(at);
      const int across = other.vertex[back - std::begin(other.neighbour)];
      if (std::count(std::begin(v), std::end(v), across) != 0) return QString("%1 meets itself").arg(at);
      for (int j = 0; j < 4; ++j)
        if (j != i && std::count(std::begin(other.vertex), std::end(other.vertex), v[j]) != 1)
          return QString("%1 shares no facet").arg(at);
    }
  }
  return {};
}

Sites inHilbertOrder(const Sites& sites) {
  Sites ordered;
  for (const int row : hilbertOrder(sites)) ordered.push_back(sites[row]);
  return ordered;
}

/// Distinct ones of many draws.
template <class Draw>
Sites distinct(int count, const Draw& draw) {
  std::set<std::array<double, 3>> known;
  Sites sites;
  for (int at = 0; at < count; ++at) {
    const Point3 site = draw(at);
    if (known.insert({site.x, site.y, site.z}).second) sites.push_back(site);
  }
  return sites;
}

Sites sitesLike(const QString& kind, int count) {
  Random random(11);
  const auto u = [&] { return random.uniform(); };
  const auto blob = [&](double size) {
    return size * Point3{random.normal(), random.normal(), random.normal()};
  };
  const auto rounded = [&](int steps) { return std::floor(steps * u()) / steps; };
  const int side = std::max(2, static_cast<int>(std::cbrt(count)));
  const double turn = 2 * std::numbers::pi / count;
  return distinct(count, [&](int at) -> Point3 {
    const double angle = turn * at;
    const Point3 onSphere = [&] {
      const Point3 p = blob(1);
      return 1 / norm(p) * p;
    }();
    if (kind == "uniform") return {u(), u(), u()};
    if (kind == "blob") return blob(0.05);
    if (kind == "far from the origin") return Point3{1e6, -1e6, 3e5} + Point3{u(), u(), u()};
    if (kind == "tiny") return 1e-50 * Point3{u(), u(), u()};
    if (kind == "two clusters") return Point3{at % 2 * 100.0, 0, 0} + blob(1);
    if (kind == "uneven clusters") return Point3{at < 8 ? 1e5 : 0.0, 0, 0} + blob(1);
    if (kind == "slab") return {u(), u(), 1e-9 * u()};
    if (kind == "needle") return {u(), 1e-6 * u(), 1e-6 * u()};
    if (kind == "sphere") return onSphere;
    if (kind == "sphere and inside") return at % 10 == 0 ? 0.3 * onSphere : onSphere;
    if (kind == "sphere and centre") return at + 1 == count ? Point3{} : onSphere;
    if (kind == "moment curve") return {angle, angle * angle, angle * angle * angle};
    if (kind == "circle and axis")
      return at % 2 ? Point3{0, 0, u()} : Point3{std::cos(angle), std::sin(angle), 0};
    if (kind == "grid") return {double(at % side), double(at / side % side), double(at / side / side)};
    if (kind == "rounded") return {rounded(8), rounded(8), rounded(8)};
    if (kind == "rounded finely") return {rounded(100), rounded(100), rounded(100)};
    if (kind == "two planes") return {u(), u(), double(at % 2)};
    if (kind == "line and one") return at == 5 ? Point3{0, 1, 0} : Point3{u(), 0, 0};
    if (kind == "plane and one") return at == 5 ? Point3{0.3, 0.4, 1} : Point3{rounded(16), rounded(16), 0};
    return {u(), u(), 0};  // plane
  });
}

const QStringList kKinds = {"uniform",
                            "blob",
                            "far from the origin",
                            "tiny",
                            "two clusters",
                            "uneven clusters",
                            "slab",
                            "needle",
                            "sphere",
                            "sphere and inside",
                            "sphere and centre",
                            "moment curve",
                            "circle and axis",
                            "grid",
                            "rounded",
                            "rounded finely",
                            "two planes",
                            "line and one",
                            "plane and one",
                            "plane"};

}  // namespace

class TestDelaunay3 : public QObject {
  Q_OBJECT

 private slots:
  void isThatOfCgal_data() {
    QTest::addColumn<QString>("kind");
    for (const QString& kind : kKinds) QTest::newRow(qPrintable(kind)) << kind;
  }

  void isThatOfCgal() {
    QFETCH(QString, kind);
    ThreadTeam team(2);
    for (const int count : {4, 5, 6, 8, 13, 30, 100, 600}) {
      const Sites drawn = sitesLike(kind, count), sites = inHilbertOrder(drawn);
      const Corners expected = byCgal(sites);
      for (const int parts : {1, 2, 3, 8}) {
        const auto made = delaunayInParts(sites, parts, team);
        QVERIFY2(cornersOf(made.tetrahedra) == expected,
                 qPrintable(QString("%1 in %2").arg(count).arg(parts)));
        const QString fault = faultOf(made.tetrahedra, sites);
        QVERIFY2(fault.isEmpty(), qPrintable(fault));
      }
      QVERIFY(cornersOf(delaunayInParts(drawn, 2, team).tetrahedra) == byCgal(drawn));
    }
  }

  /// Where fourth powers of lengths are beyond all numbers.
  void isThatOfCgalAtAnyScale() {
    ThreadTeam team(1);
    for (const char* kind : {"uniform", "sphere", "grid"})
      for (const double scale : {1e-100, 1e40, 1e76, 1e80, 1e100}) {
        Sites sites = inHilbertOrder(sitesLike(kind, 300));
        for (Point3& site : sites) site = scale * site;
        QVERIFY(cornersOf(delaunayInParts(sites, 2, team).tetrahedra) == byCgal(sites));
      }
  }

  void partsAreJoined_data() {
    QTest::addColumn<QString>("kind");
    for (const char* kind :
         {"uniform", "blob", "two clusters", "slab", "needle", "sphere", "grid", "rounded"})
      QTest::newRow(kind) << kind;
  }

  void partsAreJoined() {
    QFETCH(QString, kind);
    ThreadTeam one(1), team(3);
    const Sites sites = inHilbertOrder(sitesLike(kind, 3000));
    for (const int parts : {1, 2, 4}) {
      const auto made = delaunayInParts(sites, parts, team), again = delaunayInParts(sites, parts, one);
      QCOMPARE(made.parts, parts);
      QVERIFY(cornersOf(made.tetrahedra) == byCgal(sites));
      QCOMPARE(again.tetrahedra.size(), made.tetrahedra.size());
      for (std::size_t at = 0; at < made.tetrahedra.size(); ++at)
        for (int i = 0; i < 4; ++i) {
          QCOMPARE(again.tetrahedra[at].vertex[i], made.tetrahedra[at].vertex[i]);
          QCOMPARE(again.tetrahedra[at].neighbour[i], made.tetrahedra[at].neighbour[i]);
        }
    }
  }

  void whatCannotBeCutIsMadeInOnePiece() {
    ThreadTeam team(2);
    QCOMPARE(delaunayInParts(sitesLike("uniform", 500), 2, team).parts, 2);  // in no order
    QCOMPARE(delaunayInParts(inHilbertOrder(sitesLike("uniform", 7)), 2, team).parts, 1);
    Sites wall = sitesLike("plane", 50);  // one part is flat
    for (const Point3 site : sitesLike("uniform", 50)) wall.push_back(site + Point3{0, 0, 1});
    const auto made = delaunayInParts(wall, 2, team);
    QCOMPARE(made.parts, 1);
    QVERIFY(cornersOf(made.tetrahedra) == byCgal(wall));
    QCOMPARE(delaunayInParts(inHilbertOrder(sitesLike("two planes", 40'000)), 2, team).parts, 1);
    QCOMPARE(delaunayInParts(inHilbertOrder(sitesLike("uniform", 40'000)), 2, team).parts, 2);
    QCOMPARE(delaunayParts(1000), 1);
  }

  void theOtherWorkIsDoneOnce_data() {
    QTest::addColumn<QString>("kind");
    QTest::addColumn<int>("count");
    QTest::newRow("one piece") << "uniform" << 100;
    QTest::newRow("parts") << "uniform" << 10'000;
    QTest::newRow("in one plane") << "plane" << 10'000;
  }

  void theOtherWorkIsDoneOnce() {
    QFETCH(QString, kind);
    QFETCH(int, count);
    ThreadTeam team(2);
    const Sites sites = inHilbertOrder(sitesLike(kind, count));
    int calls = 0;
    delaunayInParts(sites, delaunayParts(sites.size()), team, [&] { ++calls; });
    QCOMPARE(calls, 1);
  }
};

QTEST_APPLESS_MAIN(TestDelaunay3)
#include "test_delaunay_3.moc"
