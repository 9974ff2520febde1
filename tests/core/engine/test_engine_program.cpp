// SPDX-License-Identifier: GPL-3.0-or-later
// The real program behind real pipes, with a real trainer.
#include <signal.h>

#include <QtTest>
#include <cmath>
#include <filesystem>

#include "core/engine/client.h"
#include "core/engine/server.h"
#include "core/experiment/run_directory.h"
#include "core/snapshot/snapshot_message.h"

using namespace monge;
using Json = nlohmann::json;

namespace {

constexpr double kPatience = 60;  // seconds; LibTorch loads, and the machine may be busy
const char* const kProgram = MONGE_BIN_DIR "/monge-cli";

Json smallDocument() {
  return Json::parse(R"({"version": 1, "method": "k-gans", "iterations": 400, "checkpoint_every": 100,
                         "history_every": 20, "device": "cpu", "threads": 1,
                         "data": {"toy": "four_clusters", "points": 500},
                         "parameters": {"generators": 3, "burn_in": 20}})");
}

struct Engine {
  std::unique_ptr<EngineClient> client = EngineClient::launch({kProgram, "serve"});

  bool greet() {
    client->send("hello", {{"protocol", kProtocol}});
    return next("hello").type == "hello";
  }
  Message next(const std::string& type) {
    while (const auto message = client->receive(kPatience)) {
      if (message->type == "snapshot") client->send("ack", {{"sequence", message->fields["sequence"]}});
      if (message->type == type || message->type == "error") return *message;
    }
    return Message("nothing");
  }
  bool reaches(std::int64_t iteration) {
    for (;;) {
      const Message message = next("snapshot");
      if (message.type != "snapshot") {
        qWarning("%s %s", message.type.c_str(), message.fields.dump().c_str());
        return false;
      }
      if (snapshotFromMessage(message).progress.iteration >= iteration) return true;
    }
  }
};

}  // namespace

class TestEngineProgram : public QObject {
  Q_OBJECT

 private slots:
  void initTestCase();
  void killedEngineLosesNothingBeforeItsCheckpoint();
  void endsWithItsInput();
  void printsNothingButMessages();
};

void TestEngineProgram::initTestCase() {
  if (!std::filesystem::exists(kProgram)) QSKIP("monge-cli is not built");
}

void TestEngineProgram::killedEngineLosesNothingBeforeItsCheckpoint() {
  QTemporaryDir folder;
  const std::string killed = folder.filePath("killed").toStdString();
  const std::string whole = folder.filePath("whole").toStdString();
  {
    Engine engine;
    QVERIFY(engine.greet());
    engine.client->send("open", {{"experiment", smallDocument()}, {"out", killed}});
    engine.client->send("step", {{"unit", "iteration"}, {"count", 150}});
    QVERIFY(engine.reaches(150));
    ::kill(engine.client->pid(), SIGKILL);
    QCOMPARE(engine.client->waitForEnd(kPatience).value_or(-1), 128 + SIGKILL);
    QCOMPARE(RunDirectory::open(killed).checkpoints().back(), 100);
  }
  Engine engine;
  QVERIFY(engine.greet());
  engine.client->send("open_run", {{"run", killed}});
  QCOMPARE(historyFromMessage(engine.next("history")).rows.rows(), 5);
  engine.client->send("play");
  QVERIFY(engine.reaches(400));
  engine.client->send("open", {{"experiment", smallDocument()}, {"out", whole}});
  engine.client->send("play");
  QCOMPARE(engine.next("opened").type, std::string("opened"));
  QVERIFY(engine.reaches(400));
  engine.client->send("quit");
  QCOMPARE(engine.client->waitForEnd(kPatience).value_or(-1), 0);
  QCOMPARE(encode(RunDirectory::open(killed).readState(400)),
           encode(RunDirectory::open(whole).readState(400)));
  const RowsD expected = RunDirectory::open(whole).readHistory().rows;
  const RowsD found = RunDirectory::open(killed).readHistory().rows;
  QCOMPARE(found.rows(), expected.rows());
  for (Eigen::Index i = 0; i < expected.size(); ++i) {
    const double a = found.data()[i], b = expected.data()[i];
    QVERIFY2(a == b || (std::isnan(a) && std::isnan(b)), qPrintable(QString("%1 and %2").arg(a).arg(b)));
  }
}

void TestEngineProgram::endsWithItsInput() {
  Engine engine;
  QVERIFY(engine.greet());
  engine.client->closeInput();
  QCOMPARE(engine.client->waitForEnd(kPatience).value_or(-1), 0);
}

void TestEngineProgram::printsNothingButMessages() {
  Engine engine;
  QVERIFY(engine.greet());
  engine.client->sendBytes("not a message, surely");
  QCOMPARE(engine.next("error").fields["fatal"], Json(true));
  QVERIFY(!engine.client->receive(kPatience));  // would throw on a byte that is not a message's
  QCOMPARE(engine.client->waitForEnd(kPatience).value_or(-1), 1);
}

QTEST_GUILESS_MAIN(TestEngineProgram)
#include "test_engine_program.moc"
