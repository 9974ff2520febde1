// SPDX-License-Identifier: GPL-3.0-or-later
// Small parts of the views: ticks, numbers as text, curves of bounded size, colours, the map of the plane.
#include <QtTest>

#include <cmath>
#include <set>

#include "scenes.h"
#include "views/extremes.h"
#include "views/images.h"
#include "views/numbers.h"
#include "views/palette.h"
#include "views/tessellation_painter.h"

using namespace monge;
using namespace monge::views;

class TestNumbers : public QObject {
  Q_OBJECT

 private slots:
  void ticksAreRoundAndInside() {
    QCOMPARE(roundTicks(-1.1, 1.1, 5), (std::vector<double>{-1, -0.5, 0, 0.5, 1}));
    QCOMPARE(roundTicks(0, 60000, 3), (std::vector<double>{0, 20000, 40000, 60000}));
    QCOMPARE(multiples(-0.3, 0.3, 0.1).size(), std::size_t(7));
    QCOMPARE(roundStep(0.2), 0.2);
    QCOMPARE(roundStep(0.21), 0.5);
    QCOMPARE(roundStep(6e-7), 1e-6);
  }

  void absurdIntervalsHaveNoTicks() {
    const double infinity = std::numeric_limits<double>::infinity();
    QVERIFY(roundTicks(1, 1, 5).empty());
    QVERIFY(roundTicks(1, -1, 5).empty());
    QVERIFY(roundTicks(0, infinity, 5).empty());
    QVERIFY(roundTicks(std::nan(""), 1, 5).empty());
    QVERIFY(roundTicks(0, 1, 0).empty());
    QVERIFY(multiples(0, 1, 1e-9).empty());
    QVERIFY(multiples(1e20, 1e20 + 65536, 10000).empty());
  }

  void numbersAsText() {
    QCOMPARE(numberText(-0.5), QStringLiteral("−0.5"));
    QCOMPARE(numberText(-0.0), QStringLiteral("0"));
    QCOMPARE(fixedText(-0.0001, 3), QStringLiteral("0.000"));
    QCOMPARE(fixedText(-1.2345, 3), QStringLiteral("−1.234"));
    QCOMPARE(percentText(0.9684), QStringLiteral("96.8 %"));
    QCOMPARE(numberText(std::nan("")), QStringLiteral("NaN"));
  }

  void extremesLoseNoSpike() {
    Extremes curve;
    for (int i = 0; i < 100000; ++i) curve.append(i, i == 54321 ? 40 : i == 77777 ? -9 : std::sin(i));
    const auto points = curve.points();
    QVERIFY(points.size() <= 2 * Extremes::kMostBuckets + 1);
    QCOMPARE(curve.high(), 40.0);
    QCOMPARE(curve.low(), -9.0);
    QCOMPARE(points.back().key, 99999.0);
    QVERIFY(std::is_sorted(points.begin(), points.end(), [](auto a, auto b) { return a.key < b.key; }));
    QVERIFY(
        std::any_of(points.begin(), points.end(), [](auto p) { return p.key == 54321 && p.value == 40; }));
  }

  void extremesFitTheColumnsOfAChart() {
    Extremes curve;
    for (int i = 0; i < 100000; ++i) curve.append(i, i == 54321 ? 40 : std::sin(i));
    const auto points = curve.points(60);
    QVERIFY(points.size() > 60 && points.size() <= 2 * 60 + 1);
    QVERIFY(std::is_sorted(points.begin(), points.end(), [](auto a, auto b) { return a.key < b.key; }));
    QVERIFY(std::any_of(points.begin(), points.end(), [](auto p) { return p.value == 40; }));
    QCOMPARE(points.back().key, 99999.0);
  }

  void shortCurvesAreWhole() {
    Extremes curve;
    for (int i = 0; i < 400; ++i) curve.append(i, i * i);
    QCOMPARE(curve.points().size(), std::size_t(400));
  }

  void curvesGoBack() {
    Extremes curve;
    for (int i = 0; i < 5000; ++i) curve.append(i, i);
    curve.cutFrom(2500);
    QVERIFY(curve.last().key < 2500 && curve.last().key >= 2480);
    curve.append(2500, -1);
    QCOMPARE(curve.points().back().value, -1.0);
    curve.cutFrom(0);
    QVERIFY(curve.empty());
  }

  void generatorsKeepDistinctColours() {
    QCOMPARE(generatorColor(0), QColor("#0072B2"));
    QCOMPARE(generatorColor(6), QColor("#F0E442"));
    std::set<QRgb> seen;
    for (int id = 0; id < 64; ++id) seen.insert(generatorColor(id).rgb());
    QCOMPARE(seen.size(), std::size_t(64));
    for (int id = 7; id < 64; ++id) QVERIFY(generatorColor(id).lightness() > 60);
  }

  void fieldsHaveANeutralMiddle() {
    for (const Theme theme : {Theme::Light, Theme::Dark}) {
      QVERIFY(diverging(0, theme).saturation() < 40);
      QVERIFY(diverging(-1, theme).blue() > diverging(-1, theme).red());
      QVERIFY(diverging(1, theme).red() > diverging(1, theme).blue());
    }
    QVERIFY(viridis(1).lightness() > viridis(0).lightness());
    QCOMPARE(viridis(-5), viridis(0));
  }

  void styleSheetNamesNoPlaceholder() {
    for (const Theme theme : {Theme::Light, Theme::Dark, Theme::Figure})
      QVERIFY(!applicationStyleSheet(theme).contains('@'));
  }

  void thePlaneGoesThereAndBack() {
    const QRectF target(10, 20, 400, 300);
    const PlaneMap map = PlaneMap::fitted({-1, -1, 3, 1}, target);
    const QPointF back = map.toData(map.toTarget(0.3, -0.7, target), target);
    QVERIFY(std::abs(back.x() - 0.3) < 1e-12 && std::abs(back.y() + 0.7) < 1e-12);
    const Box2 seen = map.visible(target);
    QVERIFY(seen.xMin < -1 && seen.xMax > 3 && seen.yMin < -1 && seen.yMax > 1);
    QVERIFY(map.toTarget(0, 1, target).y() < map.toTarget(0, 0, target).y());
  }

  void boxesWithoutExtentAreShown() {
    for (const Box2& box : {Box2{2, 2, 2, 2}, Box2{0, 0, 1, 0}, Box2{1, 1, -1, -1}}) {
      const PlaneMap map = PlaneMap::fitted(box, QRectF(0, 0, 100, 100));
      QVERIFY(std::isfinite(map.scale) && map.scale > 0);
    }
    const Box2 none = initialBox(Scene{});
    QVERIFY(none.width() > 0 && none.height() > 0);
  }

  void cellsAreFound() {
    const Scene scene = test::discScene(10, 10);
    QCOMPARE(cellAt(scene, 0.9, 0.9), 2);
    QCOMPARE(cellAt(scene, -0.9, -0.9), 0);
    Scene bare = scene;
    bare.cells.reset();
    QCOMPARE(cellAt(bare, -0.9, 0.9), 3);
    QCOMPARE(cellAt(Scene{}, 0, 0), -1);
  }

  void imagesAreScaledToTheRange() {
    const float values[] = {-1, 0, 1, std::nanf("")};
    const QImage grey = toImage(values, {1, 2, 2}, {-1, 1});
    QCOMPARE(qRed(grey.pixel(0, 0)), 0);
    QCOMPARE(qRed(grey.pixel(1, 0)), 128);
    QCOMPARE(qRed(grey.pixel(0, 1)), 255);
    QCOMPARE(qRed(grey.pixel(1, 1)), 0);
    const float planes[] = {1, 0, 0.5f};
    QCOMPARE(toImage(planes, {3, 1, 1}, {0, 1}).pixel(0, 0), qRgb(255, 0, 128));
    QCOMPARE(valueRange(nullptr).high, 1.0);
  }
};

QTEST_APPLESS_MAIN(TestNumbers)
#include "test_numbers.moc"
