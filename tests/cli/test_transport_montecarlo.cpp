// SPDX-License-Identifier: GPL-3.0-or-later
// `transport --method montecarlo` from its words to its files, and what goes on from them.
#include <QtTest>
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

Answer call(std::vector<std::string> arguments) {
  return callCli("transport", std::move(arguments));
}

json answer(std::vector<std::string> arguments) {
  arguments.insert(arguments.end(), {"--method", "montecarlo", "--json"});
  return json::parse(call(arguments).out, nullptr, false);
}

void writePoints(const char* file, int count, int d, std::uint64_t seed) {
  Random random(seed);
  std::ofstream stream(file);
  for (int i = 0; i < count; ++i)
    for (int k = 0; k < d; ++k) stream << random.uniform() << (k + 1 < d ? "," : "\n");
}

}  // namespace

class TestTransportMonteCarlo : public QObject {
  Q_OBJECT

 private slots:
  void initTestCase() {
    QDir::setCurrent(m_root.path());
    writePoints("six.csv", 200, 6, 1);
    writePoints("plane.csv", 50, 2, 2);
    writePoints("line.csv", 10, 1, 3);
    writePoints("wide.csv", 10, 129, 4);
    std::ofstream("one.csv") << "0.5,0.5\n";
    std::ofstream("twice.csv") << "0.5,0.5\n0.2,0.1\n0.5,0.5\n";
    std::ofstream("nan.csv") << "0.5,0.5\n0.2,nan\n0.1,0.5\n";
    std::ofstream("masses.csv") << "1\n2\n3\n";
  }

  void reportsAsNewtonDoesAndItsIntervals() {
    const json report = answer({"six.csv", "--tolerance", "0.04", "--out", "six"});
    QCOMPARE(report["status"], json("converged"));
    QCOMPARE(report["method"], json("montecarlo"));
    QCOMPARE(report["sites"], json(200));
    QCOMPARE(report["dimension"], json(6));
    QCOMPARE(report["hidden"], json(0));
    QVERIFY(report["iterations"].get<int>() > 0 && report["seconds"].get<double>() > 0);
    QVERIFY(report["total_variation_upper"].get<double>() <= 0.04);
    for (const char* name : {"residual", "total_variation", "primal", "dual"}) {
      const std::string key = name;
      QVERIFY(report[key + "_lower"].get<double>() <= report[key].get<double>());
      QVERIFY(report[key].get<double>() <= report[key + "_upper"].get<double>());
    }
    QVERIFY(report["dual_lower"].get<double>() <= report["primal_upper"].get<double>());
    QCOMPARE(json::parse(readFile("six/transport.json"))["report"], report);
    std::istringstream rows(readFile("six/sites.csv"));
    std::string line;
    int lines = 0;
    QVERIFY(std::getline(rows, line));
    QCOMPARE(line, std::string("x1,x2,x3,x4,x5,x6,weight,height,target,mass"));
    while (std::getline(rows, line)) ++lines;
    QCOMPARE(lines, 200);
  }

  void saysSoInWords() {
    const Answer words = call({"six.csv", "--method", "montecarlo", "--tolerance", "0.05"});
    QCOMPARE(words.status, 0);
    for (const char* text : {"Round 1: ", "converged", "in wrong cells", "worst cell", "samples of its own"})
      QVERIFY2(words.out.find(text) != std::string::npos, text);
  }

  /// Segments of a folder in any dimension, from any measure.
  void probeReadsTheFolder() {
    for (const auto& words : std::vector<std::vector<std::string>>{
             {"six.csv", "--out", "a"},
             {"six.csv", "--domain", "ball", "--out", "b"},
             {"six.csv", "--density", "gaussian", "--sigma", "0.5", "--out", "c"},
             {"plane.csv", "--out", "d"},
         }) {
      std::vector<std::string> all = words;
      all.insert(all.end(), {"--tolerance", "0.05"});
      QCOMPARE(answer(all)["status"], json("converged"));
      const Answer probe =
          callCli({"probe", words.back(), "--segments", "300", "--threshold", "0.5", "--json"});
      QCOMPARE(probe.status, 0);
      QCOMPARE(json::parse(probe.out)["segments"], json(300));
      QVERIFY(json::parse(probe.out)["mean_crossings"].get<double>() > 0.5);
    }
  }

  /// A descent that ends at its limit and goes on is the descent that was not limited.
  void resumeGoesOn() {
    const std::vector<std::string> words = {"six.csv", "--tolerance", "0.02", "--seed", "5"};
    auto with = [&](std::vector<std::string> more) {
      more.insert(more.begin(), words.begin(), words.end());
      return answer(more);
    };
    const json whole = with({"--out", "whole"});
    QCOMPARE(whole["status"], json("converged"));
    QCOMPARE(with({"--out", "part", "--samples", "20000"})["status"], json("iteration_limit"));
    const json rest = with({"--out", "part", "--resume"});
    for (const char* key : {"status", "iterations", "samples", "total_variation", "primal", "dual"})
      QCOMPARE(rest[key], whole[key]);
    QCOMPARE(readFile("part/sites.csv"), readFile("whole/sites.csv"));
    // Another seed is another descent.
    const Answer other =
        call({"six.csv", "--method", "montecarlo", "--seed", "6", "--out", "part", "--resume"});
    QCOMPARE(other.status, 2);
    QVERIFY(other.err.find("the state of another problem") != std::string::npos);
  }

  /// Ctrl-C in the middle leaves a state to go on from.
  void interruptLeavesAState() {
    std::jthread interrupt([](std::stop_token stop) {
      for (int tick = 0; tick < 500 && !stop.stop_requested(); ++tick) {
        std::this_thread::sleep_for(std::chrono::milliseconds(20));
        if (tick == 25) std::raise(SIGINT);
      }
    });
    const json stopped = answer({"six.csv", "--tolerance", "1e-7", "--out", "stopped"});
    interrupt.request_stop();
    QCOMPARE(stopped["status"], json("cancelled"));
    QVERIFY(stopped["residual"].is_null() && stopped["primal"].is_null());
    const json state = json::parse(readFile("stopped/state.json"));
    QCOMPARE(state["iteration"], stopped["iterations"]);
    const json more = answer({"six.csv", "--tolerance", "0.04", "--out", "stopped", "--resume"});
    QCOMPARE(more["status"], json("converged"));
    QVERIFY(more["iterations"] > stopped["iterations"]);
  }

  void refusesBadInput_data() {
    QTest::addColumn<QStringList>("words");
    QTest::addColumn<QString>("message");
    const auto row = [](const char* words, const char* message) {
      QTest::newRow(words) << QString(words).split(' ') << QString(message);
    };
    row("line.csv --method montecarlo", "points: 1 column; expected 2 to 128, one a coordinate");
    row("wide.csv --method montecarlo", "points: 129 columns; expected 2 to 128, one a coordinate");
    row("one.csv --method montecarlo", "points: 1; expected at least 2");
    row("twice.csv --method montecarlo",
        "points: 1 and 3 on one spot, as far as single precision tells; expected distinct ones");
    row("nan.csv --method montecarlo", "nan.csv");
    row("six.csv --method montecarlo --masses masses.csv", "masses: 3; expected 200, one for each point");
    row("six.csv --method montecarlo --domain disc",
        "domain: disc; expected box or ball, with --method montecarlo");
    row("six.csv --method montecarlo --density gaussian --domain box",
        "domain: box; expected none with --density gaussian: it is on all of space");
    row("six.csv --method montecarlo --resume", "--resume: without --out; expected --out with the folder");
    row("six.csv --method montecarlo --resume --out nothing", "state.json");
    row("plane.csv --seed 3", "--seed: with --method newton; expected --method montecarlo");
    row("plane.csv --resume", "--resume: with --method newton; expected --method montecarlo");
    row("six.csv", "6 columns; expected 2 or 3, one a coordinate; or --method montecarlo, for up to 128");
    row("six.csv --method montecarlo --points halton", "--points");
    row("six.csv --method montecarlo --confidence 1", "--confidence: 1; expected a number from 0.5 to");
    row("six.csv --method montecarlo --confidence nan", "--confidence: nan; expected a number from 0.5 to");
    row("plane.csv --tolerance nan", "--tolerance: nan; expected a number from 1e-14 to 1");
    row("plane.csv --density gaussian --sigma nan", "--sigma: nan; expected a number above 0");
    row("plane.csv --density gaussian --sigma inf", "--sigma: inf; expected a number above 0");
    row("plane.csv --sigma 0.1", "--sigma: with --density uniform; expected --density gaussian");
    row("six.csv --method montecarlo --sigma 0.1", "--sigma: with --density uniform");
    row("six.csv --method magic", "--method");
  }
  void refusesBadInput() {
    QFETCH(QStringList, words);
    QFETCH(QString, message);
    std::vector<std::string> arguments;
    for (const QString& word : words) arguments.push_back(word.toStdString());
    const Answer refused = call(arguments);
    QCOMPARE(refused.status, 2);
    QVERIFY2(QString::fromStdString(refused.err).contains(message), refused.err.c_str());
    QVERIFY(refused.out.empty());
  }

 private:
  QTemporaryDir m_root;
};

QTEST_APPLESS_MAIN(TestTransportMonteCarlo)
#include "test_transport_montecarlo.moc"
