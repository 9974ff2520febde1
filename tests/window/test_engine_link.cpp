// SPDX-License-Identifier: GPL-3.0-or-later
#include <QSignalSpy>
#include <QTest>

#include "app/window/engine_link.h"
#include "core/experiment/experiment.h"
#include "fake_engine_command.h"

using monge::EngineLink;
using monge::Message;

namespace {

Message openMessage() {
  Message message("open");
  message.fields["experiment"] = toJson(monge::presets().front().experiment);
  return message;
}

}  // namespace

class TestEngineLink : public QObject {
  Q_OBJECT

 private slots:
  void speaksWithAnEngine() {
    EngineLink link;
    QSignalSpy hello(&link, &EngineLink::hello), opened(&link, &EngineLink::opened),
        data(&link, &EngineLink::data), snapshot(&link, &EngineLink::snapshot),
        history(&link, &EngineLink::history);
    QVERIFY(!link.send(openMessage()));  // nobody is there yet
    link.start(fakeEngine());
    QCOMPARE(link.state(), EngineLink::State::Starting);
    QVERIFY(hello.wait());
    QCOMPARE(link.state(), EngineLink::State::Ready);
    QCOMPARE(link.info().threads, 2);
    QVERIFY(link.send(openMessage()));
    QTRY_COMPARE(opened.count(), 1);
    QTRY_COMPARE(data.count(), 1);
    QTRY_COMPARE(snapshot.count(), 1);
    QCOMPARE(history.count(), 1);
    QCOMPARE(data[0][0].value<monge::DataViewPtr>()->points.rows(), 800);
    QCOMPARE(snapshot[0][0].value<monge::SnapshotPtr>()->ids.size(), std::size_t{4});
  }

  void takesSnapshotsAtDisplayRateAtMost() {
    EngineLink link;
    QSignalSpy hello(&link, &EngineLink::hello), snapshot(&link, &EngineLink::snapshot);
    link.start(fakeEngine());
    QVERIFY(hello.wait());
    link.send(openMessage());
    QVERIFY(snapshot.wait());
    snapshot.clear();
    link.send(Message("play"));  // the fake engine has a new moment every 10 ms
    QTest::qWait(1000);
    QVERIFY2(snapshot.count() <= 32, qPrintable(QString::number(snapshot.count())));
    QVERIFY2(snapshot.count() >= 5, qPrintable(QString::number(snapshot.count())));
  }

  void saysWhyTheEngineIsLost_data() {
    QTest::addColumn<QString>("command");
    QTest::addColumn<QString>("reason");
    QTest::newRow("no such program") << "/nowhere/monge-cli serve"
                                     << "did not start: /nowhere/monge-cli";
    QTest::newRow("no command") << " "
                                << "No engine is named";
    QTest::newRow("exit") << fakeEngine("--on open exit") << "exit status 3";
    QTest::newRow("signal") << fakeEngine("--on open abort") << "signal 6";
    QTest::newRow("nonsense") << fakeEngine("--on open nonsense") << "spoke nonsense";
    QTest::newRow("a snapshot without its fields") << fakeEngine("--on open truncate") << "spoke nonsense";
    QTest::newRow("fatal error") << fakeEngine("--on open fatal") << "gave up: memory: no more of it";
    QTest::newRow("other protocol") << fakeEngine("--protocol 99") << "protocol 99 and this window 2";
    QTest::newRow("other version") << fakeEngine("--version 99.0")
                                   << "another version of Monge (it is 99.0 and this window ";
    QTest::newRow("other build") << fakeEngine("--on open newer") << "another version of Monge (";
    QTest::newRow("other build, named") << fakeEngine("--on open newer") << "of_tomorrow";
    QTest::newRow("hang") << fakeEngine("--on open hang") << "has not answered for 0.4 s";
    QTest::newRow("no hello") << fakeEngine("--on hello hang") << "did not answer within 1 s";
    QTest::newRow("not an engine") << "/bin/echo hello, this is no engine"
                                   << "spoke nonsense";
  }
  void saysWhyTheEngineIsLost() {
    QFETCH(QString, command);
    QFETCH(QString, reason);
    EngineLink link;
    link.setTiming({50, 400, 1000});
    QSignalSpy lost(&link, &EngineLink::lost);
    connect(&link, &EngineLink::hello, &link, [&link] { link.send(openMessage()); });
    link.start(command);
    QTRY_COMPARE(lost.count(), 1);
    QCOMPARE(link.state(), EngineLink::State::Lost);
    const QString said = lost[0][0].toString();
    QVERIFY2(said.contains(reason), qPrintable(said));
    QVERIFY(!link.send(Message("play")));
  }

  void keepsTheLastLinesOfTheLog() {
    EngineLink link;
    QSignalSpy lost(&link, &EngineLink::lost);
    connect(&link, &EngineLink::hello, &link, [&link] { link.send(openMessage()); });
    link.start(fakeEngine("--log 500 --on open abort"));
    QTRY_COMPARE(lost.count(), 1);
    const QStringList log = lost[0][1].toStringList();
    QCOMPARE(log.size(), EngineLink::kKeptLogLines);
    QCOMPARE(log.last(), "line 500");
    QCOMPARE(log.first(), "line 301");
  }

  void startsAFreshEngineAfterALoss() {
    EngineLink link;
    QSignalSpy lost(&link, &EngineLink::lost), hello(&link, &EngineLink::hello),
        snapshot(&link, &EngineLink::snapshot);
    link.start(fakeEngine("--on play abort"));
    QVERIFY(hello.wait());
    link.send(Message("play"));
    QTRY_COMPARE(lost.count(), 1);
    link.start(fakeEngine());
    QTRY_COMPARE(hello.count(), 2);
    link.send(openMessage());
    QTRY_COMPARE(snapshot.count(), 1);
    QCOMPARE(lost.count(), 1);
  }

  void handsOnRefusalsWithoutLosingTheEngine() {
    EngineLink link;
    QSignalSpy hello(&link, &EngineLink::hello), error(&link, &EngineLink::errorReported);
    link.start(fakeEngine("--on play refuse"));
    QVERIFY(hello.wait());
    link.send(Message("play"));
    QTRY_COMPARE(error.count(), 1);
    QCOMPARE(error[0][1].toString(), "memory: no more of it");
    QCOMPARE(link.state(), EngineLink::State::Ready);
  }

  void endsTheEngineQuickly() {
    EngineLink link;
    QSignalSpy hello(&link, &EngineLink::hello), lost(&link, &EngineLink::lost);
    link.start(fakeEngine());
    QVERIFY(hello.wait());
    QElapsedTimer timer;
    timer.start();
    link.stop();
    QVERIFY(timer.elapsed() < EngineLink::kShutdownMs);
    QCOMPARE(link.state(), EngineLink::State::Stopped);
    QCOMPARE(lost.count(), 0);
  }
};

QTEST_GUILESS_MAIN(TestEngineLink)
#include "test_engine_link.moc"
