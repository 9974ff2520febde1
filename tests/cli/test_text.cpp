// SPDX-License-Identifier: GPL-3.0-or-later
#include <QtTest>
#include <cmath>

#include "app/cli/repeats.h"
#include "app/cli/text.h"

using namespace monge;

class TestText : public QObject {
  Q_OBJECT

 private slots:
  void numbersAreEasyToRead() {
    QCOMPARE(grouped(0), std::string("0"));
    QCOMPARE(grouped(999), std::string("999"));
    QCOMPARE(grouped(60000), std::string("60,000"));
    QCOMPARE(grouped(-1234567), std::string("-1,234,567"));
    QCOMPARE(figure(0.951234), std::string("0.9512"));
    QCOMPARE(figure(14512.3), std::string("14512"));
    QCOMPARE(figure(1e-5), std::string("1e-05"));
    QCOMPARE(figure(NAN), std::string("-"));
    QCOMPARE(figure(nlohmann::json(123456789)), std::string("123456789"));
    QCOMPARE(figure(nlohmann::json{32, 0.5}), std::string("32,0.5"));
    QCOMPARE(duration(3.6), std::string("4 s"));
    QCOMPARE(duration(62), std::string("1 min 2 s"));
    QCOMPARE(duration(3725), std::string("1 h 2 min"));
    QCOMPARE(duration(INFINITY), std::string("277,777 h 46 min"));
  }

  void printedCommandsCanBePasted() {
    const QStringList words = {"plain/path-1_2.csv", "two words", "it's", "", "$HOME", "*", "a=b"};
    std::vector<std::string> command = {"printf", "%s\\n"};
    for (const QString& word : words) command.push_back(word.toStdString());
    QProcess shell;
    shell.start("sh", {"-c", QString::fromStdString(shellCommand(command))});
    QVERIFY(shell.waitForFinished());
    QCOMPARE(QString(shell.readAllStandardOutput()), words.join("\n") + "\n");
  }

  void linesAreBrokenBetweenWords() {
    QCOMPARE(wrapped("one two three", 9, "  "), std::string("  one two\n  three\n"));
    QCOMPARE(table({{"a", "b"}, {"long", "c"}}), std::string("a     b\nlong  c\n"));
  }

  void repeatsAreSummarised() {
    const std::vector<RepeatResult> results = {
        {7, {{"coverage", 0.9}, {"kind", "text"}, {"seed", 7}, {"samples", 100}}},
        {8, {{"coverage", 1.0}, {"only_here", 2.0}}},
        {9, {{"coverage", nullptr}, {"only_here", nullptr}}},
    };
    const std::vector<MetricSummary> summary = summarize(results);
    QCOMPARE(summary.size(), std::size_t{2});
    QCOMPARE(summary[0].count, 2);
    QCOMPARE(summary[0].mean, 0.95);
    QVERIFY(std::abs(summary[0].deviation - std::sqrt(0.005)) <
            1e-15);  // n - 1 = 1: the sum of squares 2 * 0.05^2
    QVERIFY(std::isnan(summary[1].deviation));
    QCOMPARE(summaryText(summary),
             std::string("coverage   0.950 ± 0.071  (2)\nonly_here  2.000          (1)\n"));
    QCOMPARE(
        summaryTex(summary),
        std::string("\\begin{tabular}{lc}\n\\hline\ncoverage & $0.950 \\pm 0.071$ \\\\\nonly here & $2.000$ "
                    "\\\\\n\\hline\n\\end{tabular}\n"));
    const std::string csv = summaryCsv(results, summary);
    QVERIFY2(
        csv.starts_with("seed,coverage,only_here\n7,0.9,\n8,1,2\n9,,\nmean,0.95,2\nstandard deviation,0.07"),
        csv.c_str());
    QVERIFY(summarize({}).empty());
  }

  void repeatFoldersSortBySeed() {
    QCOMPARE(repeatFolder("out", 7).string(), std::string("out/seed-07"));
    QCOMPARE(repeatFolder("out", 123).string(), std::string("out/seed-123"));
  }
};

QTEST_GUILESS_MAIN(TestText)
#include "test_text.moc"
