// SPDX-License-Identifier: GPL-3.0-or-later
// Moments of transport in space: against closed forms, of presets, of solved folders, of sites that are too
// few or lie badly.
#include <QTemporaryDir>
#include <QTest>
#include <algorithm>
#include <cmath>

#include "app/window/space/space_documents.h"
#include "core/base/error.h"
#include "core/base/files.h"
#include "core/transport/transport_directory.h"
#include "tests/views/space/diagrams.h"

using namespace monge;

namespace {

constexpr double kRounding = 1e-12;

std::string messageOf(const std::function<void()>& act) {
  try {
    act();
  } catch (const Error& error) {
    return error.what();
  }
  return {};
}

bool contains(const std::string& text, const std::string& part) {
  return text.find(part) != std::string::npos;
}

/// Faces of a cell that have an area.
int sidesOf(const SpaceSnapshot& moment, int site) {
  int sides = 0;
  for (int face = moment.cellStarts[static_cast<std::size_t>(site)];
       face < moment.cellStarts[static_cast<std::size_t>(site) + 1]; ++face)
    sides += moment.across[static_cast<std::size_t>(face)] < 0 ||
             moment.facetOf[static_cast<std::size_t>(face)] >= 0;
  return sides;
}

/// What `monge-cli transport` writes of a solved problem.
void writeFolder(const std::filesystem::path& folder, const SpaceProblem& problem) {
  SpaceTransport solver(problem, {});
  solver.run();
  TransportRecord record;
  record.domain = domainJson(problem.domain);
  record.density = {{"name", "uniform"}};
  record.report = {{"status", "converged"},
                   {"primal", 0.25},
                   {"dual", 0.25},
                   {"sites", problem.sites.size()},
                   {"dimension", 3}};
  const auto count = static_cast<Eigen::Index>(problem.sites.size());
  record.sites.resize(count, 3);
  for (Eigen::Index row = 0; row < count; ++row) {
    const Point3 site = problem.sites[static_cast<std::size_t>(row)];
    record.sites.row(row) << site.x, site.y, site.z;
  }
  const auto vectorOf = [&](const std::vector<double>& values) {
    return VectorD(Eigen::Map<const VectorD>(values.data(), count));
  };
  record.weights = vectorOf(solver.weights());
  record.targets = vectorOf(solver.problem().masses);
  record.masses = vectorOf(solver.masses());
  std::filesystem::create_directories(folder);
  writeTransportDirectory(folder, record);
}

}  // namespace

class TestSpacePicture : public QObject {
  Q_OBJECT

 private slots:
  void aGridOfCubes() {
    const SpaceSnapshot moment = test::gridDiagram();
    QCOMPARE(moment.count(), 27);
    QCOMPARE(moment.facets.size(), std::size_t{54});
    QVERIFY(std::abs(moment.largestJump - 1.0 / 3) < kRounding);
    for (const auto& facet : moment.facets) {
      QVERIFY(std::abs(facet.area - 1.0 / 9) < kRounding);
      QVERIFY(std::abs(facet.jump - 1.0 / 3) < kRounding);
    }
    for (int site = 0; site < 27; ++site) {
      QCOMPARE(sidesOf(moment, site), 6);
      QVERIFY(std::abs(moment.masses[site] - 1.0 / 27) < kRounding);
      QVERIFY((moment.centroids.row(site) - moment.sites.row(site)).norm() < kRounding);
    }
    QVERIFY(moment.residual < 1e-10);
  }

  void facesKnowWhatIsBeyond() {
    const SpaceSnapshot moment = test::randomDiagram(80, 1);
    for (int face = 0; face < moment.cells.faces(); ++face) {
      const int site = moment.cells.sites[static_cast<std::size_t>(face)],
                other = moment.across[static_cast<std::size_t>(face)],
                facet = moment.facetOf[static_cast<std::size_t>(face)];
      if (other < 0) QCOMPARE(facet, -1);
      if (facet < 0) continue;
      const auto& wall = moment.facets[static_cast<std::size_t>(facet)];
      QCOMPARE(wall.first, std::min(site, other));
      QCOMPARE(wall.second, std::max(site, other));
    }
  }

  void hiddenCellsAreEmpty() {
    std::vector<Point3> sites = {{0.3, 0.3, 0.3}, {0.7, 0.7, 0.7}, {0.5, 0.5, 0.5},
                                 {0.2, 0.8, 0.5}, {0.8, 0.1, 0.4}, {0.1, 0.1, 0.9}};
    std::vector<double> weights(sites.size(), 0);
    const SpaceSnapshot all = test::diagram(sites, weights);
    weights[2] = -1;  // its neighbours' cells meet before they reach it
    const SpaceSnapshot hidden = test::diagram(sites, weights);
    sites.erase(sites.begin() + 2);
    const SpaceSnapshot without = test::diagram(sites, std::vector<double>(5, 0.0));
    QVERIFY(all.hasCell(2));
    QVERIFY(!hidden.hasCell(2));
    QCOMPARE(hidden.masses[2], 0.0);
    for (const int site : {0, 1, 3, 4, 5})
      QVERIFY(std::abs(hidden.masses[site] - without.masses[site < 2 ? site : site - 1]) < kRounding);
    QVERIFY(std::none_of(hidden.across.begin(), hidden.across.end(), [](int site) { return site == 2; }));
  }

  /// A site far outside owns nothing of the cube, though nothing hides it.
  void cellsBeyondTheDomainAreEmpty() {
    const SpaceSnapshot moment = test::diagram(
        {{0.5, 0.5, 0.5}, {9, 9, 9}, {0.5, 0.2, 0.5}, {0.1, 0.9, 0.3}, {0.9, 0.8, 0.1}}, {0, 0, 0, 0, 0});
    QVERIFY(!moment.hasCell(1));
    QVERIFY(std::abs(moment.masses.sum() - 1) < kRounding);
  }

  void oneSiteHasTheWholeDomain() {
    const SpaceSnapshot moment =
        test::diagram({Point3{0.2, 0.3, 0.4}}, {5.0}, Domain3::cube(), SpaceDetail::Whole);
    QCOMPARE(moment.masses[0], 1.0);
    QCOMPARE(moment.cells.faces(), 6);
    QVERIFY(moment.facets.empty());
    QVERIFY(moment.surfaces.empty());
  }

  void twoSitesShareAWall() {
    const SpaceSnapshot moment =
        test::diagram({{0.25, 0.5, 0.5}, {0.75, 0.5, 0.5}}, {0, 0.1}, Domain3::cube(), SpaceDetail::Whole);
    // The wall of |x - a|^2 = |x - b|^2 - 0.1 is x = (b - a, b + a - 0.1 / ...) / 2: at 0.4.
    QVERIFY(std::abs(moment.masses[0] - 0.4) < kRounding);
    QCOMPARE(moment.facets.size(), std::size_t{1});
    QVERIFY(std::abs(moment.facets[0].area - 1) < kRounding);
    QVERIFY(!moment.note.empty());
  }

  /// Their cells are slabs that can be drawn; of a singular set in space nothing is known, and one sentence
  /// says so.
  void sitesInOnePlane() {
    Random random(3);
    std::vector<Point3> sites;
    for (int at = 0; at < 30; ++at) sites.push_back({random.uniform(), random.uniform(), 0.25});
    const SpaceSnapshot moment =
        test::diagram(sites, std::vector<double>(30, 0.0), Domain3::cube(), SpaceDetail::Whole);
    QVERIFY(std::abs(moment.masses.sum() - 1) < kRounding);
    for (int site = 0; site < 30; ++site) QVERIFY(moment.hasCell(site));
    QVERIFY(contains(moment.note, "one plane"));
    QVERIFY(moment.surfaces.empty());
  }

  void hiddenSitesInOnePlane() {
    const SpaceSnapshot moment =
        test::diagram({{0.1, 0.5, 0.5}, {0.4, 0.5, 0.5}, {0.5, 0.5, 0.5}, {0.9, 0.5, 0.5}}, {0, -1, -2, 0});
    QVERIFY(moment.hasCell(0) && moment.hasCell(3));
    QVERIFY(!moment.hasCell(1) && !moment.hasCell(2));
    QVERIFY(std::abs(moment.masses[0] - 0.5) < kRounding);
  }

  void presetsTearAsTheirCaptionsSay() {
    const auto solved = [](const char* id) {
      const SpaceDocument* preset = spacePreset(id);
      return solvedSpacePicture(preset->problem, id, spaceRule());
    };
    const SpaceSnapshotPtr two = solved("two-balls"), three = solved("three-balls"), shell = solved("shell"),
                           dumbbell = solved("dumbbell-3d");
    for (const SpaceSnapshotPtr& moment : {two, three, shell, dumbbell}) {
      QCOMPARE(moment->status, std::string("converged"));
      QVERIFY(moment->residual < 1e-6);
      QVERIFY(std::abs(moment->primal - moment->dualValue) < 1e-9);
    }
    QCOMPARE(two->surfaces.size(), std::size_t{1});
    QCOMPARE(two->surfaces[0].eulerCharacteristic, 1);
    QVERIFY(!two->surfaces[0].rimSites.empty());
    QCOMPARE(two->surfaces[0].rim.size(), 6 * two->surfaces[0].rimSites.size());
    QCOMPARE(three->surfaces.size(), std::size_t{3});
    QCOMPARE(three->curves.size(), std::size_t{1});
    QCOMPARE(three->curves[0].kind, std::string("junction"));
    QCOMPARE(three->curves[0].path.size(), 3 * (three->curves[0].sites.size() + 1));
    QVERIFY(shell->surfaces.empty());
    QCOMPARE(shell->points.size(), std::size_t{1});
    QCOMPARE(shell->points[0].kind, std::string("isolated"));
    // A sheet from wall to wall with a hole in it, which one closed curve bounds about the neck.
    QCOMPARE(dumbbell->surfaces.size(), std::size_t{1});
    QCOMPARE(dumbbell->surfaces[0].eulerCharacteristic, 0);
    QVERIFY(!dumbbell->surfaces[0].rimSites.empty());
    QCOMPARE(dumbbell->curves.size(), std::size_t{1});
    QCOMPARE(dumbbell->curves[0].kind, std::string("border"));
    QVERIFY(dumbbell->curves[0].closed);
    QVERIFY(dumbbell->points.empty());
    double across = 0;  // the sheet lies where the target is parted
    for (const auto& facet : dumbbell->facets)
      if (facet.isSingular())
        across += ((dumbbell->sites(facet.first, 0) < 0.5) != (dumbbell->sites(facet.second, 0) < 0.5)) *
                  facet.area;
    QVERIFY(across > 0.8 * dumbbell->surfaces[0].area);
    // Rows are the problem's: both sides of the sheet send to another ball.
    for (const auto& facet : two->facets)
      if (facet.isSingular())
        QVERIFY((two->sites(facet.first, 0) < 0.5) != (two->sites(facet.second, 0) < 0.5));
  }

  void solvedFoldersComeBack() {
    QTemporaryDir place;
    const std::filesystem::path folder = (place.path() + "/solved").toStdString();
    const SpaceProblem& problem = spacePreset("two-balls")->problem;
    writeFolder(folder, problem);
    const SpaceSnapshotPtr moment = readSpacePicture(folder, spaceRule());
    QCOMPARE(moment->name, std::string("solved"));
    QCOMPARE(moment->primal, 0.25);
    QCOMPARE(moment->count(), 500);
    QVERIFY(moment->residual < 1e-6);
    QCOMPARE(moment->surfaces.size(), std::size_t{1});
    QCOMPARE(dimensionOf(folder), 3);
    const SpaceDocument document = readSpaceDocument(folder);
    QCOMPARE(document.problem.sites, problem.sites);
    QVERIFY(std::abs(document.problem.domain.volume() - problem.domain.volume()) < 1e-9);
  }

  void pointsFiles() {
    QTemporaryDir place;
    const auto file = [&](const char* name, const std::string& text) {
      const std::filesystem::path path = (place.path() + "/" + name).toStdString();
      writeFileAtomically(path, text);
      return path;
    };
    QCOMPARE(readSpaceDocument(file("unit.csv", "0.1,0.2,0.3\n0.9,1,0\n")).problem.domain.volume(), 1.0);
    const SpaceDocument wide = readSpaceDocument(file("wide.csv", "-1,0,0\n4,2,1\n"));
    QVERIFY(std::abs(wide.problem.domain.volume() - 6.0 * 3.0 * 2.0) <
            1e-9);  // half a unit of air all around
    QCOMPARE(wide.name, QString("wide"));
    QCOMPARE(dimensionOf(file("four.csv", "1,2,3,4\n5,6,7,8\n")), 4);
    const std::string plane = messageOf([&] { readSpaceDocument(file("plane.csv", "1,2\n3,4\n")); });
    QVERIFY2(contains(plane, "plane.csv") && contains(plane, "2 columns"), plane.c_str());
    const std::string bad = messageOf([&] { readSpaceDocument(file("bad.csv", "1,2,3\n3,4,nan\n")); });
    QVERIFY2(contains(bad, "bad.csv") && contains(bad, "finite"), bad.c_str());
    QVERIFY(contains(messageOf([&] { readSpaceDocument(file("empty.csv", "")); }), "empty.csv"));
    QVERIFY(contains(messageOf([&] { dimensionOf(place.path().toStdString()); }), "transport.json"));
    QVERIFY(contains(messageOf([&] { dimensionOf(place.path().toStdString() + "/none.csv"); }), "none.csv"));
  }

  void sitesOnOneSpot() {
    const std::string message = messageOf([] { test::diagram({{0.5, 0.5, 0.5}, {0.5, 0.5, 0.5}}, {0, 0}); });
    QVERIFY(!message.empty());
  }
};

QTEST_MAIN(TestSpacePicture)
#include "test_space_picture.moc"
