// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/cli/engine_environment.h"

#include <QtTest>

using namespace monge;

using Words = std::vector<std::string>;

/// In which environment the program trains.
class TestEngineEnvironment : public QObject {
  Q_OBJECT

 private slots:
  void trainingWaitsPassively() {
    const auto better = trainingEnvironment({"serve"}, {"HOME=/h"}, false);
    QVERIFY(better == (Words{"HOME=/h", "OMP_WAIT_POLICY=passive", "MONGE_ENVIRONMENT=kept"}));
    QVERIFY(trainingEnvironment({"train", "digits"}, {}, false).has_value());
  }

  void aMachinesKernelsGiveWayToBetterOnes() {
    const Words machine = {"OMP_WAIT_POLICY=active", "OPENBLAS_CORETYPE=Haswell", "HOME=/h"};
    QVERIFY(trainingEnvironment({"serve"}, machine, true) ==
            (Words{"OMP_WAIT_POLICY=active", "HOME=/h", "MONGE_ENVIRONMENT=kept"}));
    QVERIFY(!trainingEnvironment({"serve"}, machine, false));
    QVERIFY(!trainingEnvironment({"serve"}, {"OMP_WAIT_POLICY=active", "OPENBLAS_CORETYPE=Zen"}, true));
  }

  void whatTheUserSaidStays() {
    for (const char* said : {"OMP_WAIT_POLICY=active", "GOMP_SPINCOUNT=5", "KMP_BLOCKTIME=0"})
      QVERIFY(!trainingEnvironment({"serve"}, {said}, true));
    QVERIFY(!trainingEnvironment({"serve"}, {"MONGE_ENVIRONMENT=kept", "OPENBLAS_CORETYPE=Haswell"}, true));
  }

  void itHappensOnce() {
    const auto better = trainingEnvironment({"serve"}, {"OPENBLAS_CORETYPE=Haswell"}, true);
    QVERIFY(better && !trainingEnvironment({"serve"}, *better, true));
  }

  void commandsThatDoNotTrainGoOn() {
    for (const Words& words : {Words{}, Words{"presets"}, Words{"--version"}, Words{"metrics", "train"}})
      QVERIFY(!trainingEnvironment(words, {}, true));
  }

  /// The program itself: the same process and streams, in another environment.
  void theProgramBeginsAgainOnce() {
#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
    QSKIP("a program under a sanitizer stays in the environment it was started in");
#endif
    QProcess engine;
    QProcessEnvironment environment = QProcessEnvironment::systemEnvironment();
    environment.remove("OMP_WAIT_POLICY");
    environment.remove("MONGE_ENVIRONMENT");
    engine.setProcessEnvironment(environment);
    engine.start(MONGE_BIN_DIR "/monge-cli", {"serve"});
    QVERIFY(engine.waitForReadyRead(60'000));
    const qint64 id = engine.processId();
    QVERIFY(engine.readAllStandardOutput().startsWith("MNG1"));  // its hello, so the libraries are loaded
    QFile seen(QStringLiteral("/proc/%1/environ").arg(id));
    QVERIFY(seen.open(QIODevice::ReadOnly));
    const QList<QByteArray> entries = seen.readAll().split('\0');
    QVERIFY(entries.contains("OMP_WAIT_POLICY=passive"));
    QCOMPARE(entries.count("MONGE_ENVIRONMENT=kept"), 1);
    engine.closeWriteChannel();
    QVERIFY(engine.waitForFinished(20'000));
    QCOMPARE(engine.processId(), 0);
    QCOMPARE(engine.exitCode(), 0);
  }
};

QTEST_GUILESS_MAIN(TestEngineEnvironment)
#include "test_engine_environment.moc"
