// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/core/training/run_fixture.h"

using namespace monge;
using namespace monge::test;

class TestTrainingRun : public QObject {
  Q_OBJECT

 private slots:
  void startsPausedWithAPicture();
  void playsToTheTarget();
  void goesOnBitForBit();
  void goesOnBitForBitInTheMiddleOfAnIteration();
  void cutsDoNotChangeTheNumbers_data();
  void cutsDoNotChangeTheNumbers();
  void stepsAsFarAsAsked();
  void commandsActWhileRunning();
  void speedLimitDoesNotDelayCommands();
  void historyHasNoGaps();
  void buildsNoSnapshotThatNobodyTakes();
  void resetGivesTheSameHistory();
  void resetThatCannotBeBuiltChangesNothing();
  void parametersForAResetAreKept();
  void editsAreRefusedWithWords();
  void editsAreLoggedAndSaved();
  void constructorRefusesWithWords();
  void targetMovesWhileRunning();
  void stopAnswersWhatComesLater();
};

void TestTrainingRun::startsPausedWithAPicture() {
  Fixture fixture;
  auto run = fixture.make();
  const SnapshotPtr first = run->takeSnapshot();
  QVERIFY(first);
  QCOMPARE(first->sequence, std::uint64_t{1});
  QCOMPARE(first->progress.status, RunStatus::Paused);
  QCOMPARE(first->progress.iteration, 0);
  QCOMPARE(first->progress.target, 1000);
  QCOMPARE(first->progress.phase, std::string("sample"));
  QCOMPARE(first->progress.epochLength, 40);
  QCOMPARE(first->prototypes.rows(), 3);
  QVERIFY(!run->takeSnapshot());
  const auto history = run->takeHistory();
  QVERIFY(history);
  QCOMPARE(history->columns, (std::vector<std::string>{"iteration", "critic", "loss"}));
  QCOMPARE(history->rows.rows(), 0);
  QCOMPARE(run->busySeconds(), 0.0);
  QCOMPARE(run->dataView().name, std::string("Corners"));
}

void TestTrainingRun::playsToTheTarget() {
  Fixture fixture;
  Folder folder;
  auto run = fixture.makeIn(folder);
  run->play();
  QVERIFY(run->waitUntilIdle(kPatience));
  QCOMPARE(run->progress().status, RunStatus::Finished);
  QCOMPARE(run->progress().iteration, 1000);
  QCOMPARE(run->takeSnapshot()->progress.status, RunStatus::Finished);
  const RunDirectory written = RunDirectory::open(folder.path());
  QCOMPARE(written.checkpoints(), (std::vector<std::int64_t>{0, 250, 500, 750, 1000}));
  QCOMPARE(written.readHistory().rows.rows(), 10);
  QCOMPARE(written.readSnapshot(500).samples.rows(), 10000);
  QCOMPARE(written.readData().points.rows(), 4);
  run->play();
  QVERIFY(run->waitUntilIdle(kPatience));
  QCOMPARE(run->progress().iteration, 1000);
}

void TestTrainingRun::goesOnBitForBit() {
  Folder straight, broken;
  Fixture first;
  const std::string expected = finalState(*first.makeIn(straight), straight);
  Fixture second;
  {
    auto run = second.makeIn(broken);
    run->step(TrainingRun::Unit::Iteration, 617);  // between two rows, two checkpoints, two epochs
    QVERIFY(run->waitUntilIdle(kPatience));
  }
  QCOMPARE(RunDirectory::open(broken.path()).checkpoints().back(), 617);
  // What was written after the checkpoint by a process that died since.
  HistoryChunk later = RunDirectory::open(broken.path()).readHistory();
  later.firstRow = later.rows.rows();
  later.rows = RowsD::Constant(1, 3, 700);
  RunDirectory::open(broken.path()).appendHistory(later);

  auto run = second.makeIn(broken, true);
  QCOMPARE(run->progress().iteration, 617);
  QCOMPARE(run->takeHistory()->rows.rows(), 6);
  QCOMPARE(finalState(*run, broken), expected);
  QCOMPARE(historyText(broken), historyText(straight));
}

void TestTrainingRun::goesOnBitForBitInTheMiddleOfAnIteration() {
  Folder straight, broken;
  Fixture first;
  const std::string expected = finalState(*first.makeIn(straight), straight);
  Fixture second;
  {
    auto run = second.makeIn(broken);
    run->step(TrainingRun::Unit::Phase, 31);
    QVERIFY(run->waitUntilIdle(kPatience));
    QCOMPARE(run->progress().iteration, 10);
    QCOMPARE(run->progress().phase, std::string("critic"));
  }
  auto run = second.makeIn(broken, true);
  QCOMPARE(run->progress().phase, std::string("critic"));
  QCOMPARE(finalState(*run, broken), expected);
  QCOMPARE(historyText(broken), historyText(straight));
}

void TestTrainingRun::cutsDoNotChangeTheNumbers_data() {
  QTest::addColumn<int>("unit");
  QTest::addColumn<int>("count");
  QTest::newRow("sub-phases") << static_cast<int>(TrainingRun::Unit::Phase) << 7;
  QTest::newRow("iterations") << static_cast<int>(TrainingRun::Unit::Iteration) << 13;
  QTest::newRow("epochs") << static_cast<int>(TrainingRun::Unit::Epoch) << 2;
}

void TestTrainingRun::cutsDoNotChangeTheNumbers() {
  QFETCH(int, unit);
  QFETCH(int, count);
  Folder straight, cut;
  Fixture first, second;
  const std::string expected = finalState(*first.makeIn(straight), straight);
  auto run = second.makeIn(cut);
  for (int i = 0; i < 20; ++i) {
    run->step(static_cast<TrainingRun::Unit>(unit), count);
    SnapshotRequest request;
    request.samples = 10 + i;
    run->requestSnapshots(request);
  }
  QVERIFY(run->waitUntilIdle(kPatience));
  QVERIFY(run->progress().iteration > 0);
  QCOMPARE(finalState(*run, cut), expected);
  QCOMPARE(historyText(cut), historyText(straight));
}

void TestTrainingRun::stepsAsFarAsAsked() {
  Fixture fixture;
  auto run = fixture.make();
  const auto stepped = [&](TrainingRun::Unit unit, std::int64_t count) {
    run->step(unit, count);
    run->waitUntilIdle(kPatience);
    return run->progress();
  };
  QCOMPARE(stepped(TrainingRun::Unit::Phase, 2).phase, std::string("generator"));
  QCOMPARE(run->progress().iteration, 0);
  QCOMPARE(stepped(TrainingRun::Unit::Iteration, 1).iteration, 1);  // the one begun by sub-phases
  QCOMPARE(run->progress().phase, std::string("sample"));
  QCOMPARE(stepped(TrainingRun::Unit::Epoch, 2).iteration, 81);
  QCOMPARE(run->progress().status, RunStatus::Paused);
  for (int i = 0; i < 5; ++i) run->step(TrainingRun::Unit::Iteration, 10);
  run->waitUntilIdle(kPatience);
  QCOMPARE(run->progress().iteration, 131);
  QCOMPARE(stepped(TrainingRun::Unit::Iteration, 100000).iteration, 1000);  // stops at the target
  QCOMPARE(run->progress().status, RunStatus::Finished);
  QCOMPARE(stepped(TrainingRun::Unit::Iteration, 5).iteration, 1005);  // and goes past it when asked to
}

void TestTrainingRun::commandsActWhileRunning() {
  Fixture fixture;
  fixture.experiment.iterations = 100000000;
  fixture.experiment.historyEvery = 1000000;
  fixture.experiment.checkpointEvery = 1000000;
  fixture.control->stepMicroseconds = 500;
  auto run = fixture.make();
  run->play();
  QVERIFY(eventually([&] { return run->progress().iteration > 100; }));
  QVERIFY(run->busySeconds() >= 0);
  run->movePrototype(1, {0.25, -0.5}).get();
  QVERIFY(eventually([&] {
    const SnapshotPtr seen = run->takeSnapshot();
    return seen && seen->prototypes(1, 1) == -0.5f;
  }));
  QCOMPARE(run->progress().status, RunStatus::Running);
  QVERIFY(run->progress().iterationsPerSecond > 0);
  QVERIFY(run->progress().secondsLeft > 0);
  run->pause();
  QVERIFY(run->waitUntilIdle(kPatience));
  QCOMPARE(run->progress().status, RunStatus::Paused);
  // A chunk takes about 10 ms, that is 20 iterations of this trainer; a chunk of hundreds would make people
  // wait.
  QVERIFY2(fixture.control->longestChunk <= 40, qPrintable(QString::number(fixture.control->longestChunk)));
}

void TestTrainingRun::speedLimitDoesNotDelayCommands() {
  Fixture fixture;
  auto run = fixture.make();
  run->setSpeed(0.001);  // one iteration in a thousand seconds
  run->play();
  QVERIFY(eventually([&] { return run->progress().iteration == 1; }));
  QCOMPARE(run->addPrototype({0.5, 0.5}).get(), 3);
  run->setSpeed(0);
  QVERIFY(run->waitUntilIdle(kPatience));
  QCOMPARE(run->progress().status, RunStatus::Finished);
}

void TestTrainingRun::historyHasNoGaps() {
  Fixture fixture;
  fixture.experiment.historyEvery = 1;
  fixture.experiment.iterations = 20001;
  auto run = fixture.make();
  run->play();
  bool whole = true;
  std::vector<std::vector<double>> rows;
  while (rows.size() < 20001 && whole) {
    const auto chunk = run->takeHistory();
    if (chunk) whole = chunk->firstRow == static_cast<std::int64_t>(rows.size());
    for (Eigen::Index row = 0; chunk && row < chunk->rows.rows(); ++row)
      rows.emplace_back(chunk->rows.row(row).begin(), chunk->rows.row(row).end());
    QTest::qWait(20);  // a slow reader
  }
  QVERIFY(whole);
  for (std::size_t i = 0; i < rows.size(); ++i) QCOMPARE(rows[i][0], static_cast<double>(i + 1));
}

void TestTrainingRun::buildsNoSnapshotThatNobodyTakes() {
  Fixture fixture;
  fixture.experiment.iterations = 3000;
  fixture.options.snapshotsPerSecond = 1e9;
  auto run = fixture.make();
  run->play();
  QVERIFY(run->waitUntilIdle(kPatience));
  QVERIFY2(fixture.control->snapshots <= 3, "one at the start, one at play, one at the end");
}

void TestTrainingRun::resetGivesTheSameHistory() {
  Fixture fixture;
  Folder folder;
  auto run = fixture.makeIn(folder);
  const auto played = [&] {
    bool whole = true;
    const std::string state = finalState(*run, folder);
    const auto rows = drain(*run, whole);
    return std::make_pair(state, whole ? rows : decltype(rows){});
  };
  const auto first = played();
  QCOMPARE(first.second.size(), std::size_t{10});
  run->reset(std::nullopt).get();
  QCOMPARE(run->progress().iteration, 0);
  QCOMPARE(run->progress().status, RunStatus::Paused);
  // A run killed here must not come back with what was before the reset.
  QCOMPARE(RunDirectory::open(folder.path()).checkpoints(), (std::vector<std::int64_t>{0}));
  QCOMPARE(RunDirectory::open(folder.path()).readHistory().rows.rows(), 0);
  QCOMPARE(run->takeHistory()->firstRow, 0);
  QCOMPARE(played(), first);
  run->reset(8).get();
  QCOMPARE(run->experiment().seed, std::uint64_t{8});
  QCOMPARE(RunDirectory::open(folder.path()).experiment().seed, std::uint64_t{8});
  QVERIFY(played().second != first.second);
}

void TestTrainingRun::resetThatCannotBeBuiltChangesNothing() {
  Fixture fixture;
  auto control = fixture.control;
  TrainingRun run(
      fixture.experiment,
      [control](const Experiment& wanted) {
        if (wanted.seed == 13) throw Error("seed", "13", "a lucky number");
        return std::make_unique<FakeTrainer>(wanted, control);
      },
      fixture.options);
  run.step(TrainingRun::Unit::Iteration, 10);
  QVERIFY(run.waitUntilIdle(kPatience));
  QVERIFY(refusal(run.reset(13)).contains("lucky"));
  QCOMPARE(run.progress().iteration, 10);
  QCOMPARE(run.progress().seed, std::uint64_t{7});
}

void TestTrainingRun::parametersForAResetAreKept() {
  Fixture fixture;
  auto run = fixture.make();
  run->set("generators", 5).get();
  QCOMPARE(run->experiment().parameters["generators"].get<int>(), 3);
  run->takeSnapshot();
  run->reset(std::nullopt).get();
  QCOMPARE(run->experiment().parameters["generators"].get<int>(), 5);
  QVERIFY(eventually([&] {
    const SnapshotPtr seen = run->takeSnapshot();
    return seen && seen->ids.size() == 5;
  }));
}

void TestTrainingRun::editsAreRefusedWithWords() {
  Fixture fixture;
  auto run = fixture.make();
  QVERIFY(refusal(run->set("speed_of_light", 1)).contains("speed_of_light"));
  QVERIFY(refusal(run->set("rate", -1)).contains("rate"));
  QVERIFY(refusal(run->set("generators", 0)).contains("generators"));
  QVERIFY(refusal(run->movePrototype(9, {0, 0})).contains("9"));
  QVERIFY(refusal(run->movePrototype(0, {0, 0, 0})).contains("2 numbers"));
  QVERIFY(refusal(run->restorePrototype(0)).contains("deleted"));
  QVERIFY(refusal(run->setMass(9, 0.5)).contains("9"));
  QVERIFY(refusal(run->setMass(0, 2)).contains("below 1"));
  QVERIFY(refusal(run->checkpoint()).contains("no folder"));
  QVERIFY(refusal(run->resumeCheckpoint(1)).contains("no checkpoint"));
  QCOMPARE(run->progress().status, RunStatus::Paused);
}

void TestTrainingRun::editsAreLoggedAndSaved() {
  Fixture fixture;
  Folder folder;
  auto run = fixture.makeIn(folder);
  run->step(TrainingRun::Unit::Iteration, 20);
  QVERIFY(run->waitUntilIdle(kPatience));
  run->set("rate", 0.5).get();
  run->removePrototype(0).get();
  QCOMPARE(RunDirectory::open(folder.path()).experiment().parameters["rate"].get<double>(), 0.5);
  QCOMPARE(run->checkpoint().get(), 20);
  run.reset();
  std::ifstream in(folder.path() / "log.txt");
  const QString log = QString::fromStdString({std::istreambuf_iterator<char>(in), {}});
  QVERIFY2(log.contains("rate = 0.5"), qPrintable(log));
  QVERIFY2(log.contains("prototype 0 deleted"), qPrintable(log));
  fixture.experiment = RunDirectory::open(folder.path()).experiment();
  run = fixture.makeIn(folder, true);
  QCOMPARE(run->takeSnapshot()->ids, (std::vector<int>{1, 2}));
}

void TestTrainingRun::constructorRefusesWithWords() {
  Fixture fixture;
  fixture.experiment.device = "cuda";
  QVERIFY_THROWS_EXCEPTION(Error, fixture.make());
}

void TestTrainingRun::targetMovesWhileRunning() {
  Fixture fixture;
  fixture.control->stepMicroseconds = 200;
  fixture.experiment.iterations = 100000000;
  auto run = fixture.make();
  run->play();
  QVERIFY(eventually([&] { return run->progress().iteration > 20; }));
  run->setTarget(10);
  QVERIFY(run->waitUntilIdle(kPatience));
  QCOMPARE(run->progress().status, RunStatus::Finished);
  const std::int64_t stopped = run->progress().iteration;
  run->setTarget(stopped + 30);
  QVERIFY(run->waitUntilIdle(kPatience));
  QCOMPARE(run->progress().status, RunStatus::Paused);
  run->play();
  QVERIFY(run->waitUntilIdle(kPatience));
  QCOMPARE(run->progress().iteration, stopped + 30);
  QCOMPARE(run->experiment().iterations, stopped + 30);
}

void TestTrainingRun::stopAnswersWhatComesLater() {
  Fixture fixture;
  fixture.experiment.iterations = 100000000;
  auto run = fixture.make();
  run->play();
  auto before = run->movePrototype(0, {0.5, 0.5});
  run->stop();
  run->stop();
  before.get();  // queued before: obeyed
  QVERIFY(refusal(run->movePrototype(0, {0, 0})).contains("stopped"));
  run->play();
  QVERIFY(run->waitUntilIdle(kPatience));
  QCOMPARE(run->progress().status, RunStatus::Paused);
}

QTEST_GUILESS_MAIN(TestTrainingRun)
#include "test_training_run.moc"
