// SPDX-License-Identifier: GPL-3.0-or-later
#include <QSignalSpy>
#include <QStandardPaths>
#include <QTemporaryDir>
#include <QTest>

#include "app/window/experiment_for_data.h"
#include "app/window/session.h"
#include "core/base/error.h"
#include "fake_engine_command.h"

using namespace monge;

namespace {

/// A session on the fake engine with the first preset open, and the record of what the engine was told.
struct OpenSession {
  QTemporaryDir folder;
  QString record = folder.filePath("record.jsonl");
  Session session;

  explicit OpenSession(const QString& options = {})
      : session(fakeEngine(QStringLiteral("--record \"%1\" %2").arg(record, options))) {
    session.start();
    session.open(presets().front().experiment);
  }
  bool isShown() const { return session.isOpen() && session.scene().snapshot; }
  QVector<QJsonObject> messages() const { return received(record); }
  QStringList types() const { return receivedTypes(record); }
};

Dataset fewPoints() {
  Dataset set;
  set.name = "mine";
  set.rows = RowsF::Random(20, 2);
  return set;
}

}  // namespace

class TestSession : public QObject {
  Q_OBJECT

 private slots:
  void initTestCase() { QStandardPaths::setTestModeEnabled(true); }

  void opensWhatWasAskedForBeforeTheEngineWasThere() {
    OpenSession open;
    QTRY_VERIFY(open.isShown());
    QCOMPARE(open.types(), QStringList{"open"});
    QCOMPARE(open.session.experiment().name, "Four clusters");
    QVERIFY(open.session.runFolder().contains("/runs/"));
    QCOMPARE(open.session.scene().cells->cells.size(), std::size_t{4});
  }

  void editsAreUndoneAndRedone() {
    OpenSession open;
    QTRY_VERIFY(open.isShown());
    open.session.editParameter("critic_steps", 9);
    open.session.editMove(2, {0.5, 0.5}, {0.1, 0.2});
    open.session.editDelete(1);
    for (int i = 0; i < 3; ++i) open.session.undoStack().undo();
    open.session.undoStack().redo();
    QTRY_COMPARE(open.types(), (QStringList{"open", "set", "prototype_move", "prototype_delete",
                                            "prototype_restore", "prototype_move", "set", "set"}));
    const auto messages = open.messages();
    const auto field = [&](int at, const char* name) { return sent(messages[at], name); };
    QCOMPARE(field(1, "value").toInt(), 9);
    QCOMPARE(field(2, "position")[0].toDouble(), 0.1);
    QCOMPARE(field(5, "position")[0].toDouble(), 0.5);
    QCOMPARE(field(5, "id").toInt(), 2);
    QCOMPARE(field(6, "value").toInt(),
             presets().front().experiment.parameters.at("critic_steps").get<int>());
    QCOMPARE(field(7, "value").toInt(), 9);
  }

  void aSlidersValuesAreOneEdit() {
    OpenSession open;
    QTRY_VERIFY(open.isShown());
    open.session.editParameter("cost", "power");
    open.session.editParameter("power", 2.5);
    open.session.editParameter("power", 3.0, true);
    open.session.editParameter("power", 3.5, true);
    open.session.editParameter("power", 4.0);
    QCOMPARE(open.session.undoStack().count(), 3);
    open.session.undoStack().undo();
    QCOMPARE(open.session.experiment().parameters["power"].get<double>(), 3.5);
    open.session.undoStack().undo();
    QCOMPARE(open.session.experiment().parameters["power"].get<double>(), 2.0);
    QVERIFY(open.session.experiment().parameters["cost"] == "power");
  }

  void aMassIsSetAndSetBack() {
    OpenSession open("--masses");
    QTRY_VERIFY(open.isShown());
    QCOMPARE(open.session.scene().snapshot->law.targets.size(), std::size_t{4});
    open.session.editMass(2, 0.4);
    open.session.editMass(99, 0.4);
    open.session.editMass(2, 0.25);  // as it is
    open.session.undoStack().undo();
    QTRY_COMPARE(open.types().count("mass"), 2);
    const auto messages = open.messages();
    QList<double> shares;
    for (const QJsonObject& message : messages)
      if (message["type"] == "mass") {
        QCOMPARE(message["fields"].toObject()["id"].toInt(), 2);
        shares << message["fields"].toObject()["share"].toDouble();
      }
    QCOMPARE(shares, (QList<double>{0.4, 0.25}));
    // Free masses cannot be set.
    OpenSession free;
    QTRY_VERIFY(free.isShown());
    free.session.editMass(2, 0.4);
    QCOMPARE(free.session.undoStack().count(), 0);
  }

  /// Free masses forget the shares that single cells were given; undo brings them back, as a list.
  void masses_data() {
    QTest::addColumn<QString>("before");
    QTest::addColumn<QString>("after");
    QTest::newRow("edited") << "[1,2,3,4]"
                            << "[0.25,0.25,0.25,0.25]";  // the cells are to hold a quarter each
    QTest::newRow("as they were") << "\"equal\""
                                  << "\"equal\"";
    QTest::newRow("a list as it was") << "[2,2,2,2]"
                                      << "[2,2,2,2]";
  }
  void masses() {
    QFETCH(QString, before);
    QFETCH(QString, after);
    OpenSession open("--masses");
    QTRY_VERIFY(open.isShown());
    open.session.editParameter("masses", nlohmann::json::parse(before.toStdString()));
    open.session.editParameter("masses", "free");
    open.session.undoStack().undo();
    const auto now = [&] { return open.session.experiment().parameters["masses"]; };
    QCOMPARE(now().dump(), after.toStdString());
    open.session.undoStack().redo();
    QCOMPARE(now().dump(), std::string("\"free\""));
    open.session.undoStack().undo();
    open.session.undoStack().undo();
    QCOMPARE(now().dump(), std::string("\"free\""));  // as it began
  }

  void aNewPrototypeIsDeletedAndRestoredByTheIdItGot() {
    OpenSession open;
    QTRY_VERIFY(open.isShown());
    open.session.editAdd({0.1, 0.1});
    QTRY_COMPARE(open.session.scene().snapshot->ids.size(), std::size_t{5});
    open.session.undoStack().undo();
    QTRY_COMPARE(open.session.scene().snapshot->ids.size(), std::size_t{4});
    open.session.undoStack().redo();
    QTRY_COMPARE(open.types(),
                 (QStringList{"open", "prototype_add", "prototype_delete", "prototype_restore"}));
    QCOMPARE(sent(open.messages()[2], "id").toInt(), 4);
    QCOMPARE(sent(open.messages()[3], "id").toInt(), 4);
  }

  void theLastPrototypeStays() {
    OpenSession open;
    QTRY_VERIFY(open.isShown());
    QSignalSpy problem(&open.session, &Session::problem);
    for (int id = 0; id < 4; ++id) {
      const std::size_t before = open.session.scene().snapshot->ids.size();
      open.session.editDelete(id);
      if (before > 1) QTRY_COMPARE(open.session.scene().snapshot->ids.size(), before - 1);
    }
    QCOMPARE(problem.count(), 1);
    QCOMPARE(open.session.undoStack().count(), 3);
  }

  void anUnchangedParameterIsNoEdit() {
    OpenSession open;
    QTRY_VERIFY(open.isShown());
    open.session.editParameter("batch", open.session.experiment().parameters.at("batch"));
    QCOMPARE(open.session.undoStack().count(), 0);
  }

  void changesThatNeedAResetWaitForIt() {
    OpenSession open;
    QTRY_VERIFY(open.isShown());
    const MethodSpec& spec = method("k-gans");
    QVERIFY(spec.find("start")->takes == ParameterSpec::Takes::Reset);
    open.session.editParameter("start", "uniform");
    QCOMPARE(open.session.waiting(), QStringList{"start"});
    open.session.reset();
    QVERIFY(open.session.waiting().isEmpty());
    QTRY_COMPARE(open.types(), (QStringList{"open", "set", "reset"}));
  }

  void aRefusedParameterIsNamed() {
    OpenSession open("--on set refuse");
    QTRY_VERIFY(open.isShown());
    QSignalSpy refused(&open.session, &Session::parameterRefused);
    open.session.editParameter("batch", 50);
    QTRY_COMPARE(refused.count(), 1);
    QCOMPARE(refused[0][0].toString(), "batch");
  }

  void aFinishedRunGoesOnWhenPlayedAgain() {
    OpenSession open;
    QTRY_VERIFY(open.isShown());
    open.session.setTarget(200);
    open.session.play();
    QTRY_VERIFY(open.session.progress().status == RunStatus::Finished);
    open.session.play();
    QTRY_COMPARE(open.types(), (QStringList{"open", "target", "play", "target", "play"}));
    QCOMPARE(sent(open.messages()[3], "iterations").toInt(), 200 + 60000);
  }

  void keepsEverythingAndGoesOnFromTheCheckpoint() {
    OpenSession open("--on prototype_delete abort");
    QTRY_VERIFY(open.isShown());
    open.session.step("iteration", 700);
    QTRY_COMPARE(open.session.progress().iteration, 700);
    QSignalSpy saved(&open.session, &Session::checkpointSaved), lost(&open.session, &Session::lost);
    open.session.checkpoint();
    QTRY_COMPARE(saved.count(), 1);
    open.session.editDelete(0);
    QTRY_COMPARE(lost.count(), 1);
    QVERIFY(open.session.scene().snapshot && open.session.scene().data &&
            open.session.history().rows.rows() > 0);
    QCOMPARE(open.session.checkpointIteration(), 700);
    QSignalSpy recovered(&open.session, &Session::recovered);
    open.session.restart();
    QTRY_COMPARE(recovered.count(), 1);
    QTRY_COMPARE(open.session.progress().iteration, 700);
    QCOMPARE(open.types().last(), "open_run");
  }

  void startsAgainWhenThereIsNoCheckpoint() {
    OpenSession open("--on prototype_delete abort");
    QTRY_VERIFY(open.isShown());
    QSignalSpy lost(&open.session, &Session::lost), recovered(&open.session, &Session::recovered);
    open.session.editDelete(0);
    QTRY_COMPARE(lost.count(), 1);
    open.session.restart();
    QTRY_COMPARE(recovered.count(), 1);
    QCOMPARE(open.types().last(), "open");
  }

  void goesOnFromDivergenceWithHalfTheRates() {
    OpenSession open("--on step diverge");
    QTRY_VERIFY(open.isShown());
    QSignalSpy diverged(&open.session, &Session::diverged);
    open.session.step("iteration", 1);
    QTRY_COMPARE(diverged.count(), 1);
    QVERIFY(diverged[0][0].toString().contains("critic 3"));
    open.session.goOnFromCheckpoint(0.5);
    QTRY_COMPARE(open.types().last(), "resume_checkpoint");
    QCOMPARE(sent(open.messages().last(), "rate_factor").toDouble(), 0.5);
  }

  void opensWhateverIsNamed() {
    OpenSession open;
    QTRY_VERIFY(open.isShown());
    QSignalSpy problem(&open.session, &Session::problem);
    QTemporaryDir folder;
    QFile csv(folder.filePath("mine.csv"));
    QVERIFY(csv.open(QIODevice::WriteOnly));
    csv.write("x,y\n0,0\n1,0\n0,1\n1,1\n");
    csv.close();
    open.session.openPath(csv.fileName());
    QTRY_COMPARE(open.types(), (QStringList{"open", "open"}));
    const QJsonObject data = sent(open.messages()[1], "experiment").toObject()["data"].toObject();
    QCOMPARE(data["file"].toString(), csv.fileName());

    const QString json = folder.filePath("experiment.json");
    open.session.saveExperiment(json);
    open.session.openPath(json);
    QTRY_COMPARE(open.types(), (QStringList{"open", "open", "open"}));
    open.session.openPath(folder.path());
    QTRY_COMPARE(open.types().last(), "open_run");
    QCOMPARE(problem.count(), 0);
  }

  void aBadFileChangesNothing_data() {
    QTest::addColumn<QString>("name");
    QTest::addColumn<QByteArray>("text");
    QTest::newRow("text cell") << "bad.csv" << QByteArray("1,2\n3,four\n");
    QTest::newRow("empty") << "empty.csv" << QByteArray();
    QTest::newRow("no experiment") << "bad.json" << QByteArray("{\"method\": 3}");
    QTest::newRow("no json") << "torn.json" << QByteArray("{\"method\":");
  }
  void aBadFileChangesNothing() {
    QFETCH(QString, name);
    QFETCH(QByteArray, text);
    OpenSession open;
    QTRY_VERIFY(open.isShown());
    QSignalSpy problem(&open.session, &Session::problem);
    QFile file(open.folder.filePath(name));
    QVERIFY(file.open(QIODevice::WriteOnly));
    file.write(text);
    file.close();
    open.session.openPath(file.fileName());
    QTRY_COMPARE(problem.count(), 1);
    QVERIFY2(problem[0][0].toString().contains(name), qPrintable(problem[0][0].toString()));
    QCOMPARE(open.types(), QStringList{"open"});
    QCOMPARE(open.session.experiment().name, "Four clusters");
  }

  void aMissingFileOnTheCommandLineStillShowsSomething() {
    QTemporaryDir folder;
    Session session(fakeEngine());
    QSignalSpy problem(&session, &Session::problem);
    session.start();
    session.openOrFallBack(folder.filePath("absent.csv"), presets().front().experiment);
    QTRY_COMPARE(problem.count(), 1);
    QVERIFY(problem[0][0].toString().contains("absent.csv"));
    QVERIFY(session.isOpen());
  }

  void ownDataKeepsTheParameters() {
    Experiment current = presets().front().experiment;
    current.parameters["generators"] = 9;
    const Experiment made = experimentForData(current, "/data/mine.csv", fewPoints());
    QCOMPARE(made.parameters.at("generators").get<int>(), 9);
    QCOMPARE(made.data.file, "/data/mine.csv");
    QVERIFY(made.data.toy.empty());
    QCOMPARE(made.data.points, 0);
    QCOMPARE(made.name, "mine");
  }

  void imagesGetNetworksForImages() {
    Dataset images;
    images.name = "digits";
    images.image = {1, 28, 28};
    images.rows = RowsF::Random(10, 784);
    const Experiment made = experimentForData(presets().front().experiment, "/data/images", images);
    QCOMPARE(QString::fromStdString(made.parameters.value("network", "")), "digits");
    const Experiment back = experimentForData(made, "/data/mine.csv", fewPoints());
    QCOMPARE(QString::fromStdString(back.parameters.value("network", "")), "toy");
    QVERIFY(!back.data.scale && back.data.resize == 0);
  }

  void anExperimentThatCannotBeSavedSaysSo() {
    Session session(fakeEngine());
    QVERIFY_EXCEPTION_THROWN(session.saveExperiment("/nowhere/at/all.json"), Error);
  }
};

QTEST_GUILESS_MAIN(TestSession)
#include "test_session.moc"
