// SPDX-License-Identifier: GPL-3.0-or-later
// What leaves cells in space: meshes and numbers, the dialog with its preview, and the command it shows.
#include <Eigen/Geometry>
#include <QAction>
#include <QComboBox>
#include <QImage>
#include <QSignalSpy>
#include <QTemporaryDir>
#include <QtTest>
#include <map>

#include "app/window/figure_preview.h"
#include "app/window/render_command.h"
#include "app/window/space/space_export_dialog.h"
#include "app/window/space/space_meshes.h"
#include "app/window/space/space_numbers.h"
#include "app/window/space/space_picture.h"
#include "app/window/space/space_window.h"
#include "core/base/error.h"
#include "core/base/files.h"
#include "tests/views/space/diagrams.h"

using namespace monge;

namespace {

/// By the divergence theorem; that of closed bodies whose faces look outwards.
double volume(const PolygonMesh& mesh) {
  double sum = 0;
  for (const auto& face : mesh.faces)
    for (std::size_t at = 1; at + 1 < face.size(); ++at) {
      const auto corner = [&](std::size_t of) {
        return views::Vec3(mesh.vertices[static_cast<std::size_t>(face[of])].data());
      };
      sum += corner(0).dot(corner(at).cross(corner(at + 1))) / 6;
    }
  return sum;
}

std::map<std::string, std::vector<double>> dataOf(const PolygonMesh& mesh) {
  return {mesh.faceData.begin(), mesh.faceData.end()};
}

const SpaceSnapshotPtr& threeBalls() {
  static const SpaceSnapshotPtr moment =
      solvedSpacePicture(spacePreset("three-balls")->problem, "Cube to three balls", spaceRule());
  return moment;
}

SpaceFigure small() {
  SpaceFigure figure;
  figure.spec.sizeMm = {90, 70};
  figure.spec.dpi = 60;
  return figure;
}

void choose(const QDialog& dialog, const QString& data) {
  for (auto* box : dialog.findChildren<QComboBox*>())
    if (box->findData(data) >= 0) return box->setCurrentIndex(box->findData(data));
  qFatal("no list with %s", qPrintable(data));
}

int run(const QString& command) {
  std::vector<QByteArray> bytes;
  for (const QString& word : command.split(' ')) bytes.push_back(word.toLocal8Bit());
  std::vector<char*> argv;
  for (QByteArray& each : bytes) argv.push_back(each.data());
  return runRender(static_cast<int>(argv.size()), argv.data());
}

}  // namespace

class TestSpaceExport : public QObject {
  Q_OBJECT

  QTemporaryDir m_folder;
  QString path(const QString& name) const { return m_folder.filePath(name); }

 private slots:
  /// The cells fill the cube, moved apart and cut too; every face says whose it is.
  void meshesAreClosedBodies() {
    const SpaceSnapshot moment = test::randomDiagram(60, 3);
    views::SpaceStyle style;
    for (const double explode : {0.0, 0.7}) {
      style.explode = explode;
      const GltfScene::Part whole = spaceCellsMesh(moment, style, std::nullopt);
      QVERIFY(std::abs(volume(whole.mesh) - 1) < 1e-12);
      QCOMPARE(whole.colours.size(), whole.mesh.faces.size());
      const views::CutPlane half{{0, 0, 1}, 0.5};
      QVERIFY(std::abs(volume(spaceCellsMesh(moment, style, half).mesh) - 0.5) < 1e-12);
    }
    const auto data = dataOf(spaceCellsMesh(moment, {}, views::CutPlane{{0, 0, 1}, 0.5}).mesh);
    QVERIFY(std::count(data.at("across").begin(), data.at("across").end(), -2) > 5);
    QVERIFY_EXCEPTION_THROWN(spaceCellsMesh(moment, {}, views::CutPlane{{0, 0, 1}, -1}), Error);
  }

  /// The area of the three sheets, of which every wall is there once.
  void singularSurfacesAreAPart() {
    const GltfScene scene = spaceScene(*threeBalls(), {}, std::nullopt);
    QCOMPARE(scene.parts.size(), std::size_t{3});
    QCOMPARE(scene.parts[1].name, std::string("singular surfaces"));
    QVERIFY(scene.parts[2].mesh.lines);
    std::size_t walls = 0;
    for (const auto& surface : threeBalls()->surfaces) walls += static_cast<std::size_t>(surface.facets);
    QCOMPARE(scene.parts[1].mesh.faces.size(), walls);
    views::SpaceStyle nothing;
    for (int layer = 0; layer < views::kSpaceLayerCount; ++layer)
      nothing.layers.set(static_cast<views::SpaceLayer>(layer), false);
    QVERIFY_EXCEPTION_THROWN(spaceScene(*threeBalls(), nothing, std::nullopt), Error);
  }

  void numbersAreAllThere() {
    const SpaceSnapshot& moment = *threeBalls();
    const QString csv = QString::fromStdString(spaceSitesCsv(moment));
    QCOMPARE(csv.count('\n'), moment.count() + 1);
    const QStringList second = csv.split('\n')[2].split(',');
    QCOMPARE(second.size(), 12);
    QCOMPARE(second[3].toDouble(), moment.sites(1, 2));
    QCOMPARE(second[4].toDouble(), moment.weights[1]);
    std::map<std::string, std::vector<std::int64_t>> shapes;
    for (const NamedArray& array : spaceArrays(moment)) shapes[array.name] = array.shape;
    using Shape = std::vector<std::int64_t>;
    QCOMPARE(shapes.at("sites"), (Shape{900, 3}));
    QCOMPARE(shapes.at("cell_starts"), Shape{901});
    QCOMPARE(shapes.at("facets"), (Shape{static_cast<std::int64_t>(moment.facets.size()), 2}));
    QCOMPARE(shapes.at("surface_areas"), Shape{3});
    QCOMPARE(shapes.at("curve_starts"), Shape{2});
    QCOMPARE(shapes.at("singular_points"), (Shape{2, 3}));
    QCOMPARE(shapes.at("residual"), Shape{});
  }

  void everyFormatIsWritten() {
    SpaceExportDialog dialog(threeBalls(), small());
    dialog.show();
    QTRY_VERIFY(!dialog.findChild<FigurePreview*>()->picture().isNull());
    QSignalSpy exported(&dialog, &OutputDialog::exported);
    for (const QString& format : spaceFormats()) {
      choose(dialog, format);
      dialog.writeTo(path("cells." + format));
      QVERIFY(exported.wait(10000));
      QVERIFY(QFileInfo(path("cells." + format)).size() > 1000);
    }
    QCOMPARE(QImage(path("cells.png")).size(), QSize(213, 165));
  }

  void theCommandWritesTheSame_data() {
    QTest::addColumn<QString>("format");
    for (const char* format : {"png", "svg", "glb", "vtp", "csv"}) QTest::newRow(format) << format;
  }
  void theCommandWritesTheSame() {
    QFETCH(QString, format);
    SpaceFigure figure = small();
    figure.style.clip = views::SpaceClip{views::SpaceClip::Across::Sight, true, 0.05};
    figure.style.explode = 0.25;
    figure.style.opacity = 0.75;
    figure.style.colour = views::CellColour::Jump;
    figure.style.layers.set(views::SpaceLayer::Walls, false);
    figure.style.hovered = 3;  // what is pointed at is no part of a figure
    figure.camera.orbit = {20, 50, 1.25, {0.1, -0.05}};
    figure.camera.perspective = true;
    figure.spec.theme = views::Theme::Dark;
    SpaceExportDialog dialog(threeBalls(), figure);
    dialog.setSource("three-balls");
    choose(dialog, format);
    QVERIFY(dialog.command().startsWith("monge render three-balls --view cells-3d "));
    QSignalSpy exported(&dialog, &OutputDialog::exported);
    dialog.writeTo(path("dialog." + format));
    QVERIFY(exported.wait(10000));
    QCOMPARE(run(QString(dialog.command()).replace("dialog." + format, "command." + format)), 0);
    QVERIFY(readFile(path("dialog." + format).toStdString()) ==
            readFile(path("command." + format).toStdString()));
  }

  void unknownFormatsAreNamed() {
    SpaceExportDialog dialog(threeBalls(), small());
    QSignalSpy failed(&dialog, &OutputDialog::failed);
    dialog.writeTo(path("cells.obj"));
    QVERIFY(failed.wait(5000));
    QVERIFY(failed[0][0].toString().contains(".obj; expected one of .pdf, .svg, .png, .glb"));
    QVERIFY(!QFile::exists(path("cells.obj")));
    dialog.writeTo(path("no/where.vtp"));
    QVERIFY(failed.wait(5000));
    QVERIFY(failed[1][0].toString().contains("where.vtp"));
  }

  /// From the window: what is shown, from where it is seen.
  void theWindowOpensTheDialog() {
    ThemeController themes;
    SpaceWindow* window = new SpaceWindow(themes);
    window->open(*spacePreset("two-balls"));
    window->show();
    QTRY_VERIFY(window->solver().moment());
    window->findChild<QAction*>("camera-top")->trigger();
    for (QAction* action : window->findChildren<QAction*>())
      if (action->shortcut() == QKeySequence(Qt::CTRL | Qt::Key_E)) action->trigger();
    auto* dialog = window->findChild<SpaceExportDialog*>();
    QVERIFY(dialog);
    QCOMPARE(dialog->figure().camera.orbit.elevation, 90.0);
    QVERIFY(dialog->command().startsWith("monge render two-balls --view cells-3d --camera -90,90 "));
    dialog->close();
    delete window;
  }
};

QTEST_MAIN(TestSpaceExport)
#include "test_space_export.moc"
