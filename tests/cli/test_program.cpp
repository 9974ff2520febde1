// SPDX-License-Identifier: GPL-3.0-or-later
#include <QtTest>
#include <csignal>

#include "core/experiment/run_directory.h"

using namespace monge;

/// The program as it is: its exit status, its signals, its two streams.
class TestProgram : public QObject {
  Q_OBJECT

 private slots:
  void init() {
    m_root = std::make_unique<QTemporaryDir>();
    QDir::setCurrent(m_root->path());
  }
  void cleanup() { QDir::setCurrent("/"); }

  void exitStatusAndStreamsAreKept() {
    QProcess good;
    run(good, {"presets"});
    QCOMPARE(good.exitCode(), 0);
    QVERIFY(good.readAllStandardOutput().contains("four-clusters"));
    QVERIFY(good.readAllStandardError().isEmpty());
    QProcess bad;
    run(bad, {"train", "four-clusters", "--set", "generators=0"});
    QCOMPARE(bad.exitCode(), 2);
    QVERIFY(bad.readAllStandardOutput().isEmpty());
    QCOMPARE(bad.readAllStandardError(),
             QByteArray("monge-cli: generators: 0; expected a whole number from 1 to 256\n"));
  }

  void aTrainedRunHasFigures() {
    QProcess train;
    run(train, {"train", "two-clusters", "--iterations", "300", "--out", "a"});
    QCOMPARE(train.exitCode(), 0);
    QProcess metrics;
    run(metrics, {"metrics", "a", "--json"});
    QCOMPARE(metrics.exitCode(), 0);
    const QJsonObject object = QJsonDocument::fromJson(metrics.readAllStandardOutput()).object();
    for (const char* name : {"coverage", "precision"}) {
      QVERIFY2(object[name].isDouble(), name);
      QVERIFY(object[name].toDouble() >= 0 && object[name].toDouble() <= 1);
    }
    QProcess again;
    run(again, {"metrics", "a", "--json"});
    QCOMPARE(QJsonDocument::fromJson(again.readAllStandardOutput()).object(), object);
  }

  void ctrlCPrintsACommandThatGoesOn() {
    QProcess train;
    startTraining(train);
    QVERIFY(::kill(static_cast<pid_t>(train.processId()), SIGINT) == 0);
    QVERIFY(train.waitForFinished(20'000));
    QCOMPARE(train.exitStatus(), QProcess::NormalExit);
    QCOMPARE(train.exitCode(), 1);
    const QString output = m_seen + train.readAllStandardOutput();
    const QString command = output.section("To go on:\n  ", 1).section('\n', 0, 0);
    QVERIFY2(command.contains("train --resume --out"), qPrintable(output));
    const auto last = RunDirectory::open("a b").checkpoints().back();
    QProcess shell;
    shell.start("sh", {"-c", command + " --iterations " + QString::number(last + 20)});
    QVERIFY(shell.waitForFinished(60'000));
    QVERIFY2(shell.exitCode() == 0, shell.readAllStandardError().constData());
    QCOMPARE(RunDirectory::open("a b").checkpoints().back(), last + 20);
  }

  void aKilledRunOpensAndGoesOn() {
    QProcess train;
    startTraining(train);
    train.kill();
    QVERIFY(train.waitForFinished(20'000));
    const auto last = RunDirectory::open("a b").checkpoints().back();
    QProcess metrics;
    run(metrics, {"metrics", "a b"});
    QVERIFY2(metrics.exitCode() == 0, metrics.readAllStandardError().constData());
    QProcess resume;
    run(resume, {"train", "--resume", "--out", "a b", "--iterations", QString::number(last + 20)});
    QCOMPARE(resume.exitCode(), 0);
  }

  void aReaderThatGoesAwayDoesNotEndTheTraining() {
    QProcess shell;
    shell.start("sh", {"-c", QString(MONGE_BIN_DIR) +
                                 "/monge-cli train four-clusters --iterations 2000 --out a | true"});
    QVERIFY(shell.waitForFinished(60'000));
    QCOMPARE(RunDirectory::open("a").checkpoints().back(), 2000);
  }

 private:
  static void run(QProcess& process, const QStringList& arguments) {
    process.start(MONGE_BIN_DIR "/monge-cli", arguments);
    QVERIFY2(process.waitForFinished(60'000), qPrintable(process.errorString()));
  }

  /// Returns when a checkpoint beyond the first is on disk.
  void startTraining(QProcess& process) {
    QFile document("e.json");
    QVERIFY(document.open(QIODevice::WriteOnly));
    document.write(R"({"checkpoint_every": 200, "iterations": 1000000000})");
    document.close();
    process.start(MONGE_BIN_DIR "/monge-cli", {"train", "e.json", "--out", "a b"});
    QVERIFY2(process.waitForReadyRead(20'000), qPrintable(process.errorString()));
    m_seen = process.readAllStandardOutput();
    QTRY_VERIFY_WITH_TIMEOUT(QDir("a b/checkpoints/").exists() &&
                                 !RunDirectory::open("a b").checkpoints().empty() &&
                                 RunDirectory::open("a b").checkpoints().back() > 0,
                             20'000);
  }

  std::unique_ptr<QTemporaryDir> m_root;
  QString m_seen;
};

QTEST_GUILESS_MAIN(TestProgram)
#include "test_program.moc"
