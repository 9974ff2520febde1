// SPDX-License-Identifier: GPL-3.0-or-later
// The window of transport in space, driven with the mouse and the keys.
#include <QAction>
#include <QCheckBox>
#include <QComboBox>
#include <QFile>
#include <QLabel>
#include <QSlider>
#include <QTabBar>
#include <QTableWidget>
#include <QTemporaryDir>
#include <QTest>

#include "app/window/banner.h"
#include "app/window/space/space_window.h"
#include "views/space/space_page.h"
#include "views/space/space_view.h"

using namespace monge;
using views::SpaceView;

namespace {

struct OpenWindow {
  ThemeController themes;
  QPointer<SpaceWindow> window;
  explicit OpenWindow(const char* preset = "two-balls") {
    themes.choose(ThemeChoice::Light);
    window = new SpaceWindow(themes);
    window->resize(1000, 700);
    if (preset) window->open(*spacePreset(preset));
    window->show();
  }
  ~OpenWindow() { delete window; }
  const SpaceSnapshotPtr& moment() const { return window->solver().moment(); }
  bool hasStatus(const char* status) const { return moment() && moment()->status == status; }
  SpaceView* view() const { return window->findChild<SpaceView*>("space"); }
  QAction* action(const char* name) const { return window->findChild<QAction*>(name); }
  QString text(const char* name) const { return window->findChild<QLabel*>(name)->text(); }
  template <class Widget>
  Widget* find(const char* name) const {
    return window->findChild<Widget*>(name);
  }
};

}  // namespace

class TestSpaceWindow : public QObject {
  Q_OBJECT

 private slots:
  void solvesToTheCertificate() {
    OpenWindow open;
    QTRY_VERIFY(open.hasStatus("new"));
    QVERIFY(open.moment()->residual > 0.01);
    QVERIFY(open.text("certificate").contains("Solve"));
    open.action("solve")->trigger();
    QTRY_VERIFY_WITH_TIMEOUT(open.hasStatus("converged"), 20000);
    QVERIFY(open.moment()->residual <= 1e-6);
    QVERIFY(open.text("certificate").contains("Gap"));
    QCOMPARE(open.find<QTableWidget>("singularSet")->rowCount(), 1);
  }

  /// Forward, back and forward again is the same place; reset is the beginning.
  void stepsThereAndBack() {
    OpenWindow open("three-balls");
    QTRY_VERIFY(open.hasStatus("new"));
    const VectorD start = open.moment()->weights;
    const auto stepTo = [&](const char* name, std::size_t steps) {
      open.action(name)->trigger();
      return QTest::qWaitFor(
          [&, steps] { return open.moment()->steps.size() == steps && open.action("step")->isEnabled(); },
          10000);
    };
    QVERIFY(stepTo("step", 1));
    const VectorD first = open.moment()->weights;
    QVERIFY(first != start);
    QVERIFY(stepTo("step", 2));
    const VectorD second = open.moment()->weights;
    QVERIFY(stepTo("back", 1));
    QCOMPARE(open.moment()->weights, first);
    QVERIFY(stepTo("step", 2));
    QCOMPARE(open.moment()->weights, second);
    QVERIFY(stepTo("reset", 0));
    QCOMPARE(open.moment()->weights, start);
    QVERIFY(!open.action("back")->isEnabled());
  }

  void theMouseTurnsPansAndZooms() {
    OpenWindow open;
    QTRY_VERIFY(open.hasStatus("new"));
    SpaceView* view = open.view();
    const QPoint middle = view->rect().center();
    const views::SpaceCamera before = view->camera();
    QTest::mousePress(view, Qt::LeftButton, {}, middle);
    QTest::mouseMove(view, middle + QPoint(50, 20));
    QTest::mouseRelease(view, Qt::LeftButton, {}, middle + QPoint(50, 20));
    QCOMPARE(view->camera().orbit.azimuth, before.orbit.azimuth - 20);
    QCOMPARE(view->camera().orbit.elevation, before.orbit.elevation + 8);
    QCOMPARE(open.window->selected(), -1);
    QTest::mousePress(view, Qt::LeftButton, Qt::ShiftModifier, middle);
    QTest::mouseMove(view, middle + QPoint(30, 0));
    QTest::mouseRelease(view, Qt::LeftButton, Qt::ShiftModifier, middle + QPoint(30, 0));
    QVERIFY(view->camera().orbit.pan.x() > 0);
    QTest::mouseDClick(view, Qt::LeftButton, {}, middle);
    QCOMPARE(view->camera(), views::SpaceCamera());
    open.action("camera-top")->trigger();
    QCOMPARE(view->camera().orbit.elevation, 90.0);
  }

  /// What a moving hand was spared is there once it is still.
  void restsInFull() {
    OpenWindow open;
    QTRY_VERIFY(open.hasStatus("new"));
    SpaceView* view = open.view();
    const QPoint middle = view->rect().center();
    const auto drag = [&](int x) {
      QTest::mousePress(view, Qt::LeftButton, Qt::NoModifier, middle);
      QTest::mouseMove(view, middle + QPoint(x, 0));
      QTest::mouseRelease(view, Qt::LeftButton, Qt::NoModifier, middle + QPoint(x, 0));
    };
    drag(50);
    view->grab();
    QTest::qWait(200);
    QEvent leave(QEvent::Leave);
    QCoreApplication::sendEvent(view, &leave);
    const QImage turned = view->grab().toImage();
    const views::SpaceCamera camera = view->camera();
    view->setCamera({});
    view->setCamera(camera);
    QCOMPARE(view->grab().toImage(), turned);
  }

  void aClickPicksTheCellInFront() {
    OpenWindow open;
    QTRY_VERIFY(open.hasStatus("new"));
    open.action("solve")->trigger();
    QTRY_VERIFY_WITH_TIMEOUT(open.hasStatus("converged"), 20000);
    SpaceView* view = open.view();
    view->grab();
    QVERIFY(open.text("cellFacts").contains("Click"));
    open.action("camera-front")->trigger();
    view->grab();
    const QPoint left = view->placeOf({0.2, 0.1, 0.5}).toPoint();
    QTest::mouseClick(view, Qt::LeftButton, {}, left);
    const int site = open.window->selected();
    QVERIFY(site >= 0);
    // From the front one sees cells of low y, and on the left those that go to the left ball.
    QVERIFY(open.moment()->sites(site, 0) < 0.5);
    QVERIFY(open.moment()->centroids(site, 1) < 0.35);
    QVERIFY(open.text("cellFacts").contains(QString("Site %1").arg(site + 1)));
    QTest::mouseClick(view, Qt::LeftButton, {}, left);
    QCOMPARE(open.window->selected(), -1);
    QTest::mouseClick(view, Qt::LeftButton, {}, QPoint(3, 3));
    QCOMPARE(open.window->selected(), -1);
  }

  /// One cell under the mouse, in the view, on its card and in the lists, from wherever it is pointed at.
  void theMouseMarksOneCellEverywhere() {
    OpenWindow open;
    QTRY_VERIFY(open.hasStatus("new"));
    SpaceView* view = open.view();
    open.action("camera-front")->trigger();
    const QImage plain = view->grab().toImage();
    const QPoint place = view->placeOf({0.3, 0.1, 0.5}).toPoint();
    QTest::mouseMove(view, place);
    const int site = view->style().hovered;
    QVERIFY(site >= 0);
    QVERIFY(view->grab().toImage() != plain);
    const QStringList card = view->card();
    QCOMPARE(card.size(), 5);
    QCOMPARE(card[0], QString("Site %1").arg(site + 1));
    QVERIFY(card[2].startsWith("mass "));
    QVERIFY(card[4].contains("neighbours"));
    auto* tabs = open.find<QTabBar>("listTabs");
    auto* list = open.find<QTableWidget>("singularSet");
    tabs->setCurrentIndex(2);
    QCOMPARE(list->rowCount(), 200);  // of 500, the heaviest
    QTest::mouseMove(list->viewport(), list->visualItemRect(list->item(1, 0)).center());
    const int listed = view->style().hovered;
    QVERIFY(list->item(1, 0)->text().startsWith(QString("%1 at (").arg(listed + 1)));
    QVERIFY(list->item(1, 0)->background().color().alpha() > 0);
    QCOMPARE(list->item(0, 0)->background().style(), Qt::NoBrush);
    QVERIFY(view->card().isEmpty() || view->card()[0] == QString("Site %1").arg(listed + 1));
    emit list->cellClicked(1, 0);
    QCOMPARE(open.window->selected(), listed);
    QEvent leave(QEvent::Leave);
    QCoreApplication::sendEvent(list->viewport(), &leave);
    QCOMPARE(view->style().hovered, -1);
    tabs->setCurrentIndex(1);
    QCOMPARE(list->rowCount(), 200);
    QCoreApplication::sendEvent(view, &leave);
    QVERIFY(view->card().isEmpty());
  }

  /// While it is turned there is no card in the way, and nothing is looked for.
  void noCardWhileTurning() {
    OpenWindow open;
    QTRY_VERIFY(open.hasStatus("new"));
    SpaceView* view = open.view();
    view->grab();
    const QPoint middle = view->rect().center();
    QTest::mouseMove(view, middle);
    QVERIFY(!view->card().isEmpty());
    QTest::mousePress(view, Qt::LeftButton, {}, middle);
    QTest::mouseMove(view, middle + QPoint(40, 0));
    QVERIFY(view->card().isEmpty());
    QTest::mouseRelease(view, Qt::LeftButton, {}, middle + QPoint(40, 0));
    view->grab();
    QVERIFY(!view->card().isEmpty());
  }

  void controlsChangeThePicture() {
    OpenWindow open;
    QTRY_VERIFY(open.hasStatus("new"));
    SpaceView* view = open.view();
    QImage last = view->grab().toImage();
    const auto changed = [&] {
      const QImage now = view->grab().toImage();
      const bool differs = now != last;
      last = now;
      return differs;
    };
    open.find<QSlider>("opacity")->setValue(200);
    QVERIFY(changed());
    open.find<QComboBox>("clip")->setCurrentIndex(1);
    QVERIFY(changed());
    QVERIFY(view->style().clip.has_value());
    open.find<QSlider>("clipOffset")->setValue(40);
    QVERIFY(changed());
    open.find<QCheckBox>("clipFlip")->click();
    QVERIFY(changed());
    open.find<QSlider>("explode")->setValue(120);
    QVERIFY(changed());
    open.find<QCheckBox>("perspective")->click();
    QVERIFY(changed());
    open.find<QComboBox>("cellColour")->setCurrentIndex(2);
    QVERIFY(changed());
    QTest::keyClick(open.window, Qt::Key_2);
    QVERIFY(changed());
    QVERIFY(!view->style().layers.has(views::SpaceLayer::Walls));
    open.themes.choose(ThemeChoice::Dark);
    QVERIFY(changed());
  }

  /// Where OpenGL is missing the same cells are there to be turned and picked.
  void worksWithoutOpenGl() {
    OpenWindow open;
    QTRY_VERIFY(open.hasStatus("new"));
    SpaceView* view = open.view();
    view->setUsesOpenGl(false);
    QVERIFY(!view->usesOpenGl());
    const QImage painted = view->grab().toImage();
    QTest::mouseClick(view, Qt::LeftButton, {}, view->placeOf({0.5, 0.5, 0.5}).toPoint());
    QVERIFY(open.window->selected() >= 0);
    QVERIFY(view->grab().toImage() != painted);
  }

  void theListFliesThere() {
    OpenWindow open("three-balls");
    QTRY_VERIFY(open.hasStatus("new"));
    open.action("solve")->trigger();
    QTRY_VERIFY_WITH_TIMEOUT(open.hasStatus("converged"), 20000);
    auto* list = open.find<QTableWidget>("singularSet");
    QCOMPARE(list->rowCount(), 6);  // three surfaces, a curve and its two ends
    emit list->cellClicked(4, 0);
    SpaceView* view = open.view();
    QVERIFY(view->camera().orbit.zoom > 1);
    const auto& point = open.moment()->points[0].at;
    const QPointF seen = view->placeOf({point[0], point[1], point[2]});
    QVERIFY(QLineF(seen, QRectF(view->rect()).center()).length() < 1e-6);
  }

  void badFilesAreSaid() {
    QTemporaryDir place;
    const auto write = [&](const char* name, const QByteArray& text) {
      QFile file(place.filePath(name));
      if (!file.open(QIODevice::WriteOnly) || file.write(text) != text.size()) qFatal("no room for %s", name);
      return file.fileName();
    };
    OpenWindow open(nullptr);
    auto* banner = open.window->findChild<Banner*>();
    open.window->openPath(write("plane.csv", "1,2\n3,4\n"));
    QTRY_VERIFY(banner->text().contains("plane.csv"));
    open.window->openPath(write("twice.csv", "0.5,0.5,0.5\n0.5,0.5,0.5\n"));
    QTRY_VERIFY(banner->text().contains("site"));
    QVERIFY(!open.moment());
    open.window->openPath(write("good.csv", "0.1,0.2,0.3\n0.9,0.8,0.7\n"));
    QTRY_VERIFY(open.hasStatus("new"));
    QCOMPARE(open.moment()->count(), 2);
    open.window->openPath(place.filePath("none.csv"));
    QTRY_VERIFY(banner->text().contains("none.csv"));
    QCOMPARE(open.moment()->count(), 2);  // what was open stays
  }

  void closesInTheMiddleOfASolve() {
    OpenWindow open("shell");
    QTRY_VERIFY(open.hasStatus("new"));
    open.action("solve")->trigger();
    open.window->close();
  }
};

QTEST_MAIN(TestSpaceWindow)
#include "test_space_window.moc"
