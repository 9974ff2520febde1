// SPDX-License-Identifier: GPL-3.0-or-later
#include <QTest>

#include "app/window/command_line.h"
#include "core/base/error.h"

using monge::LaunchOptions;
using monge::parseLaunch;

class TestCommandLine : public QObject {
  Q_OBJECT

 private slots:
  void isEmptyByDefault() {
    const LaunchOptions launch = parseLaunch({"monge"});
    QVERIFY(launch.what.isEmpty() && !launch.play && !launch.iterations && launch.output.isEmpty());
  }

  void readsEverything() {
    const LaunchOptions launch =
        parseLaunch({"monge", "points.csv", "--play", "--iterations", "2000", "--seed", "11", "--set",
                     "generators=8", "--set", "critic = clip", "--theme", "dark", "--engine",
                     "ssh host monge-cli serve", "--screenshot", "a.png", "--after", "2.5"});
    QCOMPARE(launch.what, "points.csv");
    QVERIFY(launch.play);
    QCOMPARE(*launch.iterations, 2000);
    QCOMPARE(*launch.seed, 11u);
    QCOMPARE(launch.parameters.size(), std::size_t{2});
    QCOMPARE(launch.parameters[0].second, "8");
    QCOMPARE(launch.parameters[1].first, "critic");
    QCOMPARE(launch.parameters[1].second, "clip");
    QCOMPARE(launch.theme, "dark");
    QCOMPARE(launch.engine, "ssh host monge-cli serve");
    QCOMPARE(launch.screenshot, "a.png");
    QCOMPARE(launch.after, 2.5);
  }

  void transportIsAWord() {
    const LaunchOptions launch = parseLaunch({"monge", "transport", "points.csv", "--play"});
    QVERIFY(launch.transport && launch.play);
    QCOMPARE(launch.what, QString("points.csv"));
    QVERIFY(parseLaunch({"monge", "transport"}).what.isEmpty());
    QVERIFY(!parseLaunch({"monge", "points.csv"}).transport);
  }

  void helpNamesTheOptions() {
    const QString help = parseLaunch({"monge", "--help"}).output;
    QVERIFY2(help.startsWith("Usage: monge "), qPrintable(help));
    for (const char* option :
         {"--play", "--iterations", "--set", "--theme", "--engine", "--screenshot", "monge render"}) {
      QVERIFY2(help.contains(option), option);
    }
  }

  void refusesBadUsage_data() {
    QTest::addColumn<QStringList>("arguments");
    QTest::addColumn<QString>("words");
    QTest::newRow("unknown option") << QStringList{"--colour"}
                                    << "options: Unknown option 'colour'; expected those of monge --help";
    QTest::newRow("two things") << QStringList{"a.csv", "b.csv"} << "\"b.csv\"; expected one thing to open";
    QTest::newRow("iterations") << QStringList{"--iterations", "0"}
                                << "--iterations: \"0\"; expected a whole number from 1";
    QTest::newRow("no number") << QStringList{"--iterations", "many"} << "\"many\"";
    QTest::newRow("set without a value")
        << QStringList{"--set", "generators"} << "--set: \"generators\"; expected key=value";
    QTest::newRow("theme") << QStringList{"--theme", "pink"} << "dark, light or system";
    QTest::newRow("after") << QStringList{"--after", "-1"} << "--after";
    QTest::newRow("after, no number") << QStringList{"--after", "nan"} << "--after";
  }
  void refusesBadUsage() {
    QFETCH(QStringList, arguments);
    QFETCH(QString, words);
    try {
      parseLaunch(QStringList{"monge"} + arguments);
      QFAIL("accepted");
    } catch (const monge::Error& error) {
      QVERIFY2(QString::fromUtf8(error.what()).contains(words), error.what());
    }
  }
};

QTEST_GUILESS_MAIN(TestCommandLine)
#include "test_command_line.moc"
