// SPDX-License-Identifier: GPL-3.0-or-later
#include <QtTest>
#include <cmath>

#include "core/base/error.h"
#include "core/snapshot/cell_law.h"

using namespace monge;

class TestCellLaw : public QObject {
  Q_OBJECT

 private slots:
  void costs_data() {
    QTest::addColumn<QString>("name");
    QTest::addColumn<double>("power");
    QTest::addColumn<double>("cost");
    QTest::newRow("l2") << "l2" << 2.0 << 5.0;
    QTest::newRow("l2 squared") << "l2_squared" << 2.0 << 25.0;
    QTest::newRow("l1") << "power" << 1.0 << 7.0;
    QTest::newRow("p 2") << "power" << 2.0 << 25.0;
    QTest::newRow("p 3") << "power" << 3.0 << 91.0;
  }
  void costs() {
    QFETCH(QString, name);
    QFETCH(double, power);
    QFETCH(double, cost);
    CellLaw law;
    law.cost = cellCostFromString(name.toStdString());
    law.power = power;
    const float x[] = {1, -2}, y[] = {4, 2};
    QCOMPARE(law.between(x, y, 2), cost);
    QCOMPARE(QString(toString(law.cost)), name);
  }

  void weightsWidenACell() {
    const RowsF sites{{0, 0}, {2, 0}};
    const float x[] = {1.2f, 0};
    CellLaw law;
    QCOMPARE(law.owner(sites, x), 1);
    law.weights = {1, 0};  // 1.44 - 1 against 0.64
    QCOMPARE(law.owner(sites, x), 0);
    const float middle[] = {1, 0};
    law.weights.clear();
    QCOMPARE(law.owner(sites, middle), 0);  // ties go to the first
    QCOMPARE(law.owner(RowsF(0, 2), x), -1);
  }

  void labelsScaleTheCost() {
    const RowsF sites{{0, 0}, {2, 0}};
    const float x[] = {1.2f, 0};
    CellLaw law;
    law.siteLabels = {5, 7};
    QCOMPARE(law.owner(sites, x, 5), 0);
    QCOMPARE(law.owner(sites, x, 7), 1);
    QCOMPARE(law.owner(sites, x), 1);  // without a label only the distance counts
    law.siteLabels = {-1, 7};
    QCOMPARE(law.theta(7, 0), 1.0);
    QCOMPARE(law.theta(7, 1), 0.1);
    QCOMPARE(law.theta(3, 1), 10.0);
  }

  void whichWallsAreStraight_data() {
    QTest::addColumn<QString>("name");
    QTest::addColumn<double>("power");
    QTest::addColumn<bool>("weighted");
    QTest::addColumn<bool>("labels");
    QTest::addColumn<bool>("straight");
    QTest::newRow("squared") << "l2_squared" << 2.0 << true << false << true;
    QTest::newRow("distances") << "l2" << 2.0 << false << false << true;
    QTest::newRow("distances with weights") << "l2" << 2.0 << true << false << false;
    QTest::newRow("p 2") << "power" << 2.0 << true << false << true;
    QTest::newRow("p 1") << "power" << 1.0 << false << false << false;
    QTest::newRow("labels") << "l2_squared" << 2.0 << false << true << false;
    QTest::newRow("features") << "features" << 2.0 << false << false << false;
  }
  void whichWallsAreStraight() {
    QFETCH(QString, name);
    QFETCH(double, power);
    QFETCH(bool, weighted);
    QFETCH(bool, labels);
    QFETCH(bool, straight);
    CellLaw law;
    law.cost = cellCostFromString(name.toStdString());
    law.power = power;
    law.weights = weighted ? std::vector<double>{0.5, -0.5} : std::vector<double>{2, 2};
    if (labels) law.siteLabels = {0, 1};
    QCOMPARE(law.hasStraightWalls(), straight);
    if (straight) QCOMPARE(law.powerWeights().empty(), !law.isSquared());
  }

  void unknownCostsAreNamed() { QVERIFY_EXCEPTION_THROWN(cellCostFromString("l3"), Error); }
};

QTEST_APPLESS_MAIN(TestCellLaw)
#include "test_cell_law.moc"
