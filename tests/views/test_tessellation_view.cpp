// SPDX-License-Identifier: GPL-3.0-or-later
// The tessellation under a person's hands: what the mouse and the keys ask for.
#include <qcustomplot.h>
#include <QApplication>
#include <QDropEvent>
#include <QMimeData>
#include <QSignalSpy>
#include <QWheelEvent>

#include "golden.h"
#include "scenes.h"
#include "views/metrics_view.h"
#include "views/sample_grid_view.h"
#include "views/tessellation_view.h"

using namespace monge;
using namespace monge::views;

namespace {

void wheel(QWidget& widget, const QPointF& at, int angle) {
  QWheelEvent event(at, widget.mapToGlobal(at), QPoint(), QPoint(0, angle), Qt::NoButton, Qt::NoModifier,
                    Qt::NoScrollPhase, false);
  QApplication::sendEvent(&widget, &event);
}

/// A move without a button: the platform's own cursor is left out of it.
void hover(QWidget& widget, const QPoint& at) {
  QMouseEvent event(QEvent::MouseMove, at, widget.mapToGlobal(QPointF(at)), Qt::NoButton, Qt::NoButton,
                    Qt::NoModifier);
  QApplication::sendEvent(&widget, &event);
}

bool near(double a, double b, double slack) {
  return std::abs(a - b) <= slack;
}

}  // namespace

class TestTessellationView : public QObject {
  Q_OBJECT

  std::unique_ptr<TessellationView> m_view;
  int m_cellCalls = 0;

  QPoint at(double x, double y) const {
    return m_view->planeMap().toTarget(x, y, QRectF(m_view->rect())).toPoint();
  }
  QPoint prototype(int row) const {
    const RowsF& prototypes = m_view->scene().snapshot->prototypes;
    return at(prototypes(row, 0), prototypes(row, 1));
  }
  double pixel() const { return 1 / m_view->planeMap().scale; }

 private slots:
  void init() {
    m_view = std::make_unique<TessellationView>();
    m_view->resize(600, 400);
    m_cellCalls = 0;
    m_view->setCellFunction([this](const CellQuestion& question) {
      ++m_cellCalls;
      return test::plainCells(question.sites, question.box);
    });
    m_view->show();
    m_view->setScene(test::discScene(400, 200));
    QVERIFY(QTest::qWaitForWindowExposed(m_view.get()));
  }

  void showsAllAtFirst() {
    const Box2 box = m_view->visibleBox();
    QVERIFY(box.xMin < -0.75 && box.xMax > 0.75 && box.yMin < -0.75 && box.yMax > 0.75);
    QVERIFY(!m_view->accessibleName().isEmpty());
  }

  /// Bent cells take a worker: until its answer the view shows what it has, and asks once.
  void cellsMayComeLater() {
    std::vector<CellQuestion> asked;
    m_view->setCellFunction([&](const CellQuestion& question) {
      asked.push_back(question);
      return std::shared_ptr<const CellComplex>();
    });
    Scene scene = test::discScene(400, 200);
    auto snapshot = std::make_shared<EnsembleSnapshot>(*scene.snapshot);
    snapshot->law.cost = CellCost::Power;
    snapshot->law.power = 1;
    scene.snapshot = snapshot;
    scene.cells.reset();
    m_view->setScene(scene);
    const std::size_t once = asked.size();
    QVERIFY(once >= 1 && asked.back().law == snapshot->law);
    QVERIFY(asked.back().pixels >= std::max(m_view->width(), m_view->height()));
    const CellQuestion question = asked.back();
    m_view->setLayers(m_view->layers());
    QCOMPARE(asked.size(), once);
    QVERIFY(!m_view->shown().cells);
    const auto cells = std::make_shared<const CellComplex>(test::bentCells(question.box));
    m_view->takeCells(question, cells);
    QCOMPARE(m_view->shown().cells, cells);
    QCOMPARE(asked.size(), once);
    // Another power: the cells that are there stay until the next come.
    auto changed = std::make_shared<EnsembleSnapshot>(*snapshot);
    changed->law.power = 3;
    scene.snapshot = changed;
    m_view->setScene(scene);
    QCOMPARE(asked.size(), once + 1);
    QCOMPARE(m_view->shown().cells, cells);
    // Of another number of generators they do not.
    auto fewer = std::make_shared<EnsembleSnapshot>(*changed);
    fewer->ids.pop_back();
    fewer->prototypes = RowsF(changed->prototypes.topRows(changed->prototypes.rows() - 1));
    fewer->masses.pop_back();
    scene.snapshot = fewer;
    m_view->setScene(scene);
    QVERIFY(!m_view->shown().cells);
    m_view->setCellFunction({});
  }

  void wheelZoomsAtTheCursor() {
    const QPointF cursor(450, 120);
    const QRectF target(m_view->rect());
    const QPointF before = m_view->planeMap().toData(cursor, target);
    const double scale = m_view->planeMap().scale;
    QSignalSpy changed(m_view.get(), &TessellationView::visibleBoxChanged);
    wheel(*m_view, cursor, 240);
    QVERIFY(near(m_view->planeMap().scale, scale * 1.44, 1e-6 * scale));
    const QPointF after = m_view->planeMap().toData(cursor, target);
    QVERIFY(near(before.x(), after.x(), 1e-9) && near(before.y(), after.y(), 1e-9));
    QCOMPARE(changed.count(), 1);
    QTest::keyClick(m_view.get(), Qt::Key_F);
    QVERIFY(near(m_view->planeMap().scale, scale, 1e-9));
  }

  void draggingTheGroundPans() {
    const Box2 before = m_view->visibleBox();
    QTest::mousePress(m_view.get(), Qt::LeftButton, {}, {300, 20});
    QTest::mouseMove(m_view.get(), {360, 50});
    QTest::mouseRelease(m_view.get(), Qt::LeftButton, {}, {360, 50});
    const Box2 after = m_view->visibleBox();
    QVERIFY(near(after.xMin, before.xMin - 60 * pixel(), 1e-9));
    QVERIFY(near(after.yMin, before.yMin + 30 * pixel(), 1e-9));
  }

  void aClickSelectsTheCell() {
    QSignalSpy selected(m_view.get(), &TessellationView::selectionChanged);
    QTest::mouseClick(m_view.get(), Qt::LeftButton, {}, at(0.9, 0.9));
    QCOMPARE(selected.takeLast().at(0).toInt(), 2);
    QTest::mouseClick(m_view.get(), Qt::LeftButton, {}, at(-0.9, 0.9));
    QCOMPARE(selected.takeLast().at(0).toInt(), 3);
    QTest::mouseClick(m_view.get(), Qt::LeftButton, {}, at(-0.9, 0.8));
    QCOMPARE(selected.takeLast().at(0).toInt(), -1);
  }

  void aDraggedPrototypeIsFollowedByItsCells() {
    QSignalSpy dragged(m_view.get(), &TessellationView::prototypeDragged);
    QSignalSpy moved(m_view.get(), &TessellationView::prototypeMoved);
    const QImage before = m_view->grab().toImage();
    const QPoint from = prototype(2), to = from + QPoint(60, 40);
    QTest::mousePress(m_view.get(), Qt::LeftButton, {}, from);
    const int calls = m_cellCalls;
    QTest::mouseMove(m_view.get(), from + QPoint(30, 20));
    QTest::mouseMove(m_view.get(), to - QPoint(1, 0));
    QTest::mouseMove(m_view.get(), to);
    // The first at once, the others together with the next frame.
    QCOMPARE(dragged.count(), 1);
    QTRY_COMPARE(dragged.count(), 2);
    QCOMPARE(m_cellCalls, calls + 2);
    QVERIFY(near(dragged.last().at(1).toDouble(), 0.5 + 60 * pixel(), 1e-6));
    QCOMPARE(moved.count(), 0);
    QTest::mouseRelease(m_view.get(), Qt::LeftButton, {}, to);
    QCOMPARE(moved.count(), 1);
    const QList<QVariant> wish = moved.first();
    QCOMPARE(wish.at(0).toInt(), 2);
    QVERIFY(near(wish.at(1).toDouble(), 0.5 + 60 * pixel(), 1e-6));
    QVERIFY(near(wish.at(2).toDouble(), 0.49 - 40 * pixel(), 1e-6));
    QVERIFY(near(wish.at(3).toDouble(), 0.5, 1e-6) && near(wish.at(4).toDouble(), 0.49, 1e-6));
    QVERIFY(test::largestWindowDifference(before, m_view->grab().toImage(), test::kWindow) >
            2 * test::kTolerance);
    // Nothing was changed but what is shown.
    QCOMPARE(m_view->scene().snapshot->prototypes(2, 0), 0.5f);
  }

  void aQuickDropIsWhereItWasLetGo() {
    QSignalSpy moved(m_view.get(), &TessellationView::prototypeMoved);
    const QPoint from = prototype(2), to = from + QPoint(60, 40);
    QTest::mousePress(m_view.get(), Qt::LeftButton, {}, from);
    QTest::mouseMove(m_view.get(), from + QPoint(30, 20));
    QTest::mouseMove(m_view.get(), to);
    QTest::mouseRelease(m_view.get(), Qt::LeftButton, {}, to);
    QCOMPARE(moved.count(), 1);
    QVERIFY(near(m_view->shown().snapshot->prototypes(2, 0), 0.5 + 60 * pixel(), 1e-6));
    QVERIFY(near(m_view->shown().snapshot->prototypes(2, 1), 0.49 - 40 * pixel(), 1e-6));
  }

  /// What is kept between frames shows the same as a view that begins with the last of them.
  void keptTrailsAreThoseOfTheLastMoment() {
    const views::Scene last = test::discScene(400, 200);
    const auto upTo = [&](Eigen::Index rows) {
      views::Scene scene = last;
      auto earlier = std::make_shared<EnsembleSnapshot>(*last.snapshot);
      for (RowsF& trail : earlier->trails) trail = RowsF(trail.topRows(rows));
      scene.snapshot = earlier;
      return scene;
    };
    const auto thinned = [&] {
      views::Scene scene = last;
      auto half = std::make_shared<EnsembleSnapshot>(*last.snapshot);
      for (RowsF& trail : half->trails) {
        for (Eigen::Index i = 0; 2 * i < trail.rows(); ++i) trail.row(i) = trail.row(2 * i).eval();
        trail.conservativeResize(trail.rows() / 2, Eigen::NoChange);
      }
      scene.snapshot = half;
      return scene;
    };
    m_view->setScene(last);
    const QImage whole = m_view->grab().toImage();
    for (const auto& scenes : {std::vector{upTo(5), upTo(21), last}, std::vector{last, upTo(1), last},
                               std::vector{upTo(30), thinned(), last}}) {
      for (const views::Scene& scene : scenes) {
        m_view->setScene(scene);
        m_view->grab();
      }
      QVERIFY(test::largestWindowDifference(whole, m_view->grab().toImage(), test::kWindow) < 0.5);
    }
    m_view->setScene(upTo(1));
    QVERIFY(test::largestWindowDifference(whole, m_view->grab().toImage(), test::kWindow) > 2);
  }

  void aDroppedPrototypeWaitsForTheRun() {
    const QPoint from = prototype(0), to = from + QPoint(-50, 0);
    QTest::mousePress(m_view.get(), Qt::LeftButton, {}, from);
    QTest::mouseMove(m_view.get(), to);
    QTest::mouseRelease(m_view.get(), Qt::LeftButton, {}, to);
    m_view->setScene(m_view->scene());  // a snapshot from before the run heard of it
    QTest::mouseMove(m_view.get(), to);
    QCOMPARE(m_view->cursor().shape(), Qt::OpenHandCursor);
    Scene answered = m_view->scene();
    auto snapshot = std::make_shared<EnsembleSnapshot>(*answered.snapshot);
    snapshot->prototypes(0, 0) -= static_cast<float>(50 * pixel());
    answered.snapshot = snapshot;
    m_view->setScene(answered);
    QTest::mouseMove(m_view.get(), from + QPoint(0, 30));
    QTest::mouseMove(m_view.get(), to);
    QCOMPARE(m_view->cursor().shape(), Qt::OpenHandCursor);
    QTest::mouseMove(m_view.get(), from);
    QCOMPARE(m_view->cursor().shape(), Qt::ArrowCursor);
  }

  void escapeEndsADrag() {
    QSignalSpy moved(m_view.get(), &TessellationView::prototypeMoved);
    const QPoint from = prototype(1);
    QTest::mousePress(m_view.get(), Qt::LeftButton, {}, from);
    QTest::mouseMove(m_view.get(), from + QPoint(40, 0));
    QTest::keyClick(m_view.get(), Qt::Key_Escape);
    QTest::mouseRelease(m_view.get(), Qt::LeftButton, {}, from + QPoint(40, 0));
    QCOMPARE(moved.count(), 0);
  }

  void aGeneratorThatGoesEndsItsDrag() {
    const QPoint from = prototype(3);
    QTest::mousePress(m_view.get(), Qt::LeftButton, {}, from);
    QTest::mouseMove(m_view.get(), from + QPoint(40, 0));
    Scene scene = m_view->scene();
    auto snapshot = std::make_shared<EnsembleSnapshot>(*scene.snapshot);
    snapshot->ids = {0, 1, 2};
    snapshot->prototypes.conservativeResize(3, 2);
    snapshot->trails.pop_back();
    scene.snapshot = snapshot;
    scene.cells = test::plainCells(snapshot->prototypes, {-6, -6, 6, 6});
    QSignalSpy selected(m_view.get(), &TessellationView::selectionChanged);
    QSignalSpy moved(m_view.get(), &TessellationView::prototypeMoved);
    m_view->setScene(scene);
    QCOMPARE(selected.takeLast().at(0).toInt(), -1);
    QTest::mouseMove(m_view.get(), from + QPoint(60, 0));
    QTest::mouseRelease(m_view.get(), Qt::LeftButton, {}, from + QPoint(60, 0));
    QCOMPARE(moved.count(), 0);
    QVERIFY(!m_view->grab().isNull());
  }

  void doubleClickAddsAndDeleteRemoves() {
    QSignalSpy added(m_view.get(), &TessellationView::prototypeAdded);
    QSignalSpy deleted(m_view.get(), &TessellationView::prototypeDeleted);
    QTest::mouseDClick(m_view.get(), Qt::LeftButton, {}, at(0, 0.9));
    QCOMPARE(added.count(), 1);
    QVERIFY(near(added.first().at(0).toDouble(), 0, pixel()) &&
            near(added.first().at(1).toDouble(), 0.9, pixel()));
    QTest::mouseClick(m_view.get(), Qt::LeftButton, {}, prototype(1));
    QTest::mouseDClick(m_view.get(), Qt::LeftButton, {}, prototype(1));
    QCOMPARE(added.count(), 1);
    QTest::keyClick(m_view.get(), Qt::Key_Delete);
    QCOMPARE(deleted.count(), 1);
    QCOMPARE(deleted.first().at(0).toInt(), 1);
  }

  void arrowKeysMoveTheSelected() {
    QSignalSpy moved(m_view.get(), &TessellationView::prototypeMoved);
    m_view->setSelected(0);
    QTest::keyClick(m_view.get(), Qt::Key_Right);
    QCOMPARE(moved.count(), 1);
    QVERIFY(near(moved.first().at(1).toDouble() - moved.first().at(3).toDouble(), 8 * pixel(), 1e-9));
  }

  void whatIsNotEditableStays() {
    m_view->setEditable(false);
    QSignalSpy moved(m_view.get(), &TessellationView::prototypeMoved);
    QSignalSpy added(m_view.get(), &TessellationView::prototypeAdded);
    QSignalSpy deleted(m_view.get(), &TessellationView::prototypeDeleted);
    const QPoint from = prototype(0);
    QTest::mousePress(m_view.get(), Qt::LeftButton, {}, from);
    QTest::mouseMove(m_view.get(), from + QPoint(30, 0));
    QTest::mouseRelease(m_view.get(), Qt::LeftButton, {}, from + QPoint(30, 0));
    QTest::mouseDClick(m_view.get(), Qt::LeftButton, {}, at(0, 0.9));
    QTest::keyClick(m_view.get(), Qt::Key_Delete);
    QCOMPARE(moved.count() + added.count() + deleted.count(), 0);
  }

  void hoverShowsACard() {
    const QPoint place = at(0.2, 0.8), inCard = place + QPoint(20, 20);
    const QImage before = m_view->grab().toImage();
    hover(*m_view, place);
    QCOMPARE(m_view->grab().toImage().pixelColor(inCard), colors(Theme::Light).surface);
    QVERIFY(before.pixelColor(inCard) != colors(Theme::Light).surface);
    QEvent leave(QEvent::Leave);
    QApplication::sendEvent(m_view.get(), &leave);
    QCOMPARE(m_view->grab().toImage().pixelColor(inCard), before.pixelColor(inCard));
  }

  void cellsFollowThePan() {
    Scene scene = m_view->scene();
    scene.cells = test::plainCells(scene.snapshot->prototypes, {-1, -1, 1, 1});  // less than is visible
    const int calls = m_cellCalls;
    m_view->setScene(scene);
    QVERIFY(m_cellCalls <= calls + 1);
    const QColor edge = m_view->grab().toImage().pixelColor(m_view->width() - 2, 2);
    QVERIFY(edge != colors(Theme::Light).canvas);
  }

  void filesMayBeDropped() {
    QSignalSpy dropped(m_view.get(), &TessellationView::filesDropped);
    QMimeData mime;
    mime.setUrls({QUrl::fromLocalFile("/tmp/points.csv"), QUrl("https://example.org/a.csv")});
    QDragEnterEvent enter({10, 10}, Qt::CopyAction, &mime, Qt::LeftButton, Qt::NoModifier);
    QApplication::sendEvent(m_view.get(), &enter);
    QVERIFY(enter.isAccepted());
    QDropEvent event(QPointF(10, 10), Qt::CopyAction, &mime, Qt::LeftButton, Qt::NoModifier);
    QApplication::sendEvent(m_view.get(), &event);
    QCOMPARE(dropped.count(), 1);
    QCOMPARE(dropped.first().at(0).toStringList(), QStringList{"/tmp/points.csv"});
  }

  void emptyAndBrokenScenesArePainted() {
    TessellationView empty;
    empty.resize(300, 200);
    QVERIFY(!empty.grab().isNull());
    Scene scene = test::discScene(10, 10);
    auto snapshot = std::make_shared<EnsembleSnapshot>(*scene.snapshot);
    snapshot->prototypes.setConstant(std::numeric_limits<float>::quiet_NaN());
    snapshot->samples.setConstant(std::numeric_limits<float>::infinity());
    snapshot->critic.values.setConstant(std::numeric_limits<float>::quiet_NaN());
    scene.snapshot = snapshot;
    scene.cells.reset();
    LayerSet all;
    for (int i = 0; i < kLayerCount; ++i) all.set(static_cast<Layer>(i), true);
    m_view->setLayers(all);
    m_view->setScene(scene);
    QVERIFY(!m_view->grab().isNull());
    m_view->setScene(test::imageScene());
    QTest::mouseClick(m_view.get(), Qt::LeftButton, {}, {300, 200});
    QTest::mouseDClick(m_view.get(), Qt::LeftButton, {}, {300, 200});
    QVERIFY(!m_view->grab().isNull());
  }

  void selectingARowOfTheSampleGrid() {
    SampleGridView grid;
    grid.resize(600, 300);
    grid.show();
    grid.setScene(test::imageScene());
    QSignalSpy selected(&grid, &SampleGridView::selectionChanged);
    QWidget* canvas = grid.childAt(60, 60);
    QVERIFY(canvas);
    QTest::mouseClick(canvas, Qt::LeftButton, {}, {60, 60});
    QCOMPARE(selected.count(), 1);
    QCOMPARE(selected.first().at(0).toInt(), 0);
    const QImage before = grid.grab().toImage();
    hover(*canvas, {150, 60});
    QVERIFY(test::largestWindowDifference(before, grid.grab().toImage(), test::kWindow) >
            2 * test::kTolerance);
  }

  /// A hundred thousand rows are drawn as their extremes.
  void dataWithoutASupportShowTheCostInstead() {
    MetricsView metrics;
    metrics.resize(900, 200);
    metrics.show();
    auto* plot = metrics.findChild<QCustomPlot*>();
    const auto title = [&] {
      return qobject_cast<QCPTextElement*>(plot->plotLayout()->element(0, 1))->text();
    };
    const auto shownGraphs = [&] {
      int shown = 0;
      for (int i = 0; i < plot->graphCount(); ++i) shown += plot->graph(i)->visible();
      return shown;
    };
    const double none = std::numeric_limits<double>::quiet_NaN();
    HistoryChunk chunk;
    chunk.columns = {"iteration", "coverage", "precision", "transport_cost"};
    chunk.rows.resize(2, 4);
    chunk.rows << 100, none, none, 0.3, 200, none, none, 0.2;
    metrics.append(chunk);
    QTRY_COMPARE(title(), QString("Transport cost"));
    QTRY_COMPARE(shownGraphs(), 1);
    chunk.rows << 100, 0.5, 0.6, 0.3, 200, 0.7, 0.8, 0.2;
    metrics.append(chunk);
    QTRY_COMPARE(title(), QString("Coverage and precision"));
    QTRY_COMPARE(shownGraphs(), 2);
  }

  void chartsFollowTheHistory() {
    MetricsView metrics;
    metrics.resize(900, 150);
    metrics.show();
    const QImage empty = metrics.grab().toImage();
    metrics.append(test::history(200));
    QTRY_VERIFY(test::largestWindowDifference(empty, metrics.grab().toImage(), test::kWindow) >
                2 * test::kTolerance);
    auto* plot = metrics.findChild<QCustomPlot*>();
    QCOMPARE(plot->graphCount(), 6);
    metrics.clear();
    QCOMPARE(plot->graphCount(), 0);
    QTRY_VERIFY(test::largestWindowDifference(empty, metrics.grab().toImage(), test::kWindow) <=
                test::kTolerance);
  }
};

QTEST_MAIN(TestTessellationView)
#include "test_tessellation_view.moc"
