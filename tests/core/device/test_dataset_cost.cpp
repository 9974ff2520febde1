// SPDX-License-Identifier: GPL-3.0-or-later
#include <torch/script.h>

#include <QTemporaryDir>
#include <QtTest>

#include "core/base/error.h"
#include "core/base/random.h"
#include "core/device/dataset_cost.h"

using namespace monge;

namespace {

RowsF randomRows(Eigen::Index rows, Eigen::Index columns, std::uint64_t seed) {
  Random random(seed);
  RowsF result(rows, columns);
  for (Eigen::Index i = 0; i < result.size(); ++i) result.data()[i] = static_cast<float>(random.uniform());
  return result;
}

}  // namespace

class TestDatasetCost : public QObject {
  Q_OBJECT

 private:
  QTemporaryDir m_folder;

  /// A bent layer: x -> tanh of sums of the coordinates.
  CostOptions features() {
    torch::jit::Module module("net");
    module.define("def forward(self, x):\n  return torch.tanh(torch.cat([x, x.sum(1, keepdim=True)], 1))\n");
    CostOptions options;
    options.kind = CostOptions::Kind::Features;
    options.network = m_folder.filePath("net.pt").toStdString();
    module.save(options.network.string());
    return options;
  }

  CostOptions ssim() {
    CostOptions options;
    options.kind = CostOptions::Kind::Ssim;
    options.window = 3;
    return options;
  }

 private slots:
  void agreesWithCostedSites_data() {
    QTest::addColumn<bool>("images");
    QTest::newRow("features") << false;
    QTest::newRow("ssim") << true;
  }
  void agreesWithCostedSites() {
    QFETCH(bool, images);
    const ImageShape image = images ? ImageShape{1, 5, 5} : ImageShape{};
    const int d = images ? 25 : 3;
    const CostOptions options = images ? ssim() : features();
    const RowsF data = randomRows(40, d, 1), sites = randomRows(3, d, 2), others = randomRows(7, d, 3);
    const DatasetCost cost(options, data, image);
    const CostedSites oracle(options, sites, image);
    // The same operations on the same numbers; how many are worked on together may change a last bit.
    QVERIFY((cost.ofAll(sites).transpose() - oracle.costs(data)).cwiseAbs().maxCoeff() <= 1e-6f);
    QVERIFY((cost.ofPoints(others, sites).transpose() - oracle.costs(others)).cwiseAbs().maxCoeff() <= 1e-6f);
    const std::vector<std::uint32_t> rows{5, 0, 39, 5};
    const RowsF some = cost.ofRows(rows, sites), all = cost.ofAll(sites);
    for (std::size_t i = 0; i < rows.size(); ++i)
      QVERIFY((some.col(static_cast<Eigen::Index>(i)) - all.col(rows[i])).cwiseAbs().maxCoeff() <= 1e-6f);
    QCOMPARE(cost.ofPoints(RowsF(0, d), sites).cols(), Eigen::Index{0});
  }

  /// Against central differences of the mean cost: in single precision good to the root of the rounding.
  void gradientsAreDerivatives_data() { agreesWithCostedSites_data(); }
  void gradientsAreDerivatives() {
    QFETCH(bool, images);
    const ImageShape image = images ? ImageShape{1, 5, 5} : ImageShape{};
    const int d = images ? 25 : 3;
    const RowsF points = randomRows(6, d, 4), site = randomRows(1, d, 5);
    const DatasetCost cost(images ? ssim() : features(), points, image);
    const RowsF gradient = cost.meanGradient(points, site);
    for (int c = 0; c < d; ++c) {
      constexpr float kStep = 1e-2f;
      RowsF up = site, down = site;
      up(0, c) += kStep;
      down(0, c) -= kStep;
      const float slope = (cost.ofAll(up).mean() - cost.ofAll(down).mean()) / (2 * kStep);
      QVERIFY2(std::abs(slope - gradient(0, c)) <= 2e-3f + 2e-2f * std::abs(slope),
               qPrintable(QString("%1 %2 %3").arg(c).arg(slope).arg(gradient(0, c))));
    }
  }

  void refusesWhatDoesNotFit() {
    QVERIFY_EXCEPTION_THROWN(DatasetCost(ssim(), randomRows(4, 25, 1), {}), Error);
    QVERIFY_EXCEPTION_THROWN(DatasetCost(features(), RowsF(0, 2), {}), Error);
    CostOptions none;
    none.kind = CostOptions::Kind::Features;
    QVERIFY_EXCEPTION_THROWN(DatasetCost(none, randomRows(4, 2, 1), {}), Error);
  }
};

QTEST_APPLESS_MAIN(TestDatasetCost)
#include "test_dataset_cost.moc"
