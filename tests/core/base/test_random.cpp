// SPDX-License-Identifier: GPL-3.0-or-later
#include <QtTest>
#include <algorithm>
#include <numeric>
#include <vector>

#include "core/base/random.h"

using monge::Random;

class TestRandom : public QObject {
  Q_OBJECT

 private slots:
  // The published sequence of the reference implementation from the state 1, 2, 3, 4.
  void followsTheReference() {
    Random random;
    random.setState({1, 2, 3, 4});
    const std::vector<std::uint64_t> expected = {41943041u,
                                                 58720359u,
                                                 3588806011781223u,
                                                 3591011842654386u,
                                                 9228616714210784205u,
                                                 9973669472204895162u,
                                                 14011001112246962877u,
                                                 12406186145184390807u};
    for (const std::uint64_t value : expected) QCOMPARE(random.next(), value);
  }

  void isSeededBySplitmix() {
    const Random::State expected = {6457827717110365317u, 3203168211198807973u, 9817491932198370423u,
                                    4593380528125082431u};
    QCOMPARE(Random(1234567).state(), expected);
  }

  void continuesFromItsState() {
    Random random(7);
    for (int i = 0; i < 11; ++i) random.normal();
    Random other(99);
    other.setState(random.state());
    for (int i = 0; i < 100; ++i) QCOMPARE(other.normal(), random.normal());
  }

  void uniformStaysBelowOne() {
    Random random(3);
    double sum = 0, squares = 0;
    const int n = 200000;
    for (int i = 0; i < n; ++i) {
      const double u = random.uniform();
      QVERIFY(u >= 0 && u < 1);
      sum += u;
      squares += u * u;
    }
    // Four standard errors of the mean (1/12 / n) and of the mean square (4/45 / n).
    QVERIFY(std::abs(sum / n - 0.5) < 4 * std::sqrt(1.0 / 12 / n));
    QVERIFY(std::abs(squares / n - 1.0 / 3) < 4 * std::sqrt(4.0 / 45 / n));
  }

  void normalIsNormal() {
    Random random(5);
    std::vector<double> values(100000);
    for (double& value : values) value = random.normal();
    std::sort(values.begin(), values.end());
    double distance = 0;  // Kolmogorov's, against the normal law
    for (std::size_t i = 0; i < values.size(); ++i) {
      const double law = 0.5 * std::erfc(-values[i] / std::sqrt(2.0));
      distance = std::max(distance, std::abs(law - (i + 0.5) / values.size()));
    }
    QVERIFY(distance < 1.95 / std::sqrt(100000.0));  // one seed in a thousand would fail this
  }

  void belowIsUniform() {
    Random random(11);
    std::vector<double> counts(7, 0);
    const int n = 70000;
    for (int i = 0; i < n; ++i) ++counts.at(random.below(7));
    double chi2 = 0;
    for (const double count : counts) chi2 += (count - n / 7.0) * (count - n / 7.0) / (n / 7.0);
    QVERIFY2(chi2 < 22.5, qPrintable(QString::number(chi2)));  // 6 degrees of freedom, 0.1 %
    QCOMPARE(random.below(1), std::uint64_t(0));
  }

  void fillBelowIsUniform() {
    Random random(12);
    std::vector<std::uint32_t> drawn(70001);
    random.fillBelow(7, drawn.data(), drawn.size());
    std::vector<double> counts(7, 0);
    for (const std::uint32_t value : drawn) ++counts.at(value);
    double chi2 = 0;
    for (const double count : counts) chi2 += (count - 70001 / 7.0) * (count - 70001 / 7.0) / (70001 / 7.0);
    QVERIFY2(chi2 < 22.5, qPrintable(QString::number(chi2)));  // 6 degrees of freedom, 0.1 %
  }

  // Of the 2^32 draws each multiple of 3 below 3 * 2^30 would get two where the others get one.
  void fillBelowRefusesWhatWouldBias() {
    Random random(13);
    std::vector<std::uint32_t> drawn(30000);
    random.fillBelow(3u << 30, drawn.data(), drawn.size());
    std::vector<double> counts(3, 0);
    for (const std::uint32_t value : drawn) {
      QVERIFY(value < 3u << 30);
      ++counts.at(value % 3);
    }
    for (const double count : counts) QVERIFY(std::abs(count - 10000) < 4 * std::sqrt(30000 * 2.0 / 9));
  }

  void fillBelowFollowsNext() {
    Random random(14), same(14);
    std::uint32_t drawn[3];
    random.fillBelow(1u << 31, drawn, 3);
    const std::uint64_t first = same.next(), second = same.next();
    QCOMPARE(drawn[0], static_cast<std::uint32_t>(first >> 33));
    QCOMPARE(drawn[1], static_cast<std::uint32_t>((first & 0xffffffffu) >> 1));
    QCOMPARE(drawn[2], static_cast<std::uint32_t>(second >> 33));
    QCOMPARE(random.state(), same.state());
  }

  void shuffleKeepsEveryElement() {
    std::vector<int> order(50);
    std::iota(order.begin(), order.end(), 0);
    Random random(2);
    monge::shuffleFirst(order, order.size(), random);
    QVERIFY(!std::is_sorted(order.begin(), order.end()));
    std::sort(order.begin(), order.end());
    for (int i = 0; i < 50; ++i) QCOMPARE(order[i], i);
  }
};

QTEST_APPLESS_MAIN(TestRandom)
#include "test_random.moc"
