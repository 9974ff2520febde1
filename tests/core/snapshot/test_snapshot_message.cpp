// SPDX-License-Identifier: GPL-3.0-or-later
#include <QtTest>
#include <functional>
#include <random>

#include "core/base/error.h"
#include "core/snapshot/snapshot_message.h"

using namespace monge;

namespace {

constexpr int kLayers = 8;

/// Two generators in the plane; bit i of `layers` turns the i-th optional layer on.
EnsembleSnapshot ensemble(unsigned layers) {
  EnsembleSnapshot snapshot;
  snapshot.progress = {RunStatus::Running,      120,         60000, 40, "critic", 1.0 / 3, 1e-17,
                       18446744073709551615ull, "still well"};
  snapshot.sequence = 9;
  snapshot.dimension = 2;
  snapshot.ids = {3, 11};
  snapshot.prototypes = RowsF{{-0.5f, 0}, {0.5f, 0.1f}};
  snapshot.masses = {0.25, 0.75};
  snapshot.inside = {0.9, 1.0 / 7};
  const auto on = [&](unsigned layer) { return (layers >> layer & 1u) != 0; };
  if (on(0)) {
    snapshot.samples = RowsF{{1, 2}, {3, 4}, {5, 6}};
    snapshot.sampleOwner = {0, 1, 1};
  }
  if (on(0) && on(1)) snapshot.gradients = RowsF{{0.1f, 0.2f}, {0, 0}, {-1, 1}};
  if (on(2)) snapshot.assignment = {1, 0, 1, 1};
  if (on(3)) snapshot.critic = {{-1, -2, 1, 2.5}, 3, 2, RowsF::Random(2, 6)};
  if (on(4)) snapshot.latentGrid = {2, RowsF::Random(8, 2)};
  if (on(5)) snapshot.grid = {3, RowsF::Random(6, 2), RowsF::Random(6, 2), {1, 2, 3, 4, 5, 6}};
  if (on(6)) snapshot.trails = {RowsF::Random(4, 2), RowsF(0, 2)};
  if (on(7)) snapshot.law = {CellCost::Power, 1.5, {0.25, -0.25}, {0.4, 0.6}, {2, -1}, 0.2, 5};
  return snapshot;
}

bool same(const RowsF& a, const RowsF& b) {
  return a.rows() == b.rows() && a.cols() == b.cols() && (a.size() == 0 || (a.array() == b.array()).all());
}

void compare(const RunProgress& a, const RunProgress& b) {
  QVERIFY(a.status == b.status);
  QCOMPARE(a.iteration, b.iteration);
  QCOMPARE(a.target, b.target);
  QCOMPARE(a.epochLength, b.epochLength);
  QCOMPARE(a.phase, b.phase);
  QVERIFY(a.iterationsPerSecond == b.iterationsPerSecond && a.secondsLeft == b.secondsLeft);
  QCOMPARE(a.seed, b.seed);
  QCOMPARE(a.message, b.message);
}

void compare(const EnsembleSnapshot& a, const EnsembleSnapshot& b) {
  compare(a.progress, b.progress);
  QCOMPARE(a.sequence, b.sequence);
  QCOMPARE(a.dimension, b.dimension);
  QVERIFY(a.image == b.image);
  QCOMPARE(a.ids, b.ids);
  QVERIFY(same(a.prototypes, b.prototypes));
  QVERIFY(a.masses == b.masses && a.inside == b.inside);
  QVERIFY(a.law == b.law);
  QVERIFY(same(a.samples, b.samples) && same(a.gradients, b.gradients));
  QCOMPARE(a.sampleOwner, b.sampleOwner);
  QCOMPARE(a.assignment, b.assignment);
  QVERIFY(a.critic.box == b.critic.box && same(a.critic.values, b.critic.values));
  QCOMPARE(a.critic.columns, b.critic.columns);
  QCOMPARE(a.critic.rows, b.critic.rows);
  QCOMPARE(a.latentGrid.side, b.latentGrid.side);
  QVERIFY(same(a.latentGrid.points, b.latentGrid.points));
  QCOMPARE(a.grid.columns, b.grid.columns);
  QVERIFY(same(a.grid.samples, b.grid.samples) && same(a.grid.nearest, b.grid.nearest));
  QCOMPARE(a.grid.nearestDistance, b.grid.nearestDistance);
  QCOMPARE(a.trails.size(), b.trails.size());
  for (std::size_t i = 0; i < a.trails.size(); ++i) QVERIFY(same(a.trails[i], b.trails[i]));
}

Message overTheWire(const Message& message) {
  return decode(encode(message), "link");
}

}  // namespace

class TestSnapshotMessage : public QObject {
  Q_OBJECT

 private slots:
  void snapshotsReturnWithEveryChoiceOfLayers() {
    for (unsigned layers = 0; layers < (1u << kLayers); ++layers) {
      const EnsembleSnapshot snapshot = ensemble(layers);
      compare(snapshotFromMessage(overTheWire(toMessage(snapshot))), snapshot);
      if (QTest::currentTestFailed()) return;
    }
  }

  void theEmptySnapshotReturns() {
    compare(snapshotFromMessage(overTheWire(toMessage(EnsembleSnapshot{}))), {});
  }

  void imagesReturn() {
    EnsembleSnapshot snapshot;
    snapshot.dimension = 12;
    snapshot.image = {3, 2, 2};
    snapshot.ids = {0};
    snapshot.prototypes = RowsF::Random(1, 12);
    snapshot.grid = {2, RowsF::Random(2, 12), {}, {}};
    compare(snapshotFromMessage(overTheWire(toMessage(snapshot))), snapshot);
  }

  void unknownRatesAreZeroOnTheWire() {
    EnsembleSnapshot snapshot = ensemble(0);
    snapshot.progress.iterationsPerSecond = std::numeric_limits<double>::quiet_NaN();
    snapshot.progress.secondsLeft = std::numeric_limits<double>::infinity();
    const EnsembleSnapshot back = snapshotFromMessage(overTheWire(toMessage(snapshot)));
    QCOMPARE(back.progress.iterationsPerSecond, 0.0);
    QCOMPARE(back.progress.secondsLeft, 0.0);
  }

  void dataReturns() {
    DataView data;
    data.name = "Four discs, radius 0.25";
    data.provenance = "generated, seed 7";
    data.rows = 4000;
    data.dimension = 2;
    data.points = RowsF::Random(5, 2);
    data.labels = IndicesI{{0, 1, 2, 3, 3}};
    data.lower = RowsF{{-0.75f, -0.75f}};
    data.upper = RowsF{{0.75f, 0.75f}};
    data.mask = {{0.5, 0.5, 0.25}, {-0.5, 0.1, 0.3}};
    const DataView back = dataViewFromMessage(overTheWire(toMessage(data)));
    QCOMPARE(back.name, data.name);
    QCOMPARE(back.provenance, data.provenance);
    QCOMPARE(back.rows, data.rows);
    QVERIFY(same(back.points, data.points) && same(back.lower, data.lower) && same(back.upper, data.upper));
    QVERIFY(back.labels == data.labels);
    QCOMPARE(back.mask.size(), std::size_t{2});
    QCOMPARE(back.mask[1].y, 0.1);
    QCOMPARE(dataViewFromMessage(overTheWire(toMessage(DataView{}))).labels.size(), 0);
  }

  void historyReturns() {
    HistoryChunk history{{"iteration", "coverage"}, 40, RowsD{{4000, 0.9}, {4100, NAN}}};
    const HistoryChunk back = historyFromMessage(overTheWire(toMessage(history)));
    QCOMPARE(back.columns, history.columns);
    QCOMPARE(back.firstRow, history.firstRow);
    QCOMPARE(back.rows(0, 1), 0.9);
    QVERIFY(std::isnan(back.rows(1, 1)));
    QCOMPARE(historyFromMessage(overTheWire(toMessage(HistoryChunk{}))).rows.size(), 0);
  }

  void contradictionsAreErrors_data() {
    using Break = std::function<void(Message&)>;
    QTest::addColumn<Break>("breakIt");
    const auto row = [](const char* name, Break breakIt) { QTest::newRow(name) << breakIt; };
    const auto replace = [](const char* name, auto values) {
      return [name, values](Message& message) {
        std::erase_if(message.arrays, [&](const NamedArray& array) { return array.name == name; });
        message.add(name, values);
      };
    };
    row("another type", [](Message& message) { message.type = "history"; });
    row("no ids", [](Message& message) { message.arrays.erase(message.arrays.begin()); });
    row("one id twice", replace("ids", std::vector<int>{3, 3}));
    row("three ids", replace("ids", std::vector<int>{3, 4, 5}));
    row("prototypes in space", replace("prototypes", RowsF(RowsF::Zero(2, 3))));
    row("prototypes without values", replace("prototypes", RowsF(2, 0)));
    row("masses of one", replace("masses", std::vector<double>{1}));
    row("inside of three", replace("inside", std::vector<double>{1, 1, 1}));
    row("samples without owner", replace("sample_owner", std::vector<int>{}));
    row("owner out of range", replace("sample_owner", std::vector<int>{0, 1, 2}));
    row("negative assignment", replace("assignment", std::vector<int>{-1}));
    row("gradients of one", replace("gradients", RowsF(RowsF::Zero(1, 2))));
    row("critic of one generator", replace("critic_values", RowsF(RowsF::Zero(1, 6))));
    row("critic box of three", replace("critic_box", std::vector<double>{0, 1, 2}));
    row("latent points", replace("latent_points", RowsF(RowsF::Zero(7, 2))));
    row("grid samples", replace("grid_samples", RowsF(RowsF::Zero(5, 2))));
    row("grid distances", replace("grid_distances", std::vector<float>{1}));
    row("trail lengths", replace("trail_lengths", std::vector<int>{4, 1}));
    row("negative trail", replace("trail_lengths", std::vector<int>{5, -1}));
    row("no progress", [](Message& message) { message.fields.erase("progress"); });
    row("unknown status", [](Message& message) { message.fields["progress"]["status"] = "asleep"; });
    row("iteration is text", [](Message& message) { message.fields["progress"]["iteration"] = "12"; });
    row("huge iteration",
        [](Message& message) { message.fields["progress"]["iteration"] = 18446744073709551615ull; });
    row("negative dimension", [](Message& message) { message.fields["dimension"] = -2; });
    row("huge image", [](Message& message) {
      message.fields["image"] = {{"channels", 1}, {"height", 30000}, {"width", 30000}};
    });
    row("weights of three", replace("dual_weights", std::vector<double>{1, 2, 3}));
    row("targets of one", replace("target_masses", std::vector<double>{1}));
    row("site labels of one", replace("site_labels", std::vector<int>{1}));
    row("unknown cost", [](Message& message) { message.fields["law"]["cost"] = "l3"; });
    row("power below 1", [](Message& message) { message.fields["law"]["power"] = 0.5; });
    row("negative sequence", [](Message& message) { message.fields["sequence"] = -1; });
  }
  void contradictionsAreErrors() {
    using Break = std::function<void(Message&)>;
    QFETCH(Break, breakIt);
    Message message = toMessage(ensemble(127));
    breakIt(message);
    QVERIFY_EXCEPTION_THROWN(snapshotFromMessage(message), Error);
  }

  /// Moments of runs that were saved before cells had a law.
  void withoutALawCellsAreVoronoi() {
    Message message = toMessage(ensemble(0xff));
    message.fields.erase("law");
    QVERIFY(snapshotFromMessage(message).law == CellLaw{});
  }

  void mutatedSnapshotsGiveASnapshotOrAnError() {
    const std::string bytes = encode(toMessage(ensemble(127)));
    int accepted = 0;
    for (unsigned seed = 0; seed < 2000; ++seed) {
      std::mt19937 random(seed);
      std::string mutant = bytes;
      mutant[random() % mutant.size()] ^= static_cast<char>(1u << (random() % 8));
      try {
        const EnsembleSnapshot snapshot = snapshotFromMessage(decode(mutant, "link"));
        QCOMPARE(snapshot.samples.rows(), std::ssize(snapshot.sampleOwner));
        QCOMPARE(snapshot.prototypes.rows(), std::ssize(snapshot.ids));
        ++accepted;
      } catch (const Error&) {
      }
    }
    QVERIFY(accepted > 100);  // a flipped bit of a coordinate is another coordinate
  }

  void statusNamesReturn() {
    for (const RunStatus status :
         {RunStatus::Paused, RunStatus::Running, RunStatus::Finished, RunStatus::Diverged, RunStatus::Failed})
      QVERIFY(runStatusFromString(toString(status)) == status);
  }
};

QTEST_APPLESS_MAIN(TestSnapshotMessage)
#include "test_snapshot_message.moc"
