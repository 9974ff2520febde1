// SPDX-License-Identifier: GPL-3.0-or-later
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <QtTest>
#include <csignal>
#include <filesystem>
#include <fstream>
#include <functional>
#include <sstream>

#include "core/base/files.h"
#include "core/experiment/run_directory.h"
#include "tests/cli/cli_call.h"
#include "tests/core/training/fake_trainer.h"

using namespace monge;
using nlohmann::json;
namespace fs = std::filesystem;

namespace {

bool contains(const std::string& text, const std::string& part) {
  return text.find(part) != std::string::npos;
}

}  // namespace

#define VERIFY_CONTAINS(text, part) QVERIFY2(contains(text, part), std::string(text).c_str())

class TestCli : public QObject {
  Q_OBJECT

 private slots:
  void init() {
    m_root = std::make_unique<QTemporaryDir>();
    QDir::setCurrent(m_root->path());
    m_control = std::make_shared<test::FakeControl>();
  }
  void cleanup() { QDir::setCurrent("/"); }

  void versionAndHelpGoWell() {
    QCOMPARE(call({"--version"}).out, std::string("monge-cli 0.1.0\n"));
    QCOMPARE(call({"--help"}).status, 0);
    VERIFY_CONTAINS(call({"train", "--help"}).out, "--resume");
  }

  void badUsageIsNamed_data() {
    QTest::addColumn<QString>("line");
    QTest::addColumn<QString>("message");
    const auto row = [](const char* line, const char* message) { QTest::newRow(line) << line << message; };
    row("", "A subcommand is required");
    row("trian", "no command trian; expected train perhaps");
    row("train", "train: no experiment; expected a preset");
    row("train four-cluster",
        "four-cluster: no preset and no file of that name; expected four-clusters perhaps");
    row("train none.json", "none.json: cannot be opened");
    row("train four-clusters --iteration 5", "no option --iteration; expected --iterations perhaps");
    row("train four-clusters --iterations 0", "--iterations: 0; expected a whole number from 1");
    row("train four-clusters --iterations 1e4", "--iterations: 1e4; expected a whole number");
    row("train four-clusters --seed -1", "--seed: -1; expected a whole number from 0");
    row("train four-clusters --seed 18446744073709551616", "expected a whole number from 0");
    row("train four-clusters --threads 2000", "expected a whole number from 0 to 1024");
    row("train four-clusters --device tpu", "--device");
    row("train four-clusters --set generators=0", "generators: 0; expected a whole number from 1 to 256");
    row("train four-clusters --set generatrs=2", "no parameter named generatrs; expected generators perhaps");
    row("train four-clusters --set generators", "--set: generators; expected key=value");
    row("train four-clusters --set rate=nan", "rate: nan; expected a number from 0 to 1");
    row("train --data none.csv", "none.csv");
    row("train --resume", "--resume: no run to go on with; expected --out RUN");
    row("train --resume --out none", "none: no such folder; expected the folder of a run");
    row("train four-clusters --device cuda", "device: cuda; expected cpu");
    row("metrics", "RUN is required");
    row("metrics none", "none: no such folder");
    row("methods k-means", "method: k-means; expected one of k-gans");
    row("data none.csv", "none.csv");
  }
  void badUsageIsNamed() {
    QFETCH(QString, line);
    QFETCH(QString, message);
    std::vector<std::string> arguments;
    for (const QString& word : line.split(' ', Qt::SkipEmptyParts)) arguments.push_back(word.toStdString());
    const Answer answer = call(arguments);
    QCOMPARE(answer.status, 2);
    QVERIFY2(answer.err.starts_with("monge-cli: "), answer.err.c_str());
    VERIFY_CONTAINS(answer.err, message.toStdString());
    QVERIFY(answer.out.empty() || answer.out.find("Error") == std::string::npos);
  }

  void listsAreGiven() {
    VERIFY_CONTAINS(call({"presets"}).out, "four-clusters-uniform");
    VERIFY_CONTAINS(call({"methods"}).out, "k-gans");
    const std::string parameters = call({"methods", "k-gans"}).out;
    for (const ParameterSpec& spec : method("k-gans").parameters)
      VERIFY_CONTAINS(parameters, "  " + spec.key + " = ");
  }

  void aDataFileIsDescribed() {
    std::ofstream("cloud.csv") << "x,y,class\n0,1,3\n2,5,3\n4,1,8\n";
    const Answer answer = call({"data", "cloud.csv", "--labels", "class"});
    QCOMPARE(answer.status, 0);
    for (const char* part :
         {"cloud: 3 points in 2 dimensions", "x  0 to 4", "y  1 to 5", "2 labels: 3 (2), 8 (1)"})
      VERIFY_CONTAINS(answer.out, part);
  }

  void trainingLeavesARunAndSaysWhere() {
    const Answer answer =
        train({"--iterations", "400", "--seed", "3", "--set", "rate=0.5", "--out", "my run"});
    QCOMPARE(answer.status, 0);
    VERIFY_CONTAINS(answer.out, "Finished 400 iterations; the run is in my run.");
    VERIFY_CONTAINS(answer.out, "iteration 400 of 400 (100 %)");
    const RunDirectory run = RunDirectory::open("my run");
    QCOMPARE(run.checkpoints().back(), 400);
    QCOMPARE(run.experiment().seed, 3ull);
    QCOMPARE(run.experiment().parameters["rate"], json(0.5));
    QCOMPARE(run.readHistory().rows.rows(), 4);
    QCOMPARE(run.readSnapshot(400).progress.iteration, 400);
  }

  void runsWithoutANameFindAFreeOne() {
    QCOMPARE(train({"--iterations", "5"}).status, 0);
    QCOMPARE(train({"--iterations", "5"}).status, 0);
    QVERIFY(fs::exists("runs/four-clusters-7/experiment.json"));
    QVERIFY(fs::exists("runs/four-clusters-7-2/experiment.json"));
  }

  void dataReplaceThoseOfTheExperiment() {
    std::ofstream("cloud.csv") << "0,1\n2,5\n4,1\n";
    QCOMPARE(train({"--data", "cloud.csv", "--iterations", "5", "--out", "a"}).status, 0);
    QCOMPARE(fs::path(RunDirectory::open("a").experiment().data.file), fs::absolute("cloud.csv"));
    QCOMPARE(call({"train", "--data", "cloud.csv", "--iterations", "5"}).status, 0);
    QVERIFY(fs::exists("runs/cloud-7/experiment.json"));
  }

  void aRunThatIsThereIsNotWrittenOver() {
    QCOMPARE(train({"--iterations", "5", "--out", "a"}).status, 0);
    const Answer answer = train({"--iterations", "9", "--out", "a"});
    QCOMPARE(answer.status, 2);
    VERIFY_CONTAINS(answer.err, "a: a run is there already; expected --resume to go on with it");
    QCOMPARE(RunDirectory::open("a").checkpoints().back(), 5);
  }

  void aPlaceThatCannotBeWrittenIsNamed() {
    std::ofstream("file") << "in the way";
    const Answer answer = train({"--out", "file/run"});
    QCOMPARE(answer.status, 1);
    VERIFY_CONTAINS(answer.err, "file/run");
    VERIFY_CONTAINS(answer.err, "cannot be written");
  }

  void resumingEqualsTrainingInOnePiece() {
    QCOMPARE(train({"--iterations", "300", "--out", "whole"}).status, 0);
    QCOMPARE(train({"--iterations", "130", "--out", "parts"}).status, 0);
    const Answer answer = call({"train", "--resume", "--out", "parts", "--iterations", "300"});
    QCOMPARE(answer.status, 0);
    VERIFY_CONTAINS(answer.out, "on from iteration 130");
    QVERIFY(sameState("whole", "parts", 300));
    // The same line again, with --resume: how scripts are written.
    QCOMPARE(train({"--iterations", "500", "--out", "parts", "--resume"}).status, 0);
    QCOMPARE(RunDirectory::open("parts").checkpoints().back(), 500);
  }

  void aFinishedRunSaysSo() {
    QCOMPARE(train({"--iterations", "50", "--out", "a"}).status, 0);
    const Answer answer = call({"train", "a", "--resume"});
    QCOMPARE(answer.status, 0);
    VERIFY_CONTAINS(answer.out, "a is finished: 50 iterations of 50.");
    VERIFY_CONTAINS(answer.out, "monge-cli train --resume --out a --iterations 100");
  }

  void whatARunBeganWithIsKept() {
    QCOMPARE(train({"--iterations", "50", "--out", "a"}).status, 0);
    const auto refusal = [&](std::vector<std::string> more) {
      more.insert(more.begin(), {"train", "--resume", "--out", "a", "--iterations", "60"});
      const Answer answer = call(more);
      return std::to_string(answer.status) + " " + answer.err;
    };
    VERIFY_CONTAINS(refusal({"--seed", "9"}),
                    "2 monge-cli: --seed: 9; expected 7, which this run began with");
    VERIFY_CONTAINS(refusal({"--set", "generators=5"}), "2 monge-cli: generators: 5; expected 4");
    VERIFY_CONTAINS(refusal({"--data", "x.csv"}), "2 monge-cli: --data: x.csv");
    VERIFY_CONTAINS(refusal({"ring-8"}), "a run on other data than ring-8");
    QCOMPARE(RunDirectory::open("a").checkpoints().back(), 50);
  }

  void divergenceSaysHowToGoOn() {
    m_control->divergeAt = 250;
    m_control->divergeRate = 1e-4;
    std::ofstream("e.json") << R"({"checkpoint_every": 100, "iterations": 400})";
    const Answer answer = call({"train", "e.json", "--out", "a"});
    QCOMPARE(answer.status, 1);
    VERIFY_CONTAINS(answer.err, "iteration 250");
    VERIFY_CONTAINS(answer.err, "The last good checkpoint, at iteration 200, is kept in a.");
    VERIFY_CONTAINS(answer.err, "monge-cli train --resume --out a --set rate=5e-05\n");
    QCOMPARE(call({"train", "--resume", "--out", "a", "--set", "rate=5e-05"}).status, 0);
    QCOMPARE(RunDirectory::open("a").checkpoints().back(), 400);
  }

  void aFullDiskIsOneMessageAndTheCheckpointStays() {
    std::ofstream("e.json") << R"({"checkpoint_every": 100, "iterations": 100})";
    QCOMPARE(call({"train", "e.json", "--out", "a"}).status, 0);
    const Answer answer = inChild([&] {
      const rlimit limit{8192, 8192};  // enough for the documents, not for a checkpoint
      ::setrlimit(RLIMIT_FSIZE, &limit);
      return call({"train", "--resume", "--out", "a", "--iterations", "300"});
    });
    QCOMPARE(answer.status, 1);
    VERIFY_CONTAINS(answer.err, "cannot be written: File too large");
    VERIFY_CONTAINS(answer.err, "The checkpoint at iteration 100 is whole.");
    QCOMPARE(RunDirectory::open("a").checkpoints().back(), 100);
    QCOMPARE(call({"train", "--resume", "--out", "a"}).status, 0);
  }

  void aSignalLeavesACheckpoint_data() {
    QTest::addColumn<int>("signal");
    QTest::newRow("Ctrl-C") << SIGINT;
    QTest::newRow("terminate") << SIGTERM;
  }
  void aSignalLeavesACheckpoint() {
    QFETCH(int, signal);
    m_control->stepMicroseconds = 500;
    const Answer answer = inChild([&] {
      std::thread later([signal] {
        std::this_thread::sleep_for(std::chrono::milliseconds(400));
        ::kill(::getpid(), signal);
      });
      const Answer stopped = train({"--iterations", "1000000", "--out", "a"});
      later.join();
      return stopped;
    });
    QCOMPARE(answer.status, 1);
    VERIFY_CONTAINS(answer.out, "To go on:\n  monge-cli train --resume --out a\n");
    const std::int64_t last = RunDirectory::open("a").checkpoints().back();
    QVERIFY(last > 0 && last < 1'000'000);
    VERIFY_CONTAINS(answer.out, "Stopped at iteration " + std::to_string(last) + " of 1000000");
    m_control->stepMicroseconds = 0;
    QCOMPARE(call({"train", "--resume", "--out", "a", "--iterations", std::to_string(last + 50)}).status, 0);
    QCOMPARE(train({"--iterations", std::to_string(last + 50), "--out", "whole"}).status, 0);
    QVERIFY(sameState("whole", "a", last + 50));
  }

  void outOfMemoryIsAMessage() {
    m_control->outOfMemoryAt = 20;
    const Answer answer = train({"--iterations", "50", "--out", "a"});
    QCOMPARE(answer.status, 1);
    VERIFY_CONTAINS(answer.err, "monge-cli: Out of memory\n");
  }

  void metricsAreOneJsonObject() {
    QCOMPARE(train({"--iterations", "50", "--out", "a"}).status, 0);
    const Answer answer = call({"metrics", "a", "--json"});
    QCOMPARE(answer.status, 0);
    const json metrics = json::parse(answer.out);
    QCOMPARE(metrics["iteration"], json(50));
    QCOMPARE(metrics["seed"], json(7));
    QVERIFY(metrics["critic"].is_number());
    VERIFY_CONTAINS(call({"metrics", "a"}).out, "iteration  50\n");
  }

  void metricsOfARunThatHasNotBegunAreNone() {
    RunDirectory::create("a", presetOrFile("four-clusters"));
    const Answer answer = call({"metrics", "a"});
    QCOMPARE(answer.status, 2);
    VERIFY_CONTAINS(answer.err, "no whole checkpoint; expected a run that has begun");
  }

  void repeatsEndInATable() {
    const std::vector<std::string> line = {"--iterations", "60", "--seed", "8",
                                           "--repeats",    "3",  "--out",  "all"};
    const Answer answer = train(line);
    QCOMPARE(answer.status, 0);
    VERIFY_CONTAINS(answer.out, "Mean ± standard deviation of 3 seeds\ncritic  ");
    for (const char* seed : {"08", "09", "10"})
      QCOMPARE(RunDirectory::open("all/seed-" + std::string(seed)).checkpoints().back(), 60);
    const std::string csv = readFile("all/summary.csv");
    QVERIFY(csv.starts_with("seed,critic\n8,") && contains(csv, "\nmean,") &&
            contains(csv, "\nstandard deviation,"));
    VERIFY_CONTAINS(readFile("all/summary.tex"), "\\pm");

    fs::remove_all("all/seed-09");
    const int before = m_control->builds;
    const Answer again = train(line);
    QCOMPARE(again.status, 0);
    VERIFY_CONTAINS(again.out, "seed 8: finished before");
    QVERIFY(!contains(again.out, "seed 9: finished before"));
    QCOMPARE(readFile("all/summary.csv"), csv);
    QCOMPARE(m_control->builds - before, 3);  // one trained, two looked at
  }

  void stoppedRepeatsGoOnWithTheSameCommand() {
    m_control->stepMicroseconds = 300;
    const std::vector<std::string> line = {"--iterations", "2000", "--repeats", "2"};
    const Answer answer = inChild([&] {
      std::thread later([] {
        std::this_thread::sleep_for(std::chrono::milliseconds(300));
        ::kill(::getpid(), SIGINT);
      });
      const Answer stopped = train(line);
      later.join();
      return stopped;
    });
    QCOMPARE(answer.status, 1);
    VERIFY_CONTAINS(answer.out,
                    "To go on:\n  monge-cli train four-clusters --iterations 2000 --repeats 2 --out "
                    "runs/four-clusters-7\n");
    QVERIFY(RunDirectory::open("runs/four-clusters-7/seed-07").checkpoints().back() > 0);
    m_control->stepMicroseconds = 0;
    QCOMPARE(train({"--iterations", "2000", "--repeats", "2", "--out", "runs/four-clusters-7"}).status, 0);
  }

  void divergedRepeatsAreCountedAndTheOthersGoOn() {
    m_control->divergeAt = 40;
    const Answer answer = train({"--iterations", "60", "--repeats", "2", "--out", "all"});
    QCOMPARE(answer.status, 1);
    VERIFY_CONTAINS(answer.err, "monge-cli: 2 of 2 seeds did not finish\n");
    QVERIFY(fs::exists("all/seed-08/experiment.json"));
  }

  void aTerminalGetsOneLineThatMoves() {
    m_control->stepMicroseconds = 200;
    m_terminal = true;
    const Answer answer = train({"--iterations", "2000", "--out", "a"});
    m_terminal = false;
    VERIFY_CONTAINS(answer.out, "\r\x1b[K[");
    VERIFY_CONTAINS(answer.out, "[########################] 100 %  2,000 of 2,000");
    for (const QString& drawn : QString::fromStdString(answer.out).split("\r\x1b[K"))
      QVERIFY2(drawn.section('\n', 0, 0).size() < 80, qPrintable(drawn));
  }

 private:
  Answer call(const std::vector<std::string>& arguments) {
    std::ostringstream out, err;
    CliContext context{out, err, "monge-cli", m_terminal, 80, {}};
    context.factory.loadData = loadData;
    context.factory.makeTrainer = [this](const Experiment& experiment, const Dataset&) {
      return std::make_unique<test::FakeTrainer>(experiment, m_control);
    };
    context.factory.deviceInfo = [] { return DeviceInfo{}; };
    const int status = runCli(arguments, context);
    return {status, out.str(), err.str()};
  }

  Answer train(std::vector<std::string> more) {
    more.insert(more.begin(), {"train", "four-clusters"});
    return call(more);
  }

  /// What the action answers in a process of its own, which signals and limits may hit.
  static Answer inChild(const std::function<Answer()>& action) {
    const pid_t child = ::fork();
    if (child == 0) {
      const Answer answer = action();
      std::ofstream("child.json") << json{answer.status, answer.out, answer.err};
      ::_exit(0);
    }
    ::waitpid(child, nullptr, 0);
    const json answer = json::parse(readFile("child.json"), nullptr, false);
    if (answer.is_discarded()) return {-1, "", "the child did not come to its end"};
    return {answer[0].get<int>(), answer[1].get<std::string>(), answer[2].get<std::string>()};
  }

  static bool sameState(const char* a, const char* b, std::int64_t iteration) {
    const Message left = RunDirectory::open(a).readState(iteration);
    const Message right = RunDirectory::open(b).readState(iteration);
    return left.words("words") == right.words("words") && left.doubles("numbers") == right.doubles("numbers");
  }

  std::unique_ptr<QTemporaryDir> m_root;
  std::shared_ptr<test::FakeControl> m_control;
  bool m_terminal = false;
};

QTEST_GUILESS_MAIN(TestCli)
#include "test_cli.moc"
