// SPDX-License-Identifier: GPL-3.0-or-later
#include <QLabel>
#include <QTest>
#include <cmath>

#include "app/window/ensemble_space.h"
#include "app/window/ensemble_space_view.h"
#include "core/base/error.h"
#include "views/space/space_view.h"

using namespace monge;

namespace {

EnsembleSnapshot twoGenerators() {
  EnsembleSnapshot snapshot;
  snapshot.dimension = 3;
  snapshot.ids = {0, 1};
  snapshot.prototypes = RowsF{{-0.5f, 0, 0}, {0.5f, 0, 0}};
  snapshot.masses = {0.3, 0.7};
  return snapshot;
}

DataView unitBox() {
  DataView data;
  data.name = "drawn";
  data.dimension = 3;
  data.lower = RowsF{{-1, -1, -1}};
  data.upper = RowsF{{1, 1, 1}};
  return data;
}

double largestX(const SpaceSnapshot& moment, int site) {
  double largest = -1e9;
  for (int face = moment.cellStarts[static_cast<std::size_t>(site)];
       face < moment.cellStarts[static_cast<std::size_t>(site) + 1]; ++face)
    for (int c = moment.cells.starts[static_cast<std::size_t>(face)];
         c < moment.cells.starts[static_cast<std::size_t>(face) + 1]; ++c)
      largest =
          std::max(largest, moment.cells.vertices(moment.cells.corners[static_cast<std::size_t>(c)], 0));
  return largest;
}

SpaceSnapshotPtr made(const EnsembleSnapshot& snapshot, const DataView& data = unitBox()) {
  ThreadTeam team(1);
  return ensembleInSpace(std::make_shared<const EnsembleSnapshot>(snapshot),
                         std::make_shared<const DataView>(data), team);
}

QString refusal(const EnsembleSnapshot& snapshot) {
  try {
    made(snapshot);
  } catch (const Error& error) {
    return QString::fromUtf8(error.what());
  }
  return {};
}

}  // namespace

class TestEnsembleSpace : public QObject {
  Q_OBJECT

 private slots:
  /// |x + 1/2|^2 - g_0 = |x - 1/2|^2 - g_1: the wall is at x = (g_0 - g_1) / 2.
  void wallsFollowTheWeights() {
    EnsembleSnapshot snapshot = twoGenerators();
    const SpaceSnapshotPtr free = made(snapshot);
    QCOMPARE(free->count(), 2);
    QVERIFY(std::abs(largestX(*free, 0)) <= 1e-12);
    QVERIFY(std::abs(largestX(*free, 1) - 1.1) <= 1e-12);  // the box has 5 % of air
    QCOMPARE(free->masses[1], 0.7);
    QCOMPARE(free->targets[0], 0.3);
    snapshot.law.targets = {0.5, 0.5};
    snapshot.law.weights = {0.2, -0.2};
    const SpaceSnapshotPtr fixed = made(snapshot);
    QVERIFY(std::abs(largestX(*fixed, 0) - 0.2) <= 1e-12);
    QCOMPARE(fixed->targets[0], 0.5);
    QCOMPARE(fixed->masses[0], 0.3);
  }

  void prototypesOutsideTheDataHaveRoom() {
    EnsembleSnapshot snapshot = twoGenerators();
    snapshot.prototypes(1, 0) = 9;
    QVERIFY(largestX(*made(snapshot), 1) > 9);
  }

  void refusesWhatHasNoPolyhedra() {
    EnsembleSnapshot plane = twoGenerators();
    plane.dimension = 2;
    QCOMPARE(refusal(plane), QString("cells in space: data of 2 columns; expected 3 columns"));
    EnsembleSnapshot bent = twoGenerators();
    bent.law.cost = CellCost::Power;
    bent.law.power = 1;
    QVERIFY(
        refusal(bent).startsWith("cells in space: the bent cells of the cost power; expected l2_squared"));
    EnsembleSnapshot labels = twoGenerators();
    labels.law.siteLabels = {0, 1};
    QVERIFY(refusal(labels).startsWith("cells in space: the bent cells"));
    EnsembleSnapshot twice = twoGenerators();
    twice.prototypes.row(1) = twice.prototypes.row(0);
    QVERIFY(!refusal(twice).isEmpty());
  }

  /// Data and samples lie among the cells, in the generators' colours, and are cut with the cells; moved
  /// apart each goes with the cell that it lies in.
  void pointsAreLayersOfTheirOwn() {
    EnsembleSnapshot snapshot = twoGenerators();
    snapshot.ids = {7, 3};
    snapshot.samples = RowsF{{-0.9f, 0, 0}, {0.9f, 0, 0}, {0.8f, 0, 0}};
    snapshot.sampleOwner = {0, 1, 0};
    DataView data = unitBox();
    data.points = RowsF{{-0.2f, 0.1f, 0}};
    const SpaceSnapshotPtr moment = made(snapshot, data);
    views::SpaceStyle style;
    const auto dots = [&] { return views::spaceSolid(*moment, style, std::nullopt).dots; };
    QCOMPARE(dots().size(), std::size_t{4});
    QCOMPARE(dots()[0].colour, views::colors(style.theme).realData);
    QCOMPARE(dots()[2].colour, views::generatorColor(3));
    QCOMPARE(dots()[3].colour, views::generatorColor(7));
    QCOMPARE(views::siteColours(*moment, views::CellColour::Site, style.theme)[0], views::generatorColor(7));
    style.explode = 0.5;  // the third is its generator's, but lies in the other one's cell
    const auto apart = dots();
    QVERIFY(std::abs(apart[3].at.x() - (0.8 + 0.5 * 0.5)) < 1e-6);
    QVERIFY(std::abs(apart[0].at.x() - (-0.2 - 0.5 * 0.5)) < 1e-6);
    style.explode = 0;
    QCOMPARE(views::spaceSolid(*moment, style, views::CutPlane{{1, 0, 0}, 0.85}).dots.size(), std::size_t{3});
    style.layers.set(views::SpaceLayer::Data, false);
    QCOMPARE(dots().size(), std::size_t{3});
    style.layers.set(views::SpaceLayer::Samples, false);
    QVERIFY(dots().empty());
  }

  /// Shown while it is seen, the newest of what comes; a click names the generator, whatever its row.
  void theViewFollowsAndNamesGenerators() {
    EnsembleSpaceView view;
    view.resize(400, 300);
    view.setTheme(views::Theme::Light);
    const auto data = std::make_shared<const DataView>(unitBox());
    const auto sceneOf = [&](EnsembleSnapshot snapshot) {
      views::Scene scene;
      scene.data = data;
      scene.snapshot = std::make_shared<const EnsembleSnapshot>(std::move(snapshot));
      return scene;
    };
    EnsembleSnapshot snapshot = twoGenerators();
    snapshot.ids = {7, 3};
    view.setScene(sceneOf(snapshot));
    QTest::qWait(30);
    QVERIFY(!view.shown());  // nobody looks
    view.show();
    QTRY_VERIFY(view.shown());
    for (int at = 1; at <= 20; ++at) {
      snapshot.prototypes(1, 0) = 0.5f + 0.02f * static_cast<float>(at);
      view.setScene(sceneOf(snapshot));
    }
    QTRY_VERIFY(std::abs(view.shown()->sites(1, 0) - 0.9) < 1e-6);
    int selected = -1, hovered = -1;
    connect(&view, &EnsembleSpaceView::hoverChanged, this, [&](int id) { hovered = id; });
    connect(&view, &EnsembleSpaceView::selectionChanged, this, [&](int id) { selected = id; });
    auto* space = view.findChild<views::SpaceView*>();
    QTest::mouseClick(space, Qt::LeftButton, {}, space->rect().center() + QPoint(40, 0));
    QVERIFY(selected == 7 || selected == 3);
    QVERIFY(hovered == 7 || hovered == 3);
    QCOMPARE(space->card()[0], QString("Cell %1").arg(hovered + 1));
    QCOMPARE(space->card()[1], hovered == 7 ? QString("mass 0.300") : QString("mass 0.700"));
    QVERIFY(space->card().last().startsWith("prototype ("));
    QCOMPARE(space->card().last().count(','), 2);
    view.setHovered(3);
    QCOMPARE(space->style().hovered, 1);
    views::LayerSet layers;
    layers.set(views::Layer::Cells, false);
    layers.set(views::Layer::Data, false);
    view.setLayers(layers);
    for (const auto& [layer, on] : {std::pair(views::SpaceLayer::Cells, false),
                                    {views::SpaceLayer::Walls, false},
                                    {views::SpaceLayer::Data, false},
                                    {views::SpaceLayer::Samples, true},
                                    {views::SpaceLayer::Sites, true}})
      QCOMPARE(space->style().layers.has(layer), on);
    snapshot.law.cost = CellCost::Power;
    snapshot.law.power = 1;
    view.setScene(sceneOf(snapshot));
    auto* problem = view.findChild<QLabel*>("ensembleSpaceProblem");
    QTRY_VERIFY(problem->isVisible());
    QVERIFY(problem->text().contains("bent cells"));
  }
};

QTEST_MAIN(TestEnsembleSpace)
#include "test_ensemble_space.moc"
