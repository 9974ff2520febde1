// SPDX-License-Identifier: GPL-3.0-or-later
// Runs that fail, their checkpoints, and what is made of a folder that is there already.
#include "tests/core/training/run_fixture.h"

using namespace monge;
using namespace monge::test;

class TestRunRecovery : public QObject {
  Q_OBJECT

 private slots:
  void divergenceStopsAndKeepsTheLastGoodCheckpoint();
  void goesBackWithSmallerRates();
  void checkpointThatCannotBeWrittenStopsTheRun();
  void aCheckpointDoesNotRun();
  void aFolderHasOneWriter();
  void exceptionsBecomeStatus_data();
  void exceptionsBecomeStatus();
  void oldRunIsNotOverwritten();
  void killedBeforeTheFirstCheckpointStartsAgain();
  void resumeRefusesOtherNetworks();
};

void TestRunRecovery::divergenceStopsAndKeepsTheLastGoodCheckpoint() {
  Fixture fixture;
  Folder folder;
  fixture.control->divergeAt = 612;
  {
    auto run = fixture.makeIn(folder);
    run->play();
    QVERIFY(run->waitUntilIdle(kPatience));
    const RunProgress progress = run->progress();
    QCOMPARE(progress.status, RunStatus::Diverged);
    QCOMPARE(progress.message, std::string("Training diverged at iteration 612: critic 3, loss is NaN"));
    QCOMPARE(run->takeSnapshot()->progress.message, progress.message);
    QVERIFY(refusal(run->checkpoint()).contains("diverged"));
    run->play();
    QVERIFY(run->waitUntilIdle(kPatience));
    QCOMPARE(run->progress().status, RunStatus::Diverged);
  }
  QCOMPARE(RunDirectory::open(folder.path()).checkpoints(), (std::vector<std::int64_t>{0, 250, 500}));
}

void TestRunRecovery::goesBackWithSmallerRates() {
  Fixture fixture;
  Folder folder;
  fixture.control->divergeAt = 612;
  fixture.control->divergeRate = 0.004;
  auto run = fixture.makeIn(folder);
  for (int attempt = 0; attempt < 2; ++attempt) {
    run->play();
    QVERIFY(run->waitUntilIdle(kPatience));
    QCOMPARE(run->progress().status, RunStatus::Diverged);
    run->resumeCheckpoint(0.5).get();
    QCOMPARE(run->progress().status, RunStatus::Paused);
    QCOMPARE(run->progress().iteration, 500);
  }
  QCOMPARE(run->experiment().parameters["rate"].get<double>(), 0.0025);
  QCOMPARE(run->experiment().parameters["prototype_rate"].get<double>(),
           smallExperiment().parameters["prototype_rate"].get<double>() / 4);
  bool whole = true;
  QCOMPARE(drain(*run, whole).size(), std::size_t{5});
  QVERIFY(whole);
  run->play();
  QVERIFY(run->waitUntilIdle(kPatience));
  QCOMPARE(run->progress().status, RunStatus::Finished);
  QCOMPARE(RunDirectory::open(folder.path()).readHistory().rows.rows(), 10);
  QCOMPARE(RunDirectory::open(folder.path()).experiment().parameters["rate"].get<double>(), 0.0025);
  QVERIFY(refusal(run->resumeCheckpoint(0)).contains("positive"));
}

void TestRunRecovery::checkpointThatCannotBeWrittenStopsTheRun() {
  Fixture fixture;
  Folder folder;
  auto run = fixture.makeIn(folder);
  run->step(TrainingRun::Unit::Iteration, 300);
  QVERIFY(run->waitUntilIdle(kPatience));
  // A file where the folder of checkpoints should be stands for a disk without space.
  const fs::path kept = folder.path() / "kept";
  fs::rename(folder.path() / "checkpoints", kept);
  std::ofstream(folder.path() / "checkpoints") << "in the way";
  run->play();
  QVERIFY(run->waitUntilIdle(kPatience));
  QCOMPARE(run->progress().status, RunStatus::Failed);
  QCOMPARE(run->progress().iteration, 500);
  QVERIFY2(QString::fromStdString(run->progress().message).contains("checkpoints"),
           run->progress().message.c_str());
  QCOMPARE(run->takeSnapshot()->progress.status, RunStatus::Failed);
  run->play();  // still no space
  QVERIFY(run->waitUntilIdle(kPatience));
  QCOMPARE(run->progress().status, RunStatus::Failed);
  QCOMPARE(run->progress().iteration, 500);

  fs::remove(folder.path() / "checkpoints");
  fs::rename(kept, folder.path() / "checkpoints");
  Folder straight;
  Fixture other;
  QCOMPARE(finalState(*run, folder), finalState(*other.makeIn(straight), straight));
  QCOMPARE(RunDirectory::open(folder.path()).checkpoints(),
           (std::vector<std::int64_t>{0, 250, 500, 750, 1000}));
  QCOMPARE(historyText(folder), historyText(straight));
}

void TestRunRecovery::aCheckpointDoesNotRun() {
  Fixture fixture;
  Folder folder;
  auto run = fixture.makeIn(folder);
  run->play();
  QVERIFY(run->waitUntilIdle(kPatience));
  const RunDirectory directory = RunDirectory::open(folder.path());
  for (const std::int64_t iteration : directory.checkpoints()) {
    const RunProgress progress = directory.readSnapshot(iteration).progress;
    QCOMPARE(progress.status, iteration == 1000 ? RunStatus::Finished : RunStatus::Paused);
    QCOMPARE(progress.iterationsPerSecond, 0.0);
    QCOMPARE(progress.secondsLeft, 0.0);
  }
}

void TestRunRecovery::aFolderHasOneWriter() {
  Fixture fixture, other;
  Folder folder;
  auto run = fixture.makeIn(folder);
  QString words;
  try {
    other.makeIn(folder);
  } catch (const Error& error) {
    words = error.what();
  }
  QVERIFY2(words.contains("is being written by process"), qPrintable(words));
  run->stop();
  QCOMPARE(other.makeIn(folder, true)->progress().iteration, 0);
}

void TestRunRecovery::exceptionsBecomeStatus_data() {
  QTest::addColumn<bool>("memory");
  QTest::addColumn<QString>("message");
  QTest::newRow("device") << false << "CUDA error: device lost";
  QTest::newRow("memory") << true << "Out of memory";
}

void TestRunRecovery::exceptionsBecomeStatus() {
  QFETCH(bool, memory);
  QFETCH(QString, message);
  Fixture fixture;
  Folder folder;
  (memory ? fixture.control->outOfMemoryAt : fixture.control->throwAt) = 333;
  auto run = fixture.makeIn(folder);
  run->play();
  QVERIFY(run->waitUntilIdle(kPatience));
  QCOMPARE(run->progress().status, RunStatus::Failed);
  QCOMPARE(QString::fromStdString(run->progress().message), message);
  QVERIFY(refusal(run->movePrototype(0, {0, 0})).contains(message));
  // A trainer that threw in a step is not to be trusted.
  QVERIFY(refusal(run->play()).contains("a return to the last checkpoint"));
  QVERIFY(refusal(run->step(TrainingRun::Unit::Iteration, 1)).contains("a return to the last checkpoint"));
  QCOMPARE(run->progress().status, RunStatus::Failed);
  fixture.control->outOfMemoryAt = fixture.control->throwAt = -1;
  run->resumeCheckpoint(1).get();
  QCOMPARE(run->progress().iteration, 250);
  run->play();
  QVERIFY(run->waitUntilIdle(kPatience));
  QCOMPARE(run->progress().status, RunStatus::Finished);
}

void TestRunRecovery::oldRunIsNotOverwritten() {
  Fixture fixture;
  Folder folder;
  const std::string expected = finalState(*fixture.makeIn(folder), folder);
  QVERIFY_THROWS_EXCEPTION(Error, fixture.makeIn(folder));
  QCOMPARE(encode(RunDirectory::open(folder.path()).readState(1000)), expected);
}

void TestRunRecovery::killedBeforeTheFirstCheckpointStartsAgain() {
  Fixture fixture;
  Folder folder;
  RunDirectory::create(folder.path(), fixture.experiment);
  auto run = fixture.makeIn(folder, true);
  QCOMPARE(run->progress().iteration, 0);
  QCOMPARE(RunDirectory::open(folder.path()).checkpoints(), (std::vector<std::int64_t>{0}));
}

void TestRunRecovery::resumeRefusesOtherNetworks() {
  Fixture fixture;
  Folder folder;
  {
    auto run = fixture.makeIn(folder);
    run->step(TrainingRun::Unit::Iteration, 10);
    QVERIFY(run->waitUntilIdle(kPatience));
  }
  const RunDirectory written = RunDirectory::open(folder.path());
  fixture.options.directory = written;
  fixture.experiment.parameters["generators"] = 4;
  QVERIFY_THROWS_EXCEPTION(Error, fixture.make(true));
  fixture.experiment = smallExperiment();
  fixture.experiment.parameters["rate"] = 0.02;  // a live one takes its new value
  fixture.experiment.iterations = 50;
  auto run = fixture.make(true);
  QCOMPARE(run->progress().iteration, 10);
  QCOMPARE(run->progress().target, 50);
  run->play();
  QVERIFY(run->waitUntilIdle(kPatience));
  QCOMPARE(run->progress().iteration, 50);
  QCOMPARE(written.readState(50).doubles("numbers")[0], 0.02);
}

QTEST_GUILESS_MAIN(TestRunRecovery)
#include "test_run_recovery.moc"
