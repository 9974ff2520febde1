// SPDX-License-Identifier: GPL-3.0-or-later
// Every view against golden pictures, light and dark, at 1x and 2x.
#include <QApplication>
#include <QPainter>

#include "golden.h"
#include "scenes.h"
#include "views/metrics_view.h"
#include "views/sample_grid_view.h"
#include "views/tessellation_painter.h"

using namespace monge;
using namespace monge::views;
using monge::test::matchesGolden;

namespace {

constexpr QSize kSize(480, 320);

LayerSet layers(std::initializer_list<Layer> shown) {
  LayerSet set;
  for (int i = 0; i < kLayerCount; ++i) set.set(static_cast<Layer>(i), false);
  for (const Layer layer : shown) set.set(layer, true);
  return set;
}

template <class Paint>
QImage picture(QSize size, double ratio, Theme theme, Paint paint) {
  QImage image(size * ratio, QImage::Format_ARGB32_Premultiplied);
  image.setDevicePixelRatio(ratio);
  image.fill(colors(theme).canvas);
  QPainter painter(&image);
  painter.setFont(QGuiApplication::font());
  paint(painter, QRectF(QPointF(0, 0), QSizeF(size)));
  painter.end();
  image.setDevicePixelRatio(1);
  return image;
}

QImage tessellation(const Scene& scene, Theme theme, double ratio = 1, LayerSet shown = {},
                    int selected = -1) {
  return picture(kSize, ratio, theme, [&](QPainter& painter, const QRectF& target) {
    TessellationStyle style;
    style.theme = theme;
    style.layers = shown;
    style.selected = selected;
    paintTessellation(painter, target, scene, PlaneMap::fitted(initialBox(scene), target), style);
  });
}

QImage grid(const Scene& scene, Theme theme) {
  return picture(kSize, 1, theme, [&](QPainter& painter, const QRectF& target) {
    paintSampleGrid(painter, target, scene, theme);
  });
}

}  // namespace

class TestPictures : public QObject {
  Q_OBJECT

 private slots:
  void initTestCase() {
    if (!test::useGoldenFont()) QSKIP("DejaVu Sans is not installed (package fonts-dejavu-core).");
  }

  void tessellationInBothThemes() {
    const Scene scene = test::discScene();
    QVERIFY(matchesGolden(tessellation(scene, Theme::Light), "tessellation-light"));
    QVERIFY(matchesGolden(tessellation(scene, Theme::Dark), "tessellation-dark"));
    QVERIFY(matchesGolden(tessellation(scene, Theme::Light, 2, {}, 2), "tessellation-light-2x"));
  }

  void fieldsAndGrids() {
    const Scene scene = test::discScene();
    const LayerSet critic = layers({Layer::Critic, Layer::Cells, Layer::Prototypes});
    QVERIFY(matchesGolden(tessellation(scene, Theme::Light, 1, critic), "critic-light"));
    QVERIFY(matchesGolden(tessellation(scene, Theme::Dark, 1, critic, 1), "critic-selected-dark"));
    const LayerSet lines = layers({Layer::LatentGrid, Layer::Gradients, Layer::Samples, Layer::Cells});
    QVERIFY(matchesGolden(tessellation(scene, Theme::Light, 1, lines), "manifold-light"));
  }

  void bentCells() {
    Scene scene = test::discScene();
    scene.cells = std::make_shared<const CellComplex>(test::bentCells({-1, -1, 1, 1}));
    const LayerSet plain = layers({Layer::Cells, Layer::Prototypes});
    const LayerSet critic = layers({Layer::Cells, Layer::Prototypes, Layer::Critic});
    QVERIFY(matchesGolden(tessellation(scene, Theme::Light, 1, plain), "bent-light"));
    QVERIFY(matchesGolden(tessellation(scene, Theme::Dark, 1, critic), "bent-critic-dark"));
    QCOMPARE(cellAt(scene, 0, 0), 3);
    QCOMPARE(cellAt(scene, 0, 0.5), 1);
    QCOMPARE(cellAt(scene, -0.9, 0), 0);
    QCOMPARE(cellAt(scene, 0.9, 0.9), 2);
  }

  void imagesAndPanels() {
    const Scene images = test::imageScene();
    QVERIFY(matchesGolden(grid(images, Theme::Light), "samples-light"));
    QVERIFY(matchesGolden(grid(images, Theme::Dark), "samples-dark"));
    QVERIFY(matchesGolden(grid(test::discScene(), Theme::Light), "panels-light"));
    QVERIFY(matchesGolden(tessellation(images, Theme::Light), "thumbnails-light"));
  }

  void metricsInBothThemes() {
    for (const auto& [theme, name] :
         {std::pair(Theme::Light, "metrics-light"), std::pair(Theme::Dark, "metrics-dark")}) {
      const Theme shown = theme;
      const QImage image = picture(QSize(900, 150), 1, theme, [&](QPainter& painter, const QRectF& target) {
        const auto charts = recordMetrics(target.size(), painter.font(), test::history(600), shown);
        replayMetrics(painter, target.topLeft(), charts);
      });
      QVERIFY(matchesGolden(image, name));
    }
  }

  /// On a page that is not wide enough for their titles the charts lie one below the other.
  void metricsOnANarrowPage() {
    const QImage image =
        picture(QSize(510, 382), 1, Theme::Figure, [&](QPainter& painter, const QRectF& target) {
          const auto charts = recordMetrics(target.size(), painter.font(), test::history(600), Theme::Figure);
          replayMetrics(painter, target.topLeft(), charts);
        });
    QVERIFY(matchesGolden(image, "metrics-narrow"));
  }

  /// A critic's additive constant says nothing, and a few far values do not wash out the rest.
  void criticConstantsAndOutliersDoNotShow() {
    Scene scene = test::discScene();
    const LayerSet critic = layers({Layer::Critic, Layer::Cells});
    const QImage before = tessellation(scene, Theme::Light, 1, critic);
    auto shifted = std::make_shared<EnsembleSnapshot>(*scene.snapshot);
    for (Eigen::Index j = 0; j < 4; ++j)
      shifted->critic.values.row(j).array() += 10.0f * static_cast<float>(j);
    scene.snapshot = shifted;
    const double moved =
        test::largestWindowDifference(before, tessellation(scene, Theme::Light, 1, critic), test::kWindow);
    QVERIFY2(moved < test::kTolerance, qPrintable(QString::number(moved)));
    shifted->critic.values(2, shifted->critic.values.cols() - 1) += 5;  // the corner of its cell
    const QImage after = tessellation(scene, Theme::Light, 1, critic);
    const QRect middle(0, 0, 420, 160);  // away from the corner itself and from the colour bar's card
    QVERIFY(test::largestWindowDifference(before.copy(middle.translated(0, 160)),
                                          after.copy(middle.translated(0, 160)),
                                          test::kWindow) < 2 * test::kTolerance);
  }

  /// Lines of the latent grid are not the colour of the samples beneath them, in any theme.
  void gridsDifferFromSamples() {
    for (const Theme theme : {Theme::Light, Theme::Dark, Theme::Figure}) {
      for (int id = 0; id < 12; ++id) {
        const int apart = gridColor(id, theme).lightness() - generatorColor(id).lightness();
        QVERIFY2(theme == Theme::Dark ? apart > 25 : apart < -25, qPrintable(QString::number(apart)));
      }
    }
  }

  /// The measure is worth something: without any one layer the picture no longer matches.
  void missingLayersAreSeen_data() {
    QTest::addColumn<int>("layer");
    for (int i = 0; i < 5; ++i) QTest::addRow("layer %d", i) << i;
  }
  void missingLayersAreSeen() {
    QFETCH(int, layer);
    const Scene scene = test::discScene();
    LayerSet without;
    without.set(static_cast<Layer>(layer), false);
    const double difference = test::largestWindowDifference(
        tessellation(scene, Theme::Light), tessellation(scene, Theme::Light, 1, without), test::kWindow);
    QVERIFY2(difference > 2 * test::kTolerance, qPrintable(QString::number(difference)));
  }

  void aMovedPrototypeIsSeen() {
    Scene scene = test::discScene();
    const QImage before = tessellation(scene, Theme::Light);
    auto moved = std::make_shared<EnsembleSnapshot>(*scene.snapshot);
    moved->prototypes(2, 0) += 0.1f;
    scene.snapshot = moved;
    QVERIFY(test::largestWindowDifference(before, tessellation(scene, Theme::Light), test::kWindow) >
            2 * test::kTolerance);
  }

  void firstTwoCoordinatesAreNamed() {
    Scene scene = test::discScene();
    auto data = std::make_shared<DataView>(*scene.data);
    data->dimension = 3;
    data->points.conservativeResize(Eigen::NoChange, 3);
    data->points.col(2).setZero();
    auto snapshot = std::make_shared<EnsembleSnapshot>(*scene.snapshot);
    snapshot->dimension = 3;
    snapshot->prototypes.conservativeResize(Eigen::NoChange, 3);
    snapshot->prototypes.col(2).setZero();
    scene.data = data;
    scene.snapshot = snapshot;
    scene.cells.reset();
    QVERIFY(matchesGolden(tessellation(scene, Theme::Light), "three-dimensions-light"));
  }
};

QTEST_MAIN(TestPictures)
#include "test_pictures.moc"
