// SPDX-License-Identifier: GPL-3.0-or-later
// Low-discrepancy points by their defining property, and samples of box, ball and normal measure by their
// moments.
#include <QtTest>
#include <cmath>
#include <set>

#include "core/transport/source_measure.h"

using namespace monge;

namespace {

std::vector<std::uint32_t> panels(const SobolPoints& points, std::int64_t first, int count) {
  std::vector<std::uint32_t> values(static_cast<std::size_t>(points.dimension()) * 64 * count);
  for (int at = 0; at < count; ++at)
    points.panel(first + at, values.data() + static_cast<std::ptrdiff_t>(at) * points.dimension() * 64);
  return values;
}

}  // namespace

class TestSourceMeasure : public QObject {
  Q_OBJECT

 private slots:
  /// The first points of the sequence by hand: 0, 1/2, then 3/4 and 1/4 as 2^-1 + 2^-2 and 2^-2 in the first
  /// two coordinates.
  void sobolBeginsAsKnown() {
    const SobolPoints points(3);
    const auto values = panels(points, 0, 1);
    std::multiset<std::pair<double, double>> firstFour;
    for (int s = 0; s < 4; ++s) firstFour.insert({values[s] * 0x1p-32, values[64 + s] * 0x1p-32});
    QCOMPARE(firstFour,
             (std::multiset<std::pair<double, double>>{{0, 0}, {0.5, 0.5}, {0.25, 0.75}, {0.75, 0.25}}));
  }

  /// Of 2^10 points in a row every coordinate has one in each of 2^10 intervals, and the first two have one
  /// in each of the 2^10 boxes of any shape (a (0, m, 2)-net); scrambled or not.
  void sobolIsANet() {
    Random random(5);
    const SobolPoints plain(129), scrambled = plain.scrambled(random);
    for (const SobolPoints* points : {&plain, &scrambled})
      for (const std::int64_t start : {0, 48}) {
        const auto values = panels(*points, start, 16);
        const auto value = [&](int s, int k) { return values[(s / 64 * 129 + k) * 64 + s % 64]; };
        for (int k = 0; k < 129; ++k) {
          std::set<std::uint32_t> intervals;
          for (int s = 0; s < 1024; ++s) intervals.insert(value(s, k) >> 22);
          QCOMPARE(intervals.size(), std::size_t(1024));
        }
        for (int bits = 1; bits < 10; ++bits) {
          std::set<std::pair<std::uint32_t, std::uint32_t>> boxes;
          for (int s = 0; s < 1024; ++s)
            boxes.insert({value(s, 0) >> (32 - bits), value(s, 1) >> (22 + bits)});
          QCOMPARE(boxes.size(), std::size_t(1024));
        }
      }
  }

  void scramblingsDiffer() {
    Random random(5);
    const SobolPoints plain(4);
    QVERIFY(panels(plain.scrambled(random), 0, 1) != panels(plain.scrambled(random), 0, 1));
  }

  void momentsAreTheMeasures_data() {
    QTest::addColumn<int>("kind");
    QTest::addColumn<int>("dimension");
    QTest::addColumn<bool>("sobol");
    for (const bool sobol : {false, true})
      for (const int dimension : {2, 7}) {
        const QByteArray name = QByteArray::number(dimension) + (sobol ? " sobol" : " uniform");
        QTest::newRow("box " + name) << int(SourceMeasure::Kind::Box) << dimension << sobol;
        QTest::newRow("ball " + name) << int(SourceMeasure::Kind::Ball) << dimension << sobol;
        QTest::newRow("normal " + name) << int(SourceMeasure::Kind::Normal) << dimension << sobol;
      }
  }
  /// Means and variances along each axis; 2^16 samples leave chance five deviations of at most 3 / 256 of the
  /// variance.
  void momentsAreTheMeasures() {
    QFETCH(int, kind);
    QFETCH(int, dimension);
    QFETCH(bool, sobol);
    SourceMeasure measure{SourceMeasure::Kind(kind), VectorD::Constant(dimension, 3.0),
                          VectorD::Constant(dimension, 2.0)};
    ThreadTeam team(2);
    const SampleStreams streams(measure, sobol ? PointKind::Sobol : PointKind::Uniform, 11);
    SamplePanels samples(65536, dimension);
    streams.fill(4, 0, samples, team);
    for (int k = 0; k < dimension; ++k) {
      double sum = 0, squares = 0;
      for (int s = 0; s < 65536; ++s) sum += samples.at(s, k), squares += std::pow(samples.at(s, k), 2);
      const double variance = std::pow(measure.deviation(k), 2);
      QVERIFY(std::abs(sum / 65536) < 5 * measure.deviation(k) / 256);
      QVERIFY2(std::abs(squares / 65536 - variance) < 5 * variance * std::sqrt(2.0) / 256,
               qPrintable(QString("%1 %2").arg(squares / 65536).arg(variance)));
    }
    double farthest = 0;
    for (int s = 0; s < 65536; ++s) {
      double squared = 0;
      for (int k = 0; k < dimension; ++k) squared += std::pow(samples.at(s, k), 2);
      farthest = std::max(farthest, std::sqrt(squared));
    }
    if (measure.kind == SourceMeasure::Kind::Ball) QVERIFY(farthest <= 2 * (1 + 1e-5) && farthest > 1.98);
    if (measure.kind == SourceMeasure::Kind::Box) QVERIFY(farthest < std::sqrt(double(dimension)));
  }

  void drawAgreesWithStreams() {
    Random random(1);
    const SourceMeasure ball{SourceMeasure::Kind::Ball, VectorD::Constant(3, 1.0), VectorD::Constant(3, 0.5)};
    double squares = 0;
    for (int s = 0; s < 20000; ++s) {
      VectorD point(3);
      ball.draw(random, {point.data(), 3});
      QVERIFY((point - ball.centre).norm() <= 0.5);
      squares += (point - ball.centre).squaredNorm();
    }
    // E |x|^2 = r^2 d / (d + 2); five deviations of chance.
    QVERIFY(std::abs(squares / 20000 - 0.15) < 5 * 0.08 / std::sqrt(20000.0));
  }

  /// The same sample wherever a block begins and whatever the team; other streams and seeds have others.
  void streamsCanBeReadAnywhere() {
    ThreadTeam one(1), two(2);
    for (const PointKind kind : {PointKind::Uniform, PointKind::Sobol}) {
      const SampleStreams streams(SourceMeasure::unitBox(5), kind, 3),
          others(SourceMeasure::unitBox(5), kind, 4);
      SamplePanels whole(4096, 5), part(1024, 5), stream(1024, 5), seed(1024, 5);
      streams.fill(7, 0, whole, two);
      streams.fill(7, 2048, part, one);
      streams.fill(8, 2048, stream, one);
      others.fill(7, 2048, seed, one);
      int sameStream = 0, sameSeed = 0;
      for (int s = 0; s < 1024; ++s)
        for (int k = 0; k < 5; ++k) {
          QCOMPARE(part.at(s, k), whole.at(2048 + s, k));
          sameStream += part.at(s, k) == stream.at(s, k), sameSeed += part.at(s, k) == seed.at(s, k);
        }
      QVERIFY(sameStream < 10 && sameSeed < 10);
    }
  }

  /// Shares so near to 0 and 1 that they round to them still have a place, in order.
  void quantilesOfTheVeryEnds() {
    for (const auto kind :
         {SourceMeasure::Kind::Box, SourceMeasure::Kind::Ball, SourceMeasure::Kind::Normal}) {
      const SourceMeasure measure{kind, VectorD::Zero(3), VectorD::Ones(3)};
      double before = -1e300;
      for (const double u : {0.0, 1e-300, 1e-9, 0.5, 1 - 1e-9, 1.0}) {
        const double at = measure.quantile(1, u);
        QVERIFY(std::isfinite(at) && at >= before);
        before = at;
      }
    }
  }

  void ballHoldsItsSites() {
    RowsD sites(3, 2);
    sites << 0, 0, 4, 0, 1, 1;
    const SourceMeasure ball = SourceMeasure::ballAround(sites);
    QCOMPARE(ball.centre[0], 2.0);
    for (int i = 0; i < 3; ++i) QVERIFY((sites.row(i).transpose() - ball.centre).norm() <= ball.extent[0]);
  }
};

QTEST_APPLESS_MAIN(TestSourceMeasure)
#include "test_source_measure.moc"
