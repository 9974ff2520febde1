// SPDX-License-Identifier: GPL-3.0-or-later
// The search for the highest planes against brute force in double precision, for every instruction set that
// this processor runs.
#include <QtTest>
#include <cmath>
#include <limits>
#include <vector>

#include "core/base/choose_kernels.h"
#include "core/base/random.h"
#include "core/transport/envelope_kernels.h"
#include "core/transport/highest_planes.h"

using namespace monge;

namespace {

std::vector<const envelope::Kernels*> allKernels() {
  std::vector<const envelope::Kernels*> list{&envelope::genericKernels()};
  if (runsAvx2() && envelope::avx2Kernels()) list.push_back(envelope::avx2Kernels());
  if (runsAvx512() && envelope::avx512Kernels()) list.push_back(envelope::avx512Kernels());
  if (runsAvx512Half() && envelope::avx512HalfKernels()) list.push_back(envelope::avx512HalfKernels());
  return list;
}

RowsF randomRows(int count, int d, std::uint64_t seed, bool normal = false) {
  Random random(seed);
  RowsF rows(count, d);
  for (Eigen::Index at = 0; at < rows.size(); ++at)
    rows.data()[at] = static_cast<float>(normal ? random.normal() : random.uniform(-0.5, 0.5));
  return rows;
}

VectorD randomHeights(int count, std::uint64_t seed) {
  Random random(seed);
  VectorD heights(count);
  for (double& height : heights) height = random.uniform(-0.2, 0.2);
  return heights;
}

double valueOf(const RowsF& sites, const VectorD& heights, const RowsF& samples, int sample, int plane) {
  return static_cast<float>(heights[plane]) +
         sites.row(plane).cast<double>().dot(samples.row(sample).cast<double>());
}

/// What single precision may be wrong by, see CpuPlaneSearch.
double slack(const RowsF& sites, const VectorD& heights, const RowsF& samples, int sample, int plane) {
  return (samples.cols() + 1) * 0x1p-24 *
         (std::abs(heights[plane]) +
          sites.row(plane).cwiseAbs().cast<double>().dot(samples.row(sample).cwiseAbs().cast<double>()));
}

/// Both planes are as high as the highest there are, within the rounding errors of the two that are compared.
void compareWithBruteForce(const RowsF& sites, const VectorD& heights, const RowsF& samples,
                           const TopPlanes& found) {
  for (int s = 0; s < samples.rows(); ++s) {
    const int best = found.best[s], second = found.second[s];
    QVERIFY(best >= 0 && best < sites.rows() && second >= 0 && second < sites.rows() && best != second);
    const double bestValue = valueOf(sites, heights, samples, s, best),
                 secondValue = valueOf(sites, heights, samples, s, second),
                 bestSlack = slack(sites, heights, samples, s, best),
                 secondSlack = slack(sites, heights, samples, s, second);
    for (int i = 0; i < sites.rows(); ++i) {
      const double value = valueOf(sites, heights, samples, s, i),
                   wrong = slack(sites, heights, samples, s, i);
      QVERIFY(i == best || value <= bestValue + bestSlack + wrong);
      QVERIFY(i == best || i == second || value <= secondValue + secondSlack + wrong);
    }
    QVERIFY(std::abs(found.value[s] - bestValue) <= bestSlack);
    // The difference of two rounded values is itself rounded.
    QVERIFY(std::abs(found.gap[s] - (bestValue - secondValue)) <=
            (bestSlack + secondSlack) + 0x1p-24 * found.gap[s]);
    QVERIFY(found.gap[s] >= 0);
  }
}

void compareEqual(const TopPlanes& a, const TopPlanes& b) {
  QVERIFY(a.best == b.best);
  QVERIFY(a.second == b.second);
  QVERIFY(a.value == b.value);
  QVERIFY(a.gap == b.gap);
}

}  // namespace

class TestHighestPlanes : public QObject {
  Q_OBJECT

 private slots:
  void agreesWithBruteForce_data() {
    QTest::addColumn<int>("sites");
    QTest::addColumn<int>("dimension");
    QTest::addColumn<int>("samples");
    QTest::newRow("two sites in the plane") << 2 << 2 << 1;
    QTest::newRow("less than a group") << 5 << 3 << 63;
    QTest::newRow("one more than a group") << 7 << 1 << 65;
    QTest::newRow("odd everywhere") << 101 << 17 << 131;
    QTest::newRow("many panels") << 30 << 5 << 1500;
    QTest::newRow("more than a block of planes") << 3001 << 64 << 70;
    QTest::newRow("128 dimensions") << 1500 << 128 << 129;
  }
  void agreesWithBruteForce() {
    QFETCH(int, sites);
    QFETCH(int, dimension);
    QFETCH(int, samples);
    const RowsF y = randomRows(sites, dimension, 1), x = randomRows(samples, dimension, 2);
    const VectorD heights = randomHeights(sites, 3);
    ThreadTeam team(2);
    for (const envelope::Kernels* kernels : allKernels())
      for (const SearchPrecision precision : {SearchPrecision::Single, SearchPrecision::Half}) {
        CpuPlaneSearch search(y, precision, team, *kernels);
        search.setHeights(heights);
        TopPlanes found;
        search.find(SamplePanels(x), found, {});
        QCOMPARE(found.best.size(), std::size_t(samples));
        compareWithBruteForce(y, heights, x, found);
      }
  }

  void halfPrecisionGivesTheSameAnswers_data() {
    QTest::addColumn<QString>("kind");
    for (const char* kind : {"uniform", "normal", "far from the origin", "one large site", "tiny",
                             "tiny heights, huge sites", "dense cluster"})
      QTest::newRow(kind) << QString(kind);
  }
  /// Bit for bit, also where rounding to 8 bits leaves many candidates or all of them.
  void halfPrecisionGivesTheSameAnswers() {
    QFETCH(QString, kind);
    RowsF y = randomRows(2000, 24, 4, kind == "normal"), x = randomRows(1000, 24, 5, kind == "normal");
    VectorD heights = randomHeights(2000, 6);
    if (kind == "far from the origin") y.array() += 3, x.array() += 1;
    if (kind == "one large site") y.row(77) *= 1000;
    if (kind == "tiny") y *= 1e-30f, heights *= 1e-30;
    if (kind == "tiny heights, huge sites") y *= 1e10f, heights *= 1e-10;
    if (kind == "dense cluster") y *= 1e-3f, y.array() += 0.3f, heights *= 1e-3;
    ThreadTeam team(2);
    CpuPlaneSearch single(y, SearchPrecision::Single, team), half(y, SearchPrecision::Half, team);
    if (half.name() == single.name()) QSKIP("this processor does not multiply bfloat16");
    single.setHeights(heights), half.setHeights(heights);
    TopPlanes expected, found;
    single.find(SamplePanels(x), expected, {});
    half.find(SamplePanels(x), found, {});
    compareEqual(expected, found);
    if (kind == "one large site") QVERIFY(half.overflows() > 0);
    if (kind == "uniform") QCOMPARE(half.overflows(), std::int64_t(0));
  }

  /// Equal planes: the lowest index is first, the next one second, for all instruction sets.
  void lowestIndexOfEqualPlanes() {
    RowsF y(90, 3);
    for (int i = 0; i < y.rows(); ++i) y.row(i) << 0.25f, -0.5f, 0.125f;
    y.row(40) << 0.5f, 0.5f, 0.5f;
    RowsF x(3, 3);
    x << 1, 1, 1, -1, -1, -1, 0, 0, 0;
    ThreadTeam team(1);
    for (const envelope::Kernels* kernels : allKernels())
      for (const SearchPrecision precision : {SearchPrecision::Single, SearchPrecision::Half}) {
        CpuPlaneSearch search(y, precision, team, *kernels);
        search.setHeights(VectorD::Zero(90));
        TopPlanes found;
        search.find(SamplePanels(x), found, {});
        QCOMPARE(found.best, (std::vector<std::int32_t>{40, 0, 0}));
        QCOMPARE(found.second, (std::vector<std::int32_t>{0, 1, 1}));
        QCOMPARE(found.gap, (std::vector<float>{1.625f, 0, 0}));
      }
  }

  void doesNotDependOnTheTeam() {
    const RowsF y = randomRows(500, 9, 7), x = randomRows(5000, 9, 8);
    ThreadTeam one(1), three(3);
    for (const SearchPrecision precision : {SearchPrecision::Single, SearchPrecision::Half}) {
      CpuPlaneSearch first(y, precision, one), second(y, precision, three);
      TopPlanes a, b;
      for (CpuPlaneSearch* search : {&first, &second}) search->setHeights(randomHeights(500, 9));
      first.find(SamplePanels(x), a, {});
      second.find(SamplePanels(x), b, {});
      compareEqual(a, b);
    }
  }
};

QTEST_APPLESS_MAIN(TestHighestPlanes)
#include "test_highest_planes.moc"
