// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/core/engine/local_engine.h"

using namespace monge;
using namespace monge::test;

class TestServer : public QObject {
  Q_OBJECT

 private slots:
  void opensPlaysAndFinishes();
  void obeysEdits();
  void obeysCommandsSentBeforeOpened();
  void stepsBySubPhase();
  void refusesBadCommands_data();
  void refusesBadCommands();
  void refusedOpenLeavesTheRun();
  void nothingIsOpen();
  void goesOnInAnotherEngine();
  void divergesAndGoesBack();
  void outOfMemoryIsAMessage();
  void reopensTheOpenFolder();
};

void TestServer::opensPlaysAndFinishes() {
  LocalEngine engine;
  QVERIFY(engine.greet());
  engine.client->send("open", {{"experiment", smallDocument()}});
  const Message opened = *engine.client->receive(kPatience);
  QCOMPARE(opened.type, std::string("opened"));
  QCOMPARE(opened.fields["phases"], Json::array({"sample", "critic", "generator"}));
  QCOMPARE(opened.fields["run"], Json(""));
  QCOMPARE(opened.fields["experiment"], smallDocument());
  QCOMPARE(dataViewFromMessage(*engine.client->receive(kPatience)).name, std::string("Corners"));
  const HistoryChunk history = historyFromMessage(*engine.client->receive(kPatience));
  QCOMPARE(history.firstRow, 0);
  QCOMPARE(history.rows.rows(), 0);
  QVERIFY(engine.seen([](const EnsembleSnapshot& s) { return s.progress.iteration == 0; }));
  engine.client->send("play");
  const auto last = engine.seen(finished);
  QVERIFY(last);
  QCOMPARE(last->progress.iteration, 1000);
  QCOMPARE(engine.end(), 0);
}

void TestServer::obeysEdits() {
  LocalEngine engine;
  QVERIFY(engine.greet());
  engine.client->send("open", {{"experiment", smallDocument(100000000)}});
  engine.client->send("play");
  engine.client->send("prototype_move", {{"id", 1}, {"position", {0.25, -0.5}}});
  QVERIFY(engine.seen([](const EnsembleSnapshot& s) { return s.prototypes(1, 1) == -0.5f; }));
  engine.client->send("prototype_add", {{"position", {0.75, 0.75}}});
  QCOMPARE(engine.next("added").fields["id"], Json(3));
  engine.client->send("prototype_delete", {{"id", 0}});
  QVERIFY(engine.seen([](const EnsembleSnapshot& s) { return s.ids == std::vector<int>{1, 2, 3}; }));
  engine.client->send("prototype_restore", {{"id", 0}});
  QVERIFY(engine.seen([](const EnsembleSnapshot& s) { return s.ids == std::vector<int>{0, 1, 2, 3}; }));
  engine.client->send("mass", {{"id", 1}, {"share", 0.4}});
  QVERIFY(engine.seen(
      [](const EnsembleSnapshot& s) { return s.law.targets.size() == 4 && s.law.targets[1] == 0.4; }));
  engine.client->send("layers", {{"samples", 17}});
  QVERIFY(engine.seen([](const EnsembleSnapshot& s) { return s.samples.rows() == 17; }));
  engine.client->send("speed", {{"iterations_per_second", 5}});
  engine.client->send("target", {{"iterations", 3}});
  QVERIFY(engine.seen(finished));
  engine.client->send("reset", {{"seed", 11}});
  QVERIFY(engine.seen(
      [](const EnsembleSnapshot& s) { return s.progress.seed == 11 && s.progress.iteration == 0; }));
}

void TestServer::obeysCommandsSentBeforeOpened() {
  LocalEngine engine;
  engine.whileLoading = [] { QTest::qSleep(100); };
  engine.client->send("hello", {{"protocol", kProtocol}});
  engine.client->send("open", {{"experiment", smallDocument()}});
  engine.client->send("step", {{"unit", "iteration"}, {"count", 5}});
  QVERIFY(engine.seen([](const EnsembleSnapshot& s) {
    return s.progress.iteration == 5 && s.progress.status == RunStatus::Paused;
  }));
}

void TestServer::stepsBySubPhase() {
  LocalEngine engine;
  QVERIFY(engine.greet());
  engine.client->send("open", {{"experiment", smallDocument()}});
  engine.client->send("step", {{"unit", "phase"}, {"count", 2}});
  QVERIFY(engine.seen([](const EnsembleSnapshot& s) { return s.progress.phase == "generator"; }));
  engine.client->send("step", {{"unit", "epoch"}, {"count", 1}});
  QVERIFY(engine.seen([](const EnsembleSnapshot& s) { return s.progress.iteration == 40; }));
}

void TestServer::refusesBadCommands_data() {
  QTest::addColumn<QString>("type");
  QTest::addColumn<QString>("fields");
  QTest::addColumn<QString>("named");
  QTest::newRow("unknown type") << "dance"
                                << "{}"
                                << "dance";
  QTest::newRow("no unit") << "step"
                           << R"({"count": 1})"
                           << "unit";
  QTest::newRow("unknown unit") << "step"
                                << R"({"unit": "year", "count": 1})"
                                << "year";
  QTest::newRow("no steps") << "step"
                            << R"({"unit": "phase", "count": 0})"
                            << "count";
  QTest::newRow("half a step") << "step"
                               << R"({"unit": "phase", "count": 0.5})"
                               << "count";
  QTest::newRow("negative target") << "target"
                                   << R"({"iterations": -1})"
                                   << "iterations";
  QTest::newRow("negative speed") << "speed"
                                  << R"({"iterations_per_second": -1})"
                                  << "iterations_per_second";
  QTest::newRow("seed of letters") << "reset"
                                   << R"({"seed": "x"})"
                                   << "seed";
  QTest::newRow("unknown parameter") << "set"
                                     << R"({"key": "colour", "value": 1})"
                                     << "colour";
  QTest::newRow("parameter out of range") << "set"
                                          << R"({"key": "rate", "value": -3})"
                                          << "rate";
  QTest::newRow("no value") << "set"
                            << R"({"key": "rate"})"
                            << "value";
  QTest::newRow("position of words") << "prototype_move"
                                     << R"({"id": 0, "position": ["a", "b"]})"
                                     << "position";
  QTest::newRow("position in 3D") << "prototype_add"
                                  << R"({"position": [1, 2, 3]})"
                                  << "position";
  QTest::newRow("unknown prototype") << "prototype_delete"
                                     << R"({"id": 77})"
                                     << "77";
  QTest::newRow("mass of nobody") << "mass"
                                  << R"({"id": 77, "share": 0.5})"
                                  << "77";
  QTest::newRow("mass of all") << "mass"
                               << R"({"id": 0, "share": 1})"
                               << "share above 0 and below 1";
  QTest::newRow("mass without share") << "mass"
                                      << R"({"id": 0})"
                                      << "share";
  QTest::newRow("huge id") << "prototype_restore"
                           << R"({"id": 99999999999})"
                           << "id";
  QTest::newRow("box inside out") << "layers"
                                  << R"({"box": [1, 1, -1, -1]})"
                                  << "box";
  QTest::newRow("too many samples") << "layers"
                                    << R"({"samples": 1000000000})"
                                    << "samples";
  QTest::newRow("no folder") << "checkpoint"
                             << "{}"
                             << "folder";
  QTest::newRow("no checkpoint") << "resume_checkpoint"
                                 << "{}"
                                 << "checkpoint";
  QTest::newRow("no sequence") << "ack"
                               << "{}"
                               << "sequence";
  QTest::newRow("no id") << "ping"
                         << "{}"
                         << "id";
  QTest::newRow("no experiment") << "open"
                                 << "{}"
                                 << "experiment";
  QTest::newRow("bad experiment") << "open"
                                  << R"({"experiment": {"version": 1, "speed": 1}})"
                                  << "speed";
  QTest::newRow("no such run") << "open_run"
                               << R"({"run": "/nonexistent/run"})"
                               << "/nonexistent/run";
}

void TestServer::refusesBadCommands() {
  QFETCH(QString, type);
  QFETCH(QString, fields);
  QFETCH(QString, named);
  LocalEngine engine;
  QVERIFY(engine.greet());
  engine.client->send("open", {{"experiment", smallDocument()}});
  engine.client->send(type.toStdString(), Json::parse(fields.toStdString()));
  const Message error = engine.next("error");
  QCOMPARE(error.type, std::string("error"));
  QCOMPARE(error.fields["fatal"], Json(false));
  const QString message = QString::fromStdString(error.fields["message"].get<std::string>());
  QVERIFY2(message.contains(named), qPrintable(message));
  engine.client->send("step", {{"unit", "iteration"}, {"count", 1}});  // the engine is well
  QVERIFY(engine.seen([](const EnsembleSnapshot& s) { return s.progress.iteration == 1; }));
  QCOMPARE(engine.end(), 0);
}

void TestServer::refusedOpenLeavesTheRun() {
  LocalEngine engine;
  QVERIFY(engine.greet());
  engine.client->send("open", {{"experiment", smallDocument()}});
  engine.client->send("step", {{"unit", "iteration"}, {"count", 5}});
  Json other = smallDocument();
  other["device"] = "cuda";
  engine.client->send("open", {{"experiment", other}});
  QVERIFY(engine.next("error").fields["message"].get<std::string>().find("no GPU") != std::string::npos);
  engine.client->send("step", {{"unit", "iteration"}, {"count", 1}});
  QVERIFY(engine.seen([](const EnsembleSnapshot& s) { return s.progress.iteration == 6; }));
}

void TestServer::nothingIsOpen() {
  LocalEngine engine;
  QVERIFY(engine.greet());
  engine.client->send("play");
  QVERIFY(engine.next("error").fields["message"].get<std::string>().find("open") != std::string::npos);
}

void TestServer::goesOnInAnotherEngine() {
  QTemporaryDir folder;
  const std::string broken = folder.filePath("broken").toStdString(),
                    straight = folder.filePath("straight").toStdString();
  const auto finalState = [](const std::string& run) {
    return encode(RunDirectory::open(run).readState(1000));
  };
  {
    LocalEngine engine;
    QVERIFY(engine.greet());
    engine.client->send("open", {{"experiment", smallDocument()}, {"out", straight}});
    engine.client->send("play");
    QVERIFY(engine.seen(finished));
    engine.client->send("open", {{"experiment", smallDocument()}, {"out", broken}});
    engine.client->send("step", {{"unit", "phase"}, {"count", 1000}});
    QVERIFY(engine.seen([](const EnsembleSnapshot& s) {
      return s.progress.iteration == 333 && s.progress.phase == "critic";
    }));
  }
  LocalEngine engine;
  QVERIFY(engine.greet());
  engine.client->send("open_run", {{"run", broken}});
  const Message opened = engine.next("opened");
  QVERIFY(fs::equivalent(opened.fields["run"].get<std::string>(), broken));
  QCOMPARE(historyFromMessage(engine.next("history")).rows.rows(), 33);
  engine.client->send("play");
  QVERIFY(engine.seen(finished));
  QCOMPARE(engine.end(), 0);
  QCOMPARE(finalState(broken), finalState(straight));
}

void TestServer::divergesAndGoesBack() {
  QTemporaryDir folder;
  LocalEngine engine;
  engine.control->divergeAt = 612;
  engine.control->divergeRate = 0.006;
  QVERIFY(engine.greet());
  engine.client->send("open",
                      {{"experiment", smallDocument()}, {"out", folder.filePath("run").toStdString()}});
  engine.client->send("play");
  const auto diverged =
      engine.seen([](const EnsembleSnapshot& s) { return s.progress.status == RunStatus::Diverged; });
  QVERIFY(diverged);
  QCOMPARE(diverged->progress.message,
           std::string("Training diverged at iteration 612: critic 3, loss is NaN"));
  engine.client->send("play");
  QVERIFY(engine.next("error").fields["message"].get<std::string>().find("612") != std::string::npos);
  engine.client->send("resume_checkpoint", {{"rate_factor", 0.5}});
  QVERIFY(engine.seen([](const EnsembleSnapshot& s) { return s.progress.iteration == 500; }));
  engine.client->send("play");
  QVERIFY(engine.seen(finished));
}

void TestServer::outOfMemoryIsAMessage() {
  LocalEngine engine;
  engine.control->outOfMemoryAt = 20;
  QVERIFY(engine.greet());
  engine.client->send("open", {{"experiment", smallDocument()}});
  engine.client->send("play");
  const auto failed =
      engine.seen([](const EnsembleSnapshot& s) { return s.progress.status == RunStatus::Failed; });
  QVERIFY(failed);
  QCOMPARE(failed->progress.message, std::string("Out of memory"));
  for (const char* command : {"play", "step"}) {
    engine.client->send(command, {{"unit", "iteration"}, {"count", 1}});
    QCOMPARE(engine.next("error").fields["message"],
             Json("run: Out of memory; expected a reset or a return to the last checkpoint first"));
  }
  engine.whileLoading = [] { throw std::bad_alloc(); };
  engine.client->send("open", {{"experiment", smallDocument()}});
  QCOMPARE(engine.next("error").fields["message"], Json("Out of memory"));
  QCOMPARE(engine.end(), 0);
}

void TestServer::reopensTheOpenFolder() {
  QTemporaryDir folder;
  const std::string run = folder.filePath("run").toStdString();
  LocalEngine engine;
  QVERIFY(engine.greet());
  engine.client->send("open", {{"experiment", smallDocument()}, {"out", run}});
  const auto seenAt = [&](std::int64_t iteration) {
    return engine.seen([=](const EnsembleSnapshot& s) { return s.progress.iteration == iteration; });
  };
  engine.client->send("step", {{"unit", "iteration"}, {"count", 12}});
  QVERIFY(seenAt(12));
  engine.client->send("open", {{"experiment", smallDocument()}, {"out", run}});
  QVERIFY(engine.next("error").fields["message"].get<std::string>().find("run") != std::string::npos);
  engine.client->send("step", {{"unit", "iteration"}, {"count", 1}});  // the refused run has changed nothing
  QVERIFY(seenAt(13));
  engine.client->send("open_run", {{"run", run}});
  QCOMPARE(engine.next("opened").type, std::string("opened"));
  QVERIFY(seenAt(13));
}

QTEST_GUILESS_MAIN(TestServer)
#include "test_server.moc"
