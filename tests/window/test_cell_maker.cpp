// SPDX-License-Identifier: GPL-3.0-or-later
#include <QSignalSpy>
#include <QTest>
#include <limits>

#include "app/window/cell_maker.h"

using namespace monge;

namespace {

views::CellQuestion question(CellCost cost, double power = 2) {
  views::CellQuestion asked;
  asked.law.cost = cost;
  asked.law.power = power;
  asked.sites = RowsF{{-0.5f, 0}, {0.5f, 0.3f}};
  asked.box = {-1, -1, 1, 1};
  asked.pixels = 100;
  return asked;
}

/// Powers of the laws whose cells were made, in order.
struct Answers {
  explicit Answers(CellMaker& maker) {
    QObject::connect(
        &maker, &CellMaker::made, &maker,
        [this](const views::CellQuestion& asked, const std::shared_ptr<const CellComplex>& cells) {
          QVERIFY(cells->bent && !cells->walls.empty());
          powers.push_back(asked.law.power);
        });
  }
  std::vector<double> powers;
};

}  // namespace

class TestCellMaker : public QObject {
  Q_OBJECT

 private slots:
  void polygonsComeAtOnce() {
    CellMaker maker;
    Answers answers(maker);
    views::CellQuestion weighted = question(CellCost::L2Squared);
    weighted.law.weights = {0.1, -0.1};
    const auto cells = maker.ask(weighted);
    QVERIFY(cells && !cells->bent);
    QCOMPARE(cells->cells.size(), std::size_t{2});
    QTest::qWait(20);
    QVERIFY(answers.powers.empty());
  }

  void bentCellsComeLaterAndTheNewestWins() {
    CellMaker maker;
    Answers answers(maker);
    QVERIFY(!maker.ask(question(CellCost::Power, 1)));
    for (const double power : {1.5, 3.0, 4.0}) QVERIFY(!maker.ask(question(CellCost::Power, power)));
    QTRY_COMPARE(answers.powers.size(), std::size_t{2});
    QTest::qWait(20);
    QCOMPARE(answers.powers, (std::vector<double>{1, 4}));
  }

  void labelsComeFromTheData() {
    CellMaker maker;
    Answers answers(maker);
    views::CellQuestion asked = question(CellCost::L2Squared);
    asked.law.siteLabels = {0, 1};
    auto data = std::make_shared<DataView>();
    data->points = RowsF{{-0.5f, 0}, {0.5f, 0}, {0, 0.9f}};
    data->labels.resize(3);
    data->labels << 0, 1, -1;
    asked.data = data;
    QVERIFY(!maker.ask(asked));
    QTRY_COMPARE(answers.powers.size(), std::size_t{1});
    // Without labelled points there are no cells, and nothing is said.
    asked.data = std::make_shared<DataView>();
    QVERIFY(!maker.ask(asked));
    QTest::qWait(50);
    QCOMPARE(answers.powers.size(), std::size_t{1});
  }

  void whatHasNoPlaneHasNoCells() {
    CellMaker maker;
    Answers answers(maker);
    QVERIFY(!maker.ask(question(CellCost::Features)));
    views::CellQuestion broken = question(CellCost::Power, 1);
    broken.sites(0, 0) = std::numeric_limits<float>::quiet_NaN();
    QVERIFY(!maker.ask(broken));
    QTest::qWait(20);
    QVERIFY(answers.powers.empty());
  }

  /// The worker may be anywhere when the window closes.
  void mayEndWhileAtWork() {
    views::CellQuestion large = question(CellCost::Power, 1.5);
    large.pixels = 2000;
    CellMaker maker;
    QVERIFY(!maker.ask(large));
    QVERIFY(!maker.ask(large));
  }
};

QTEST_GUILESS_MAIN(TestCellMaker)
#include "test_cell_maker.moc"
