// SPDX-License-Identifier: GPL-3.0-or-later
// What the export dialog shows and writes, and that cells reach the edges of the page.
#include <QApplication>
#include <QImage>
#include <QSignalSpy>
#include <QTemporaryDir>
#include <QtTest>

#include "../views/scenes.h"
#include "app/window/export_dialog.h"
#include "app/window/figure_preview.h"
#include "app/window/render_scene.h"

using namespace monge;

namespace {

/// A scene whose cells end at a small box, as those of a window do that shows less than the page.
views::Scene sceneOfASmallWindow() {
  views::Scene scene = test::discScene(400, 200);
  scene.cells = test::plainCells(scene.snapshot->prototypes, {-0.2, -0.2, 0.2, 0.2});
  return scene;
}

views::FigureSpec cellsOnly() {
  views::FigureSpec spec;
  spec.dpi = 100;
  spec.axes = false;
  for (int i = 0; i < views::kLayerCount; ++i) spec.layers.set(static_cast<views::Layer>(i), false);
  spec.layers.set(views::Layer::Cells, true);
  return spec;
}

bool isTinted(QRgb color) {
  return qRgb(255, 255, 255) != (color | 0xFF000000u);
}

}  // namespace

class TestExportDialog : public QObject {
  Q_OBJECT

 private slots:
  void cellsOfTheFileReachTheEdges() {
    const QTemporaryDir folder;
    ExportDialog dialog(sceneOfASmallWindow(), cellsOnly());
    QSignalSpy exported(&dialog, &ExportDialog::exported);
    dialog.writeTo(folder.filePath("a.png"));
    QVERIFY(exported.wait(5000));
    const QImage image(folder.filePath("a.png"));
    QVERIFY(!image.isNull());
    const int right = image.width() - 1, bottom = image.height() - 1;
    for (const QPoint corner : {QPoint(0, 0), QPoint(right, 0), QPoint(0, bottom), QPoint(right, bottom)}) {
      QVERIFY2(isTinted(image.pixel(corner)),
               qPrintable(QStringLiteral("%1, %2").arg(corner.x()).arg(corner.y())));
    }
  }

  void cellsOfThePreviewReachTheEdges() {
    views::FigureSpec spec = cellsOnly();
    spec.box = Box2{-4, -3, 4, 3};
    ExportDialog dialog(sceneOfASmallWindow(), spec);
    auto* preview = dialog.findChild<FigurePreview*>();
    preview->resize(420, 340);
    const QImage shown = preview->grab().toImage().convertToFormat(QImage::Format_RGB32);
    const double ratio = shown.devicePixelRatio();
    const auto at = [&](double x, double y) { return shown.pixel((QPointF(x, y) * ratio).toPoint()); };
    // The page is 396 x 297 in the middle of 420 x 340.
    for (const double x : {15.0, 404.0}) {
      for (const double y : {25.0, 315.0}) QVERIFY(isTinted(at(x, y)));
    }
  }

  /// Charts are a widget, so they are drawn where the dialog lives; the file is as `monge render` writes it.
  void metricsAreWrittenAsTheyAreRendered() {
    const QTemporaryDir folder;
    views::Scene scene = test::discScene(400, 200);
    scene.history = test::history(600);
    views::FigureSpec spec = cellsOnly();
    spec.view = "metrics";
    ExportDialog dialog(scene, spec);
    QSignalSpy exported(&dialog, &ExportDialog::exported);
    dialog.writeTo(folder.filePath("a.png"));
    QVERIFY(exported.wait(5000));
    views::writeFigure(folder.filePath("b.png"), scene, dialog.spec());
    const QImage written(folder.filePath("a.png"));
    QVERIFY(!written.isNull());
    QCOMPARE(written, QImage(folder.filePath("b.png")));
  }

  void aDivergedRunHasNoCells() {
    views::Scene scene = sceneOfASmallWindow();
    auto snapshot = std::make_shared<EnsembleSnapshot>(*scene.snapshot);
    snapshot->prototypes(1, 0) = std::nanf("");
    scene.snapshot = snapshot;
    addFigureCells(scene, cellsOnly());
    QVERIFY(!scene.cells);
  }
};

QTEST_MAIN(TestExportDialog)
#include "test_export_dialog.moc"
