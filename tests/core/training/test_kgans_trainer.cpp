// SPDX-License-Identifier: GPL-3.0-or-later
#include <QTest>
#include <cmath>
#include <limits>

#include "core/base/error.h"
#include "core/data/toy.h"
#include "core/training/kgans_trainer.h"
#include "tests/core/training/kgans_cases.h"

using namespace monge;

namespace {

Experiment experiment(int generators = 4, int threads = 1) {
  return test::kGansExperiment(generators, nlohmann::json::object(), threads);
}

Dataset fourClusters(std::int64_t points = 1000) {
  return toyDistribution("four_clusters").sample(points, 1);
}

std::string stateOf(const Trainer& trainer) {
  return encode(trainer.save());
}

Dataset points(const std::vector<std::pair<float, float>>& list) {
  Dataset set;
  set.name = "drawn";
  set.rows.resize(static_cast<Eigen::Index>(list.size()), 2);
  for (std::size_t i = 0; i < list.size(); ++i)
    set.rows.row(static_cast<Eigen::Index>(i)) << list[i].first, list[i].second;
  return set;
}

/// Two prototypes so far outside that their cells are empty, one inside.
std::unique_ptr<KGansTrainer> withEmptyCells(const Dataset& data, int threads = 1) {
  Experiment settings = experiment(3, threads);
  settings.parameters["starved"] = "revive";
  settings.parameters["revive_every"] = 20;
  settings.parameters["burn_in"] = 15;
  auto trainer = std::make_unique<KGansTrainer>(settings, data);
  trainer->movePrototype(0, {50, 50});
  trainer->movePrototype(2, {-50, 60});
  return trainer;
}

}  // namespace

class TestKGansTrainer : public QObject {
  Q_OBJECT

 private slots:
  void sameSeedSameResultWithAnyThreads() {
    const Dataset data = fourClusters();
    KGansTrainer one(experiment(5, 1), data), again(experiment(5, 1), data), two(experiment(5, 2), data),
        many(experiment(5, 7), data);
    for (auto* trainer : {&one, &again, &two, &many}) trainer->stepIterations(60);
    QVERIFY(stateOf(one) == stateOf(again));
    QVERIFY(stateOf(one) == stateOf(two));
    QVERIFY(stateOf(one) == stateOf(many));
    Experiment other = experiment(5, 1);
    other.seed = 4;
    KGansTrainer different(other, data);
    different.stepIterations(60);
    QVERIFY(stateOf(one) != stateOf(different));
  }

  void cutsAndLooksDoNotMatter() {
    const Dataset data = fourClusters();
    Experiment three = experiment();
    three.parameters["critic_steps"] = 3;
    three.parameters["draws"] = 4;
    three.parameters["rate_decay"] = "cosine";
    KGansTrainer whole(three, data), cut(three, data);
    whole.stepIterations(30);
    SnapshotRequest all;
    all.critic = all.gradients = all.latentGrid = all.sampleGrid = true;
    for (int step = 0; step < 47; ++step) cut.stepPhase();  // 4 iterations of 11 phases, and 3 phases
    QCOMPARE(cut.iteration(), 4);
    QCOMPARE(cut.nextPhase(), std::string("sample"));
    cut.snapshot(all);
    cut.stepIterations(1);
    QCOMPARE(cut.iteration(), 5);
    cut.snapshot(all);
    cut.metrics();
    cut.stepIterations(25);
    QVERIFY(stateOf(whole) == stateOf(cut));
  }

  void goesOnBitForBit() {
    const Dataset data = fourClusters();
    KGansTrainer straight(experiment(), data), first(experiment(), data);
    straight.stepIterations(20);
    first.stepIterations(10);
    for (int step = 0; step < 3; ++step) first.stepPhase();  // in the middle of an iteration
    KGansTrainer second(experiment(), data);
    second.load(decode(stateOf(first), "test"));
    QVERIFY(stateOf(second) == stateOf(first));
    second.stepIterations(10);
    QVERIFY(stateOf(second) == stateOf(straight));
  }

  void learnsItsCells() {
    Experiment short_ = experiment();
    short_.parameters["rate"] = 2e-3;  // a short test learns fast
    short_.parameters["averaging"] = 0.99;
    KGansTrainer trainer(short_, fourClusters(2000));
    const auto before = trainer.metrics();
    trainer.stepIterations(3000);
    const auto after = trainer.metrics();
    QVERIFY(!trainer.divergence());
    QVERIFY(before["coverage"].get<double>() < 0.3);
    QVERIFY2(after["coverage"].get<double>() > 0.6,
             qPrintable(QString::number(after["coverage"].get<double>())));
    QVERIFY2(after["precision"].get<double>() > 0.6,
             qPrintable(QString::number(after["precision"].get<double>())));
    QVERIFY(after["outside_cell"].get<double>() < 0.1);
    // k-means' prototypes lie at the discs' centres and stay there: the cost is E|x - y|^2 = r^2 / 2.
    QVERIFY(std::abs(after["transport_cost"].get<double>() - 0.25 * 0.25 / 2) < 0.01);
  }

  void prototypesWaitForBurnIn() {
    Experiment late = experiment();
    late.parameters["burn_in"] = 8;
    KGansTrainer trainer(late, fourClusters());
    const RowsF start = trainer.snapshot({}).prototypes;
    trainer.stepIterations(8);
    QVERIFY(trainer.snapshot({}).prototypes == start);
    trainer.stepIterations(1);
    QVERIFY(trainer.snapshot({}).prototypes != start);
  }

  void anAddedPrototypeWaitsForItsOwnBurnIn() {
    Experiment late = experiment();
    late.parameters["burn_in"] = 8;
    late.parameters["starved"] = "train";
    KGansTrainer trainer(late, fourClusters());
    trainer.stepIterations(20);
    trainer.addPrototype({0.25, 0.5});
    const RowsF start = trainer.snapshot({}).prototypes;
    trainer.stepIterations(8);
    QVERIFY(trainer.snapshot({}).prototypes.row(4) == start.row(4));
    QVERIFY(trainer.snapshot({}).prototypes.row(0) != start.row(0));
    trainer.stepIterations(1);
    QVERIFY(trainer.snapshot({}).prototypes.row(4) != start.row(4));
  }

  void oneGenerator() {
    KGansTrainer trainer(experiment(1), fourClusters());
    trainer.stepIterations(20);
    QVERIFY(!trainer.divergence());
    QCOMPARE(trainer.snapshot({}).masses, std::vector<double>{1.0});
    QVERIFY_EXCEPTION_THROWN(trainer.removePrototype(0), Error);
  }

  void moreGeneratorsThanPoints() {
    KGansTrainer trainer(experiment(7), points({{0, 0}, {1, 0}, {0, 1}}));
    trainer.stepIterations(30);
    QVERIFY(!trainer.divergence());
    const auto snapshot = trainer.snapshot({});
    double total = 0;
    for (double mass : snapshot.masses) total += mass;
    QVERIFY(std::abs(total - 1) < 1e-9);
    QVERIFY(snapshot.prototypes.allFinite());
  }

  void aStarvedGeneratorIsHeld() {
    KGansTrainer trainer(experiment(), fourClusters());
    trainer.movePrototype(2, {50, 50});
    trainer.stepIterations(30);
    const auto snapshot = trainer.snapshot({});
    QCOMPARE(snapshot.masses[2], 0.0);
    QCOMPARE(snapshot.prototypes(2, 0), 50.0f);
    QVERIFY(std::count(snapshot.sampleOwner.begin(), snapshot.sampleOwner.end(), 2) == 0);
    // Allowed to train, it leaves its place for wherever its generator is.
    trainer.setParameter("starved", "train");
    trainer.stepIterations(30);
    QVERIFY(trainer.snapshot({}).prototypes(2, 0) != 50.0f);
  }

  void anEmptyCellIsRevivedInTheFullest() {
    const Dataset data = fourClusters();
    const auto trainer = withEmptyCells(data);
    trainer->stepIterations(19);
    EnsembleSnapshot seen = trainer->snapshot({});
    QCOMPARE(seen.prototypes(0, 0), 50.0f);
    QCOMPARE(seen.masses[1], 1.0);
    trainer->stepIterations(1);
    seen = trainer->snapshot({});
    QCOMPARE(seen.ids, (std::vector<int>{0, 1, 2}));
    for (const int j : {0, 2}) {
      QVERIFY(seen.masses[static_cast<std::size_t>(j)] > 0);
      const auto distances = (data.rows.rowwise() - seen.prototypes.row(j)).rowwise().squaredNorm();
      QCOMPARE(distances.minCoeff(), 0.0f);
      QCOMPARE(seen.trails[static_cast<std::size_t>(j)].rows(), 1);
    }
    // Anew: the prototype stands through a burn-in of its own, and then moves.
    const RowsF began = seen.prototypes;
    trainer->stepIterations(15);
    QVERIFY(trainer->snapshot({}).prototypes.row(0) == began.row(0));
    QVERIFY(trainer->snapshot({}).prototypes.row(1) != began.row(1));
    trainer->stepIterations(1);
    QVERIFY(trainer->snapshot({}).prototypes.row(0) != began.row(0));
    QCOMPARE(trainer->historyRow().back(), 3.0);
  }

  void revivalDependsOnNothingButTheIteration() {
    const Dataset data = fourClusters();
    const auto whole = withEmptyCells(data), cut = withEmptyCells(data), threads = withEmptyCells(data, 3),
               phases = withEmptyCells(data), resumed = withEmptyCells(data);
    whole->stepIterations(50);
    for (const int piece : {7, 12, 1, 1, 29}) cut->stepIterations(piece);
    threads->stepIterations(50);
    phases->stepIterations(18);
    while (phases->iteration() < 22) phases->stepPhase();
    phases->stepIterations(28);
    QVERIFY(stateOf(*whole) == stateOf(*cut));
    QVERIFY(stateOf(*whole) == stateOf(*threads));
    QVERIFY(stateOf(*whole) == stateOf(*phases));
    const auto half = withEmptyCells(data);
    half->stepIterations(25);
    resumed->load(half->save());
    resumed->stepIterations(25);
    QVERIFY(stateOf(*whole) == stateOf(*resumed));
  }

  void whoHasDataIsNotRevived() {
    Experiment settings = experiment(4);
    KGansTrainer held(settings, fourClusters());
    settings.parameters["starved"] = "revive";
    settings.parameters["revive_every"] = 5;
    KGansTrainer revived(settings, fourClusters());
    for (auto* trainer : {&held, &revived}) trainer->stepIterations(40);
    QVERIFY(held.snapshot({}).prototypes == revived.snapshot({}).prototypes);
    // Nor is a cell of one point split.
    settings.parameters["generators"] = 3;
    KGansTrainer few(settings, points({{0, 0}, {1, 1}}));
    const RowsF before = few.snapshot({}).prototypes;
    settings.parameters["burn_in"] = 1000;
    KGansTrainer still(settings, points({{0, 0}, {1, 1}}));
    still.stepIterations(20);
    QVERIFY(still.snapshot({}).prototypes == before);
  }

  void prototypesComeAndGo() {
    KGansTrainer trainer(experiment(), fourClusters());
    trainer.stepIterations(10);
    const std::string whole = stateOf(trainer);
    const int added = trainer.addPrototype({0.1, 0.2});
    QCOMPARE(added, 4);
    trainer.stepIterations(5);
    QCOMPARE(trainer.snapshot({}).ids, (std::vector<int>{0, 1, 2, 3, 4}));
    const RowsF before = trainer.snapshot({}).prototypes;
    trainer.removePrototype(1);
    QCOMPARE(trainer.snapshot({}).ids, (std::vector<int>{0, 2, 3, 4}));
    trainer.restorePrototype(1);
    const auto after = trainer.snapshot({});
    QCOMPARE(after.ids, (std::vector<int>{0, 2, 3, 4, 1}));
    QVERIFY(after.prototypes.row(4) == before.row(1));
    trainer.stepIterations(5);
    KGansTrainer other(experiment(), fourClusters());
    other.load(trainer.save());
    QVERIFY(stateOf(other) == stateOf(trainer));
    QVERIFY_EXCEPTION_THROWN(trainer.removePrototype(99), Error);
    QVERIFY_EXCEPTION_THROWN(trainer.movePrototype(0, {1}), Error);
    QVERIFY_EXCEPTION_THROWN(trainer.movePrototype(0, {1, std::numeric_limits<double>::quiet_NaN()}), Error);
    QVERIFY_EXCEPTION_THROWN(trainer.restorePrototype(3), Error);
  }

  void saysWhereItDiverged() {
    Experiment wild = experiment();
    wild.parameters["rate"] = 1.0;
    wild.parameters["critic_rate_factor"] = 1000;
    wild.parameters["lipschitz_weight"] = 1e6;
    wild.parameters["critic_steps"] = 1;
    wild.parameters["draws"] = 1;
    wild.parameters["batch_norm"] = true;
    wild.parameters["adam_beta1"] = 0.5;
    wild.parameters["adam_epsilon"] = 1e-8;
    wild.parameters["adam_beta2"] = 0;
    KGansTrainer trainer(wild, fourClusters());
    trainer.stepIterations(5000);
    QVERIFY(trainer.divergence().has_value());
    QCOMPARE(trainer.divergence()->iteration, trainer.iteration());
    QVERIFY(trainer.iteration() < 5000);
    QVERIFY2(trainer.divergence()->network.starts_with("critic") ||
                 trainer.divergence()->network.starts_with("generator") ||
                 trainer.divergence()->network.starts_with("prototype"),
             trainer.divergence()->network.c_str());
    const auto at = trainer.iteration();
    trainer.stepIterations(10);
    QCOMPARE(trainer.iteration(), at);
  }

  void everyCriticTrains_data() {
    QTest::addColumn<QString>("critic");
    for (const char* name : {"soft", "clip", "penalty"}) QTest::newRow(name) << name;
  }
  void everyCriticTrains() {
    QFETCH(QString, critic);
    Experiment chosen = experiment();
    chosen.parameters["critic"] = critic.toStdString();
    KGansTrainer trainer(chosen, fourClusters());
    trainer.stepIterations(100);
    QVERIFY(!trainer.divergence());
    const auto row = trainer.historyRow();
    QCOMPARE(row.size(), trainer.historyColumns().size());
    QVERIFY(std::isfinite(row[0]) && std::isfinite(row[1]));
  }

  void fusedAndLibTorchTrainAlike() {
    const Dataset data = fourClusters();
    KGansTrainer fused(experiment(), data);
    KGansTrainer torch(experiment(), data, [](const GanShape& shape, int batch, int threads) {
      return makeTorchEnsemble(shape, 0, 0, batch, threads, "cpu");
    });
    QCOMPARE(torch.ensemble().backend(), std::string("LibTorch cpu"));
    torch.load(fused.save());  // the two initialise their critics from different streams
    fused.stepIterations(10);
    torch.stepIterations(10);
    const RowsF a = fused.snapshot({}).prototypes, b = torch.snapshot({}).prototypes;
    QVERIFY2((a - b).cwiseAbs().maxCoeff() < 1e-4f,
             qPrintable(QString::number((a - b).cwiseAbs().maxCoeff())));
  }

  void imagesTrainOnTheConvolutionalNetworks() {
    Dataset images;
    images.name = "squares";
    images.image = {1, 8, 8};
    images.rows = RowsF::Zero(40, 64);
    for (int i = 0; i < 40; ++i)
      for (int p = 0; p < 16; ++p) images.rows(i, (p / 4 + (i % 2) * 4) * 8 + p % 4 + 2) = 1;
    Experiment digits = experiment(2);
    digits.parameters["network"] = "digits";
    digits.parameters["batch"] = 8;
    KGansTrainer trainer(digits, images);
    trainer.stepIterations(2);
    QVERIFY(!trainer.divergence());
    SnapshotRequest request;
    request.sampleGrid = true;
    request.gridColumns = 3;
    const auto snapshot = trainer.snapshot(request);
    QCOMPARE(snapshot.grid.samples.rows(), 6);
    QCOMPARE(snapshot.grid.nearest.rows(), 6);
    QVERIFY(snapshot.grid.samples.minCoeff() >= 0 && snapshot.grid.samples.maxCoeff() <= 1);
    KGansTrainer other(digits, images);
    other.load(trainer.save());
    QVERIFY(stateOf(other) == stateOf(trainer));
    other.stepIterations(1);
    trainer.stepIterations(1);
    QVERIFY(stateOf(other) == stateOf(trainer));
  }

  void refusesWhatDoesNotFit() {
    Experiment wrong = experiment();
    wrong.parameters["network"] = "digits";
    QVERIFY_EXCEPTION_THROWN(KGansTrainer(wrong, fourClusters()), Error);
    KGansTrainer trainer(experiment(), fourClusters());
    QVERIFY_EXCEPTION_THROWN(trainer.setParameter("generators", 5), Error);
    QVERIFY_EXCEPTION_THROWN(trainer.setParameter("rate", -1), Error);
    trainer.setParameter("rate", 5e-5);
    if (deviceInfo().devices.size() == 1) {  // no CUDA here
      Experiment device = experiment();
      device.device = "cuda";
      QVERIFY_EXCEPTION_THROWN(KGansTrainer(device, fourClusters()), Error);
    }
    QVERIFY_EXCEPTION_THROWN(trainer.load(Message("something else")), Error);
  }
};

QTEST_APPLESS_MAIN(TestKGansTrainer)
#include "test_kgans_trainer.moc"
