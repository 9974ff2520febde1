// SPDX-License-Identifier: GPL-3.0-or-later
// Runs of k-GANs that come back from a checkpoint with other parameters or generators.
#include "tests/core/training/kgans_cases.h"
#include "tests/core/training/run_fixture.h"

using namespace monge;
using namespace monge::test;

namespace {

/// k-GANs themselves, on clusters 1 wide times `factor`.
std::unique_ptr<TrainingRun> trainKGans(const Experiment& experiment, const Folder& folder, bool resume,
                                        float factor = 1) {
  Dataset data = unequalClusters({{-1, 100}, {0, 100}, {1, 100}});
  data.rows *= factor;
  TrainingRun::Options options;
  options.directory =
      resume ? RunDirectory::open(folder.path()) : RunDirectory::create(folder.path(), experiment);
  const auto factory = [data](const Experiment& wanted) {
    return std::make_unique<KGansTrainer>(wanted, data);
  };
  return std::make_unique<TrainingRun>(experiment, factory, options, resume);
}

std::vector<double> targetsOf(TrainingRun& run) {
  run.requestSnapshots({});
  std::shared_ptr<const EnsembleSnapshot> seen;
  while (auto next = run.takeSnapshot()) seen = next;
  return seen ? seen->law.targets : std::vector<double>{};
}

}  // namespace

class TestKGansReturn : public QObject {
  Q_OBJECT

 private slots:
  void massesOfGeneratorsThatCame();
  void parametersThatNeedEachOtherComeBackTogether();
};

/// A list of masses of four, set after a fourth generator had come to three.
void TestKGansReturn::massesOfGeneratorsThatCame() {
  Folder folder;
  const Experiment start = kGansExperiment(3, {{"masses", {1, 2, 1}}});
  std::int64_t with = 0;
  {
    auto run = trainKGans(start, folder, false);
    run->addPrototype({0.5, 0}).get();
    run->set("masses", {1, 1, 1, 5}).get();
    run->step(TrainingRun::Unit::Iteration, 10);
    QVERIFY(run->waitUntilIdle(kPatience));
    with = run->checkpoint().get();
  }
  Experiment written = RunDirectory::open(folder.path()).experiment();
  QCOMPARE(written.parameters["masses"], nlohmann::json({1, 1, 1, 5}));
  const nlohmann::json state = RunDirectory::open(folder.path()).readState(with).fields;
  {
    auto run = trainKGans(written, folder, true);
    QCOMPARE(run->progress().iteration, with);
    QCOMPARE(targetsOf(*run), (std::vector<double>{0.125, 0.125, 0.125, 0.625}));
    run->checkpoint().get();
    QCOMPARE(RunDirectory::open(folder.path()).readState(with).fields["parameters"], state["parameters"]);
  }
  // One for other generators than those of the checkpoint does not keep the run from coming back.
  written.parameters["masses"] = {1, 2, 3, 4, 5};
  auto run = trainKGans(written, folder, true);
  QCOMPARE(targetsOf(*run), (std::vector<double>{0.125, 0.125, 0.125, 0.625}));
  QCOMPARE(run->experiment().parameters["masses"], nlohmann::json({1, 1, 1, 5}));
  std::ifstream log(folder.path() / "log.txt");
  const std::string lines{std::istreambuf_iterator<char>(log), {}};
  QVERIFY(lines.find("masses = [1,2,3,4,5] do not fit the checkpoint's 4 generators") != std::string::npos);
}

/// On data so wide the cost alone would be refused, for the power that goes with the change.
void TestKGansReturn::parametersThatNeedEachOtherComeBackTogether() {
  Folder folder;
  Experiment experiment = kGansExperiment(3, {{"power", 8}});
  trainKGans(experiment, folder, false, 1e8f)->checkpoint().get();
  experiment.parameters.update({{"cost", "power"}, {"power", 3}});
  auto run = trainKGans(experiment, folder, true, 1e8f);
  QCOMPARE(run->experiment().parameters["power"].get<double>(), 3.0);
  run->step(TrainingRun::Unit::Iteration, 2);
  QVERIFY(run->waitUntilIdle(kPatience));
  QCOMPARE(run->progress().iteration, 2);
}

QTEST_GUILESS_MAIN(TestKGansReturn)
#include "test_kgans_return.moc"
