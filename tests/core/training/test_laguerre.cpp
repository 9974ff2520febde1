// SPDX-License-Identifier: GPL-3.0-or-later
// k-GANs with fixed masses (K2): dual weights, their steps, and what edits do to them.
#include <QTest>
#include <cmath>
#include <numeric>

#include "core/base/error.h"
#include "core/transport/exact_discrete.h"
#include "tests/core/training/kgans_cases.h"

using namespace monge;
using namespace monge::test;

namespace {

const nlohmann::json kEqual = {{"masses", "equal"}, {"dual_every", 1}};

double historyValue(Trainer& trainer, const std::string& column) {
  const auto columns = trainer.historyColumns();
  const auto at = std::find(columns.begin(), columns.end(), column) - columns.begin();
  return trainer.historyRow()[static_cast<std::size_t>(at)];
}

/// Largest |mass - target| in points of the data.
double pointsOff(const EnsembleSnapshot& snapshot, std::int64_t points) {
  double largest = 0;
  for (std::size_t j = 0; j < snapshot.masses.size(); ++j)
    largest = std::max(largest, std::abs(snapshot.masses[j] - snapshot.law.targets[j]));
  return largest * static_cast<double>(points);
}

}  // namespace

class TestLaguerre : public QObject {
  Q_OBJECT

 private slots:
  void cellsHoldWhatIsAskedFor_data() {
    QTest::addColumn<QString>("masses");
    QTest::addColumn<QString>("cost");
    QTest::newRow("equal") << "\"equal\""
                           << "l2_squared";
    QTest::newRow("a list") << "[1, 2, 5]"
                            << "l2_squared";
    QTest::newRow("distances") << "\"equal\""
                               << "l2";
    QTest::newRow("sums of the coordinates") << "[3, 1, 1]"
                                             << "power";
  }
  void cellsHoldWhatIsAskedFor() {
    QFETCH(QString, masses);
    QFETCH(QString, cost);
    const Dataset data = unequalClusters({{-1, 100}, {0, 300}, {1, 500}});
    KGansTrainer trainer(kGansExperiment(3, {{"masses", nlohmann::json::parse(masses.toStdString())},
                                             {"cost", cost.toStdString()},
                                             {"power", 1.5},
                                             {"dual_every", 1}}),
                         data);
    QVERIFY(pointsOff(trainer.snapshot({}), data.size()) <= 1);  // from the start
    trainer.stepIterations(60);
    const EnsembleSnapshot after = trainer.snapshot({});
    QVERIFY2(pointsOff(after, data.size()) <= 1, qPrintable(QString::number(pointsOff(after, data.size()))));
    const double least = *std::min_element(after.law.targets.begin(), after.law.targets.end());
    QVERIFY(historyValue(trainer, "mass_error") <= 1 / (static_cast<double>(data.size()) * least));
    QVERIFY(std::abs(std::accumulate(after.law.weights.begin(), after.law.weights.end(), 0.0)) <= 1e-12);
    // The law that views see gives every point its cell.
    for (Eigen::Index i = 0; i < data.rows.rows(); ++i)
      QCOMPARE(after.law.owner(after.prototypes, data.rows.row(i).data()),
               after.assignment[static_cast<std::size_t>(i)]);
  }

  void freeMassesStayVoronoi() {
    KGansTrainer trainer(kGansExperiment(3), unequalClusters({{-1, 100}, {0, 300}, {1, 500}}));
    trainer.stepIterations(20);
    const EnsembleSnapshot snapshot = trainer.snapshot({});
    QVERIFY(snapshot.law.weights.empty() && snapshot.law.targets.empty());
    QVERIFY(std::isnan(historyValue(trainer, "mass_error")));
  }

  /// 300 points around -1 and 900 around 1, halves: the wall cuts the right cluster where it has held 300.
  void wallOfTwoClusters() {
    const Dataset data = unequalClusters({{-1, 300}, {1, 900}});
    KGansTrainer trainer(kGansExperiment(2, kEqual), data);
    trainer.movePrototype(0, {-1, 0});
    trainer.movePrototype(1, {1, 0});
    std::vector<float> xs(data.rows.col(0).begin(), data.rows.col(0).end());
    std::sort(xs.begin(), xs.end());
    // |x + 1|^2 - g_0 = |x - 1|^2 - g_1: 4 x = g_0 - g_1.
    const EnsembleSnapshot snapshot = trainer.snapshot({});
    const int left = snapshot.prototypes(0, 0) < 0 ? 0 : 1;
    const double wall = (snapshot.law.weights[static_cast<std::size_t>(left)] -
                         snapshot.law.weights[static_cast<std::size_t>(1 - left)]) /
                        4;
    QVERIFY(wall > xs[599] && wall < xs[600]);
    QVERIFY(std::abs(wall - (xs[599] + static_cast<double>(xs[600])) / 2) <= 1e-6);
  }

  void costIsTheOptimum() {
    const Dataset data = unequalClusters({{-1, 100}, {0, 300}, {1, 400}});
    KGansTrainer trainer(kGansExperiment(4, kEqual), data);
    trainer.stepIterations(30);
    const EnsembleSnapshot snapshot = trainer.snapshot({});
    const ExactTransport oracle =
        exactTransport(RowsD(data.rows.cast<double>()), VectorD::Constant(800, 1.0 / 800),
                       RowsD(snapshot.prototypes.cast<double>()), VectorD::Constant(4, 0.25), 2);
    const double found = trainer.metrics()["transport_cost"].get<double>();
    // Costs are of single precision, their mean of double.
    QVERIFY2(std::abs(found - oracle.cost) <= 4 * 0x1p-24 * oracle.cost,
             qPrintable(QString::number(found - oracle.cost)));
  }

  void theAscentGetsThere() {
    const Dataset data = unequalClusters({{-1, 100}, {0, 300}, {1, 500}});
    Experiment settings = kGansExperiment(
        3, {{"masses", "equal"}, {"dual_solver", "ascent"}, {"dual_every", 1}, {"dual_rate", 0.05}});
    settings.parameters["burn_in"] = 100000;  // against prototypes that stand still
    settings.parameters["rate_decay"] = "linear";
    settings.iterations = 3000;
    settings.parameters["critic_steps"] = 1;
    KGansTrainer trainer(settings, data);
    const double before = historyValue(trainer, "mass_error");
    trainer.stepIterations(3000);
    const double after = historyValue(trainer, "mass_error");
    QVERIFY2(before > 0.5 && after < 0.05, qPrintable(QString("%1 %2").arg(before).arg(after)));
    settings.parameters["dual_solver"] = "exact";
    const auto exact = KGansTrainer(settings, data).snapshot({}).law.weights;
    const auto found = trainer.snapshot({}).law.weights;
    for (std::size_t j = 0; j < 3; ++j) QVERIFY(std::abs(exact[j] - found[j]) < 0.05);
  }

  void dualIsTheLastSubPhase() {
    KGansTrainer trainer(kGansExperiment(2, {{"masses", "equal"}, {"critic_steps", 1}, {"dual_every", 1}}),
                         unequalClusters({{-1, 100}, {1, 500}}));
    QCOMPARE(trainer.phases().back(), std::string("dual"));
    std::vector<std::string> walked;
    for (int step = 0; step < 6; ++step) {
      walked.push_back(trainer.nextPhase());
      trainer.stepPhase();
    }
    QCOMPARE(walked, trainer.phases());
    QCOMPARE(trainer.iteration(), 1);
    // Free masses have none; in the middle of an iteration the change waits for its end.
    trainer.stepPhase();
    trainer.setParameter("masses", "free");
    for (int step = 1; step < 6; ++step) trainer.stepPhase();
    QCOMPARE(trainer.iteration(), 2);
    for (int step = 0; step < 5; ++step) trainer.stepPhase();
    QCOMPARE(trainer.iteration(), 3);
    QVERIFY(trainer.snapshot({}).law.weights.empty());
  }

  void howItIsCutDoesNotMatter_data() {
    QTest::addColumn<QString>("solver");
    QTest::addColumn<QString>("cost");
    QTest::addColumn<bool>("labels");
    for (const char* solver : {"exact", "ascent"})
      for (const char* cost : {"l2_squared", "power"})
        for (const bool labels : {false, true})
          QTest::addRow("%s %s %s", solver, cost, labels ? "labels" : "plain") << solver << cost << labels;
  }
  void howItIsCutDoesNotMatter() {
    QFETCH(QString, solver);
    QFETCH(QString, cost);
    QFETCH(bool, labels);
    const Dataset data = unequalClusters({{-1, 100}, {0, 200}, {1, 300}});
    const nlohmann::json changes = {{"masses", {1, 2, 3, 4}},
                                    {"dual_solver", solver.toStdString()},
                                    {"dual_every", 3},
                                    {"cost", cost.toStdString()},
                                    {"power", 3},
                                    {"use_labels", labels}};
    KGansTrainer whole(kGansExperiment(4, changes), data), cut(kGansExperiment(4, changes), data),
        threads(kGansExperiment(4, changes, 3), data), first(kGansExperiment(4, changes), data),
        resumed(kGansExperiment(4, changes), data);
    whole.stepIterations(20);
    threads.stepIterations(20);
    while (cut.iteration() < 7) cut.stepPhase();
    cut.snapshot({});
    cut.historyColumns();
    cut.stepIterations(13);
    first.stepIterations(8);
    while (first.nextPhase() != "dual") first.stepPhase();
    resumed.load(decode(stateOf(first), "test"));
    QVERIFY(stateOf(resumed) == stateOf(first));
    resumed.stepIterations(12);
    QVERIFY(stateOf(whole) == stateOf(threads));
    QVERIFY(stateOf(whole) == stateOf(cut));
    QVERIFY(stateOf(whole) == stateOf(resumed));
  }

  void fusedAndLibTorchTrainAlike() {
    const Dataset data = unequalClusters({{-1, 100}, {1, 500}});
    const Experiment settings =
        kGansExperiment(3, {{"masses", "equal"}, {"dual_every", 2}, {"cost", "power"}, {"power", 1}});
    KGansTrainer fused(settings, data);
    KGansTrainer torch(settings, data, [](const GanShape& shape, int batch, int threads) {
      return makeTorchEnsemble(shape, 0, 0, batch, threads, "cpu");
    });
    torch.load(fused.save());
    fused.stepIterations(10);
    torch.stepIterations(10);
    const EnsembleSnapshot a = fused.snapshot({}), b = torch.snapshot({});
    QVERIFY((a.prototypes - b.prototypes).cwiseAbs().maxCoeff() < 1e-4f);
    for (std::size_t j = 0; j < 3; ++j) QVERIFY(std::abs(a.law.weights[j] - b.law.weights[j]) < 1e-3);
  }

  void editsKeepTheMasses() {
    const Dataset data = unequalClusters({{-1, 100}, {0, 300}, {1, 500}});
    KGansTrainer trainer(kGansExperiment(3, {{"masses", {1, 2, 3}}}), data);
    trainer.movePrototype(0, {5, 5});
    QVERIFY(pointsOff(trainer.snapshot({}), data.size()) <= 1);
    const int added = trainer.addPrototype({0.3, 0.1});
    EnsembleSnapshot seen = trainer.snapshot({});
    const std::vector<double> four{1.0 / 8, 2.0 / 8, 3.0 / 8, 2.0 / 8};
    for (std::size_t j = 0; j < 4; ++j) QVERIFY(std::abs(seen.law.targets[j] - four[j]) <= 1e-15);
    QVERIFY(pointsOff(seen, data.size()) <= 1);
    trainer.setMass(added, 0.4);
    trainer.removePrototype(added);
    seen = trainer.snapshot({});
    for (std::size_t j = 0; j < 3; ++j) QVERIFY(std::abs(seen.law.targets[j] - (1.0 + j) / 6) <= 1e-15);
    trainer.restorePrototype(added);
    seen = trainer.snapshot({});
    QVERIFY(std::abs(seen.law.targets[3] - 0.4) <= 1e-15);
    QVERIFY(std::abs(seen.law.targets[0] - 0.1) <= 1e-15);
    QVERIFY(pointsOff(seen, data.size()) <= 1);
    KGansTrainer other(kGansExperiment(3, {{"masses", {1, 2, 3}}}), data);
    other.load(trainer.save());
    QVERIFY(stateOf(other) == stateOf(trainer));
    QVERIFY(other.snapshot({}).law == seen.law);
  }

  void liveMasses() {
    const Dataset data = unequalClusters({{-1, 100}, {1, 500}});
    KGansTrainer trainer(kGansExperiment(2), data);
    const std::vector<double> free = trainer.snapshot({}).masses;
    trainer.setParameter("masses", "equal");
    QVERIFY(pointsOff(trainer.snapshot({}), data.size()) <= 1);
    trainer.setParameter("masses", {1, 3});
    QCOMPARE(trainer.snapshot({}).law.targets, (std::vector<double>{0.25, 0.75}));
    trainer.setMass(0, 0.5);
    QCOMPARE(trainer.snapshot({}).law.targets, (std::vector<double>{0.5, 0.5}));
    trainer.setParameter("masses", "free");
    QCOMPARE(trainer.snapshot({}).masses, free);
  }

  /// More generators than points: what can hold nothing holds nothing, and training goes on.
  void moreGeneratorsThanPoints() {
    KGansTrainer trainer(kGansExperiment(5, kEqual), unequalClusters({{-1, 1}, {1, 2}}));
    trainer.stepIterations(20);
    QVERIFY(!trainer.divergence());
    QCOMPARE(historyValue(trainer, "mass_error"), 1.0 / 3 / 0.2 - 1 > 1 ? 1.0 / 3 / 0.2 - 1 : 1.0);
  }

  void aPrototypeBeyondAllNumbersChangesNoWeights() {
    KGansTrainer trainer(kGansExperiment(3, kEqual), unequalClusters({{-1, 100}, {1, 500}}));
    const auto before = trainer.snapshot({}).law.weights;
    trainer.movePrototype(1, {1e30, 0});
    QCOMPARE(trainer.snapshot({}).law.weights, before);
  }

  /// Shares on the edge of what is taken, one generator after the other.
  void massesOnTheEdge() {
    const Dataset data = unequalClusters({{-1, 100}, {0, 300}, {1, 500}});
    KGansTrainer trainer(kGansExperiment(3, kEqual, 2), data);
    trainer.setMass(0, 0.999999);
    trainer.setMass(0, 0.25);
    std::vector<double> targets = trainer.snapshot({}).law.targets;
    for (const std::size_t j : {1, 2}) QVERIFY(std::abs(targets[j] - 0.375) <= 1e-9);
    trainer.setMass(0, 0.999999);
    trainer.setMass(1, 0.999999);
    targets = trainer.snapshot({}).law.targets;
    // The third would be left with 5e-19 of the data.
    QVERIFY(refusal([&] { trainer.setMass(0, 0.999999); }).starts_with("mass: 0.999999; expected"));
    QCOMPARE(trainer.snapshot({}).law.targets, targets);
    trainer.stepIterations(20);
    QVERIFY(!trainer.divergence());
  }

  /// On one thread or several an error of the dual step comes out of the step.
  void anErrorOfTheDualStepIsThrown_data() {
    QTest::addColumn<int>("threads");
    QTest::newRow("one") << 1;
    QTest::newRow("three") << 3;
  }
  void anErrorOfTheDualStepIsThrown() {
    QFETCH(int, threads);
    KGansTrainer trainer(kGansExperiment(3, {{"masses", "equal"}, {"dual_every", 50}}, threads),
                         unequalClusters({{-1, 100}, {0, 300}, {1, 500}}));
    Message state = trainer.save();
    for (auto& array : state.arrays) {
      if (array.name != "member.1") continue;
      Message member =
          decode({reinterpret_cast<const char*>(array.bytes.data()), array.bytes.size()}, "test");
      member.fields["share"] = 0;
      const std::string bytes = encode(member);
      Message holder("holder");
      holder.add("member.1", bytes);
      array = holder.arrays.front();
    }
    trainer.load(state);
    for (int attempt = 0; attempt < 20; ++attempt)  // which thread it befalls is chance
      QVERIFY(refusal([&] { trainer.stepIterations(60); }).starts_with("shares: 0"));
  }

  /// The weight of a site far away is so large that beside it single precision holds no other.
  void aPrototypeFarAwayKeepsTheOthersMasses_data() {
    QTest::addColumn<double>("away");
    QTest::newRow("1e3") << 1e3;
    QTest::newRow("1e6") << 1e6;
  }
  void aPrototypeFarAwayKeepsTheOthersMasses() {
    QFETCH(double, away);
    const Dataset data = unequalClusters({{-1, 400}, {0, 400}, {1, 400}});
    KGansTrainer trainer(kGansExperiment(4, kEqual), data);
    const std::vector<double> home{trainer.snapshot({}).prototypes(3, 0),
                                   trainer.snapshot({}).prototypes(3, 1)};
    trainer.movePrototype(3, {away, away});
    const std::vector<double> masses = trainer.snapshot({}).masses;
    for (std::size_t j = 0; j < 3; ++j)
      QVERIFY2(std::abs(masses[j] - 0.25) <= 0.01, qPrintable(QString::number(masses[j])));
    trainer.movePrototype(3, home);
    QVERIFY(pointsOff(trainer.snapshot({}), data.size()) <= 1);
  }

  /// What is left of the others' weights beside one of 1e33 is nothing to begin from.
  void aPrototypeThatComesBackIsBalancedAnew() {
    const Dataset data = unequalClusters({{-1, 400}, {0, 400}, {1, 400}});
    KGansTrainer trainer(kGansExperiment(4, kEqual), data);
    trainer.setParameter("burn_in", 100000);
    const EnsembleSnapshot before = trainer.snapshot({});
    trainer.movePrototype(3, {1e16, 1e16});
    trainer.movePrototype(3, {before.prototypes(3, 0), before.prototypes(3, 1)});
    const EnsembleSnapshot after = trainer.snapshot({});
    for (std::size_t j = 0; j < 4; ++j)
      QVERIFY(std::abs(after.law.weights[j] - before.law.weights[j]) <= 1e-6);
  }

  /// A list has as many shares as there are generators now, not as there were at the start.
  void aListAfterTheNumberChanged() {
    const Dataset data = unequalClusters({{-1, 100}, {0, 300}, {1, 500}});
    KGansTrainer trainer(kGansExperiment(3, {{"masses", {1, 2, 3}}}), data);
    trainer.addPrototype({0.3, 0.1});
    trainer.setParameter("rate", 2e-4);
    trainer.setParameter("masses", {1, 1, 1, 5});
    QCOMPARE(trainer.snapshot({}).law.targets, (std::vector<double>{0.125, 0.125, 0.125, 0.625}));
    trainer.removePrototype(0);
    trainer.removePrototype(1);
    trainer.setParameter("masses", {1, 3});
    QCOMPARE(trainer.snapshot({}).law.targets, (std::vector<double>{0.25, 0.75}));
  }

  void refusesWhatDoesNotFit() {
    const Dataset data = unequalClusters({{-1, 100}, {1, 500}});
    QCOMPARE(refusal([&] {
               KGansTrainer(kGansExperiment(3, {{"masses", {1, 2}}}), data);
             }),
             std::string("masses: 2 shares; expected 3, one for each generator"));
    KGansTrainer trainer(kGansExperiment(2), data);
    QCOMPARE(refusal([&] { trainer.setMass(0, 0.5); }),
             std::string("mass: masses are free; expected masses = equal or a list first"));
    QCOMPARE(refusal([&] {
               trainer.setParameter("masses", {1, 2, 3});
             }),
             std::string("masses: 3 shares; expected 2, one for each generator there is"));
    QCOMPARE(refusal([&] {
               trainer.setParameter("masses", {1, -2});
             }),
             std::string(
                 "k-gans.masses: [1,-2]; expected free, equal, or a list of numbers from 1e-06 to 1000000"));
    trainer.setParameter("masses", "equal");
    for (const double share : {0.0, 1.0, -1.0, 1e-9, 0.9999999999999999, std::nan("")})
      QVERIFY(
          refusal([&] { trainer.setMass(0, share); }).ends_with("expected a share from 1e-06 to 0.999999"));
    QVERIFY(refusal([&] { trainer.setMass(9, 0.5); }).starts_with("prototype: 9"));
    trainer.addPrototype({0, 0});
    QCOMPARE(refusal([&] {
               trainer.setParameter("masses", {1, 2});
             }),
             std::string("masses: 2 shares; expected 3, one for each generator there is"));
    KGansTrainer alone(kGansExperiment(1, kEqual), data);
    QCOMPARE(refusal([&] { alone.setMass(0, 0.5); }),
             std::string("mass: one generator; expected two or more to share the data"));
    alone.stepIterations(10);
    QCOMPARE(alone.snapshot({}).masses, std::vector<double>{1.0});
  }
};

QTEST_APPLESS_MAIN(TestLaguerre)
#include "test_laguerre.moc"
