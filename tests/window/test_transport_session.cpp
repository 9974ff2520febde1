// SPDX-License-Identifier: GPL-3.0-or-later
// Transport as it is edited: what is undone is as it was, what is painted holds what it should, what is saved
// opens again.
#include <QTemporaryDir>
#include <QTest>
#include <cmath>

#include "app/window/transport/density_brush.h"
#include "app/window/transport/problem_dialog.h"
#include "app/window/transport/transport_session.h"
#include "core/base/error.h"
#include "core/geometry/gaussian_density_2.h"
#include "core/geometry/image_density_2.h"
#include "core/transport/transport_folder.h"

using namespace monge;

namespace {

EditedProblem gridProblem() {
  EditedProblem edited;
  for (int at = 0; at < 25; ++at) edited.problem.sites.push_back({(at % 5 + 0.5) / 5, (at / 5 + 0.5) / 5});
  return edited;
}

/// A session and the last moment it announced.
struct Watched {
  std::shared_ptr<const TransportSnapshot> moment;
  int announced = 0;
  TransportSession session{[this](std::shared_ptr<const TransportSnapshot> news) {
    moment = std::move(news);
    ++announced;
  }};
  explicit Watched(EditedProblem problem = gridProblem()) { session.open(std::move(problem), "Grid"); }
};

bool equal(const TransportSnapshot& a, const TransportSnapshot& b) {
  return a.count() == b.count() && a.sites == b.sites && a.weights == b.weights && a.targets == b.targets &&
         a.status == b.status && a.domain == b.domain && a.masses == b.masses;
}

double massWithin(const TransportSnapshot& moment, double x, double y, double radius) {
  double sum = 0;
  for (int site = 0; site < moment.count(); ++site)
    if (std::hypot(moment.centroids(site, 0) - x, moment.centroids(site, 1) - y) < radius)
      sum += moment.masses[site];
  return sum;
}

}  // namespace

class TestTransportSession : public QObject {
  Q_OBJECT

 private slots:
  /// Every kind of edit, taken back and done again.
  void editsAreUndone_data() {
    QTest::addColumn<std::function<void(TransportSession&)>>("change");
    QTest::addColumn<QString>("name");
    const auto row = [](const char* name, std::function<void(TransportSession&)> change) {
      QTest::newRow(name) << std::move(change) << QString(name);
    };
    row("move", [](TransportSession& session) { session.moveSite(3, {0.66, 0.12}, true, true, {}); });
    row("add", [](TransportSession& session) { session.addSites({{0.21, 0.22}, {0.41, 0.42}}, {}); });
    row("remove", [](TransportSession& session) { session.removeSites({7, 2, 7}, {}); });
    row("mass", [](TransportSession& session) { session.setMass(12, 0.3, {}); });
    row("weight", [](TransportSession& session) { session.setWeight(12, 0.01); });
    row("problem", [](TransportSession& session) {
      EditedProblem other = gridProblem();
      other.problem.domain = Domain2::box({-1, -1, 2, 2});
      session.change(other, {});
    });
    row("density", [](TransportSession& session) { session.paint({{0.2, 0.2}}, 0.3, false, true, {}); });
  }
  void editsAreUndone() {
    QFETCH(std::function<void(TransportSession&)>, change);
    QFETCH(QString, name);
    Watched watched;
    watched.session.solve({});
    const auto before = watched.moment;
    QVERIFY(before->undo.empty() && before->redo.empty());
    change(watched.session);
    const auto after = watched.moment;
    QCOMPARE(QString::fromStdString(after->undo), name);
    QVERIFY(!equal(*before, *after));
    watched.session.undo();
    QVERIFY(equal(*before, *watched.moment));
    QCOMPARE(watched.moment->primal, before->primal);
    QCOMPARE(QString::fromStdString(watched.moment->redo), name);
    watched.session.redo();
    QVERIFY(equal(*after, *watched.moment));
    watched.session.undo();
    watched.session.undo();  // nothing is left
    QVERIFY(equal(*before, *watched.moment));
    change(watched.session);  // a new edit: what was undone is gone
    QVERIFY(watched.moment->redo.empty());
  }

  /// A drag is one edit, however many places it went through; a second one is another.
  void aDragIsOneEdit() {
    Watched watched;
    const auto start = watched.moment;
    for (int at = 1; at <= 5; ++at) watched.session.moveSite(0, {0.1 + 0.01 * at, 0.1}, true, at == 5, {});
    const auto first = watched.moment;
    for (int at = 1; at <= 5; ++at) watched.session.moveSite(0, {0.15, 0.1 + 0.01 * at}, true, at == 5, {});
    watched.session.undo();
    QVERIFY(equal(*first, *watched.moment));
    watched.session.undo();
    QVERIFY(watched.moment->sites == start->sites && watched.moment->undo.empty());
  }

  void whatCannotBeSolvedChangesNothing() {
    Watched watched;
    watched.session.solve({});
    const auto before = watched.moment;
    QVERIFY_EXCEPTION_THROWN(watched.session.moveSite(0, {0.3, 0.1}, true, true, {}), Error);   // on another
    QVERIFY_EXCEPTION_THROWN(watched.session.moveSite(0, {0.3, 0.1}, false, true, {}), Error);  // undrawn too
    QVERIFY_EXCEPTION_THROWN(watched.session.addSites({{0.5, 0.5}}, {}), Error);
    QVERIFY_EXCEPTION_THROWN(watched.session.moveSite(25, {0, 0}, true, true, {}), Error);
    QVERIFY_EXCEPTION_THROWN(watched.session.setMass(0, 1, {}), Error);
    QVERIFY_EXCEPTION_THROWN(watched.session.setWeight(0, std::nan("")), Error);
    std::vector<int> all(25);
    for (int site = 0; site < 25; ++site) all[static_cast<std::size_t>(site)] = site;
    QVERIFY_EXCEPTION_THROWN(watched.session.removeSites(all, {}), Error);
    watched.session.undo();
    QVERIFY(watched.moment == before);
    watched.session.solve({});
    QVERIFY(watched.moment->weights == before->weights);
  }

  /// Cells crowd where density was painted: the same mass on less ground.
  void paintedDensityDrawsTheCells() {
    Watched watched;
    watched.session.solve({});
    QVERIFY(!watched.moment->density);
    const double before = massWithin(*watched.moment, 0.25, 0.25, 0.25);
    watched.session.paint({{0.25, 0.25}}, 0.3, false, false, {});
    watched.session.paint({{0.25, 0.25}, {0.25, 0.25}, {0.25, 0.25}}, 0.3, false, true, {});
    QCOMPARE(watched.moment->status, std::string("converged"));
    QVERIFY(watched.moment->residual <= 1e-6);
    QVERIFY(watched.moment->density);
    QVERIFY(massWithin(*watched.moment, 0.25, 0.25, 0.25) > 1.2 * before);
    watched.session.undo();  // the stroke is one edit
    QVERIFY(!watched.moment->density);
    QCOMPARE(massWithin(*watched.moment, 0.25, 0.25, 0.25), before);
  }

  /// On the canvas a density is what it was, to the canvas's pixels.
  void aCanvasShowsTheDensity() {
    const Domain2 square = Domain2::square();
    const Density2Ptr gaussian = gaussianDensity(square, {0.4, 0.6}, 0.2);
    const Density2Ptr drawn = imageDensity(square, densityCanvas(*gaussian, square));
    for (double x = 0.05; x < 1; x += 0.1)
      for (double y = 0.05; y < 1; y += 0.1)
        if (gaussian->at({x, y}) > 0.1)  // above the floor
          QVERIFY(std::abs(drawn->at({x, y}) / gaussian->at({x, y}) - 1) < 0.02);
    const RowsD flat = RowsD::Constant(64, 64, 65535.0);
    const RowsD erased =
        paintedDensity(flat, square.bounds(), std::vector<Point2>(200, {0.5, 0.5}), 0.2, true);
    QVERIFY(erased.minCoeff() >= 1);  // never nothing: each cell can be given mass
    QVERIFY(erased(32, 32) < 0.05 * erased(0, 0));
  }

  /// All digits: a painted density on a disc, unequal masses.
  void whatIsSavedOpensAgain() {
    EditedProblem problem = gridProblem();
    problem.problem.domain = Domain2::disc({0.5, 0.5}, 0.8, 1e-3);
    problem.problem.masses.assign(25, 1);
    problem.problem.masses[4] = 2.5;
    Watched watched(problem);
    watched.session.paint({{0.3, 0.7}}, 0.4, false, true, {});
    const QTemporaryDir folder;
    const std::filesystem::path path = folder.filePath("saved").toStdString();
    watched.session.save(path);
    const TransportSnapshotPtr again = readTransportPicture(path, {});
    QCOMPARE(again->status, std::string("converged"));
    QVERIFY(again->sites == watched.moment->sites && again->weights == watched.moment->weights);
    QVERIFY((again->masses - watched.moment->masses).cwiseAbs().maxCoeff() < 1e-12);
    QVERIFY(again->residual <= 1e-6);
    const TransportDocument document = readTransportDocument(path);
    Watched reopened(EditedProblem{document.problem, document.density, {}});
    reopened.session.solve({});
    QVERIFY((reopened.moment->weights - watched.moment->weights).cwiseAbs().maxCoeff() < 1e-6);
    reopened.session.save(path);  // onto itself, its density's file included
    QVERIFY((readTransportPicture(path, {})->masses - again->masses).cwiseAbs().maxCoeff() < 1e-6);
  }

  /// The rule decides what is singular, and is no edit.
  void theRuleIsNoEdit() {
    Watched watched(EditedProblem{transportPresets()[2].problem, {}, {}});
    watched.session.solve({});
    QCOMPARE(watched.moment->curves.size(), std::size_t{3});
    SingularRule strict;
    strict.by = SingularRule::By::Jump;
    strict.threshold = 10;  // wider than the whole target
    watched.session.setRule(strict);
    QVERIFY(watched.moment->curves.empty() && watched.moment->undo.empty());
    QCOMPARE(watched.moment->rule.threshold, 10.0);
    for (const auto& facet : watched.moment->facets) QVERIFY(!facet.singular);
    strict.threshold = std::nan("");
    QVERIFY_EXCEPTION_THROWN(watched.session.setRule(strict), Error);
    QCOMPARE(watched.moment->rule.threshold, 10.0);
  }

  void wordsBecomeProblems() {
    const QTemporaryDir folder;
    const auto write = [&](const char* name, const QByteArray& text) {
      QFile file(folder.filePath(name));
      if (!file.open(QIODevice::WriteOnly)) return std::string();
      file.write(text);
      return file.fileName().toStdString();
    };
    ProblemWords words;
    words.points = ProblemWords::Points::Random;
    words.count = 40;
    words.domain = ProblemWords::Domain::DiscAround;
    words.density = ProblemWords::Density::Gaussian;
    words.sigma = 0.2;
    const TransportDocument drawn = documentOf(words, nullptr);
    QCOMPARE(drawn.problem.sites.size(), std::size_t{40});
    for (const Point2 site : drawn.problem.sites) QVERIFY(drawn.problem.domain.contains(site));
    QVERIFY(documentOf(words, nullptr).problem.sites == drawn.problem.sites);  // the seed's own
    // Another domain for the same points, and masses from a file.
    ProblemWords kept;
    kept.points = ProblemWords::Points::Keep;
    kept.domain = ProblemWords::Domain::Square;
    kept.masses = ProblemWords::Masses::File;
    kept.massesFile = write("masses.csv", "1\n2\n3\n");
    QVERIFY_EXCEPTION_THROWN(documentOf(kept, &drawn), Error);  // three masses for forty points
    words.points = ProblemWords::Points::File;
    words.pointsFile = write("points.csv", "0,0\n3,0\n0,4\n");
    words.massesFile = kept.massesFile;
    words.masses = ProblemWords::Masses::File;
    const TransportDocument read = documentOf(words, nullptr);
    QCOMPARE(read.problem.masses, (std::vector<double>{1, 2, 3}));
    QVERIFY(read.problem.domain.contains({3, 0}) && read.problem.domain.contains({0, 4}));
    words.pointsFile.clear();
    QVERIFY_EXCEPTION_THROWN(documentOf(words, nullptr), Error);
    words.pointsFile = "/nowhere.csv";
    QVERIFY_EXCEPTION_THROWN(documentOf(words, nullptr), Error);
  }
};

QTEST_MAIN(TestTransportSession)
#include "test_transport_session.moc"
