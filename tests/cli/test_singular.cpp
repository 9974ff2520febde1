// SPDX-License-Identifier: GPL-3.0-or-later
// The commands `singular` and `probe` on folders that `transport` wrote, from their words to their files.
#include <QtTest>
#include <algorithm>
#include <cmath>
#include <fstream>
#include <nlohmann/json.hpp>
#include <sstream>

#include "core/base/files.h"
#include "tests/cli/cli_call.h"

using namespace monge;
using nlohmann::json;

namespace {

json answer(const std::vector<std::string>& arguments) {
  return json::parse(callCli(arguments).out, nullptr, false);
}

/// Two lattices of 15 x 15, mirror images in x = 0.5, and a gap of 0.4 between them.
void writeTwoLattices(const char* file) {
  std::ofstream stream(file);
  for (int row = 0; row < 15; ++row)
    for (int column = 0; column < 15; ++column) {
      const double x = 0.3 - 0.02 * column, y = 0.36 + 0.02 * row;
      stream << x << "," << y << "\n" << 1 - x << "," << y << "\n";
    }
}

/// Two lattices of 7 x 7 x 7, mirror images in x = 0.5, and a gap of 0.4 between them.
void writeTwoLatticesInSpace(const char* file) {
  std::ofstream stream(file);
  for (int at = 0; at < 343; ++at) {
    const double x = 0.3 - 0.04 * (at % 7), y = 0.38 + 0.04 * (at / 7 % 7), z = 0.38 + 0.04 * (at / 49);
    stream << x << "," << y << "," << z << "\n" << 1 - x << "," << y << "," << z << "\n";
  }
}

}  // namespace

class TestSingular : public QObject {
  Q_OBJECT

 private slots:
  void initTestCase() {
    QDir::setCurrent(m_root.path());
    writeTwoLattices("points.csv");
    std::ofstream("space.csv") << "0.2,0.2,0.2\n0.8,0.2,0.3\n0.3,0.8,0.2\n0.4,0.3,0.8\n";
    writeTwoLatticesInSpace("lattices.csv");
    std::ofstream("flat.csv") << "0.2,0.2,0.5\n0.8,0.2,0.5\n0.3,0.8,0.5\n0.6,0.6,0.5\n";
    QCOMPARE(callCli({"transport", "points.csv", "--out", "cut", "--json"}).status, 0);
    QCOMPARE(callCli({"transport", "lattices.csv", "--out", "sheet", "--json"}).status, 0);
    QCOMPARE(callCli({"transport", "flat.csv", "--out", "flat", "--json"}).status, 0);
    QCOMPARE(callCli({"transport", "space.csv", "--out", "space", "--json"}).status, 0);
  }

  void singularFindsTheCut() {
    const json report = answer({"singular", "cut", "--json"});
    QCOMPARE(report["by"].get<std::string>(), std::string("spacing"));
    QCOMPARE(report["curves"].size(), std::size_t(1));
    QCOMPARE(report["ends_on_boundary"].get<int>(), 2);
    QCOMPARE(report["branch_points"].get<int>(), 0);
    // Mirror images: the cut is x = 0.5 from side to side.
    const json& curve = report["curves"][0];
    QVERIFY(std::abs(curve["length"].get<double>() - 1) < 1e-6);
    QVERIFY(std::abs(curve["measure"].get<double>() - 1) < 1e-6);
    QVERIFY(curve["least_jump"].get<double>() > 0.4 - 1e-12);
    for (const json& point : curve["path"]) QVERIFY(std::abs(point[0].get<double>() - 0.5) < 1e-6);
    QCOMPARE(json::parse(readFile("cut/singular.json")), report);
    std::istringstream rows(readFile("cut/singular.csv"));
    std::string line;
    std::size_t lines = 0;
    QVERIFY(std::getline(rows, line));
    QCOMPARE(line, std::string("curve,from_x,from_y,to_x,to_y,first,second,jump,angle"));
    while (std::getline(rows, line)) ++lines;
    QCOMPARE(lines, curve["facets"].get<std::size_t>());
    QVERIFY(readFile("cut/singular.vtp").find("mean_jump") != std::string::npos);
  }

  /// The cut of mirror images again; its measure is that of the density along x = 0.5.
  void foldersAreMeasuredByTheirDensity() {
    QCOMPARE(callCli({"transport", "points.csv", "--density", "gaussian", "--sigma", "0.2", "--out", "gauss",
                      "--json"})
                 .status,
             0);
    const json report = answer({"singular", "gauss", "--json"});
    QCOMPARE(report["curves"].size(), std::size_t(1));
    const double share = std::erf(0.5 / 0.2 / std::sqrt(2)), peak = 1 / std::sqrt(2 * M_PI) / 0.2;
    QVERIFY(std::abs(report["curves"][0]["measure"].get<double>() - peak / share) < 1e-6);
  }

  void singularFindsTheSheet() {
    const json report = answer({"singular", "sheet", "--json"});
    QCOMPARE(report["dimension"].get<int>(), 3);
    QCOMPARE(report["surfaces"].size(), std::size_t(1));
    QVERIFY(report["curves"].empty() && report["points"].empty());
    // Mirror images: the sheet is x = 0.5 from side to side.
    const json& surface = report["surfaces"][0];
    QVERIFY(std::abs(surface["area"].get<double>() - 1) < 1e-6);
    QVERIFY(std::abs(surface["measure"].get<double>() - 1) < 1e-6);
    QVERIFY(surface["least_jump"].get<double>() > 0.4 - 1e-12);
    QCOMPARE(surface["euler_characteristic"].get<int>(), 1);
    QCOMPARE(surface["boundary_loops"].get<int>(), 1);
    QCOMPARE(json::parse(readFile("sheet/singular.json")), report);
    const std::string rows = readFile("sheet/singular.csv");
    QVERIFY(rows.starts_with("surface,first,second,area,measure,jump,angle\n"));
    QCOMPARE(static_cast<std::size_t>(std::count(rows.begin(), rows.end(), '\n')),
             surface["facets"].get<std::size_t>() + 1);
    QVERIFY(readFile("sheet/singular.vtp").find("Name=\"jump\"") != std::string::npos);
    QVERIFY(readFile("sheet/singular.ply").starts_with("ply\n"));
    QVERIFY(readFile("sheet/singular_curves.csv").starts_with("curve,first,second,third,from_x"));
    QVERIFY(readFile("sheet/singular_curves.ply").starts_with("ply\n"));
    const Answer said = callCli({"singular", "sheet"});
    QVERIFY2(said.out.starts_with("1 surface, 0 curves, 0 branch points, 0 isolated points\n"),
             said.out.c_str());
  }

  /// Under a Gaussian the sheet's measure is the Gaussian along x there.
  void theSheetIsMeasuredByItsDensity() {
    QCOMPARE(callCli({"transport", "lattices.csv", "--density", "gaussian", "--sigma", "0.2", "--out",
                      "sheet-gauss", "--json"})
                 .status,
             0);
    const json report = answer({"singular", "sheet-gauss", "--json"});
    QCOMPARE(report["surfaces"].size(), std::size_t(1));
    const double share = std::erf(0.5 / 0.2 / std::sqrt(2)), peak = 1 / std::sqrt(2 * M_PI) / 0.2;
    QVERIFY(std::abs(report["surfaces"][0]["measure"].get<double>() - peak / share) < 1e-6);
  }

  /// Files: the density 1 + |x - 0.5| keeps the mirror image, is exactly linear on either side, 1 on the cut,
  /// and has the mass 1.25.
  void foldersKeepTheFileOfTheDensity_data() {
    QTest::addColumn<QString>("sites");
    QTest::addColumn<QString>("density");
    QTest::newRow("plane") << "points.csv"
                           << "ridge.ply";
    QTest::newRow("space") << "lattices.csv"
                           << "ridge.csv";
  }
  void foldersKeepTheFileOfTheDensity() {
    QFETCH(QString, sites);
    QFETCH(QString, density);
    std::ofstream("ridge.ply") << "ply\nformat ascii 1.0\nelement vertex 6\nproperty double x\n"
                                  "property double y\nproperty double density\nelement face 4\n"
                                  "property list int int vertex_indices\nend_header\n"
                                  "0 0 1.5\n0.5 0 1\n1 0 1.5\n0 1 1.5\n0.5 1 1\n1 1 1.5\n"
                                  "3 0 1 4\n3 0 4 3\n3 1 2 5\n3 1 5 4\n";
    std::ofstream points("ridge.csv");
    for (int at = 0; at < 12; ++at)
      points << at % 3 / 2.0 << "," << at / 3 % 2 << "," << at / 6 << "," << (at % 3 == 1 ? 1 : 1.5) << "\n";
    points.close();
    const std::string folder = "ridge-" + std::to_string(density.size()) + sites.toStdString();
    QCOMPARE(callCli({"transport", sites.toStdString(), "--density", density.toStdString(), "--out", folder,
                      "--json"})
                 .status,
             0);
    QVERIFY(QFile::remove(density));
    const json report = answer({"singular", folder, "--json"});
    const json& torn = density == "ridge.ply" ? report["curves"] : report["surfaces"];
    QCOMPARE(torn.size(), std::size_t(1));
    QVERIFY(std::abs(torn[0]["measure"].get<double>() - 1 / 1.25) < 1e-5);
  }

  /// Columns are read by place, so that a header may not say otherwise.
  void columnsOfADensityStandInOrder() {
    std::ofstream("swapped.csv") << "density,x,y,z\n1,0,0,0\n1,1,0,0\n1,0,1,0\n1,0,0,1\n1,1,1,1\n";
    const Answer said = callCli({"transport", "lattices.csv", "--density", "swapped.csv"});
    QCOMPARE(said.status, 2);
    QVERIFY2(said.err.find("swapped.csv: the columns density, x, y, z; expected x, y, z, density, in this "
                           "order, or no header") != std::string::npos,
             said.err.c_str());
  }

  void aChangedFolderIsNotAnswered() {
    QCOMPARE(callCli({"transport", "points.csv", "--out", "changed"}).status, 0);
    std::ifstream in("changed/transport.json");
    std::string text((std::istreambuf_iterator<char>(in)), {});
    const std::size_t at = text.find("\"uniform\"");
    QVERIFY(at != std::string::npos);
    text.replace(at, 9, R"("gaussian", "mean": [0.5, 0.5], "sigma": 0.1)");
    std::ofstream("changed/transport.json") << text;
    for (const char* command : {"singular", "probe"}) {
      const Answer said = callCli({command, "changed"});
      QCOMPARE(said.status, 2);
      QVERIFY2(said.err.find("sites.csv, row 1: mass ") != std::string::npos &&
                   said.err.find("one of its files has been changed") != std::string::npos,
               said.err.c_str());
    }
  }

  /// What one problem left goes when another is written to its folder; other people's files stay.
  void aFolderHoldsOneProblem() {
    QCOMPARE(callCli({"transport", "lattices.csv", "--out", "again"}).status, 0);
    QCOMPARE(callCli({"singular", "again"}).status, 0);
    std::ofstream("again/notes.txt") << "mine";
    QVERIFY(QFile::exists("again/singular_curves.vtp") && QFile::exists("again/cells.ply"));
    QCOMPARE(
        callCli({"transport", "points.csv", "--method", "montecarlo", "--tolerance", "0.3", "--out", "again"})
            .status,
        0);
    QCOMPARE(QDir("again").entryList(QDir::Files, QDir::Name),
             QStringList({"notes.txt", "sites.csv", "state.json", "transport.json"}));
    QCOMPARE(callCli({"transport", "points.csv", "--out", "again"}).status, 0);
    QVERIFY(!QFile::exists("again/state.json") && QFile::exists("again/cells.csv"));
    // Without a problem in it the folder is not Monge's to tidy.
    QVERIFY(QDir().mkdir("theirs"));
    std::ofstream("theirs/singular.csv") << "mine";
    QCOMPARE(callCli({"transport", "points.csv", "--out", "theirs"}).status, 0);
    QVERIFY(QFile::exists("theirs/singular.csv"));
  }

  void probeFindsTheSheet() {
    const json report = answer({"probe", "sheet", "--segments", "4000", "--seed", "6", "--json"});
    QVERIFY(report["lower"].get<double>() < 0.5 && report["upper"].get<double>() > 0.5);
    QVERIFY(report["upper"].get<double>() - report["lower"].get<double>() < 0.04);
    // No other facet jumps as far as the gap is wide.
    const json byJump =
        answer({"probe", "sheet", "--segments", "4000", "--seed", "6", "--threshold", "0.3", "--json"});
    QCOMPARE(byJump["singular"], report["singular"]);
  }

  void singularTakesAThreshold() {
    QCOMPARE(answer({"singular", "cut", "--threshold", "0.3", "--json"})["curves"].size(), std::size_t(1));
    QVERIFY(answer({"singular", "cut", "--threshold", "2", "--json"})["curves"].empty());
    const json angle = answer({"singular", "cut", "--threshold", "0.2", "--by", "angle", "--json"});
    QCOMPARE(angle["by"].get<std::string>(), std::string("angle"));
    QCOMPARE(angle["curves"].size(), std::size_t(1));
  }

  void singularSpeaksToPeople() {
    const Answer said = callCli({"singular", "cut"});
    QCOMPARE(said.status, 0);
    QVERIFY2(said.out.starts_with("1 curve, 0 branch points, 0 isolated points\n"), said.out.c_str());
  }

  void probeCountsTheSegmentsThatCross() {
    const json report = answer({"probe", "cut", "--segments", "4000", "--seed", "5", "--json"});
    QCOMPARE(report["segments"].get<int>(), 4000);
    // The ends lie on different sides of x = 0.5 with chance 1/2.
    QVERIFY(report["lower"].get<double>() < 0.5 && report["upper"].get<double>() > 0.5);
    QVERIFY(report["upper"].get<double>() - report["lower"].get<double>() < 0.04);
    QVERIFY(report["largest_jump"].get<double>() > 0.4 - 1e-12);
    QCOMPARE(answer({"probe", "cut", "--segments", "4000", "--seed", "5", "--json"}), report);
    const json byJump =
        answer({"probe", "cut", "--segments", "4000", "--seed", "5", "--threshold", "0.3", "--json"});
    QCOMPARE(byJump["singular"], report["singular"]);
    QCOMPARE(
        answer({"probe", "cut", "--segments", "100", "--threshold", "9", "--json"})["singular"].get<int>(),
        0);
    const Answer said = callCli({"probe", "cut", "--segments", "100"});
    QVERIFY2(said.out.find("of 100 segments cross the singular set") != std::string::npos, said.out.c_str());
  }

  void probeWorksInSpace() {
    const json report = answer({"probe", "space", "--segments", "500", "--threshold", "0", "--json"});
    QCOMPARE(report["dimension"].get<int>(), 3);
    // Four cells of a quarter each: two ends lie in different ones with chance 3/4.
    QVERIFY(report["lower"].get<double>() < 0.75 && report["upper"].get<double>() > 0.75);
  }

  void badInputIsNamed_data() {
    QTest::addColumn<QStringList>("words");
    QTest::addColumn<QString>("wanted");
    QTest::newRow("no folder") << QStringList{"singular", "nowhere"} << "nowhere: no such folder";
    QTest::newRow("probe, no folder") << QStringList{"probe", "nowhere"} << "nowhere: no such folder";
    QTest::newRow("in one plane of space")
        << QStringList{"singular", "flat"} << "sites: all in one plane; expected sites that span space";
    QTest::newRow("angle without threshold")
        << QStringList{"singular", "cut", "--by", "angle"} << "--by: angle without --threshold";
    QTest::newRow("negative") << QStringList{"singular", "cut", "--threshold", "-1"}
                              << "--threshold: -1; expected a number, at least 0";
    QTest::newRow("nan") << QStringList{"probe", "cut", "--threshold", "nan"}
                         << "--threshold: nan; expected a number, at least 0";
    QTest::newRow("no segments") << QStringList{"probe", "cut", "--segments", "0"} << "--segments";
  }
  void badInputIsNamed() {
    QFETCH(QStringList, words);
    QFETCH(QString, wanted);
    std::vector<std::string> arguments;
    for (const QString& word : words) arguments.push_back(word.toStdString());
    const Answer said = callCli(arguments);
    QCOMPARE(said.status, 2);
    QVERIFY2(QString::fromStdString(said.err).contains(wanted), said.err.c_str());
  }

 private:
  QTemporaryDir m_root;
};

QTEST_APPLESS_MAIN(TestSingular)
#include "test_singular.moc"
