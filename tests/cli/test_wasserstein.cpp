// SPDX-License-Identifier: GPL-3.0-or-later
// The command `wasserstein`, from its words to what it prints.
#include <QtTest>
#include <cmath>
#include <csignal>
#include <fstream>
#include <nlohmann/json.hpp>
#include <sstream>
#include <thread>

#include "core/base/files.h"
#include "core/base/random.h"
#include "tests/cli/cli_call.h"

using namespace monge;
using nlohmann::json;

namespace {

Answer call(std::vector<std::string> arguments, bool terminal = false) {
  return callCli("wasserstein", std::move(arguments), terminal);
}

void write(const char* file, const std::string& text) {
  std::ofstream(file) << text;
}

void writeNormal(const char* file, int count, std::uint64_t seed) {
  Random random(seed);
  std::ofstream stream(file);
  for (int i = 0; i < count; ++i) stream << random.normal() << "," << random.normal() << "\n";
}

}  // namespace

#define VERIFY_CONTAINS(text, part) \
  QVERIFY2(std::string(text).find(part) != std::string::npos, std::string(text).c_str())

class TestWasserstein : public QObject {
  Q_OBJECT

 private slots:
  void initTestCase() {
    QDir::setCurrent(m_root.path());
    write("a.csv", "0,0\n1,0\n0,2\n");
    write("moved.csv", "3,4\n4,4\n3,6\n");  // a.csv moved by (3, 4)
    write("one.csv", "1,0\n");
    write("line.csv", "0\n1\n");
    write("bad.csv", "0,0\nnan,1\n");
    write("wa.csv", "1\n2\n1\n");
    write("wb.csv", "1,2,1\n");
    write("heavy.csv", "1\n2\n2\n");
    write("negative.csv", "1\n-2\n3\n");
    write("nothing.csv", "0\n0\n0\n");
    write("empty.csv", "");
  }

  /// No 64th power of such lengths is a number, their root is.
  void distancesOfPowersBeyondAllNumbers() {
    write("huge.csv", "0,0\n1e155,0\n");
    write("huge_moved.csv", "3e155,4e155\n4e155,4e155\n");
    write("tiny.csv", "0,0\n1e-6,0\n");
    write("tiny_moved.csv", "3e-6,4e-6\n4e-6,4e-6\n");
    for (const char* method : {"exact", "sinkhorn", "sliced"})
      for (const auto& [a, b, unit] :
           {std::tuple("huge.csv", "huge_moved.csv", 1e155), {"tiny.csv", "tiny_moved.csv", 1e-6}}) {
        const Answer answer = call({a, b, "--p", "64", "--method", method, "--json"});
        QCOMPARE(answer.status, 0);
        const double value = json::parse(answer.out).at("value").get<double>() / unit;
        if (method == std::string("exact"))
          QVERIFY2(std::abs(value - 5) < 1e-12, answer.out.c_str());
        else
          QVERIFY2(value > 4.5 && value < 6, answer.out.c_str());
      }
    VERIFY_CONTAINS(call({"huge.csv", "huge_moved.csv", "--p", "64"}).out, "W_64 = 5");
  }

  void otherCostsAreLeastTotalCosts() {
    const auto value = [](std::vector<std::string> more) {
      std::vector<std::string> words{"a.csv", "moved.csv", "--json"};
      words.insert(words.end(), more.begin(), more.end());
      const Answer answer = call(words);
      return answer.status == 0 ? json::parse(answer.out) : json(answer.err);
    };
    // Every plan between equal shapes moved by (3, 4) costs at least |(3, 4)|^2, and 3 + 4 by l_1.
    const json squared = value({"--cost", "squared"});
    QVERIFY(std::abs(squared.at("value").get<double>() - 25) < 1e-12);
    QCOMPARE(squared.at("cost_kind").get<std::string>(), std::string("squared"));
    QVERIFY(squared.at("p").is_null());
    QCOMPARE(value({"--cost", "power", "--p", "1"}).at("value").get<double>(), 7.0);
    VERIFY_CONTAINS(call({"a.csv", "moved.csv", "--cost", "squared"}).out, "least total cost, squared = 2");
    VERIFY_CONTAINS(call({"a.csv", "moved.csv", "--cost", "ssim"}).err, "cost ssim: points; expected images");
    VERIFY_CONTAINS(call({"a.csv", "moved.csv", "--cost", "squared", "--method", "sinkhorn"}).err,
                    "--cost: with --method sinkhorn; expected --method exact");
    QCOMPARE(call({"a.csv", "moved.csv", "--cost", "features"}).status, 2);
  }
  void cleanupTestCase() { QDir::setCurrent("/"); }

  void jsonHasWhatProgramsNeed_data() {
    QTest::addColumn<QString>("method");
    for (const char* method : {"exact", "sinkhorn", "sliced"}) QTest::newRow(method) << method;
  }
  void jsonHasWhatProgramsNeed() {
    QFETCH(QString, method);
    const Answer answer = call({"a.csv", "moved.csv", "--method", method.toStdString(), "--json"});
    QVERIFY2(answer.status == 0 || method == "sinkhorn", answer.err.c_str());
    const json report = json::parse(answer.out);
    for (const char* key : {"method", "p", "value", "cost", "lower", "upper", "gap", "n", "m", "dimension",
                            "iterations", "seconds", "status"})
      QVERIFY2(report.contains(key), key);
    QCOMPARE(report["n"], json(3));
    QCOMPARE(report["m"], json(3));
    QCOMPARE(report["dimension"], json(2));
    const double value = report["value"];
    QVERIFY(std::abs(value * value - report["cost"].get<double>()) < 1e-12);
    if (method == "exact") {
      QVERIFY(std::abs(value - 5) < 1e-14);
      QVERIFY(std::abs(report["gap"].get<double>()) < 1e-13);
    }
    if (method == "sinkhorn") {
      QVERIFY(report["lower"].get<double>() <= 25 + 1e-12 && report["upper"].get<double>() >= 25 - 1e-12);
    }
    if (method == "sliced") QVERIFY(value < 5 && report["standard_error"].get<double>() > 0);
  }

  void weightsCount() {
    // From (1, 0): half of the mass stays, a quarter goes 1, a quarter goes sqrt 5.
    const json report =
        json::parse(call({"a.csv", "one.csv", "--p", "1", "--weights-a", "wa.csv", "--json"}).out);
    QVERIFY(std::abs(report["value"].get<double>() - (1 + std::sqrt(5.0)) / 4) < 1e-15);
    QCOMPARE(call({"a.csv", "moved.csv", "--weights-a", "wa.csv", "--weights-b", "wb.csv"}).status, 0);
  }

  void peopleReadASentence() {
    const Answer answer = call({"a.csv", "moved.csv", "--p", "1"});
    QCOMPARE(answer.status, 0);
    VERIFY_CONTAINS(answer.out, "W_1 = 5\n");
    VERIFY_CONTAINS(answer.out, "status");
    VERIFY_CONTAINS(call({"a.csv", "moved.csv", "--method", "sliced"}).out, "SW_2 = ");
  }

  void aTerminalGetsABar() {
    const Answer answer = call({"a.csv", "moved.csv"}, true);
    VERIFY_CONTAINS(answer.out, "[########################] 100 %");
    const Answer silent = call({"a.csv", "moved.csv", "--json"}, true);
    QVERIFY(json::accept(silent.out));
  }

  void thePlanIsWritten() {
    QCOMPARE(call({"a.csv", "moved.csv", "--plan", "plan.csv"}).status, 0);
    const std::string plan = readFile("plan.csv");
    QVERIFY2(plan.starts_with("row,column,mass\n0,0,0.3333333333333333\n"), plan.c_str());
    QCOMPARE(std::count(plan.begin(), plan.end(), '\n'), 4);
  }

  void badInputIsNamed_data() {
    QTest::addColumn<QString>("line");
    QTest::addColumn<QString>("message");
    const auto row = [](const char* line, const char* message) { QTest::newRow(line) << line << message; };
    row("a.csv", "B is required");
    row("a.csv none.csv", "none.csv: no such file");
    row("a.csv empty.csv", "empty.csv");
    row("a.csv line.csv", "line.csv: points of dimension 1; expected dimension 2 as in a.csv");
    row("a.csv bad.csv", "bad.csv, line 2, column 1: \"nan\"");
    row("a.csv a.csv --p 0.5", "--p: 0.5; expected a number from 1 to 64");
    row("a.csv a.csv --p nan", "--p: nan; expected a number from 1 to 64");
    row("a.csv a.csv --p 65", "--p: 65; expected a number from 1 to 64");
    row("a.csv a.csv --p 2x", "--p: 2x; expected a number from 1 to 64");
    row("a.csv a.csv --method fast", "--method");
    row("a.csv a.csv --metod exact", "no option --metod; expected --method perhaps");
    row("a.csv a.csv --weights-a negative.csv", "negative.csv, weight 2: -2; expected at least 0");
    row("a.csv a.csv --weights-a nothing.csv", "nothing.csv: weights of sum 0");
    row("a.csv one.csv --weights-b wa.csv", "wa.csv: 3 x 1 numbers; expected 1 weights");
    row("a.csv a.csv --weights-a wa.csv --weights-b heavy.csv",
        "heavy.csv: weights of sum 5; expected 4, the sum of wa.csv");
    row("a.csv a.csv --method sinkhorn --epsilon 0", "--epsilon: 0; expected a number above 0");
    row("a.csv a.csv --method sinkhorn --epsilon nan", "--epsilon: nan; expected a number above 0");
    row("a.csv a.csv --epsilon 0.1", "--epsilon: with --method exact; expected --method sinkhorn");
    row("a.csv a.csv --projections 9", "--projections: with --method exact; expected --method sliced");
    row("a.csv a.csv --seed 9", "--seed: with --method exact; expected --method sliced");
    row("a.csv a.csv --network n.pt", "--network: without --cost; expected --cost features");
    row("a.csv a.csv --cost psnr --window 3", "--window: with --cost psnr; expected --cost ssim");
    row("a.csv a.csv --range 2", "--range: without --cost; expected --cost ssim or psnr");
    row("a.csv a.csv --cost squared --p 3", "--p: with --cost squared; expected --cost power or no --cost");
    row("a.csv a.csv --array x", "--array: x; expected an NPZ file among A and B");
    row("a.csv a.csv --method sliced --projections 1", "--projections: 1; expected a whole number from 2");
    row("a.csv a.csv --method sliced --plan plan.csv", "--plan: with --method sliced");
  }
  void badInputIsNamed() {
    QFETCH(QString, line);
    QFETCH(QString, message);
    std::vector<std::string> arguments;
    for (const QString& word : line.split(' ')) arguments.push_back(word.toStdString());
    const Answer answer = call(arguments);
    QCOMPARE(answer.status, 2);
    QVERIFY(answer.out.empty());
    VERIFY_CONTAINS(answer.err, message.toStdString());
  }

  void aPlanThatCannotBeWrittenIsNamed() {
    const Answer answer = call({"a.csv", "moved.csv", "--plan", "none/plan.csv"});
    QCOMPARE(answer.status, 1);
    VERIFY_CONTAINS(answer.err, "none/plan.csv");
  }

  void anInterruptEndsItWithWords() {
    writeNormal("many.csv", 3000, 1);
    writeNormal("more.csv", 3000, 2);
    // The smoothing is too small to converge for a long while. The signal comes once the command listens for
    // it.
    const auto before = std::signal(SIGINT, SIG_IGN);
    std::jthread finger([](std::stop_token ended) {
      struct sigaction current {};
      do {
        std::this_thread::sleep_for(std::chrono::milliseconds(5));
        ::sigaction(SIGINT, nullptr, &current);
      } while (current.sa_handler == SIG_IGN && !ended.stop_requested());
      if (!ended.stop_requested()) std::raise(SIGINT);
    });
    const Answer answer =
        call({"many.csv", "more.csv", "--method", "sinkhorn", "--epsilon", "1e-7", "--json"});
    finger.request_stop();
    finger.join();
    std::signal(SIGINT, before);
    QCOMPARE(answer.status, 1);
    VERIFY_CONTAINS(answer.err, "stopped before the end");
    const json report = json::parse(answer.out);
    QCOMPARE(report["status"], json("cancelled"));
    QVERIFY(report["value"].is_null() && report["lower"].is_null() && report["gap"].is_null());
  }

 private:
  QTemporaryDir m_root;
};

QTEST_GUILESS_MAIN(TestWasserstein)
#include "test_wasserstein.moc"
