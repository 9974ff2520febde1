// SPDX-License-Identifier: GPL-3.0-or-later
// LibTorch's matrix products as the reference of the fused search.
#include <QtTest>
#include <cmath>

#include "core/base/error.h"
#include "core/base/random.h"
#include "core/device/torch_plane_search.h"

using namespace monge;

namespace {

RowsF randomRows(int count, int d, std::uint64_t seed) {
  Random random(seed);
  RowsF rows(count, d);
  for (Eigen::Index at = 0; at < rows.size(); ++at)
    rows.data()[at] = static_cast<float>(random.uniform(-0.5, 0.5));
  return rows;
}

}  // namespace

class TestTorchPlaneSearch : public QObject {
  Q_OBJECT

 private slots:
  void agreesWithTheFusedSearch_data() {
    QTest::addColumn<int>("sites");
    QTest::addColumn<int>("dimension");
    QTest::addColumn<int>("samples");
    QTest::newRow("small") << 2 << 2 << 3;
    QTest::newRow("several tiles of planes") << 9001 << 8 << 500;
    QTest::newRow("several tiles of samples") << 50 << 16 << 20001;
    QTest::newRow("128 dimensions") << 3000 << 128 << 700;
  }
  void agreesWithTheFusedSearch() {
    QFETCH(int, sites);
    QFETCH(int, dimension);
    QFETCH(int, samples);
    const RowsF y = randomRows(sites, dimension, 1);
    const SamplePanels x(randomRows(samples, dimension, 2));
    VectorD heights(sites);
    for (int i = 0; i < sites; ++i) heights[i] = -y.row(i).norm();
    ThreadTeam team(2);
    CpuPlaneSearch fused(y, SearchPrecision::Half, team);
    const auto reference = torchPlaneSearch(y, "cpu");
    TopPlanes a, b;
    fused.setHeights(heights), reference->setHeights(heights);
    fused.find(x, a, {}), reference->find(x, b, {});
    QCOMPARE(a.best.size(), b.best.size());
    // Both round d + 1 sums of terms whose sizes add up to at most |h| + d / 4, |h| <= sqrt(d) / 2.
    const double slack = 2 * (dimension + 1) * 0x1p-24 * (std::sqrt(dimension) / 2 + dimension / 4.0);
    int different = 0;
    for (std::size_t s = 0; s < a.best.size(); ++s) {
      QVERIFY(std::abs(a.value[s] - b.value[s]) <= slack);
      QVERIFY(std::abs(a.gap[s] - b.gap[s]) <= 2 * slack);
      QVERIFY(a.best[s] == b.best[s] || a.gap[s] <= 2 * slack);
      different += a.best[s] != b.best[s];
    }
    QVERIFY2(different <= samples / 100, qPrintable(QString::number(different)));
  }

  void refusesAnAbsentDevice() {
    if (hasCuda()) QSKIP("there is a CUDA device");
    QVERIFY_EXCEPTION_THROWN(torchPlaneSearch(randomRows(3, 2, 1), "cuda"), Error);
  }
};

QTEST_APPLESS_MAIN(TestTorchPlaneSearch)
#include "test_torch_plane_search.moc"
