// SPDX-License-Identifier: GPL-3.0-or-later
#include <QAction>
#include <QApplication>
#include <QCheckBox>
#include <QComboBox>
#include <QDropEvent>
#include <QLabel>
#include <QLineEdit>
#include <QMimeData>
#include <QPushButton>
#include <QSettings>
#include <QSignalSpy>
#include <QStandardPaths>
#include <QTabWidget>
#include <QTemporaryDir>
#include <QTest>
#include <QToolButton>

#include "app/window/banner.h"
#include "app/window/data_choices_dialog.h"
#include "app/window/export_dialog.h"
#include "app/window/main_window.h"
#include "fake_engine_command.h"
#include "views/tessellation_view.h"

using namespace monge;

namespace {

struct OpenWindow {
  QTemporaryDir folder;
  QString record = folder.filePath("record.jsonl");
  ThemeController themes;
  MainWindow window;

  explicit OpenWindow(const QString& options = {}, const LaunchOptions& launch = {})
      : window(fakeEngine(QStringLiteral("--record \"%1\" --log 3 %2").arg(record, options)), themes) {
    themes.choose(ThemeChoice::Light);
    window.launch(launch);
    window.show();
  }
  bool isShown() { return window.session().isOpen() && window.session().scene().snapshot; }
  Banner* banner() { return window.findChild<Banner*>(); }
  QString label(const char* name) { return window.findChild<QLabel*>(name)->text(); }
  QStringList types() const { return receivedTypes(record); }
};

void drop(QWidget& target, const QString& file) {
  QMimeData mime;
  mime.setUrls({QUrl::fromLocalFile(file)});
  QDragEnterEvent enter(QPoint(50, 50), Qt::CopyAction, &mime, Qt::LeftButton, Qt::NoModifier);
  QApplication::sendEvent(&target, &enter);
  QVERIFY(enter.isAccepted());
  QDropEvent event(QPointF(50, 50), Qt::CopyAction, &mime, Qt::LeftButton, Qt::NoModifier);
  QApplication::sendEvent(&target, &event);
}

QString writeFile(const QString& path, const QByteArray& text) {
  QFile file(path);
  if (file.open(QIODevice::WriteOnly)) file.write(text);
  return path;
}

}  // namespace

class TestMainWindow : public QObject {
  Q_OBJECT

 private slots:
  void initTestCase() {
    QStandardPaths::setTestModeEnabled(true);
    QCoreApplication::setOrganizationName("monge-tests");
    QCoreApplication::setApplicationName("test_main_window");
    QSettings().clear();
  }

  void opensTheFirstPresetAndShowsWhereItStands() {
    OpenWindow open;
    QTRY_VERIFY(open.isShown());
    QCOMPARE(open.window.findChild<QPushButton*>("iterationCount")->text(), "0 of 60,000 iterations");
    QVERIFY(open.window.windowTitle().startsWith("Four clusters"));
    QCOMPARE(open.window.findChild<QToolButton*>("seed")->text(), "Seed 7");
    QVERIFY(open.window.findChild<QToolButton*>("engine")->text().startsWith("This machine"));
    QVERIFY(!open.banner()->isVisible());
  }

  void doesWhatTheCommandLineSays() {
    LaunchOptions launch;
    launch.play = true;
    launch.iterations = 300;
    launch.seed = 11;
    launch.parameters = {{"generators", "6"}};
    OpenWindow open({}, launch);
    QTRY_VERIFY(open.window.session().progress().status == RunStatus::Finished);
    const QJsonObject experiment = sent(received(open.record).first(), "experiment").toObject();
    QCOMPARE(experiment["iterations"].toInt(), 300);
    QCOMPARE(experiment["parameters"].toObject()["generators"].toInt(), 6);
    QTRY_COMPARE(open.label("timeLeft"), "finished");
    QCOMPARE(open.window.findChild<QToolButton*>("seed")->text(), "Seed 11");
  }

  void aBadParameterOnTheCommandLineIsSaid() {
    LaunchOptions launch;
    launch.parameters = {{"generators", "0"}};
    OpenWindow open({}, launch);
    QTRY_VERIFY(open.isShown());
    QCOMPARE(open.window.session().experiment().parameters.at("generators").get<int>(), 4);
    QVERIFY2(open.banner()->isVisible() && open.banner()->text().contains("generators"),
             qPrintable(open.banner()->text()));
  }

  void aMisspeltParameterOnTheCommandLineIsMetWithTheNearestName() {
    LaunchOptions launch;
    launch.parameters = {{"genrators", "3"}};
    OpenWindow open({}, launch);
    QTRY_VERIFY(open.isShown());
    QVERIFY2(open.banner()->text().contains("expected generators perhaps"),
             qPrintable(open.banner()->text()));
  }

  void anEngineThatNeverCameKeptNothing() {
    OpenWindow open("--version 99.0");
    QTRY_VERIFY(open.banner()->isVisible());
    QVERIFY2(!open.banner()->text().contains("on screen"), qPrintable(open.banner()->text()));
  }

  void keysPlayStepAndReset() {
    OpenWindow open;
    QTRY_VERIFY(open.isShown());
    open.window.activateWindow();  // also where no window manager sees to it
    QVERIFY(QTest::qWaitForWindowActive(&open.window));
    QTest::keyClick(&open.window, Qt::Key_Period);
    QTest::keyClick(&open.window, Qt::Key_Period, Qt::ControlModifier);
    QTest::keyClick(&open.window, Qt::Key_Period, Qt::ShiftModifier);
    QTest::keyClick(&open.window, Qt::Key_R);
    QTest::keyClick(&open.window, Qt::Key_R, Qt::ShiftModifier);
    QTest::keyClick(&open.window, Qt::Key_Space);
    QTest::keyClick(&open.window, Qt::Key_Space);
    QTRY_COMPARE(open.types(),
                 (QStringList{"open", "step", "step", "step", "reset", "reset", "play", "pause"}));
    const auto messages = received(open.record);
    QCOMPARE(sent(messages[1], "unit").toString(), "iteration");
    QCOMPARE(sent(messages[2], "unit").toString(), "epoch");
    QCOMPARE(sent(messages[3], "unit").toString(), "phase");
    QVERIFY(sent(messages[4], "seed").isUndefined());
    QVERIFY(sent(messages[5], "seed").isDouble());
  }

  void theListOfKeysHoldsThoseOfTheCanvasToo() {
    OpenWindow open;
    QStringList list;
    for (const auto& [key, words] : open.window.keys()) list << key + ": " + words;
    for (const char* line : {".: Step iteration", "Shift+.: Step sub-phase", "Ctrl+.: Step epoch", "?: Keys",
                             "1: ", "Delete, Backspace: ", "Arrows: ", "+, −: ", "Escape: "}) {
      const auto begins = [line](const QString& text) { return text.startsWith(QString::fromUtf8(line)); };
      QVERIFY2(std::any_of(list.begin(), list.end(), begins), line);
    }
  }

  void aNewGeneratorIsTheSelectedOne() {
    OpenWindow open;
    QTRY_VERIFY(open.isShown());
    auto* view = open.window.findChild<views::TessellationView*>();
    QTRY_COMPARE(view->scene().snapshot->ids.size(), std::size_t{4});
    const QPoint free = view->planeMap().toTarget(0.1, 0.1, QRectF(view->rect())).toPoint();
    // As a mouse does it: the first click selects the cell underneath.
    QTest::mouseClick(view, Qt::LeftButton, {}, free);
    QTest::mouseDClick(view, Qt::LeftButton, {}, free);
    QTRY_COMPARE(view->figureStyle().selected, 4);
    QTest::keyClick(view, Qt::Key_Delete);
    QTRY_COMPARE(open.types(), (QStringList{"open", "prototype_add", "prototype_delete"}));
    QCOMPARE(sent(received(open.record).last(), "id").toInt(), 4);
  }

  void figuresFollowADraggedPrototype() {
    OpenWindow open;
    QTRY_VERIFY(open.isShown());
    auto* view = open.window.findChild<views::TessellationView*>();
    const auto at = [view](double x, double y) {
      return view->planeMap().toTarget(x, y, QRectF(view->rect())).toPoint();
    };
    QTest::mousePress(view, Qt::LeftButton, {}, at(0.5, 0.5));
    QTRY_COMPARE(open.label("inspector0"), "(0.500, 0.500)");
    QCOMPARE(open.label("inspector2"), "0.250");
    // Into a corner of the opposite disc, of which a segment of about a sixth is nearest to it there.
    QTest::mouseMove(view, at(0.4, 0.4));
    QTest::mouseMove(view, at(-0.7, -0.7));
    QTRY_VERIFY2(open.label("inspector0").startsWith("(-0."), qPrintable(open.label("inspector0")));
    const double mass = open.label("inspector2").toDouble();
    QVERIFY2(mass > 0.01 && mass < 0.08, qPrintable(open.label("inspector2")));
    QTest::keyClick(view, Qt::Key_Escape);
    QCOMPARE(open.label("inspector0"), "(0.500, 0.500)");
    QCOMPARE(open.label("inspector2"), "0.250");
    QCOMPARE(open.types(), QStringList{"open"});
  }

  void digitsToggleLayersButNotWhileTyping() {
    OpenWindow open;
    QTRY_VERIFY(open.isShown());
    open.window.activateWindow();  // also where no window manager sees to it
    QVERIFY(QTest::qWaitForWindowActive(&open.window));
    auto* critic = open.window.findChild<QCheckBox*>("layer6");
    QVERIFY(!critic->isChecked());
    QTest::keyClick(&open.window, Qt::Key_6);
    QVERIFY(critic->isChecked());
    auto* field = open.window.findChild<QLineEdit*>("batch");
    field->setFocus();
    field->selectAll();
    QTest::keyClicks(field, "64");
    QVERIFY(critic->isChecked());
    QTest::keyClick(field, Qt::Key_Return);
    QTRY_COMPARE(open.types().last(), "set");
    QTest::keyClick(&open.window, Qt::Key_Z, Qt::ControlModifier);
    QTRY_COMPARE(open.types(), (QStringList{"open", "set", "set"}));
    QCOMPARE(field->text(), "100");
  }

  void aLostEngineIsExplainedAndReplaced() {
    OpenWindow open("--on prototype_delete abort");
    QTRY_VERIFY(open.isShown());
    open.window.session().step("iteration", 1200);
    QTRY_COMPARE(open.window.session().progress().iteration, 1200);
    QSignalSpy saved(&open.window.session(), &Session::checkpointSaved);
    open.window.session().checkpoint();
    QTRY_COMPARE(saved.count(), 1);
    open.window.session().editDelete(0);
    QTRY_VERIFY(open.banner()->isVisible());
    QVERIFY(open.banner()->text().contains("signal 6"));
    QVERIFY(open.banner()->text().endsWith("Everything on screen is kept."));
    QCOMPARE(open.banner()->detailText(), "line 1\nline 2\nline 3");
    QCOMPARE(open.banner()->actionText(), "Restart from checkpoint 1,200");
    QVERIFY(!open.window.findChild<QToolButton*>("play")->isEnabled());
    QCOMPARE(open.window.findChild<QPushButton*>("iterationCount")->text(), "1,200 of 60,000 iterations");
    open.window.findChild<QPushButton*>("bannerAction")->click();
    QTRY_VERIFY(!open.banner()->isVisible());
    QTRY_COMPARE(open.types().last(), "open_run");
    QTRY_VERIFY(open.window.findChild<QToolButton*>("play")->isEnabled());
  }

  void divergenceOffersASmallerRate() {
    OpenWindow open("--on prototype_delete diverge");
    QTRY_VERIFY(open.isShown());
    QSignalSpy saved(&open.window.session(), &Session::checkpointSaved);
    open.window.session().checkpoint();
    QTRY_COMPARE(saved.count(), 1);
    open.window.session().editDelete(0);
    QTRY_VERIFY(open.banner()->isVisible());
    QVERIFY(open.banner()->text().contains("critic 3: loss is NaN"));
    QCOMPARE(open.banner()->actionText(), "Go on from iteration 0 with a smaller rate");
    open.window.findChild<QPushButton*>("bannerAction")->click();
    QTRY_COMPARE(open.types().last(), "resume_checkpoint");
    QVERIFY(!open.banner()->isVisible());
  }

  void aDroppedFileOpens() {
    OpenWindow open;
    QTRY_VERIFY(open.isShown());
    drop(open.window, writeFile(open.folder.filePath("mine.csv"), "0,0\n1,0\n0,1\n"));
    QTRY_COMPARE(open.types(), (QStringList{"open", "open"}));
    QTRY_VERIFY(open.window.windowTitle().startsWith("mine"));
  }

  void aFileThatCanBeReadInSeveralWaysIsAskedFor() {
    OpenWindow open;
    QTRY_VERIFY(open.isShown());
    drop(open.window, writeFile(open.folder.filePath("pets.csv"), "x,y,kind\n0,0,cat\n1,0,dog\n0,1,cat\n"));
    QTRY_VERIFY(open.window.findChild<DataChoicesDialog*>());
    auto* dialog = open.window.findChild<DataChoicesDialog*>();
    QCOMPARE(dialog->findChild<QComboBox*>("dataLabels")->currentText(), QString("kind"));
    QVERIFY(!dialog->findChild<QComboBox*>("dataArray"));
    dialog->reject();  // nothing changes
    QTRY_VERIFY(!open.window.findChild<DataChoicesDialog*>());
    QCOMPARE(open.types(), (QStringList{"open"}));

    drop(open.window, open.folder.filePath("pets.csv"));
    QTRY_VERIFY(open.window.findChild<DataChoicesDialog*>());
    open.window.findChild<DataChoicesDialog*>()->accept();
    QTRY_COMPARE(open.types(), (QStringList{"open", "open"}));
    QTRY_VERIFY(open.window.windowTitle().startsWith("pets"));
    QCOMPARE(open.window.session().experiment().data.labels, std::string("kind"));
  }

  void aBadDroppedFileIsExplained() {
    OpenWindow open;
    QTRY_VERIFY(open.isShown());
    drop(open.window, writeFile(open.folder.filePath("mine.csv"), "0,0\n1,zero\n"));
    QTRY_VERIFY(open.banner()->isVisible());
    QVERIFY(open.banner()->text().contains("mine.csv"));
    QVERIFY(open.window.windowTitle().startsWith("Four clusters"));
    open.window.findChild<QPushButton*>("bannerDismiss")->click();
    QVERIFY(!open.banner()->isVisible());
  }

  void themesDressTheWholeWindow() {
    OpenWindow open;
    const auto lightness = [] { return QApplication::palette().color(QPalette::Window).lightness(); };
    QVERIFY(lightness() > 200);
    for (QAction* action : open.window.findChildren<QAction*>()) {
      if (action->text() == "Dark") action->trigger();
    }
    QVERIFY(lightness() < 60);
    QCOMPARE(QSettings().value("theme").toString(), "dark");
    open.themes.choose(ThemeChoice::Light);
  }

  void aWindowFromALostScreenComesBack() {
    {
      OpenWindow open;
      open.window.setGeometry(20000, 20000, 900, 700);
      open.window.close();
    }
    OpenWindow again;
    const QRect screen = again.window.screen()->availableGeometry();
    QVERIFY(screen.intersects(again.window.geometry()));
    QSettings().remove("geometry");
  }

  void everyControlHasANameForScreenReaders() {
    OpenWindow open;
    QTRY_VERIFY(open.isShown());
    for (const QAbstractButton* button : open.window.findChildren<QAbstractButton*>()) {
      if (!button->isVisible() || button->objectName() == "qt_toolbar_ext_button") continue;
      QVERIFY2(!button->accessibleName().isEmpty() || !button->text().isEmpty(),
               qPrintable(button->objectName()));
    }
  }

  void exportsWhatIsShown() {
    OpenWindow open;
    QTRY_VERIFY(open.isShown());
    views::FigureSpec spec;
    spec.sizeMm = {60, 45};
    ExportDialog dialog(open.window.session().figureScene(), spec);
    QSignalSpy exported(&dialog, &ExportDialog::exported), failed(&dialog, &ExportDialog::failed);
    const QString file = open.folder.filePath("figure.png");
    dialog.writeTo(file);
    QTRY_COMPARE(exported.count(), 1);
    QCOMPARE(QImage(file).size(), QSize(709, 531));  // 60 x 45 mm at 300 dpi
    dialog.writeTo("/nowhere/figure.png");
    QTRY_COMPARE(failed.count(), 1);
    QVERIFY(failed[0][0].toString().contains("/nowhere"));
  }
};

QTEST_MAIN(TestMainWindow)
#include "test_main_window.moc"
