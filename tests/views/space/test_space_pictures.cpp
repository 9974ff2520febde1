// SPDX-License-Identifier: GPL-3.0-or-later
// Pictures of cells in space, by OpenGL and by the painter, against golden ones and against each other.
#include <QBuffer>
#include <QPainter>
#include <QSvgGenerator>
#include <QSvgRenderer>
#include <QTest>

#include "app/window/space/space_documents.h"
#include "tests/views/golden.h"
#include "tests/views/space/diagrams.h"
#include "views/space/solid_renderer.h"
#include "views/space/space_page.h"
#include "views/space/space_painter.h"
#include "views/space/wall_order.h"

using namespace monge;
using namespace monge::views;
using test::matchesGolden;

namespace {

const SpaceSnapshot& threeBalls() {
  static const SpaceSnapshotPtr moment =
      solvedSpacePicture(spacePreset("three-balls")->problem, "three balls", spaceRule());
  return *moment;
}

using Paint = void (*)(QPainter&, const QRectF&, const SpaceSnapshot&, const SpaceCamera&, const SpaceStyle&);

QImage picture(Paint paint, const SpaceSnapshot& moment, const SpaceCamera& camera, const SpaceStyle& style,
               double ratio = 1) {
  const QSize size(420, 330);
  QImage image(size * ratio, QImage::Format_ARGB32_Premultiplied);
  image.setDevicePixelRatio(ratio);
  image.fill(Qt::transparent);
  QPainter painter(&image);
  paint(painter, QRectF(QPointF(0, 0), QSizeF(size)), moment, camera, style);
  painter.end();
  image.setDevicePixelRatio(1);
  return image;
}

SpaceStyle styleOf(Theme theme = Theme::Light) {
  SpaceStyle style;
  style.theme = theme;
  return style;
}

}  // namespace

class TestSpacePictures : public QObject {
  Q_OBJECT

 private slots:
  void initTestCase() {
    if (!test::useGoldenFont()) QSKIP("the font of the golden pictures, DejaVu Sans, is not installed");
  }

  void byOpenGl_data() {
    QTest::addColumn<int>("theme");
    QTest::addColumn<double>("ratio");
    QTest::newRow("space-light") << static_cast<int>(Theme::Light) << 1.0;
    QTest::newRow("space-light-2x") << static_cast<int>(Theme::Light) << 2.0;
    QTest::newRow("space-dark") << static_cast<int>(Theme::Dark) << 1.0;
  }
  void byOpenGl() {
    QFETCH(int, theme);
    QFETCH(double, ratio);
    if (!missingOpenGl().isEmpty()) QSKIP(qPrintable(missingOpenGl()));
    const QImage image =
        picture(paintSpaceByOpenGl, threeBalls(), {}, styleOf(static_cast<Theme>(theme)), ratio);
    QVERIFY(matchesGolden(image, QTest::currentDataTag()));
  }

  void byPainter_data() { byOpenGl_data(); }
  void byPainter() {
    QFETCH(int, theme);
    QFETCH(double, ratio);
    const QImage image = picture(paintSpace, threeBalls(), {}, styleOf(static_cast<Theme>(theme)), ratio);
    QVERIFY(matchesGolden(image, QStringLiteral("painted-") + QTest::currentDataTag()));
  }

  void cutOpaqueAndSelected() {
    SpaceStyle style = styleOf();
    style.opacity = 1;
    style.clip = SpaceClip{SpaceClip::Across::Z, false, 0.6};
    style.colour = CellColour::Jump;
    style.selected = 3;
    SpaceCamera camera;
    camera.perspective = true;
    QVERIFY(matchesGolden(picture(paintSpace, threeBalls(), camera, style), "painted-space-cut"));
    if (!missingOpenGl().isEmpty()) QSKIP(qPrintable(missingOpenGl()));
    QVERIFY(matchesGolden(picture(paintSpaceByOpenGl, threeBalls(), camera, style), "space-cut"));
  }

  void explodedFromEveryPreset_data() {
    QTest::addColumn<double>("azimuth");
    QTest::addColumn<double>("elevation");
    for (const CameraPreset& preset : cameraPresets())
      QTest::newRow(qPrintable(preset.id)) << preset.azimuth << preset.elevation;
  }
  /// The two ways to draw agree, whatever the view: opaque, blended, cut, moved. Lines, which each draws in
  /// its own way, are left out.
  void explodedFromEveryPreset() {
    QFETCH(double, azimuth);
    QFETCH(double, elevation);
    if (!missingOpenGl().isEmpty()) QSKIP(qPrintable(missingOpenGl()));
    static const SpaceSnapshot moment = test::randomDiagram(40, 5);
    for (const double opacity : {0.35, 1.0})
      for (const double explode : {0.0, 0.5}) {
        SpaceStyle style = styleOf();
        style.layers.set(SpaceLayer::Walls, false);
        style.opacity = opacity;
        style.explode = explode;
        style.clip = SpaceClip{SpaceClip::Across::Sight, false, 0.2};
        SpaceCamera camera;
        camera.orbit.azimuth = azimuth;
        camera.orbit.elevation = elevation;
        camera.perspective = opacity < 1;
        const QImage drawn = picture(paintSpaceByOpenGl, moment, camera, style),
                     painted = picture(paintSpace, moment, camera, style);
        const double difference = test::largestWindowDifference(drawn, painted, test::kWindow);
        const double most = opacity < 1 ? kAgree : kAgreeOpaque;
        if (difference > most)
          drawn.save(MONGE_TEST_OUTPUT "/drawn.png"), painted.save(MONGE_TEST_OUTPUT "/painted.png");
        QVERIFY2(
            difference <= most,
            qPrintable(QString("%1 at opacity %2, explode %3").arg(difference).arg(opacity).arg(explode)));
      }
  }

  void sitesInAndAroundTheDomain_data() {
    QTest::addColumn<double>("explode");
    QTest::addColumn<bool>("perspective");
    QTest::newRow("whole") << 0.0 << false;
    QTest::newRow("apart") << 0.8 << false;  // each site stays where it was, among and behind what has moved
    QTest::newRow("apart, from near") << 0.8 << true;
  }
  void sitesInAndAroundTheDomain() {
    QFETCH(double, explode);
    QFETCH(bool, perspective);
    if (!missingOpenGl().isEmpty()) QSKIP(qPrintable(missingOpenGl()));
    const SpaceSnapshot moment =
        test::diagram({{0.3, 0.3, 0.3}, {0.7, 0.6, 0.7}, {1.5, 0.5, 0.5}, {0.5, 1.4, 0.2}, {0.5, -0.4, 0.8}},
                      {0, 0, 0.9, 0.7, 0.6});
    SpaceStyle style = styleOf();
    style.layers.set(SpaceLayer::Sites, true);
    style.opacity = 1;
    style.explode = explode;
    for (const double azimuth : {-60.0, 20.0, 130.0}) {
      SpaceCamera camera;
      camera.orbit.azimuth = azimuth;
      camera.perspective = perspective;
      const QImage drawn = picture(paintSpaceByOpenGl, moment, camera, style),
                   painted = picture(paintSpace, moment, camera, style);
      QVERIFY(test::largestWindowDifference(drawn, painted, test::kWindow) < 3 * kAgree);
    }
  }

  /// Data and samples in, behind and before cells of glass and of stone, whole and apart: both ways to draw
  /// hide the same of them.
  void pointsAmongTheCells() {
    if (!missingOpenGl().isEmpty()) QSKIP(qPrintable(missingOpenGl()));
    const SpaceSnapshot moment = test::trained(test::randomDiagram(6, 4), 150, 60);
    for (const double opacity : {0.3, 1.0})
      for (const double explode : {0.0, 0.7}) {
        SpaceStyle style = styleOf();
        style.opacity = opacity;
        style.explode = explode;
        style.layers.set(SpaceLayer::Sites, true);
        style.clip = SpaceClip{SpaceClip::Across::X, false, 0.7};
        const QImage drawn = picture(paintSpaceByOpenGl, moment, {}, style),
                     painted = picture(paintSpace, moment, {}, style);
        QVERIFY(test::largestWindowDifference(drawn, painted, test::kWindow) < 3 * kAgree);
      }
  }

  /// Of a point inside one cell of glass the colour comes through.
  void pointsInGlassAreSeen_data() {
    QTest::addColumn<bool>("byOpenGl");
    QTest::newRow("OpenGL") << true;
    QTest::newRow("painter") << false;
  }
  void pointsInGlassAreSeen() {
    QFETCH(bool, byOpenGl);
    if (byOpenGl && !missingOpenGl().isEmpty()) QSKIP(qPrintable(missingOpenGl()));
    SpaceSnapshot moment = test::trained(test::diagram({{0.5, 0.5, 0.5}}, {0}), 0, 1);
    auto training = std::make_shared<EnsembleSnapshot>(*moment.training);
    training->samples = RowsF{{0.5f, 0.5f, 0.5f}};
    training->ids = {3};
    moment.training = training;
    SpaceStyle style = styleOf();
    const auto spread = [](const QImage& image) {  // of the colours near the middle
      int least = 255, most = 0;
      for (int x = 205; x < 215; ++x)
        for (int y = 160; y < 170; ++y) {
          least = std::min(least, qGreen(image.pixel(x, y)));
          most = std::max(most, qGreen(image.pixel(x, y)));
        }
      return most - least;
    };
    const Paint paint = byOpenGl ? paintSpaceByOpenGl : paintSpace;
    QVERIFY(spread(picture(paint, moment, {}, style)) > 40);
    style.layers.set(SpaceLayer::Samples, false);
    QVERIFY(spread(picture(paint, moment, {}, style)) < 10);
    style.layers.set(SpaceLayer::Samples, true);
    style.opacity = 1;
    QVERIFY(spread(picture(paint, moment, {}, style)) < 10);
  }

  /// Of many cells those deep inside are left out, and nobody sees it: the painter paints them all.
  void whatGlassHidesIsLeftOut() {
    if (!missingOpenGl().isEmpty()) QSKIP(qPrintable(missingOpenGl()));
    const SpaceSnapshot moment = test::randomDiagram(2000, 6, 0.001);
    SpaceStyle style = styleOf();
    style.opacity = 0.6;
    style.layers.set(SpaceLayer::Walls, false);
    SpaceCamera camera;
    camera.perspective = true;
    const QRectF target(0, 0, 420, 330);
    const SpaceProjection seen = spaceProjection(moment, style, camera, target);
    const SpaceSolid solid = spaceSolid(moment, style, std::nullopt);
    const auto twins =
        std::count_if(solid.twins.begin(), solid.twins.end(), [](int row) { return row >= 0; });
    const auto all = std::ssize(solid.twins) - twins / 2;
    const auto left = std::ssize(wallsBackToFront(solid, cellsBackToFront(moment, seen, 0), seen));
    QVERIFY2(left < 4 * all / 5 && left > all / 5, qPrintable(QString("%1 of %2").arg(left).arg(all)));
    QVERIFY(test::largestWindowDifference(picture(paintSpaceByOpenGl, moment, camera, style),
                                          picture(paintSpace, moment, camera, style),
                                          test::kWindow) < kAgree);
  }

  /// As an SVG file: polygons, no picture in it, and the same to look at.
  void vectorsStayVectors() {
    SpaceStyle style = styleOf();
    style.clip = SpaceClip{SpaceClip::Across::Y, true, 0.4};
    QBuffer buffer;
    QSvgGenerator generator;
    generator.setOutputDevice(&buffer);
    generator.setSize({420, 330});
    generator.setViewBox(QRect(0, 0, 420, 330));
    QPainter painter(&generator);
    paintSpace(painter, QRectF(0, 0, 420, 330), threeBalls(), {}, style);
    painter.end();
    QVERIFY(!buffer.data().contains("<image"));
    QVERIFY(buffer.data().count("<path") > 1000);
    QSvgRenderer renderer(buffer.data());
    QVERIFY(renderer.isValid());
    QImage again(420, 330, QImage::Format_ARGB32_Premultiplied);
    again.fill(Qt::white);
    QPainter onImage(&again);
    renderer.render(&onImage);
    onImage.end();
    QVERIFY(test::largestWindowDifference(again, picture(paintSpace, threeBalls(), {}, style),
                                          test::kWindow) < 12);
  }

  /// One renderer for one picture after the other: what was drawn before leaves nothing behind.
  void aRendererIsUsedAgain() {
    if (!missingOpenGl().isEmpty()) QSKIP(qPrintable(missingOpenGl()));
    const SpaceSnapshot first = test::randomDiagram(20, 1), second = test::randomDiagram(30, 2);
    const auto draw = [](SolidRenderer& renderer, const SpaceSnapshot& moment, QSize pixels) {
      SpaceStyle style = styleOf();
      style.layers.set(SpaceLayer::Sites, true);
      const SolidRenderer::Frame frame{pixels, 1, Qt::white};
      const SpaceProjection projection = spaceProjection(moment, style, {}, frame.target());
      auto solid = std::make_shared<SpaceSolid>(spaceSolid(moment, style, std::nullopt));
      renderer.setSolid(solid);
      renderer.setOrder(wallsBackToFront(*solid, cellsBackToFront(moment, projection, 0), projection));
      return renderer.render(projection, frame);
    };
    SolidRenderer once, again;
    const QImage wanted = draw(once, second, {300, 200});
    draw(again, first, {200, 300});
    QCOMPARE(draw(again, second, {300, 200}), wanted);
    again.setSolid(nullptr);
    const SolidRenderer::Frame frame{{50, 50}, 1, Qt::white};
    const QImage nothing = again.render(spaceProjection(second, styleOf(), {}, frame.target()), frame);
    QCOMPARE(nothing.pixelColor(25, 25), QColor(Qt::white));
  }

  void transparentGround() {
    SpaceStyle style = styleOf();
    style.background = false;
    for (const Paint paint : {Paint(paintSpace), Paint(paintSpaceByOpenGl)}) {
      const QImage image = picture(paint, test::randomDiagram(10, 3), {}, style);
      QCOMPARE(qAlpha(image.pixel(2, 2)), 0);
      QVERIFY(qAlpha(image.pixel(210, 165)) > 100);
    }
  }

 private:
  /// Of the mean over a window: edges are smoothed by 4 samples a pixel here and by coverage there, and
  /// neighbouring blended edges add up.
  static constexpr double kAgree = 5;
  /// The painter closes the seams between opaque faces with a hairline, which widens every outline a little.
  static constexpr double kAgreeOpaque = 10;
};

QTEST_MAIN(TestSpacePictures)
#include "test_space_pictures.moc"
