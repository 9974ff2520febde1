// SPDX-License-Identifier: GPL-3.0-or-later
// k-GANs under other costs (K5).
#include <torch/script.h>

#include <QTemporaryDir>
#include <QtTest>
#include <cmath>

#include "core/base/error.h"
#include "tests/core/training/kgans_cases.h"

using namespace monge;
using namespace monge::test;

namespace {

/// The label of the nearest labelled row, by the law's own cost.
int nearestLabel(const CellLaw& law, const Dataset& data, const float* x) {
  Eigen::Index nearest = 0;
  double least = std::numeric_limits<double>::infinity();
  for (Eigen::Index i = 0; i < data.rows.rows(); ++i) {
    const double cost = law.between(x, data.rows.row(i).data(), data.rows.cols());
    if (cost < least) least = cost, nearest = i;
  }
  return data.labels[static_cast<std::size_t>(nearest)];
}

}  // namespace

class TestKGansCosts : public QObject {
  Q_OBJECT

 private:
  QTemporaryDir m_folder;

  std::string network(const char* forward) {
    torch::jit::Module module("net");
    module.define(std::string(forward) + "\n");
    const std::string file = m_folder.filePath("net.pt").toStdString();
    module.save(file);
    return file;
  }

 private slots:
  void ownersFollowTheLaw_data() {
    QTest::addColumn<QString>("cost");
    QTest::addColumn<double>("power");
    QTest::addColumn<bool>("labels");
    QTest::newRow("l2") << "l2" << 2.0 << false;
    QTest::newRow("l1") << "power" << 1.0 << false;
    QTest::newRow("l4") << "power" << 4.0 << false;
    QTest::newRow("labels") << "l2_squared" << 2.0 << true;
    QTest::newRow("labels and l1") << "power" << 1.0 << true;
  }
  /// For p = 1 without weights: with them whole quadrants may lie at one difference of the costs of two
  /// prototypes, and rounding decides there.
  void ownersFollowTheLaw() {
    QFETCH(QString, cost);
    QFETCH(double, power);
    QFETCH(bool, labels);
    const Dataset data = unequalClusters({{-0.4, 100}, {0, 200}, {0.4, 300}});
    KGansTrainer trainer(kGansExperiment(4, {{"cost", cost.toStdString()},
                                             {"power", power},
                                             {"use_labels", labels},
                                             {"masses", power == 1 ? "free" : "equal"}}),
                         data);
    trainer.stepIterations(20);
    SnapshotRequest request;
    request.samples = 200;
    const EnsembleSnapshot seen = trainer.snapshot(request);
    QCOMPARE(toString(seen.law.cost), cost.toUtf8().constData());
    QCOMPARE(seen.law.usesLabels(), labels);
    double costs = 0;
    for (Eigen::Index i = 0; i < data.rows.rows(); ++i) {
      const auto at = static_cast<std::size_t>(i);
      const int label = labels ? data.labels[at] : -1;
      const int owner = seen.law.owner(seen.prototypes, data.rows.row(i).data(), label);
      QCOMPARE(owner, seen.assignment[at]);
      costs += seen.law.theta(label, static_cast<std::size_t>(owner)) *
               seen.law.between(data.rows.row(i).data(), seen.prototypes.row(owner).data(), 2);
    }
    const double mean = trainer.metrics()["transport_cost"].get<double>();
    QVERIFY(std::abs(mean - costs / 600) <= 1e-5 * mean);
    for (std::size_t j = 0; labels && j < 4; ++j)
      QCOMPARE(seen.law.siteLabels[j],
               nearestLabel(seen.law, data, seen.prototypes.row(static_cast<Eigen::Index>(j)).data()));
    // So do samples, which take the label of the nearest labelled point.
    std::vector<double> inside(4), total(4);
    for (Eigen::Index i = 0; i < seen.samples.rows(); ++i) {
      const float* x = seen.samples.row(i).data();
      const int label = labels ? nearestLabel(seen.law, data, x) : -1;
      const auto own = static_cast<std::size_t>(seen.sampleOwner[static_cast<std::size_t>(i)]);
      ++total[own];
      inside[own] += seen.law.owner(seen.prototypes, x, label) == static_cast<int>(own);
    }
    for (std::size_t j = 0; j < 4; ++j)
      if (total[j] > 0) QVERIFY(std::abs(seen.inside[j] - inside[j] / total[j]) <= 0.5 / total[j]);
  }

  /// A prototype settles where the mean cost to the samples is least: at the median for p = 1, the mean for
  /// 2, the middle of the extremes as p grows.
  void prototypesSettleWhereTheCostIsLeast_data() {
    QTest::addColumn<double>("power");
    for (const double power : {1.0, 1.5, 2.0, 4.0}) QTest::addRow("%g", power) << power;
  }
  void prototypesSettleWhereTheCostIsLeast() {
    QFETCH(double, power);
    Experiment settings = kGansExperiment(1, {{"cost", "power"}, {"power", power}, {"rate", 0.0}});
    settings.parameters["prototype_rate"] = 0.01;
    KGansTrainer trainer(settings, unequalClusters({{-1, 100}, {1, 500}}));
    trainer.stepIterations(1500);
    SnapshotRequest request;
    request.samples = 20000;
    const EnsembleSnapshot seen = trainer.snapshot(request);
    // The generator stands still: its samples' best point by a search along each axis, which p-th powers
    // allow.
    for (Eigen::Index c = 0; c < 2; ++c) {
      const auto meanCost = [&](double y) {
        return (seen.samples.col(c).cast<double>().array() - y).abs().pow(power).mean();
      };
      double low = seen.samples.col(c).minCoeff(), high = seen.samples.col(c).maxCoeff();
      while (high - low > 1e-6) {
        const double third = (high - low) / 3;
        meanCost(low + third) < meanCost(high - third) ? high -= third : low += third;
      }
      // The rate is the step; the samples are others.
      QVERIFY2(std::abs(seen.prototypes(0, c) - low) <= 0.05,
               qPrintable(QString("%1 %2").arg(seen.prototypes(0, c)).arg(low)));
    }
  }

  /// Through the identity the feature cost is the squared distance.
  void featuresOfTheIdentity() {
    const Dataset data = unequalClusters({{-1, 100}, {1, 500}});
    const std::string file = network("def forward(self, x):\n  return x");
    const nlohmann::json equal = {{"masses", "equal"}, {"dual_every", 1}};
    nlohmann::json features = equal;
    features.update({{"cost", "features"}, {"feature_network", file}});
    KGansTrainer plain(kGansExperiment(3, equal), data), through(kGansExperiment(3, features), data);
    plain.stepIterations(15);
    through.stepIterations(15);
    const EnsembleSnapshot a = plain.snapshot({}), b = through.snapshot({});
    QVERIFY((a.prototypes - b.prototypes).cwiseAbs().maxCoeff() < 1e-4f);
    QCOMPARE(b.law.cost, CellCost::Features);
    const double costs[] = {plain.metrics()["transport_cost"].get<double>(),
                            through.metrics()["transport_cost"].get<double>()};
    QVERIFY(std::abs(costs[0] - costs[1]) < 1e-4);
    KGansTrainer resumed(kGansExperiment(3, features), data);
    for (int step = 0; step < 4; ++step) through.stepPhase();
    resumed.load(decode(stateOf(through), "test"));
    through.stepIterations(3);
    resumed.stepIterations(3);
    QVERIFY(stateOf(through) == stateOf(resumed));
  }

  /// Features that see the second coordinate alone: the cells are bands.
  void featuresDecideTheCells() {
    const Dataset data = unequalClusters({{-1, 300}, {1, 300}});
    KGansTrainer trainer(
        kGansExperiment(2, {{"cost", "features"},
                            {"feature_network", network("def forward(self, x):\n  return x[:, 1:]")}}),
        data);
    trainer.movePrototype(0, {0, -0.1});
    trainer.movePrototype(1, {0, 0.1});
    const EnsembleSnapshot seen = trainer.snapshot({});
    for (Eigen::Index i = 0; i < data.rows.rows(); ++i)
      QCOMPARE(seen.assignment[static_cast<std::size_t>(i)], data.rows(i, 1) > 0 ? 1 : 0);
  }

  void ssimOnImages() {
    Dataset images;
    images.name = "squares";
    images.image = {1, 8, 8};
    images.rows = RowsF::Zero(40, 64);
    for (int i = 0; i < 40; ++i)
      for (int p = 0; p < 16; ++p) images.rows(i, (p / 4 + (i % 2) * 4) * 8 + p % 4 + 2) = 1;
    KGansTrainer trainer(
        kGansExperiment(2, {{"network", "digits"}, {"batch", 8}, {"cost", "ssim"}, {"burn_in", 0}}), images);
    const RowsF before = trainer.snapshot({}).prototypes;
    trainer.stepIterations(2);
    QVERIFY(!trainer.divergence());
    const EnsembleSnapshot seen = trainer.snapshot({});
    QCOMPARE(seen.masses, (std::vector<double>{0.5, 0.5}));
    QVERIFY(seen.prototypes != before);
  }

  void costsChangeLive() {
    const Dataset data = unequalClusters({{-1, 100}, {1, 500}});
    KGansTrainer trainer(kGansExperiment(3), data);
    trainer.stepIterations(5);
    for (const double power : {1.0, 3.0, 7.5}) {
      trainer.setParameter("cost", "power");
      trainer.setParameter("power", power);
      QCOMPARE(trainer.snapshot({}).law.power, power);
      trainer.stepIterations(5);
    }
    trainer.setParameter("use_labels", true);
    QCOMPARE(trainer.snapshot({}).law.siteLabels.size(), std::size_t{3});
    trainer.stepIterations(5);
    trainer.setParameter("use_labels", false);
    trainer.setParameter("cost", "l2_squared");
    QVERIFY(!trainer.snapshot({}).law.usesLabels());
    // A refused change changes nothing.
    const std::string state = stateOf(trainer);
    QVERIFY(refusal([&] {
              trainer.setParameter("cost", "features");
            }).starts_with("network of the feature cost: none"));
    QVERIFY(refusal([&] {
              trainer.setParameter("cost", "ssim");
            }).starts_with("cost ssim: points; expected images"));
    QVERIFY(stateOf(trainer) == state);
    trainer.stepIterations(2);
  }

  /// Costs of single precision: none may be infinite on all the data, nor 0.
  void refusesDataBeyondSinglePrecision_data() {
    QTest::addColumn<float>("factor");
    QTest::addColumn<QString>("cost");
    QTest::addColumn<double>("power");
    QTest::addColumn<QString>("begins");
    QTest::addColumn<QString>("ends");
    const QString smaller = "; expected a smaller power, or data scaled";
    const QString scaled = "; expected data scaled";
    QTest::newRow("power, wide") << 1e8f << "power" << 8.0 << "power: 8 on data "
                                 << "e+08 wide" + smaller;
    QTest::newRow("power, narrow") << 1e-5f << "power" << 8.0 << "power: 8 on data "
                                   << "e-05 wide" + smaller;
    QTest::newRow("power, fits") << 1e8f << "power" << 4.0 << "accepted"
                                 << "accepted";
    QTest::newRow("squares, wide") << 1e20f << "l2_squared" << 2.0 << "cost: l2_squared on data "
                                   << "e+20 wide" + scaled;
    QTest::newRow("squares, narrow") << 1e-17f << "l2_squared" << 2.0 << "cost: l2_squared on data "
                                     << "e-17 wide" + scaled;
    QTest::newRow("distances, wide") << 1e20f << "l2" << 2.0 << "cost: l2 on data "
                                     << "e+20 wide" + scaled;
    QTest::newRow("one place") << 0.0f << "l2_squared" << 2.0 << "accepted"
                               << "accepted";
  }
  void refusesDataBeyondSinglePrecision() {
    QFETCH(float, factor);
    QFETCH(QString, cost);
    QFETCH(double, power);
    QFETCH(QString, begins);
    QFETCH(QString, ends);
    Dataset data = unequalClusters({{-1, 100}, {1, 500}});
    data.rows *= factor;
    const QString said = QString::fromStdString(refusal([&] {
      KGansTrainer(kGansExperiment(3, {{"cost", cost.toStdString()}, {"power", power}}), data);
    }));
    QVERIFY2(said.startsWith(begins) && said.endsWith(ends), qPrintable(said));
  }

  void refusesAPowerBeyondSinglePrecisionLive() {
    Dataset data = unequalClusters({{-1, 100}, {1, 500}});
    data.rows *= 1e8f;
    KGansTrainer trainer(kGansExperiment(3, {{"cost", "power"}, {"power", 2}}), data);
    const std::string state = stateOf(trainer);
    QVERIFY(refusal([&] { trainer.setParameter("power", 8); }).starts_with("power: 8 on data "));
    QVERIFY(stateOf(trainer) == state);
    QCOMPARE(trainer.snapshot({}).law.power, 2.0);
  }

  /// The cost alone would be refused, for the power that is to go.
  void parametersThatNeedEachOtherComeTogether() {
    Dataset data = unequalClusters({{-1, 100}, {1, 500}});
    data.rows *= 1e8f;
    KGansTrainer trainer(kGansExperiment(3, {{"power", 8}}), data);
    QVERIFY(refusal([&] { trainer.setParameter("cost", "power"); }).starts_with("power: 8"));
    trainer.setParameters({{"cost", "power"}, {"power", 3}, {"rate", 2e-4}});
    QCOMPARE(trainer.snapshot({}).law.power, 3.0);
    // All or none.
    const std::string state = stateOf(trainer);
    QVERIFY(refusal([&] {
              trainer.setParameters({{"power", 2}, {"rate", -1}});
            }).starts_with("k-gans.rate: -1"));
    QVERIFY(refusal([&] {
              trainer.setParameters({{"generators", 5}, {"power", 2}});
            }).starts_with("generators: changed while training"));
    QVERIFY(stateOf(trainer) == state);
  }

  void refusesWhatDoesNotFit() {
    Dataset data = unequalClusters({{-1, 100}, {1, 500}});
    QCOMPARE(
        refusal([&] {
          KGansTrainer(kGansExperiment(2, {{"cost", "features"}, {"feature_network", "/nowhere.pt"}}), data);
        }),
        std::string("/nowhere.pt: no such file; expected a TorchScript network (torch.jit.save)"));
    QVERIFY(refusal([&] {
              KGansTrainer(kGansExperiment(2, {{"cost", "ssim"}}), data);
            }).starts_with("cost ssim: points; expected images"));
    data.labels.clear();
    QCOMPARE(refusal([&] {
               KGansTrainer(kGansExperiment(2, {{"use_labels", true}}), data);
             }),
             std::string("use_labels: true; expected data with labels; unequal clusters has none"));
  }
};

QTEST_APPLESS_MAIN(TestKGansCosts)
#include "test_kgans_costs.moc"
