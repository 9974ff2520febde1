// SPDX-License-Identifier: GPL-3.0-or-later
// An engine on a thread of the test, and a client of it.
#pragma once

#include <QtTest>
#include <filesystem>
#include <future>
#include <sstream>
#include <thread>

#include "core/base/error.h"
#include "core/engine/client.h"
#include "core/engine/server.h"
#include "core/experiment/run_directory.h"
#include "core/snapshot/snapshot_message.h"
#include "tests/core/training/fake_trainer.h"

namespace monge::test {

using Json = nlohmann::json;
namespace fs = std::filesystem;

constexpr double kPatience = 20;  // seconds; only a hang takes that long

inline Json smallDocument(std::int64_t iterations = 1000) {
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

inline bool finished(const EnsembleSnapshot& snapshot) {
  return snapshot.progress.status == RunStatus::Finished;
}

}  // namespace monge::test
