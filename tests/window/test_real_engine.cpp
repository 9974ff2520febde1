// SPDX-License-Identifier: GPL-3.0-or-later
// The window with the engine that people have, when it goes wrong and when it does not.
#include <signal.h>

#include <QApplication>
#include <QDropEvent>
#include <QMimeData>
#include <QProcess>
#include <QPushButton>
#include <QSettings>
#include <QStandardPaths>
#include <QTemporaryDir>
#include <QtTest>
#include <map>

#include "app/window/banner.h"
#include "app/window/main_window.h"
#include "core/experiment/run_directory.h"
#include "views/tessellation_view.h"

using namespace monge;

namespace {

constexpr int kPatience = 60'000;  // milliseconds: LibTorch may load from a cold disk

const QString kEngine = QStringLiteral("\"" MONGE_BIN_DIR "/monge-cli\" serve");

struct OpenWindow {
  QTemporaryDir folder;
  ThemeController themes;
  MainWindow window;

  explicit OpenWindow(const QString& engine = kEngine, LaunchOptions launch = {}) : window(engine, themes) {
    if (launch.what.isEmpty()) launch.what = shortCheckpoints();
    window.session().link().setTiming({100, 1500, kPatience});
    themes.choose(ThemeChoice::Light);
    window.launch(launch);
    window.show();
  }

  QString shortCheckpoints() const {
    QFile file(folder.filePath("experiment.json"));
    if (file.open(QIODevice::WriteOnly))
      file.write(R"({"name": "Two", "data": {"toy": "two_clusters"}, "iterations": 1000000000,
                     "checkpoint_every": 500, "parameters": {"generators": 2, "batch_norm": true}})");
    return file.fileName();
  }

  Session& session() { return window.session(); }
  bool isShown() { return session().isOpen() && session().scene().snapshot; }
  qint64 iteration() { return isShown() ? session().scene().snapshot->progress.iteration : -1; }
  RunStatus status() { return session().progress().status; }
  Banner& banner() { return *window.findChild<Banner*>(); }
  /// The button with the words of the action.
  void act() {
    for (QPushButton* button : banner().findChildren<QPushButton*>())
      if (button->text() == banner().actionText()) return QTest::mouseClick(button, Qt::LeftButton);
    QFAIL("the banner offers nothing");
  }
  pid_t engine() {
    const auto* process = session().link().findChild<QProcess*>();
    return process ? static_cast<pid_t>(process->processId()) : 0;
  }
};

#define REQUIRE_TRAINING(open)                           \
  QTRY_VERIFY_WITH_TIMEOUT((open).isShown(), kPatience); \
  (open).session().play();                               \
  QTRY_VERIFY_WITH_TIMEOUT((open).session().checkpointIteration() >= 500, kPatience)

/// From the banner's button to training that goes on from there.
#define REQUIRE_GOES_ON(open, from)                                                                         \
  QTRY_VERIFY_WITH_TIMEOUT(                                                                                 \
      !(open).banner().isVisible() && (open).status() == RunStatus::Paused && (open).iteration() >= (from), \
      kPatience);                                                                                           \
  const qint64 resumed = (open).iteration();                                                                \
  (open).session().play();                                                                                  \
  QTRY_VERIFY_WITH_TIMEOUT((open).iteration() > resumed, kPatience)

}  // namespace

class TestRealEngine : public QObject {
  Q_OBJECT

 private slots:
  void initTestCase() {
    QStandardPaths::setTestModeEnabled(true);
    QCoreApplication::setOrganizationName("monge-tests");
    QCoreApplication::setApplicationName("test_real_engine");
    QSettings().clear();
  }

  void aKilledEngineIsReplaced() {
    OpenWindow open;
    REQUIRE_TRAINING(open);
    QCOMPARE(::kill(open.engine(), SIGKILL), 0);
    QTRY_VERIFY_WITH_TIMEOUT(open.banner().isVisible(), kPatience);
    QVERIFY2(open.banner().text().startsWith("The engine was ended by signal 9."),
             qPrintable(open.banner().text()));
    QVERIFY(open.isShown());
    const qint64 kept = open.session().checkpointIteration();
    QVERIFY(open.banner().actionText().startsWith("Restart from checkpoint "));
    open.act();
    REQUIRE_GOES_ON(open, kept);
  }

  void aHungEngineIsReplaced() {
    OpenWindow open;
    REQUIRE_TRAINING(open);
    const pid_t hung = open.engine();
    QCOMPARE(::kill(hung, SIGSTOP), 0);
    QTRY_VERIFY_WITH_TIMEOUT(open.banner().isVisible(), kPatience);
    QVERIFY2(open.banner().text().startsWith("The engine has not answered for 1.5 s."),
             qPrintable(open.banner().text()));
    const qint64 kept = open.session().checkpointIteration();
    open.act();
    REQUIRE_GOES_ON(open, kept);
    QVERIFY(open.engine() != hung);
    QVERIFY(::kill(hung, 0) != 0);
  }

  /// A line that garbles what comes through it, once.
  void anEngineThatSpeaksNonsenseIsReplaced() {
    QTemporaryDir folder;
    const QString script = folder.filePath("line.sh"), used = folder.filePath("used");
    QFile file(script);
    QVERIFY(file.open(QIODevice::WriteOnly));
    file.write(QStringLiteral("if [ -e '%1' ]; then exec '" MONGE_BIN_DIR "/monge-cli' serve; fi\n"
                              "touch '%1'\n"
                              "'" MONGE_BIN_DIR
                              "/monge-cli' serve | { stdbuf -o0 head -c 1000000; yes rubbish; }\n")
                   .arg(used)
                   .toUtf8());
    file.close();
    OpenWindow open(QStringLiteral("sh \"%1\"").arg(script));
    QTRY_VERIFY_WITH_TIMEOUT(open.isShown(), kPatience);
    open.session().play();
    QTRY_VERIFY_WITH_TIMEOUT(open.banner().isVisible(), kPatience);
    QVERIFY2(open.banner().text().startsWith("The engine spoke nonsense: "),
             qPrintable(open.banner().text()));
    const qint64 kept = open.session().checkpointIteration();
    open.act();
    REQUIRE_GOES_ON(open, kept);
  }

  void divergedTrainingGoesBackAndOn() {
    OpenWindow open;
    REQUIRE_TRAINING(open);
    const nlohmann::json sound = open.session().experiment().parameters;
    const std::map<std::string, nlohmann::json> absurd = {{"rate", 1.0},
                                                          {"critic_rate_factor", 1000},
                                                          {"lipschitz_weight", 1e6},
                                                          {"critic_steps", 1},
                                                          {"adam_beta1", 0.5},
                                                          {"adam_beta2", 0},
                                                          {"adam_epsilon", 1e-8},
                                                          {"draws", 1}};
    for (const auto& [key, value] : absurd) open.session().editParameter(QString::fromStdString(key), value);
    QTRY_VERIFY_WITH_TIMEOUT(open.status() == RunStatus::Diverged, kPatience);
    QTRY_VERIFY(open.banner().isVisible());
    QVERIFY2(open.banner().text().startsWith("Training diverged at iteration "),
             qPrintable(open.banner().text()));
    // Playing on is refused in words, and the button does not promise what is not so.
    const qint64 at = open.iteration();
    open.session().play();
    QTRY_VERIFY2(open.banner().text().contains("a reset or a return to the last checkpoint first"),
                 qPrintable(open.banner().text()));
    QCOMPARE(open.status(), RunStatus::Diverged);
    QCOMPARE(open.iteration(), at);
    for (const auto& [key, value] : absurd)
      open.session().editParameter(QString::fromStdString(key), sound.at(key));
    const qint64 kept = open.session().checkpointIteration();
    open.session().goOnFromCheckpoint(0.5);
    REQUIRE_GOES_ON(open, kept);
    QCOMPARE(open.session().experiment().parameters.at("rate").get<double>(),
             sound.at("rate").get<double>() / 2);
  }

  void aDroppedTableTrainsEightGenerators() {
    OpenWindow open;
    QTRY_VERIFY_WITH_TIMEOUT(open.isShown(), kPatience);
    open.session().editParameter("generators", 8);
    QFile table(open.folder.filePath("ring.csv"));
    QVERIFY(table.open(QIODevice::WriteOnly));
    for (int i = 0; i < 800; ++i) {
      const double angle = 2 * M_PI * (i % 8) / 8, spread = 0.02 * (i / 8 % 10);
      table.write(QStringLiteral("%1,%2\n").arg(std::cos(angle) + spread).arg(std::sin(angle)).toUtf8());
    }
    table.close();
    QMimeData mime;
    mime.setUrls({QUrl::fromLocalFile(table.fileName())});
    QDragEnterEvent enter(QPoint(50, 50), Qt::CopyAction, &mime, Qt::LeftButton, Qt::NoModifier);
    QApplication::sendEvent(&open.window, &enter);
    QVERIFY(enter.isAccepted());
    QDropEvent event(QPointF(50, 50), Qt::CopyAction, &mime, Qt::LeftButton, Qt::NoModifier);
    QApplication::sendEvent(&open.window, &event);
    const auto isRing = [&] {
      return open.isShown() && open.session().scene().data->rows == 800 &&
             open.session().scene().snapshot->ids.size() == 8;
    };
    QTRY_VERIFY_WITH_TIMEOUT(isRing(), kPatience);
    QVERIFY2(!open.banner().isVisible(), qPrintable(open.banner().text()));
    open.session().play();
    QTRY_VERIFY_WITH_TIMEOUT(open.iteration() > 1000, kPatience);
    const EnsembleSnapshot& snapshot = *open.session().scene().snapshot;
    QVERIFY(snapshot.prototypes.allFinite() && snapshot.samples.allFinite());
    for (const double mass : snapshot.masses) QCOMPARE(mass, 0.125);
  }
};

QTEST_MAIN(TestRealEngine)
#include "test_real_engine.moc"
