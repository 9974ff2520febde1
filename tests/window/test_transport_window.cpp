// SPDX-License-Identifier: GPL-3.0-or-later
// The window of transport, driven with the mouse and the keys: one selection, live edits, steps of Newton.
#include <QAction>
#include <QCheckBox>
#include <QDoubleSpinBox>
#include <QDropEvent>
#include <QFile>
#include <QLabel>
#include <QMimeData>
#include <QTableWidget>
#include <QTemporaryDir>
#include <QTest>
#include <cmath>

#include "app/window/banner.h"
#include "app/window/space/space_window.h"
#include "core/base/error.h"
#include "core/base/random.h"
#include "tests/window/open_transport.h"
#include "views/diagram_view.h"
#include "views/surface_view.h"

using namespace monge;
using test::gridDocument;
using test::OpenWindow;
using views::DiagramView;
using views::SurfaceView;

class TestTransportWindow : public QObject {
  Q_OBJECT

 private slots:
  void solvesToTheCertificate() {
    OpenWindow open(transportPresets()[1]);
    QTRY_VERIFY(open.hasStatus("new"));
    QVERIFY(open.moment()->residual > 0.01);
    open.action("solve")->trigger();
    QTRY_VERIFY_WITH_TIMEOUT(open.hasStatus("converged"), 20000);
    QVERIFY(open.moment()->residual <= 1e-6);
    QVERIFY(open.moment()->primal > 1e-3);
    QVERIFY(std::abs(open.moment()->primal - open.moment()->dualValue) < 1e-9);
    QVERIFY(!open.moment()->steps.empty());
    QCOMPARE(open.moment()->curves.size(), std::size_t{1});
    QVERIFY(open.window->findChild<QLabel*>("certificate")->text().contains("gap"));
    QCOMPARE(open.window->findChild<QTableWidget*>("singularSet")->rowCount(), 1);
  }

  /// Forward, back and forward again is the same place; reset is the beginning.
  void stepsThereAndBack() {
    OpenWindow open(transportPresets()[2]);
    QTRY_VERIFY(open.hasStatus("new"));
    const VectorD start = open.moment()->weights;
    const auto steps = [&] { return open.moment()->steps.size(); };
    QTest::keyClick(open.window, Qt::Key_Period);
    QTRY_COMPARE(steps(), std::size_t{1});
    const VectorD one = open.moment()->weights;
    QTest::keyClick(open.window, Qt::Key_Period);
    QTRY_COMPARE(steps(), std::size_t{2});
    const VectorD two = open.moment()->weights;
    QVERIFY(one != start && two != one);
    QTest::keyClick(open.window, Qt::Key_Comma);
    QTRY_COMPARE(steps(), std::size_t{1});
    QCOMPARE(open.moment()->weights, one);
    QTest::keyClick(open.window, Qt::Key_Period);
    QTRY_COMPARE(steps(), std::size_t{2});
    QCOMPARE(open.moment()->weights, two);
    QTest::keyClick(open.window, Qt::Key_R);
    QTRY_COMPARE(steps(), std::size_t{0});
    QCOMPARE(open.moment()->weights, start);
    QVERIFY(!open.action("back")->isEnabled());
  }

  /// Steps asked for in a row are all taken, and the last one ends with the certificate.
  void stepsToTheEnd() {
    OpenWindow open(transportPresets()[1]);
    QTRY_VERIFY(open.hasStatus("new"));
    for (int at = 0; at < 30; ++at) open.window->solver().step();
    QTRY_VERIFY_WITH_TIMEOUT(open.hasStatus("converged"), 30000);
    QVERIFY(open.moment()->primal > 1e-3);
    QVERIFY(std::abs(open.moment()->primal - open.moment()->dualValue) < 1e-9);
  }

  /// Edits of different kinds that wait together are all made.
  void editsOfOneSiteAddUp() {
    OpenWindow open;
    QTRY_VERIFY(open.isOpen());
    open.window->solver().setMass(5, 0.2);
    open.window->solver().moveSite(5, {0.15, 0.35}, true);
    QTRY_COMPARE(open.moment()->sites(5, 0), 0.15);
    QVERIFY(std::abs(open.moment()->targets[5] - 0.2) < 1e-12);
    const double weight = open.moment()->weights[5];
    for (int notch = 0; notch < 5; ++notch) open.window->solver().turnWeight(5, 0.001);
    QTRY_VERIFY(std::abs(open.moment()->weights[5] - weight - 0.005) < 1e-12);
  }

  /// What was asked of a row before the rows changed is not done to another one.
  void lateEditsOfRemovedRowsAreDropped() {
    OpenWindow open;
    QTRY_VERIFY(open.isOpen());
    open.window->solver().removeSites({3});
    open.window->solver().moveSite(10, {0.01, 0.01}, true);
    QTRY_COMPARE(open.moment()->count(), 24);
    open.window->solver().moveSite(0, {0.11, 0.1}, true);
    QTRY_COMPARE(open.moment()->sites(0, 0), 0.11);
    for (int row = 1; row < 24; ++row) QVERIFY(open.moment()->sites(row, 0) > 0.05);
  }

  void aDraggedSiteTakesItsCellAlong() {
    OpenWindow open;
    QTRY_VERIFY(open.isOpen());
    const Eigen::RowVector2d before = open.moment()->sites.row(12);
    const QPoint from = open.at(before.x(), before.y()), to = from + QPoint(30, -20);
    QTest::mousePress(open.diagram(), Qt::LeftButton, {}, from);
    QTest::mouseMove(open.diagram(), from + QPoint(15, -10));
    QTest::mouseMove(open.diagram(), to);
    QTest::mouseRelease(open.diagram(), Qt::LeftButton, {}, to);
    const double scale = open.diagram()->planeMap().scale;
    QTRY_VERIFY(std::abs(open.moment()->sites(12, 0) - (before.x() + 30 / scale)) < 1.5 / scale);
    QVERIFY(std::abs(open.moment()->sites(12, 1) - (before.y() + 20 / scale)) < 1.5 / scale);
    QTRY_COMPARE(open.moment()->status, std::string("converged"));
    QTRY_VERIFY(open.moment()->residual <= 1e-6);  // its cell is as large as the others
    QCOMPARE(open.window->selected(), 12);
  }

  void withoutSolvingOnlyTheDiagramFollows() {
    OpenWindow open;
    QTRY_VERIFY(open.isOpen());
    open.window->findChild<QCheckBox*>("follow")->setChecked(false);
    const QPoint from = open.at(0.5, 0.5);
    QTest::mousePress(open.diagram(), Qt::LeftButton, {}, from);
    QTest::mouseMove(open.diagram(), from + QPoint(20, 0));
    QTest::mouseRelease(open.diagram(), Qt::LeftButton, {}, from + QPoint(20, 0));
    QTRY_VERIFY(open.hasStatus("edited"));
    QVERIFY(open.moment()->residual > 0.01);
  }

  /// Two on one spot cannot be solved: it is said, and the last good moment stays.
  void sitesOnOneSpotAreRefused() {
    OpenWindow open;
    QTRY_VERIFY(open.isOpen());
    open.window->solver().moveSite(0, {0.3, 0.1}, true);  // where site 1 is
    auto* banner = open.window->findChild<Banner*>();
    QTRY_VERIFY(banner->isVisible());
    QCOMPARE(open.moment()->sites(0, 0), 0.1);
    open.window->solver().moveSite(0, {0.2, 0.1}, true);
    QTRY_COMPARE(open.moment()->sites(0, 0), 0.2);
  }

  void allSitesOnALineAreSolved() {
    TransportDocument line = gridDocument();
    for (int at = 0; at < 25; ++at) line.problem.sites[at] = {(at + 0.5) / 25, 0.5};
    OpenWindow open(line);
    QTRY_VERIFY(open.isOpen());
    open.window->solver().solve();
    QTRY_VERIFY(open.hasStatus("converged"));
    QVERIFY(open.moment()->triangles.empty());
    open.window->grab();
  }

  void oneSelectionForAllViews() {
    OpenWindow open;
    QTRY_VERIFY(open.isOpen());
    open.window->solver().solve();
    QTRY_VERIFY(open.hasStatus("converged"));
    QTest::mouseClick(open.diagram(), Qt::LeftButton, {}, open.at(0.55, 0.95));  // in a cell, beside its site
    QCOMPARE(open.window->selected(), 22);
    auto* facts = open.window->findChild<QLabel*>("siteFacts");
    QVERIFY(facts->text().contains("Site 23"));
    // Find the middle cell's face on the potential, seen from above, and pick it there.
    SurfaceView* potential = open.surface("potential");
    views::OrbitCamera top;
    top.azimuth = -90;
    top.elevation = 90;
    potential->setCamera(top);
    QTest::mouseClick(potential, Qt::LeftButton, {}, potential->rect().center());
    QCOMPARE(open.window->selected(), 12);
    QVERIFY(facts->text().contains("Site 13"));
    QTest::mouseClick(potential, Qt::LeftButton, {}, potential->rect().center());
    QCOMPARE(open.window->selected(), -1);
  }

  void theSurfacesTurnTogether() {
    OpenWindow open;
    QTRY_VERIFY(open.isOpen());
    SurfaceView *potential = open.surface("potential"), *dual = open.surface("dual");
    const QPoint from = potential->rect().center();
    QTest::mousePress(potential, Qt::LeftButton, {}, from);
    QTest::mouseMove(potential, from + QPoint(40, 10));
    QTest::mouseRelease(potential, Qt::LeftButton, {}, from + QPoint(40, 10));
    QVERIFY(!(potential->camera() == views::OrbitCamera()));
    QVERIFY(potential->camera() == dual->camera());
    QCOMPARE(open.window->selected(), -1);  // a turn is no click
    QTest::mouseDClick(dual, Qt::LeftButton, {}, dual->rect().center());
    QVERIFY(potential->camera() == views::OrbitCamera());
  }

  void sitesAreAddedAndRemoved() {
    OpenWindow open;
    QTRY_VERIFY(open.isOpen());
    QTest::mouseDClick(open.diagram(), Qt::LeftButton, {}, open.at(0.4, 0.4));
    QTRY_COMPARE(open.moment()->count(), 26);
    QVERIFY(std::abs(open.moment()->targets[25] - 1.0 / 26) < 1e-12);
    open.diagram()->setSelected(25);
    QTest::keyClick(open.diagram(), Qt::Key_Delete);
    QTRY_COMPARE(open.moment()->count(), 25);
    QCOMPARE(open.window->selected(), -1);
  }

  void massesAndWeightsAreEdited() {
    OpenWindow open;
    QTRY_VERIFY(open.isOpen());
    open.diagram()->setSelected(12);
    auto* mass = open.window->findChild<QDoubleSpinBox*>("siteMass");
    QCOMPARE(mass->value(), 0.04);
    mass->setValue(0.2);
    QTRY_VERIFY(std::abs(open.moment()->masses[12] - 0.2) < 1e-6);
    QVERIFY(std::abs(open.moment()->masses[0] - 0.8 / 24) < 1e-6);
    open.window->findChild<QDoubleSpinBox*>("siteWeight")->setValue(0.05);
    QTRY_VERIFY(open.hasStatus("edited"));
    QCOMPARE(open.moment()->weights[12], 0.05);
  }

  void solvingStopsAtOnce() {
    TransportDocument many = gridDocument();
    many.problem.sites.clear();
    Random random(1);
    for (int at = 0; at < 10000; ++at) {
      // A narrow blob in a wide square takes many steps.
      many.problem.sites.push_back({0.5 + 0.01 * random.normal(), 0.5 + 0.01 * random.normal()});
    }
    OpenWindow open(many);
    QTRY_VERIFY_WITH_TIMEOUT(open.hasStatus("new"), 30000);
    open.window->solver().solve();
    QTRY_VERIFY_WITH_TIMEOUT(open.window->solver().isSolving(), 10000);
    open.window->solver().pause();
    QTRY_VERIFY_WITH_TIMEOUT(!open.window->solver().isSolving(), 20000);
    QTRY_VERIFY(open.hasStatus("paused"));
    QVERIFY(open.moment()->residual > 1e-6);
    open.window->solver().solve();  // and goes on
    QTRY_VERIFY_WITH_TIMEOUT(open.hasStatus("converged"), 60000);
  }

  void opensPointsByDropAndRefusesOthers() {
    OpenWindow open;
    QTRY_VERIFY(open.isOpen());
    QTemporaryDir folder;
    const auto drop = [&](const char* name, const QByteArray& text) {
      QFile file(folder.filePath(name));
      QVERIFY(file.open(QIODevice::WriteOnly));
      file.write(text);
      file.close();
      QMimeData mime;
      mime.setUrls({QUrl::fromLocalFile(file.fileName())});
      QDragEnterEvent enter(QPoint(50, 50), Qt::CopyAction, &mime, Qt::LeftButton, Qt::NoModifier);
      QApplication::sendEvent(open.window, &enter);
      QVERIFY(enter.isAccepted());
      QDropEvent event(QPointF(50, 50), Qt::CopyAction, &mime, Qt::LeftButton, Qt::NoModifier);
      QApplication::sendEvent(open.window, &event);
    };
    drop("mine.csv", "x,y\n-3,4\n5,6\n7,1\n");
    QTRY_COMPARE(open.moment()->count(), 3);
    QVERIFY(open.window->windowTitle().startsWith("mine"));
    QVERIFY(open.moment()->domain[0] < -3);
    auto* banner = open.window->findChild<Banner*>();
    drop("four.csv", "1,2,3,4\n4,5,6,7\n");
    QTRY_VERIFY(banner->isVisible());
    QVERIFY(banner->text().contains("4 columns"));
    QCOMPARE(open.moment()->count(), 3);
    drop("twins.csv", "1,2\n1,2\n3,4\n");
    QTRY_VERIFY(!banner->text().contains("4 columns"));
    QVERIFY(banner->isVisible());
    QCOMPARE(open.moment()->count(), 3);
  }

  /// Points of three coordinates have a window of their own; one in which nothing is open makes room for it.
  void pointsInSpaceOpenBesideIt() {
    QTemporaryDir folder;
    QFile file(folder.filePath("space.csv"));
    QVERIFY(file.open(QIODevice::WriteOnly));
    file.write("1,2,3\n4,5,6\n");
    file.close();
    OpenWindow open;
    QTRY_VERIFY(open.isOpen());
    open.window->openPath(file.fileName());
    const auto inSpace = [] {
      for (QWidget* widget : QApplication::topLevelWidgets())
        if (auto* window = qobject_cast<SpaceWindow*>(widget)) return window;
      return static_cast<SpaceWindow*>(nullptr);
    };
    QTRY_VERIFY(inSpace());
    SpaceWindow* window = inSpace();
    QTRY_VERIFY(window->solver().moment());
    QCOMPARE(window->solver().moment()->count(), 2);
    QVERIFY(open.window->isVisible());
    QCOMPARE(open.moment()->count(), 25);
    delete window;
  }

  void everyPresetOpens() {
    for (const TransportDocument& preset : transportPresets()) {
      OpenWindow open(preset);
      QTRY_VERIFY_WITH_TIMEOUT(open.isOpen(), 20000);
      QCOMPARE(open.moment()->name, preset.name.toStdString());
      QVERIFY(!open.window->grab().isNull());
    }
    QVERIFY_EXCEPTION_THROWN(readTransportDocument("/nowhere"), Error);
  }
};

QTEST_MAIN(TestTransportWindow)
#include "test_transport_window.moc"
