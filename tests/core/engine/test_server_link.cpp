// SPDX-License-Identifier: GPL-3.0-or-later
// The link itself: hellos, flow control, pings, nonsense, ends.
#include "tests/core/engine/local_engine.h"

using namespace monge;
using namespace monge::test;

class TestServerLink : public QObject {
  Q_OBJECT

 private slots:
  void shakesHands();
  void refusesAnotherProtocol();
  void refusesACommandBeforeHello();
  void clientThatNeverAcknowledgesGetsOneSnapshot();
  void historyComesWholeBeforeSnapshots();
  void clientThatNeverReadsDoesNotStopTraining();
  void answersPingsWhileLoading();
  void answersPingsDuringALongStep();
  void nonsenseEndsTheLink_data();
  void nonsenseEndsTheLink();
  void endOfInputLeavesACheckpoint();
  void quitLeavesACheckpoint();
};

void TestServerLink::shakesHands() {
  LocalEngine engine;
  const auto hello = engine.client->receive(kPatience);
  QVERIFY(hello);
  QCOMPARE(hello->type, std::string("hello"));
  QCOMPARE(hello->fields["protocol"].get<int>(), 2);
  QCOMPARE(hello->fields["torch"].get<std::string>(), std::string("9.9"));
  QCOMPARE(hello->fields["devices"], Json::array({"cpu"}));
  QCOMPARE(hello->fields["warnings"].size(), std::size_t{1});
  QVERIFY(!hello->fields["version"].get<std::string>().empty());
  QCOMPARE(engine.end(), 0);
}

void TestServerLink::refusesAnotherProtocol() {
  LocalEngine engine;
  engine.client->send("hello", {{"protocol", 99}});
  QCOMPARE(engine.next("hello").type, std::string("hello"));
  const Message error = engine.next("error");
  QCOMPARE(error.fields["fatal"], Json(true));
  QVERIFY(error.fields["message"].get<std::string>().find("99") != std::string::npos);
  QVERIFY(!engine.client->receive(kPatience));
  QCOMPARE(engine.end(), 1);
}

void TestServerLink::refusesACommandBeforeHello() {
  LocalEngine engine;
  engine.client->send("play");
  QCOMPARE(engine.next("error").fields["fatal"], Json(true));
  QCOMPARE(engine.end(), 1);
}

void TestServerLink::clientThatNeverAcknowledgesGetsOneSnapshot() {
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

void TestServerLink::historyComesWholeBeforeSnapshots() {
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

void TestServerLink::clientThatNeverReadsDoesNotStopTraining() {
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

void TestServerLink::answersPingsWhileLoading() {
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

void TestServerLink::answersPingsDuringALongStep() {
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

void TestServerLink::nonsenseEndsTheLink_data() {
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

void TestServerLink::nonsenseEndsTheLink() {
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

void TestServerLink::endOfInputLeavesACheckpoint() {
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

void TestServerLink::quitLeavesACheckpoint() {
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

QTEST_GUILESS_MAIN(TestServerLink)
#include "test_server_link.moc"
