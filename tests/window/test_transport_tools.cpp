// SPDX-License-Identifier: GPL-3.0-or-later
// The tools of the window of transport: cells chosen by box and lasso, brushes, the threshold, the problem.
#include <QAction>
#include <QComboBox>
#include <QDoubleSpinBox>
#include <QLabel>
#include <QLineEdit>
#include <QRegularExpression>
#include <QTabBar>
#include <QTableWidget>
#include <QTemporaryDir>
#include <QTest>

#include "app/window/banner.h"
#include "app/window/transport/problem_dialog.h"
#include "tests/window/open_transport.h"
#include "views/jump_histogram.h"

using namespace monge;
using test::gridDocument;
using test::OpenWindow;

class TestTransportTools : public QObject {
  Q_OBJECT

 private slots:
  /// Cells chosen in a box light up everywhere and filter the lists; Escape lets them go.
  void cellsAreChosenByBoxAndLasso() {
    OpenWindow open;
    QTRY_VERIFY(open.isOpen());
    open.window->solver().solve();
    QTRY_VERIFY(open.hasStatus("converged"));
    open.action("box")->trigger();
    QTest::mousePress(open.diagram(), Qt::LeftButton, {}, open.at(-0.05, -0.05));
    QTest::mouseMove(open.diagram(), open.at(0.2, 0.2));
    QTest::mouseMove(open.diagram(), open.at(0.45, 0.25));
    QTest::mouseRelease(open.diagram(), Qt::LeftButton, {}, open.at(0.45, 0.25));
    QCOMPARE(open.window->chosen(), (std::vector<int>{0, 1}));
    auto* tabs = open.window->findChild<QTabBar*>("listTabs");
    auto* table = open.window->findChild<QTableWidget*>("singularSet");
    tabs->setCurrentIndex(2);
    QCOMPARE(table->rowCount(), 2);
    tabs->setCurrentIndex(1);
    QVERIFY(table->rowCount() >= 4);  // the walls of these two: one between them, three around
    for (int row = 0; row < table->rowCount(); ++row)
      QVERIFY(QRegularExpression("^[12] and ").match(table->item(row, 0)->text()).hasMatch());
    QVERIFY(open.window->findChild<QLabel*>("siteFacts")->text().contains("2 cells hold 0.08"));
    open.action("lasso")->trigger();
    QTest::mousePress(open.diagram(), Qt::LeftButton, Qt::ShiftModifier, open.at(0.8, 0.8));
    for (const auto& [x, y] : {std::pair{1.02, 0.8}, {1.02, 1.02}, {0.8, 1.02}})
      QTest::mouseMove(open.diagram(), open.at(x, y));
    QTest::mouseRelease(open.diagram(), Qt::LeftButton, Qt::ShiftModifier, open.at(0.8, 1.0));
    QCOMPARE(open.window->chosen(), (std::vector<int>{0, 1, 24}));
    QVERIFY(!open.window->grab().isNull());
    QTest::keyClick(open.diagram(), Qt::Key_Delete);
    QTRY_COMPARE(open.moment()->count(), 22);
    QVERIFY(open.window->chosen().empty());
    open.action("undo")->trigger();
    QTRY_COMPARE(open.moment()->count(), 25);
  }

  void sitesAndDensityArePainted() {
    OpenWindow open;
    QTRY_VERIFY(open.isOpen());
    open.action("brushSites")->trigger();
    open.diagram()->setBrushRadius(20);
    const QPoint from = open.at(0.3, 0.7);
    QTest::mousePress(open.diagram(), Qt::LeftButton, {}, from);
    QTest::mouseMove(open.diagram(), from + QPoint(40, 0));
    QTest::mouseRelease(open.diagram(), Qt::LeftButton, {}, from + QPoint(40, 0));
    QTRY_VERIFY(open.moment()->count() > 30);
    const int painted = open.moment()->count();
    QTRY_VERIFY(open.hasStatus("converged"));
    open.diagram()->setBrushRadius(40);
    QTest::mouseClick(open.diagram(), Qt::LeftButton, Qt::ShiftModifier, from + QPoint(20, 0));
    QTRY_VERIFY(open.moment()->count() < painted);
    QVERIFY(open.action("undo")->text().contains("removed"));
    open.action("brushDensity")->trigger();
    QTest::mousePress(open.diagram(), Qt::LeftButton, {}, from);
    QTest::mouseMove(open.diagram(), from + QPoint(40, 10));
    QTest::mouseRelease(open.diagram(), Qt::LeftButton, {}, from + QPoint(40, 10));
    QTRY_VERIFY(open.moment()->density != nullptr);
    QTRY_VERIFY(open.hasStatus("converged"));
    QTRY_VERIFY(open.action("undo")->text().contains("density"));
    QTest::keyClick(open.window, Qt::Key_Z, Qt::ControlModifier);
    QTRY_VERIFY(open.moment()->density == nullptr);
  }

  /// Strokes add up: one that is done is not replaced by the next, however busy the solver is.
  void finishedStrokesAreKept() {
    OpenWindow open;
    QTRY_VERIFY(open.isOpen());
    TransportSolver& solver = open.window->solver();
    for (const Point2 place : {Point2{0.2, 0.2}, Point2{0.8, 0.8}}) {
      solver.paint({place}, 0.15, false, false);
      solver.paint({place}, 0.15, false, true);
    }
    const auto densityAt = [&](double x, double y) {
      const DensityField& field = *open.moment()->density;
      return field.values[static_cast<std::size_t>(static_cast<int>(y * field.rows) * field.columns +
                                                   static_cast<int>(x * field.columns))];
    };
    QTRY_VERIFY(open.moment()->density && densityAt(0.8, 0.8) > 1.2 * densityAt(0.5, 0.5));
    QVERIFY(densityAt(0.2, 0.2) > 1.2 * densityAt(0.5, 0.5));
    solver.undo();
    QTRY_VERIFY(densityAt(0.8, 0.8) < 1.1 * densityAt(0.5, 0.5));  // the last stroke alone
    QVERIFY(densityAt(0.2, 0.2) > 1.2 * densityAt(0.5, 0.5));
  }

  /// What is refused leaves the old problem with its own name, and its own reason on screen.
  void aRefusedProblemLeavesNoTrace() {
    OpenWindow open;
    QTRY_VERIFY(open.isOpen());
    TransportDocument twins = gridDocument();
    twins.name = "Twins";
    twins.problem.sites[1] = twins.problem.sites[0];
    open.window->open(twins);
    open.window->solver().solve();
    auto* banner = open.window->findChild<Banner*>();
    QTRY_VERIFY(banner->isVisible());
    QVERIFY(banner->text().contains("one spot"));
    QTRY_VERIFY(open.hasStatus("converged"));  // the old one
    QVERIFY(open.window->windowTitle().startsWith("Grid"));
    TransportSolver fresh;  // nothing is open in it
    fresh.solve();
    fresh.step();
    bool failed = false;
    connect(&fresh, &TransportSolver::problem, this, [&](const QString&) { failed = true; });
    QTest::qWait(50);
    QVERIFY(!failed);
  }

  /// The line in the histogram decides which walls are singular.
  void theThresholdIsDragged() {
    OpenWindow open(transportPresets()[2]);
    QTRY_VERIFY(open.hasStatus("new"));
    open.window->solver().solve();
    QTRY_VERIFY_WITH_TIMEOUT(open.hasStatus("converged"), 20000);
    QCOMPARE(open.moment()->curves.size(), std::size_t{3});
    auto* histogram = open.window->findChild<views::JumpHistogram*>("jumps");
    QCOMPARE(histogram->rule(), WallRule());
    const int y = histogram->height() / 2;
    const QPoint line(static_cast<int>(histogram->place(3.5)), y), end(histogram->width() - 10, y);
    QTest::mousePress(histogram, Qt::LeftButton, {}, line);
    QTest::mouseMove(histogram, (line + end) / 2);
    QTest::mouseMove(histogram, end);
    QTest::mouseRelease(histogram, Qt::LeftButton, {}, end);
    QTRY_VERIFY(open.moment()->curves.empty());
    QVERIFY(open.moment()->rule.threshold > 20);
    open.window->findChild<QComboBox*>("wallMeasure")->setCurrentIndex(1);
    QTRY_COMPARE(open.moment()->rule.by, WallRule::By::Jump);
    open.window->findChild<QComboBox*>("wallMeasure")->setCurrentIndex(0);
    QTRY_COMPARE(open.moment()->curves.size(), std::size_t{3});
  }

  /// The dialog stays while something is wrong, says what, and then changes the problem in place.
  void theProblemIsChanged() {
    OpenWindow open;
    QTRY_VERIFY(open.isOpen());
    open.action("problem")->trigger();
    QPointer<ProblemDialog> dialog;
    QTRY_VERIFY((dialog = open.window->findChild<ProblemDialog*>()));
    dialog->findChild<QComboBox*>("density")->setCurrentIndex(3);
    dialog->findChild<QLineEdit*>("densityFile")->setText("/nowhere.png");
    dialog->accept();
    auto* problem = dialog->findChild<QLabel*>("problem");
    QTRY_VERIFY(problem->text().contains("/nowhere.png"));
    QVERIFY(dialog->isVisible());
    dialog->findChild<QComboBox*>("density")->setCurrentIndex(2);
    dialog->findChild<QDoubleSpinBox*>("densitySigma")->setValue(0.3);
    dialog->accept();
    QTRY_VERIFY(open.moment()->density != nullptr);
    QCOMPARE(open.moment()->count(), 25);
    QTRY_VERIFY(!dialog);
    open.action("undo")->trigger();
    QTRY_VERIFY(open.moment()->density == nullptr);
  }
};

QTEST_MAIN(TestTransportTools)
#include "test_transport_tools.moc"
