// SPDX-License-Identifier: GPL-3.0-or-later
// Pictures of solved transport: what they hold, how they look, and what is found under the mouse.
#include <QApplication>
#include <QPainter>
#include <QtTest>
#include <cmath>

#include "app/window/transport/transport_documents.h"
#include "app/window/transport/transport_picture.h"
#include "core/geometry/gaussian_density_2.h"
#include "tests/views/golden.h"
#include "tests/window/two_discs.h"
#include "views/diagram_painter.h"
#include "views/surface_painter.h"

using namespace monge;
using namespace monge::views;
using monge::test::matchesGolden;
using monge::test::TwoDiscs;

namespace {

constexpr QSize kSize(480, 320);

template <class Paint>
QImage picture(double ratio, Theme theme, Paint paint) {
  QImage image(kSize * ratio, QImage::Format_ARGB32_Premultiplied);
  image.setDevicePixelRatio(ratio);
  image.fill(colors(theme).canvas);
  QPainter painter(&image);
  painter.setFont(QGuiApplication::font());
  paint(painter, QRectF(QPointF(0, 0), QSizeF(kSize)));
  painter.end();
  image.setDevicePixelRatio(1);
  return image;
}

QImage diagram(const TransportSnapshot& moment, DiagramStyle style, double ratio = 1) {
  return picture(ratio, style.theme, [&](QPainter& painter, const QRectF& target) {
    paintDiagram(painter, target, moment, PlaneMap::fitted(diagramBox(moment), target), style);
  });
}

QImage surface(const TransportSnapshot& moment, Surface which, const OrbitCamera& camera, SurfaceStyle style,
               double ratio = 1) {
  return picture(ratio, style.theme, [&](QPainter& painter, const QRectF& target) {
    paintSurface(painter, target, moment, which, camera, style);
  });
}

}  // namespace

class TestTransportPicture : public QObject {
  Q_OBJECT

  TwoDiscs m_discs;

 private slots:
  void initTestCase() {
    if (!monge::test::useGoldenFont())
      QSKIP("the font of the golden pictures, DejaVu Sans, is not installed");
  }

  void aMomentHoldsWhatTheGeometrySays() {
    const TransportSnapshot& moment = m_discs.moment;
    QCOMPARE(moment.count(), 60);
    QVERIFY(moment.residual < 1e-6);
    QVERIFY(std::abs(moment.masses.sum() - 1) < 1e-12);
    QCOMPARE(moment.potential.faces(), 60);
    QCOMPARE(moment.dual.vertices.rows(), Eigen::Index{60});
    QCOMPARE(moment.dual.faces(), static_cast<int>(moment.triangles.size()));
    // Faces of the potential lie in their sites' planes <x, y> + h.
    for (int face = 0; face < moment.potential.faces(); ++face) {
      const int site = moment.potential.sites[face];
      for (int at = moment.potential.starts[face]; at < moment.potential.starts[face + 1]; ++at) {
        const auto vertex = moment.potential.vertices.row(moment.potential.corners[at]);
        const double plane = vertex.head<2>().dot(moment.sites.row(site)) + moment.heights[site];
        QVERIFY(std::abs(vertex.z() - plane) < 1e-9);
      }
    }
    // One tear from side to side, with no branch; its walls are marked.
    QCOMPARE(moment.curves.size(), std::size_t{1});
    QVERIFY(moment.curves[0].length > 0.99);
    for (const auto& facet : moment.facets)
      QCOMPARE(facet.singular, (moment.sites(facet.first, 0) < 0.5) != (moment.sites(facet.second, 0) < 0.5));
  }

  void aQuickMomentHasNoSurfaces() {
    ThreadTeam team(1);
    const PowerDiagram2 cells = powerDiagram(m_discs.problem.sites, std::vector<double>(60, 0),
                                             m_discs.problem.domain, *m_discs.problem.density, team);
    const TransportSnapshot moment = transportPicture(
        cells, m_discs.problem.domain, std::vector<double>(60, 1.0 / 60), {}, PictureDetail::Diagram);
    QCOMPARE(moment.potential.faces(), 0);
    QVERIFY(!moment.facets.empty() && moment.curves.empty());
    QVERIFY(moment.residual > 0.1);
  }

  void looksAsItDid_data() {
    QTest::addColumn<int>("theme");
    QTest::addColumn<double>("ratio");
    QTest::newRow("light") << int(Theme::Light) << 1.0;
    QTest::newRow("dark") << int(Theme::Dark) << 1.0;
    QTest::newRow("light-2x") << int(Theme::Light) << 2.0;
  }
  void looksAsItDid() {
    QFETCH(int, theme);
    QFETCH(double, ratio);
    const QString name = QTest::currentDataTag();
    DiagramStyle style;
    style.theme = static_cast<Theme>(theme);
    style.layers.set(DiagramLayer::Triangulation, true);
    style.selected = 7;
    QVERIFY(matchesGolden(diagram(m_discs.moment, style, ratio), "diagram-" + name));
    SurfaceStyle above;
    above.theme = static_cast<Theme>(theme);
    above.selected = 7;
    QVERIFY(
        matchesGolden(surface(m_discs.moment, Surface::Potential, {}, above, ratio), "potential-" + name));
    QVERIFY(matchesGolden(surface(m_discs.moment, Surface::Dual, {}, above, ratio), "dual-" + name));
  }

  void everyColouringAndLayerIsPainted() {
    DiagramStyle style;
    TransportSnapshot moment = m_discs.moment;
    const Domain2& domain = m_discs.problem.domain;
    moment.density = densityField(*gaussianDensity(domain, domain.centroid(), 0.2), domain);
    const QImage plain = diagram(moment, style);
    for (int layer = 0; layer < kDiagramLayerCount; ++layer) {
      DiagramStyle other = style;
      const auto which = static_cast<DiagramLayer>(layer);
      // Without a branch point there is no polygon to show.
      if (which == DiagramLayer::Subgradients) continue;
      other.layers.set(which, !other.layers.has(which));
      QVERIFY2(diagram(moment, other) != plain, qPrintable(QString::number(layer)));
    }
    for (const CellColour colour : {CellColour::Mass, CellColour::Error, CellColour::Jump}) {
      style.colour = colour;
      QVERIFY(diagram(moment, style) != plain);
    }
  }

  void theBarOfASurfaceSaysWhatColoursMean() {
    const auto bar = [&](CellColour colour) {
      return picture(1, Theme::Light, [&](QPainter& painter, const QRectF& target) {
        DiagramStyle style;
        style.colour = colour;
        paintCellBar(painter, target, m_discs.moment, style);
      });
    };
    const QImage none = bar(CellColour::Site);
    QCOMPARE(none, picture(1, Theme::Light, [](QPainter&, const QRectF&) {}));
    const QImage jump = bar(CellColour::Jump);
    QVERIFY(jump.copy(0, 0, 240, 320) == none.copy(0, 0, 240, 320));
    QVERIFY(jump.copy(240, 0, 240, 160) != none.copy(240, 0, 240, 160));
  }

  void theSiteUnderTheMouse() {
    const TransportSnapshot& moment = m_discs.moment;
    const QRectF target(QPointF(0, 0), QSizeF(kSize));
    const PlaneMap map = PlaneMap::fitted(diagramBox(moment), target);
    QCOMPARE(diagramSiteAt(moment, 1.5, 0.5), -1);
    for (int site = 0; site < moment.count(); ++site) {
      QCOMPARE(diagramSiteAt(moment, moment.centroids(site, 0), moment.centroids(site, 1)), site);
      QCOMPARE(diagramMarkerAt(moment, map.toTarget(moment.sites(site, 0), moment.sites(site, 1), target),
                               target, map, 5),
               site);
    }
    QCOMPARE(diagramMarkerAt(moment, target.topLeft(), target, map, 5), -1);
  }

  /// Straight from above the potential is the diagram: every face is found where its cell is.
  void theFaceUnderTheMouse() {
    const TransportSnapshot& moment = m_discs.moment;
    const QRectF target(0, 0, 400, 400);
    OrbitCamera top;
    top.azimuth = -90;
    top.elevation = 90;
    int found = 0;
    for (int x = 20; x < 400; x += 20)
      for (int y = 20; y < 400; y += 20) {
        const int site = surfaceSiteAt(QPointF(x, y), target, moment, Surface::Potential, top, {}, 8);
        if (site < 0) continue;
        // The middle of the target is the middle of the square, and its side fills 0.88 / sqrt 2 of it.
        const double scale = 0.88 * 400 / std::sqrt(2.0);
        QCOMPARE(site, diagramSiteAt(moment, 0.5 + (x - 200) / scale, 0.5 - (y - 200) / scale));
        ++found;
      }
    QVERIFY(found > 100);
    QCOMPARE(surfaceSiteAt(QPointF(1, 1), target, moment, Surface::Potential, top, {}, 8), -1);
    // And straight from above the dual has its vertices where the sites are.
    const Eigen::RowVector2d low = moment.sites.colwise().minCoeff(),
                             high = moment.sites.colwise().maxCoeff();
    const double scale = 0.88 * 400 / (std::sqrt(2.0) * (high - low).maxCoeff());
    int vertices = 0;
    for (int site = 0; site < moment.count(); ++site) {
      const Eigen::RowVector2d at = scale * (moment.sites.row(site) - (low + high) / 2);
      const int seen =
          surfaceSiteAt(QPointF(200 + at.x(), 200 - at.y()), target, moment, Surface::Dual, top, {}, 2);
      QVERIFY(seen == site || seen == -1);  // -1: on the rim the pixel may lie outside every triangle
      vertices += seen == site;
    }
    QVERIFY(vertices > 40);
  }

  /// The captions say what theory says (docs/methods/brenier.md), and the pictures show it.
  void presetsShowWhatTheirCaptionsSay_data() {
    QTest::addColumn<QString>("preset");
    QTest::addColumn<QString>("found");
    const auto row = [](const char* preset, const char* found) {
      QTest::newRow(preset) << QString(preset) << QString(found);
    };
    row("disc", "0 curves");
    row("two-clusters", "1 curves, 2 boundary");
    row("three-clusters", "3 curves, 3 boundary, 1 branch");
    row("dumbbell", "2 curves, 2 boundary, 2 end");
    row("holes", "2 curves, 4 end, 1 isolated");  // three trees off the rim: points - curves = 3
  }
  void presetsShowWhatTheirCaptionsSay() {
    QFETCH(QString, preset);
    QFETCH(QString, found);
    const auto moment = solvedPicture(transportPreset(preset)->problem, "", {});
    QCOMPARE(moment->status, std::string("converged"));
    std::map<std::string, int> kinds;
    for (const auto& point : moment->points) ++kinds[point.kind];
    QStringList words{QString("%1 curves").arg(moment->curves.size())};
    for (const auto& [kind, count] : kinds) words << QString("%1 %2").arg(count).arg(kind.c_str());
    QCOMPARE(words.join(", "), found);
  }
};

QTEST_MAIN(TestTransportPicture)
#include "test_transport_picture.moc"
