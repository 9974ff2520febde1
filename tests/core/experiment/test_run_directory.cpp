// SPDX-License-Identifier: GPL-3.0-or-later
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <QtTest>
#include <csignal>
#include <filesystem>
#include <fstream>
#include <functional>
#include <random>

#include "core/base/error.h"
#include "core/base/files.h"
#include "core/experiment/run_directory.h"
#include "core/snapshot/snapshot_message.h"

using namespace monge;
namespace fs = std::filesystem;

namespace {

Experiment sampleExperiment() {
  Experiment experiment = presetOrFile("four-clusters");
  experiment.seed = 18446744073709551615ull;
  return experiment;
}

/// A state whose every word says its iteration, so that a mixture of two would show.
Message stateOf(std::int64_t iteration, std::size_t words = 20'000) {
  Message state("state");
  state.fields["iteration"] = iteration;
  state.add("words", std::vector<std::uint64_t>(words, static_cast<std::uint64_t>(iteration)));
  return state;
}

Message snapshotOf(std::int64_t iteration) {
  EnsembleSnapshot snapshot;
  snapshot.progress.iteration = iteration;
  return toMessage(snapshot);
}

HistoryChunk rowsOf(std::vector<double> iterations) {
  HistoryChunk chunk;
  chunk.columns = {"iteration", "loss"};
  chunk.rows.resize(std::ssize(iterations), 2);
  for (Eigen::Index i = 0; i < chunk.rows.rows(); ++i)
    chunk.rows.row(i) << iterations[static_cast<std::size_t>(i)], iterations[static_cast<std::size_t>(i)] / 3;
  return chunk;
}

/// Fails the calling test unless every listed checkpoint opens and is of one piece; answers the newest, -1
/// when there is none.
std::int64_t checkWhole(const RunDirectory& run) {
  std::int64_t newest = -1;
  for (const std::int64_t iteration : run.checkpoints()) {
    for (const std::uint64_t word : run.readState(iteration).words("words"))
      if (static_cast<std::int64_t>(word) != iteration) throw std::runtime_error("a mixed checkpoint");
    if (run.readSnapshot(iteration).progress.iteration != iteration)
      throw std::runtime_error("a snapshot of another iteration");
    newest = iteration;
  }
  return newest;
}

std::string complaint(const std::function<void()>& action) {
  try {
    action();
  } catch (const Error& error) {
    return error.what();
  }
  return "";
}

void write(const fs::path& file, const std::string& text) {
  std::ofstream(file, std::ios::binary) << text;
}

}  // namespace

class TestRunDirectory : public QObject {
  Q_OBJECT

 private slots:
  void init() {
    m_root = std::make_unique<QTemporaryDir>();
    m_path = fs::path(m_root->path().toStdString()) / "runs" / "first";
  }

  void everythingWrittenIsReadBack() {
    const RunDirectory made = RunDirectory::create(m_path, sampleExperiment());
    made.writeCheckpoint(500, stateOf(500), snapshotOf(500));
    made.writeCheckpoint(12'000, stateOf(12'000), snapshotOf(12'000));
    DataView data;
    data.name = "discs";
    made.writeData(data);
    made.appendHistory(rowsOf({100, 200}));
    made.appendHistory(rowsOf({300}));
    made.log("hello");

    const RunDirectory run = RunDirectory::open(m_path);
    QVERIFY(toJson(run.experiment()) == toJson(sampleExperiment()));
    QCOMPARE(run.checkpoints(), (std::vector<std::int64_t>{500, 12'000}));
    QCOMPARE(checkWhole(run), 12'000);
    QCOMPARE(run.readData().name, std::string("discs"));
    const HistoryChunk history = run.readHistory();
    QCOMPARE(history.columns, (std::vector<std::string>{"iteration", "loss"}));
    QCOMPARE(history.rows.rows(), 3);
    QCOMPARE(history.rows(2, 1), 100.0);
    QVERIFY(readFile(m_path / "log.txt").ends_with("Z hello\n"));
    QVERIFY(fs::exists(m_path / "checkpoints" / "000012000" / "state.mng"));
  }

  void checkpointOfTheSameIterationTakesThePlaceOfTheOld() {
    const RunDirectory run = RunDirectory::create(m_path, sampleExperiment());
    run.writeCheckpoint(5, stateOf(5, 10), snapshotOf(5));
    run.writeCheckpoint(5, stateOf(5, 99), snapshotOf(5));
    QCOMPARE(run.readState(5).words("words").size(), std::size_t{99});
    const fs::directory_iterator all(m_path / "checkpoints");
    QCOMPARE(std::distance(begin(all), end(all)), 1);  // nothing else is left
  }

  void pruneKeepsTheNewest() {
    const RunDirectory run = RunDirectory::create(m_path, sampleExperiment());
    for (const int iteration : {1, 2, 3, 1'000'000'000})
      run.writeCheckpoint(iteration, stateOf(iteration), snapshotOf(iteration));
    run.prune(2);
    QCOMPARE(run.checkpoints(), (std::vector<std::int64_t>{3, 1'000'000'000}));
    run.prune(0);
    QVERIFY(run.checkpoints().empty());
  }

  void brokenCheckpointsAreNotListed() {
    const RunDirectory run = RunDirectory::create(m_path, sampleExperiment());
    for (const int iteration : {1, 2, 3, 4})
      run.writeCheckpoint(iteration, stateOf(iteration), snapshotOf(iteration));
    const fs::path all = m_path / "checkpoints";
    fs::resize_file(all / "000000002" / "state.mng", 4000);
    fs::remove(all / "000000003" / "snapshot.mng");
    write(all / "000000004" / "state.mng", "");
    fs::create_directories(all / "notes");
    fs::create_directories(all / "7");
    QCOMPARE(run.checkpoints(), (std::vector<std::int64_t>{1}));
    QVERIFY_EXCEPTION_THROWN(run.readState(2), Error);
    QVERIFY_EXCEPTION_THROWN(run.readState(99), Error);
  }

  void leftoversOfAKilledWriterGoWhenTheRunGoesOn() {
    RunDirectory::create(m_path, sampleExperiment());
    fs::create_directories(m_path / "checkpoints" / ".000000010.77.tmp");
    RunDirectory::open(m_path).prune(5);
    QVERIFY(fs::is_empty(m_path / "checkpoints"));
  }

  void aTornLastLineCountsForNothing() {
    const RunDirectory run = RunDirectory::create(m_path, sampleExperiment());
    run.appendHistory(rowsOf({100, 200}));
    std::ofstream(m_path / "metrics.csv", std::ios::app) << "300,10";
    QCOMPARE(run.readHistory().rows.rows(), 2);
    run.appendHistory(rowsOf({300}));
    QCOMPARE(run.readHistory().rows.rows(), 3);
    QCOMPARE(run.readHistory().rows(2, 1), 100.0);
    write(m_path / "metrics.csv", "iterati");  // killed during the first write
    QCOMPARE(run.readHistory().rows.rows(), 0);
    run.appendHistory(rowsOf({100}));
    QCOMPARE(run.readHistory().rows.rows(), 1);
  }

  void numbersAreExactAndMissingOnesAreEmptyCells() {
    const RunDirectory run = RunDirectory::create(m_path, sampleExperiment());
    HistoryChunk chunk{
        {"iteration", "a", "b", "c"}, 0, RowsD{{1, 0.1, NAN, -1e-300}, {2, NAN, INFINITY, NAN}}};
    run.appendHistory(chunk);
    QCOMPARE(readFile(m_path / "metrics.csv"), std::string("iteration,a,b,c\n1,0.1,,-1e-300\n2,,inf,\n"));
    const RowsD rows = run.readHistory().rows;
    QCOMPARE(rows(0, 1), 0.1);
    QVERIFY(std::isnan(rows(0, 2)) && std::isnan(rows(1, 3)) && std::isinf(rows(1, 2)));
    QCOMPARE(rows(0, 3), -1e-300);
  }

  void historyIsReadAndCutAtAnIteration() {
    const RunDirectory run = RunDirectory::create(m_path, sampleExperiment());
    run.truncateHistory(5);  // no file yet
    run.appendHistory(rowsOf({100, 200, 300}));
    QCOMPARE(run.readHistory(200).rows.rows(), 2);
    run.truncateHistory(250);
    QCOMPARE(run.readHistory().rows.rows(), 2);
    run.truncateHistory(0);
    QCOMPARE(readFile(m_path / "metrics.csv"), std::string());
    HistoryChunk other = rowsOf({1});
    other.columns[1] = "coverage";
    run.appendHistory(other);  // a run that begins anew may have other columns
    QVERIFY(complaint([&] {
              run.appendHistory(rowsOf({2}));
            }).find("iteration,coverage; expected iteration,loss") != std::string::npos);
  }

  void wrongHistoryIsNamedWithItsLine() {
    const RunDirectory run = RunDirectory::create(m_path, sampleExperiment());
    write(m_path / "metrics.csv", "iteration,loss\n1,2\n2,soup\n");
    QVERIFY(complaint([&] { run.readHistory(); }).ends_with("metrics.csv, line 3: soup; expected a number"));
    write(m_path / "metrics.csv", "iteration,loss\n1\n");
    QVERIFY(complaint([&] { run.readHistory(); }).ends_with("metrics.csv, line 2: 1 cells; expected 2"));
  }

  void aFolderThatIsNoRunIsRefused() {
    const std::string root = m_root->path().toStdString();
    QCOMPARE(complaint([&] { RunDirectory::open(root + "/none"); }),
             root + "/none: no such folder; expected the folder of a run");
    QCOMPARE(complaint([&] { RunDirectory::open(root); }),
             root + ": no run, for it has no experiment.json; expected the folder of a run");
  }

  void anotherExperimentIsNotWrittenOver() {
    RunDirectory::create(m_path, sampleExperiment()).writeCheckpoint(0, stateOf(0), snapshotOf(0));
    Experiment longer = sampleExperiment();
    longer.iterations *= 2;
    longer.threads = 1;
    RunDirectory::create(m_path, longer);
    QCOMPARE(RunDirectory::open(m_path).experiment().iterations, longer.iterations);
    Experiment other = longer;
    other.seed = 1;
    QVERIFY(complaint([&] { RunDirectory::create(m_path, other); }).find("a run of another experiment") !=
            std::string::npos);
    QCOMPARE(RunDirectory::open(m_path).experiment().seed, longer.seed);
    RunDirectory::open(m_path).prune(0);
    QCOMPARE(RunDirectory::create(m_path, other).experiment().seed, 1ull);  // there is nothing to lose
  }

  void aPlaceThatCannotBeWrittenIsNamed() {
    const fs::path file = fs::path(m_root->path().toStdString()) / "file";
    write(file, "in the way");
    QVERIFY(complaint([&] {
              RunDirectory::create(file / "run", sampleExperiment());
            }).find("cannot be written") != std::string::npos);
    const std::string words = complaint([] { RunDirectory::create("/proc/run", sampleExperiment()); });
    QVERIFY2(
        words.find("/proc/run") != std::string::npos && words.find("cannot be written") != std::string::npos,
        words.c_str());
  }

  void aFullDiskLeavesTheOldCheckpointAndOneError() {
    const RunDirectory run = RunDirectory::create(m_path, sampleExperiment());
    run.writeCheckpoint(1, stateOf(1), snapshotOf(1));
    run.appendHistory(rowsOf({1, 2}));
    const std::string before = readFile(m_path / "metrics.csv");
    const int status = inChild([&] {
      std::signal(SIGXFSZ, SIG_IGN);  // beyond the limit a write fails instead of killing
      const rlimit limit{64, 64};     // bytes a file may have
      ::setrlimit(RLIMIT_FSIZE, &limit);
      int errors = 0;
      for (const int iteration : {1, 2})
        errors += complaint([&] {
                    run.writeCheckpoint(iteration, stateOf(iteration), snapshotOf(iteration));
                  }).find("cannot be written: File too large") != std::string::npos;
      errors += !complaint([&] { run.appendHistory(rowsOf({3, 4, 5, 6, 7, 8, 9, 10})); }).empty();
      ::_exit(errors);
    });
    QVERIFY(WIFEXITED(status));
    QCOMPARE(WEXITSTATUS(status), 3);
    QCOMPARE(run.checkpoints(), (std::vector<std::int64_t>{1}));
    QCOMPARE(checkWhole(run), 1);
    QCOMPARE(readFile(m_path / "metrics.csv"), before);
    const fs::directory_iterator all(m_path / "checkpoints");
    QCOMPARE(std::distance(begin(all), end(all)), 1);
  }

  void aRunKilledAtAnyMomentOpens() {
    RunDirectory::create(m_path, sampleExperiment());
    std::mt19937 random(5);
    std::int64_t last = -1;
    int progressed = 0;
    for (int kill = 0; kill < 30; ++kill) {
      const pid_t child = ::fork();
      if (child == 0) writeForever(m_path, last);
      ::usleep(5000 + random() % 100'000);
      ::kill(child, SIGKILL);
      ::waitpid(child, nullptr, 0);
      const RunDirectory run = RunDirectory::open(m_path);
      const std::int64_t newest = checkWhole(run);
      QVERIFY(newest >= last);
      progressed += newest > last;
      last = newest;
      const HistoryChunk history = run.readHistory();
      for (Eigen::Index i = 0; i < history.rows.rows(); ++i)
        QCOMPARE(history.rows(i, 1), history.rows(i, 0) / 3);
    }
    QVERIFY(progressed > 3);  // or nothing was tested
  }

 private:
  /// The status of a child that does this and ends by itself.
  static int inChild(const std::function<void()>& action) {
    const pid_t child = ::fork();
    if (child == 0) {
      action();
      ::_exit(99);
    }
    int status = 0;
    ::waitpid(child, &status, 0);
    return status;
  }

  /// What a training process does to its folder, without the training.
  [[noreturn]] static void writeForever(const fs::path& path, std::int64_t after) {
    const RunDirectory run = RunDirectory::create(path, sampleExperiment());
    if (after >= 0) run.truncateHistory(after);
    for (std::int64_t iteration = after + 1;; ++iteration) {
      run.appendHistory(rowsOf({static_cast<double>(iteration)}));
      run.writeCheckpoint(iteration, stateOf(iteration), snapshotOf(iteration));
      run.writeCheckpoint(iteration, stateOf(iteration),
                          snapshotOf(iteration));  // over the one that is there
      run.prune(2);
    }
  }

  std::unique_ptr<QTemporaryDir> m_root;
  fs::path m_path;
};

QTEST_GUILESS_MAIN(TestRunDirectory)
#include "test_run_directory.moc"
