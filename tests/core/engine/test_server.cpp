// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/engine/server.h"

#include <QtTest>
#include <filesystem>
#include <future>
#include <sstream>
#include <thread>

#include "core/base/error.h"
#include "core/engine/client.h"
#include "core/experiment/run_directory.h"
#include "core/snapshot/snapshot_message.h"
#include "tests/core/training/fake_trainer.h"

using namespace monge;
using test::FakeControl;
using test::FakeTrainer;
using Json = nlohmann::json;
namespace fs = std::filesystem;

namespace {

constexpr double kPatience = 20;  // seconds; only a hang takes that long

Json smallDocument(std::int64_t iterations = 1000) {
  Experiment experiment = experimentFromJson(Json::parse(R"({"version": 1, "method": "k-gans"})"), "test");
  experiment.parameters["generators"] = 3;
  experiment.parameters["rate"] = 0.01;
  experiment.iterations = iterations;
  experiment.historyEvery = 10;
  experiment.checkpointEvery = 250;
  return toJson(experiment);
}

/// An engine on a thread of this program, with fake trainers, and a client of it.
class LocalEngine {
 public:
  LocalEngine() {
    Pipe commands = makePipe(), answers = makePipe();
    client = std::make_unique<EngineClient>(std::move(answers.readEnd), std::move(commands.writeEnd));
    m_thread = std::thread([this, in = std::move(commands.readEnd), out = std::move(answers.writeEnd)] {
      status = serve(in.get(), out.get(), log, factory());
    });
  }
  ~LocalEngine() { end(); }

  /// Closes the engine's input and answers its exit status.
  int end() {
    client->closeInput();
    if (m_thread.joinable()) m_thread.join();
    return status;
  }

  /// Exchanges hellos.
  bool greet() {
    client->send("hello", {{"protocol", kProtocol}});
    const auto hello = client->receive(kPatience);
    return hello && hello->type == "hello";
  }

  /// The next message of this type; the others are passed over, snapshots among them acknowledged.
  Message next(const std::string& type) {
    while (const auto message = client->receive(kPatience)) {
      if (message->type == "snapshot") client->send("ack", {{"sequence", message->fields["sequence"]}});
      if (message->type == type) return *message;
      if (message->type == "error") return *message;
    }
    return Message("nothing");
  }

  /// Takes snapshots until one satisfies `condition`.
  template <class Condition>
  std::optional<EnsembleSnapshot> seen(Condition condition) {
    for (;;) {
      const Message message = next("snapshot");
      if (message.type != "snapshot") return std::nullopt;
      EnsembleSnapshot snapshot = snapshotFromMessage(message);
      if (condition(snapshot)) return snapshot;
    }
  }

  std::shared_ptr<FakeControl> control = std::make_shared<FakeControl>();
  std::function<void()> whileLoading;
  std::ostringstream log;  ///< read it after end()
  std::unique_ptr<EngineClient> client;
  int status = -1;

 private:
  EngineFactory factory() {
    EngineFactory made;
    made.loadData = [this](const DataSource&) {
      if (whileLoading) whileLoading();
      return Dataset{};
    };
    made.makeTrainer = [shared = control](const Experiment& experiment, const Dataset&) {
      return std::make_unique<FakeTrainer>(experiment, shared);
    };
    made.deviceInfo = [] { return DeviceInfo{"9.9", {"cpu"}, {"LibTorch runs on a reference BLAS"}}; };
    return made;
  }

  std::thread m_thread;
};

bool finished(const EnsembleSnapshot& snapshot) {
  return snapshot.progress.status == RunStatus::Finished;
}

}  // namespace

class TestServer : public QObject {
  Q_OBJECT

 private slots:
  void shakesHands();
  void refusesAnotherProtocol();
  void refusesACommandBeforeHello();
  void opensPlaysAndFinishes();
  void obeysEdits();
  void obeysCommandsSentBeforeOpened();
  void stepsBySubPhase();
  void refusesBadCommands_data();
  void refusesBadCommands();
  void refusedOpenLeavesTheRun();
  void nothingIsOpen();
  void clientThatNeverAcknowledgesGetsOneSnapshot();
  void historyComesWholeBeforeSnapshots();
  void clientThatNeverReadsDoesNotStopTraining();
  void answersPingsWhileLoading();
  void answersPingsDuringALongStep();
  void nonsenseEndsTheLink_data();
  void nonsenseEndsTheLink();
  void endOfInputLeavesACheckpoint();
  void quitLeavesACheckpoint();
  void goesOnInAnotherEngine();
  void divergesAndGoesBack();
  void outOfMemoryIsAMessage();
  void reopensTheOpenFolder();
};

void TestServer::shakesHands() {
  LocalEngine engine;
  const auto hello = engine.client->receive(kPatience);
  QVERIFY(hello);
  QCOMPARE(hello->type, std::string("hello"));
  QCOMPARE(hello->fields["protocol"].get<int>(), 1);
  QCOMPARE(hello->fields["torch"].get<std::string>(), std::string("9.9"));
  QCOMPARE(hello->fields["devices"], Json::array({"cpu"}));
  QCOMPARE(hello->fields["warnings"].size(), std::size_t{1});
  QVERIFY(!hello->fields["version"].get<std::string>().empty());
  QCOMPARE(engine.end(), 0);
}

void TestServer::refusesAnotherProtocol() {
  LocalEngine engine;
  engine.client->send("hello", {{"protocol", 99}});
  QCOMPARE(engine.next("hello").type, std::string("hello"));
  const Message error = engine.next("error");
  QCOMPARE(error.fields["fatal"], Json(true));
  QVERIFY(error.fields["message"].get<std::string>().find("99") != std::string::npos);
  QVERIFY(!engine.client->receive(kPatience));
  QCOMPARE(engine.end(), 1);
}

void TestServer::refusesACommandBeforeHello() {
  LocalEngine engine;
  engine.client->send("play");
  QCOMPARE(engine.next("error").fields["fatal"], Json(true));
  QCOMPARE(engine.end(), 1);
}

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

void TestServer::clientThatNeverAcknowledgesGetsOneSnapshot() {
  LocalEngine engine;
  QVERIFY(engine.greet());
  engine.client->send("open", {{"experiment", smallDocument(30000)}});
  engine.client->send("play");
  std::vector<Json> snapshots;
  const auto answered = [&](int id) {
    engine.client->send("ping", {{"id", id}});
    while (const auto message = engine.client->receive(kPatience)) {
      if (message->type == "snapshot") snapshots.push_back(message->fields["sequence"]);
      if (message->type == "pong" && message->fields["id"] == id) return true;
    }
    return false;
  };
  // What is made while nobody takes it is one snapshot in the slot, one more for each change of status.
  QTRY_VERIFY_WITH_TIMEOUT(engine.control->snapshots >= 3, static_cast<int>(kPatience * 1000));
  QVERIFY(answered(1));
  QTest::qWait(300);
  QVERIFY(answered(2));
  QCOMPARE(snapshots.size(), std::size_t{1});
  engine.client->send("ack", {{"sequence", snapshots[0]}});
  QVERIFY(engine.seen(finished));  // training went on
}

void TestServer::historyComesWholeBeforeSnapshots() {
  LocalEngine engine;
  QVERIFY(engine.greet());
  engine.client->send("open", {{"experiment", smallDocument(20000)}});
  engine.client->send("play");
  std::int64_t rows = 0;
  for (bool done = false; !done;) {
    const auto message = engine.client->receive(kPatience);
    QVERIFY(message);
    if (message->type == "history") {
      const HistoryChunk chunk = historyFromMessage(*message);
      QCOMPARE(chunk.firstRow, rows);
      for (Eigen::Index row = 0; row < chunk.rows.rows(); ++row)
        QCOMPARE(chunk.rows(row, 0), 10.0 * static_cast<double>(++rows));
    } else if (message->type == "snapshot") {
      const EnsembleSnapshot snapshot = snapshotFromMessage(*message);
      QVERIFY2(rows >= snapshot.progress.iteration / 10,
               "the history that goes with a snapshot is before it");
      done = finished(snapshot);
      QTest::qWait(30);  // a slow reader
      engine.client->send("ack", {{"sequence", snapshot.sequence}});
    }
  }
  QCOMPARE(rows, 2000);
}

void TestServer::clientThatNeverReadsDoesNotStopTraining() {
  QTemporaryDir folder;
  const std::string run = folder.filePath("run").toStdString();
  LocalEngine engine;
  QVERIFY(engine.greet());
  engine.client->send("layers", {{"samples", 100000}});  // larger than a pipe holds
  engine.client->send("open", {{"experiment", smallDocument(2000)}, {"out", run}});
  engine.client->send("play");
  const auto done = [&] {
    try {
      const auto all = RunDirectory::open(run).checkpoints();
      return !all.empty() && all.back() == 2000;
    } catch (const Error&) {
      return false;  // not opened yet
    }
  };
  QTRY_VERIFY_WITH_TIMEOUT(done(), static_cast<int>(kPatience * 1000));
  QCOMPARE(engine.end(), 0);  // and an unread link does not hold the engine
}

void TestServer::answersPingsWhileLoading() {
  LocalEngine engine;
  std::promise<void> answered;
  engine.whileLoading = [future = answered.get_future().share()] { future.wait(); };
  QVERIFY(engine.greet());
  engine.client->send("open", {{"experiment", smallDocument()}});
  engine.client->send("ping", {{"id", 5}});
  const auto pong = engine.client->receive(kPatience);
  answered.set_value();
  QVERIFY(pong);
  QCOMPARE(pong->type, std::string("pong"));
  QCOMPARE(pong->fields["id"], Json(5));
  QCOMPARE(engine.next("opened").type, std::string("opened"));
}

void TestServer::answersPingsDuringALongStep() {
  LocalEngine engine;
  engine.control->stepMicroseconds = 700000;
  QVERIFY(engine.greet());
  engine.client->send("open", {{"experiment", smallDocument()}});
  engine.client->send("step", {{"unit", "iteration"}, {"count", 1}});
  double busy = 0;
  for (int id = 0; busy < 0.05 && id < 1000; ++id) {
    engine.client->send("ping", {{"id", id}});
    busy = engine.next("pong").fields["busy_seconds"].get<double>();
    QTest::qWait(10);
  }
  QVERIFY(busy >= 0.05);
}

void TestServer::nonsenseEndsTheLink_data() {
  QTest::addColumn<QByteArray>("bytes");
  QTest::newRow("text") << QByteArray("GET / HTTP/1.1\r\n\r\n");
  const auto claim = [](std::uint32_t header, std::uint64_t payload) {
    QByteArray bytes("MNG1");
    bytes.append(reinterpret_cast<const char*>(&header), 4);
    bytes.append(reinterpret_cast<const char*>(&payload), 8);
    return bytes;
  };
  QTest::newRow("header of 4 GB") << claim(0xffffffff, 0);
  QTest::newRow("payload of 2^60 bytes") << claim(2, 1ull << 60) + "{}";
  QTest::newRow("header that is not JSON") << claim(4, 0) + "{{{{";
}

void TestServer::nonsenseEndsTheLink() {
  QFETCH(QByteArray, bytes);
  QTemporaryDir folder;
  const std::string run = folder.filePath("run").toStdString();
  LocalEngine engine;
  QVERIFY(engine.greet());
  engine.client->send("open", {{"experiment", smallDocument()}, {"out", run}});
  engine.client->send("step", {{"unit", "iteration"}, {"count", 5}});
  QVERIFY(engine.seen([](const EnsembleSnapshot& s) { return s.progress.iteration == 5; }));
  engine.client->sendBytes(std::string_view(bytes.data(), static_cast<std::size_t>(bytes.size())));
  QCOMPARE(engine.next("error").fields["fatal"], Json(true));
  QCOMPARE(engine.end(), 1);
  QCOMPARE(RunDirectory::open(run).checkpoints().back(), 5);
}

void TestServer::endOfInputLeavesACheckpoint() {
  QTemporaryDir folder;
  const std::string run = folder.filePath("run").toStdString();
  LocalEngine engine;
  QVERIFY(engine.greet());
  engine.client->send("open", {{"experiment", smallDocument()}, {"out", run}});
  engine.client->send("step", {{"unit", "iteration"}, {"count", 7}});
  QVERIFY(engine.seen([](const EnsembleSnapshot& s) { return s.progress.iteration == 7; }));
  QCOMPARE(engine.end(), 0);
  QCOMPARE(RunDirectory::open(run).checkpoints().back(), 7);
}

void TestServer::quitLeavesACheckpoint() {
  QTemporaryDir folder;
  const std::string run = folder.filePath("run").toStdString();
  LocalEngine engine;
  QVERIFY(engine.greet());
  engine.client->send("open", {{"experiment", smallDocument()}, {"out", run}});
  engine.client->send("checkpoint");
  const Message saved = engine.next("saved");
  QCOMPARE(saved.fields["iteration"], Json(0));
  QVERIFY(fs::equivalent(saved.fields["run"].get<std::string>(), run));
  engine.client->send("step", {{"unit", "phase"}, {"count", 10}});
  QVERIFY(engine.seen([](const EnsembleSnapshot& s) { return s.progress.iteration == 3; }));
  engine.client->send("quit");
  while (engine.client->receive(kPatience)) {
  }
  QVERIFY(engine.client->ended());
  QCOMPARE(engine.end(), 0);
  QCOMPARE(RunDirectory::open(run).checkpoints().back(), 3);
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
  engine.client->send("step", {{"unit", "iteration"}, {"count", 12}});
  engine.client->send("open", {{"experiment", smallDocument()}, {"out", run}});
  QVERIFY(engine.next("error").fields["message"].get<std::string>().find("run") != std::string::npos);
  QVERIFY(engine.seen([](const EnsembleSnapshot& s) { return s.progress.iteration == 12; }));
  engine.client->send("open_run", {{"run", run}});
  QCOMPARE(engine.next("opened").type, std::string("opened"));
  QVERIFY(engine.seen([](const EnsembleSnapshot& s) { return s.progress.iteration == 12; }));
}

QTEST_GUILESS_MAIN(TestServer)
#include "test_server.moc"
