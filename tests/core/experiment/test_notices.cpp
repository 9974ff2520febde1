// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/experiment/notices.h"

#include <QtTest>

using namespace monge;

/// What a person is told before training.
class TestNotices : public QObject {
  Q_OBJECT

 private slots:
  void moreGeneratorsThanPoints_data() {
    QTest::addColumn<int>("generators");
    QTest::addColumn<int>("points");
    QTest::addColumn<QString>("notice");
    QTest::newRow("one idle") << 4 << 3 << "4 generators share 3 points: 1 of them has no data.";
    QTest::newRow("more") << 4 << 1 << "4 generators share 1 point: 3 of them have no data.";
    QTest::newRow("as many") << 3 << 3 << "";
    QTest::newRow("fewer") << 1 << 1000 << "";
  }
  void moreGeneratorsThanPoints() {
    QFETCH(int, generators);
    QFETCH(int, points);
    QFETCH(QString, notice);
    Experiment experiment = presets().front().experiment;
    experiment.parameters["generators"] = generators;
    const std::vector<std::string> said = notices(experiment, points);
    QCOMPARE(said.size(), std::size_t(notice.isEmpty() ? 0 : 1));
    if (!notice.isEmpty()) QCOMPARE(QString::fromStdString(said.front()), notice);
  }
};

QTEST_APPLESS_MAIN(TestNotices)
#include "test_notices.moc"
