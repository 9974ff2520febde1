// SPDX-License-Identifier: GPL-3.0-or-later
// What the tests of a run are made of: a small experiment, a fake trainer, a folder.
#pragma once

#include <QtTest>
#include <filesystem>
#include <fstream>
#include <utility>

#include "core/base/error.h"
#include "core/training/training_run.h"
#include "tests/core/training/fake_trainer.h"

namespace monge::test {

namespace fs = std::filesystem;

constexpr double kPatience = 20;  // seconds; only a hang takes that long

inline Experiment smallExperiment() {
  Experiment experiment =
      experimentFromJson(nlohmann::json::parse(R"({"version": 1, "method": "k-gans"})"), "test");
  experiment.parameters["generators"] = 3;
  experiment.parameters["rate"] = 0.01;
  experiment.iterations = 1000;
  experiment.historyEvery = 100;
  experiment.checkpointEvery = 250;
  experiment.seed = 7;
  return experiment;
}

/// A folder of one's own, gone afterwards.
struct Folder {
  QTemporaryDir folder;
  fs::path path() const { return fs::path(folder.path().toStdString()) / "run"; }
};

struct Fixture {
  std::shared_ptr<FakeControl> control = std::make_shared<FakeControl>();
  Experiment experiment = smallExperiment();
  TrainingRun::Options options;

  std::unique_ptr<TrainingRun> make(bool resume = false) {
    auto factory = [shared = control](const Experiment& wanted) {
      return std::make_unique<FakeTrainer>(wanted, shared);
    };
    return std::make_unique<TrainingRun>(experiment, factory, options, resume);
  }
  std::unique_ptr<TrainingRun> makeIn(const Folder& folder, bool resume = false) {
    options.directory = RunDirectory::create(folder.path(), experiment);
    return make(resume);
  }
};

/// Plays to the target and answers the whole state there.
inline std::string finalState(TrainingRun& run, const Folder& folder) {
  run.play();
  if (!run.waitUntilIdle(kPatience)) return "did not finish";
  return encode(RunDirectory::open(folder.path()).readState(run.progress().iteration));
}

inline std::string historyText(const Folder& folder) {
  std::ifstream in(folder.path() / "metrics.csv");
  return {std::istreambuf_iterator<char>(in), {}};
}

template <class Future>
QString refusal(Future future) {
  try {
    future.get();
  } catch (const Error& error) {
    return error.what();
  }
  return "accepted";
}

template <class Condition>
bool eventually(Condition condition) {
  return QTest::qWaitFor(condition, static_cast<int>(kPatience * 1000));
}

/// All rows of the history, in order; false in `whole` when one is missing or twice there.
inline std::vector<std::vector<double>> drain(TrainingRun& run, bool& whole) {
  std::vector<std::vector<double>> rows;
  while (auto chunk = run.takeHistory()) {
    if (chunk->firstRow == 0) rows.clear();
    whole = whole && chunk->firstRow == static_cast<std::int64_t>(rows.size());
    for (Eigen::Index row = 0; row < chunk->rows.rows(); ++row)
      rows.emplace_back(chunk->rows.row(row).begin(), chunk->rows.row(row).end());
  }
  return rows;
}

}  // namespace monge::test
