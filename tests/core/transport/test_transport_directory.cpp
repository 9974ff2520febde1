// SPDX-License-Identifier: GPL-3.0-or-later
// Folders of solved problems: what comes back is what was solved, and every bad field is named.
#include <QtTest>
#include <cmath>
#include <nlohmann/json.hpp>

#include "core/base/error.h"
#include "core/base/files.h"
#include "core/transport/transport_directory.h"

using namespace monge;
using nlohmann::json;

namespace {

/// 2 x 2 grey pixels, 16 bits: 0, 21845, 43690 and 65535.
const QByteArray kPng = QByteArray::fromBase64(
    "iVBORw0KGgoAAAANSUhEUgAAAAIAAAACEAAAAAAHTY67AAAAEk"
    "lEQVR42mNgYAgNZVi16v9/AAv+A/24eppdAAAAAElFTkSuQmCC");

/// Two triangles over [-1, 1]^2 with the density 1, 2, 3 and 4 at the corners.
const char* const kPly =
    "ply\nformat ascii 1.0\nelement vertex 4\nproperty double x\nproperty double y\nproperty double z\n"
    "property double density\nelement face 2\nproperty list int int vertex_indices\nend_header\n"
    "-1 -1 0 1\n1 -1 0 2\n1 1 0 3\n-1 1 0 4\n3 0 1 2\n3 0 2 3\n";

/// Points around [-1, 2] x [0, 1]^2 with their density.
const char* const kPoints =
    "x,y,z,density\n-1,0,0,1\n2,0,0,2\n-1,1,0,3\n2,1,0,1\n-1,0,1,2\n2,0,1,2\n-1,1,1,2\n2,1,1,5\n0,0.5,0.4,"
    "9\n";

TransportRecord recordOf(const RowsD& sites, const json& domain, const DensitySource& density) {
  TransportRecord record;
  record.domain = domain;
  record.density = toJson(density);
  record.densityFile = density.file;
  record.report = {{"status", "converged"}, {"sites", sites.rows()}, {"dimension", sites.cols()}};
  record.sites = sites;
  record.weights = VectorD::Constant(sites.rows(), 1.0 / 3);
  record.targets = record.masses = VectorD::Constant(sites.rows(), 1.0 / static_cast<double>(sites.rows()));
  return record;
}

RowsD planeSites() {
  return (RowsD(3, 2) << 0.1, 0.2, 1.0 / 3, 0.7, 0.9, -4).finished();
}
RowsD spaceSites() {
  return (RowsD(2, 3) << 0.1, 0.2, 0.3, 1.0 / 3, 0.7, -4).finished();
}

}  // namespace

class TestTransportDirectory : public QObject {
  Q_OBJECT

 private slots:
  void init() {
    m_root = std::make_unique<QTemporaryDir>();
    m_folder = (m_root->path() + "/solved").toStdString();
  }

  void planeDensitiesComeBack_data() {
    QTest::addColumn<QString>("word");
    for (const char* word : {"uniform", "gaussian", "picture.PNG", "mesh.ply"})
      QTest::newRow(word) << QString(word);
  }
  void planeDensitiesComeBack() {
    QFETCH(QString, word);
    const std::string file = (m_root->path() + "/" + word).toStdString();
    const bool isFile = word.contains('.');
    if (isFile)
      writeFileAtomically(file, word == "mesh.ply" ? kPly : std::string(kPng.constData(), kPng.size()));
    const Domain2 domain = Domain2::disc({0.3, 0.1}, 1.0 / 3);
    const DensitySource source = densitySource(isFile ? file : word.toStdString(), 0.1, domain);
    const Density2Ptr density = makeDensity(source, domain);
    writeTransportDirectory(m_folder, recordOf(planeSites(), domainJson(domain), source));
    QCOMPARE(QFile::remove(QString::fromStdString(file)), isFile);  // the folder has a copy of its own
    const TransportRecord record = readTransportDirectory(m_folder);
    const Domain2 again = planeDomain(record);
    QCOMPARE(again.corners(), domain.corners());
    QCOMPARE(again.name(), domain.name());
    const Density2Ptr same = planeDensity(record, again);
    QCOMPARE(same->name(), density->name());
    for (const Point2 point : {Point2{0.3, 0.1}, Point2{0.1, 0.2}, Point2{0.55, -0.05}})
      QCOMPARE(same->at(point), density->at(point));
    QVERIFY(record.sites == planeSites());
    QVERIFY((record.weights.array() == 1.0 / 3).all());
  }

  void spaceDensitiesComeBack_data() {
    QTest::addColumn<QString>("word");
    for (const char* word : {"uniform", "gaussian", "points.csv"}) QTest::newRow(word) << QString(word);
  }
  void spaceDensitiesComeBack() {
    QFETCH(QString, word);
    const Domain3 domain = Domain3::box({{-1, 0, 0}, {2, 1, 1.0 / 3}});
    const std::string file = (m_root->path() + "/" + word).toStdString();
    const bool isFile = word.contains('.');
    if (isFile) writeFileAtomically(file, kPoints);
    const DensitySource source = densitySource(isFile ? file : word.toStdString(), 0, domain);
    const Density3Ptr density = makeDensity(source, domain);
    writeTransportDirectory(m_folder, recordOf(spaceSites(), domainJson(domain), source));
    const TransportRecord record = readTransportDirectory(m_folder);
    const Domain3 again = spaceDomain(record);
    // Planes are taken anew from the corners: rounding may differ.
    QVERIFY(std::abs(again.volume() - domain.volume()) < 1e-15);
    const Density3Ptr same = spaceDensity(record, again);
    QCOMPARE(same->name(), density->name());
    for (const Point3 point : {Point3{0, 0.5, 0.1}, Point3{-0.9, 0.9, 0.3}})
      QVERIFY(std::abs(same->at(point) - density->at(point)) < 1e-13 * density->at(point));
  }

  void badMeshFilesAreNamed_data() {
    QTest::addColumn<QString>("from");
    QTest::addColumn<QString>("to");
    QTest::addColumn<QString>("message");
    QTest::newRow("no density") << "density"
                                << "quality"
                                << "vertices without x, y or density";
    QTest::newRow("not flat") << "1 1 0 3"
                              << "1 1 0.5 3"
                              << "vertex 3: z 0.5; expected one z for all";
    QTest::newRow("quadrangle") << "3 0 1 2"
                                << "4 0 1 2 3"
                                << "face 1: 4 corners; expected a triangle";
    QTest::newRow("negative") << "1 1 0 3"
                              << "1 1 0 -3"
                              << "density, vertex 3: -3; expected a finite number";
  }
  void badPointFilesAreNamed_data() {
    QTest::addColumn<QString>("text");
    QTest::addColumn<QString>("message");
    QTest::newRow("columns") << "0,0,1\n1,0,2\n0,1,1\n"
                             << "points.csv: 3 columns; expected 4: x, y, z";
    QTest::newRow("negative") << "0,0,0,1\n1,0,0,1\n0,1,0,-2\n0,0,1,1\n"
                              << "density, point 3: -2";
    QTest::newRow("flat") << "0,0,0,1\n1,0,0,1\n0,1,0,2\n1,1,0,1\n"
                          << "density: points in one plane";
  }
  void badPointFilesAreNamed() {
    QFETCH(QString, text);
    QFETCH(QString, message);
    const std::string file = (m_root->path() + "/points.csv").toStdString();
    writeFileAtomically(file, text.toStdString());
    try {
      makeDensity(densitySource(file, 0, Domain3::cube()), Domain3::cube());
      QFAIL("not refused");
    } catch (const Error& error) {
      QVERIFY2(QString(error.what()).contains(message), error.what());
    }
  }

  void badMeshFilesAreNamed() {
    QFETCH(QString, from);
    QFETCH(QString, to);
    QFETCH(QString, message);
    const std::string file = (m_root->path() + "/mesh.ply").toStdString();
    writeFileAtomically(file, QString(kPly).replace(from, to).toStdString());
    try {
      makeDensity(densitySource(file, 0, Domain2::square()), Domain2::square());
      QFAIL("not refused");
    } catch (const Error& error) {
      QVERIFY2(QString(error.what()).contains(message), error.what());
    }
  }

  /// Solving again into the folder that the picture is in.
  void aPictureMayLieThereAlready() {
    QVERIFY(QDir().mkdir(QString::fromStdString(m_folder.string())));
    writeFileAtomically(m_folder / "grey.png", std::string(kPng.constData(), kPng.size()));
    const Domain2 domain = Domain2::square();
    const DensitySource source = densitySource((m_folder / "grey.png").string(), 0, domain);
    writeTransportDirectory(m_folder, recordOf(planeSites(), domainJson(domain), source));
    QCOMPARE(planeDensity(readTransportDirectory(m_folder), domain)->name(), std::string("image"));
    const DensitySource copy = densitySource((m_folder / "density.png").string(), 0, domain);
    writeTransportDirectory(m_folder, recordOf(planeSites(), domainJson(domain), copy));
    QCOMPARE(readFile(m_folder / "density.png").size(), static_cast<std::size_t>(kPng.size()));
  }

  void badFieldsAreNamed_data() {
    QTest::addColumn<QString>("patch");  // merged into transport.json
    QTest::addColumn<QString>("wanted");
    const auto row = [](const char* name, const char* patch, const char* wanted) {
      QTest::newRow(name) << QString(patch) << QString(wanted);
    };
    row("format", R"({"format": "table"})", "transport.json.format: \"table\"; expected monge transport");
    row("version", R"({"version": 1})", "transport.json.version: 1; expected a whole number from 2 to 2");
    row("no report", R"({"report": null})", "report: null; expected an object");
    row("sites", R"({"report": {"sites": 4}})", "report.sites: 4; expected 3, the rows of sites.csv");
    row("dimension", R"({"report": {"dimension": 3}})", "report.dimension: 3");
    row("status", R"({"report": {"status": 7}})", "report.status: 7; expected text");
    row("corners", R"({"domain": {"corners": 5}})", "domain.corners: 5; expected a list");
    row("corner", R"({"domain": {"corners": [[0, 0], [1, "a"], [1, 1]]}})",
        "domain.corners: [1,\"a\"]; expected 2 numbers");
    row("flat domain", R"({"domain": {"corners": [[0, 0], [1, 0]]}})", "2 corners that span no area");
    row("name of the domain", R"({"domain": {"name": 1}})", "domain.name: 1; expected text");
    row("density", R"({"density": {"name": "fog"}})",
        "density.name: \"fog\"; expected a density of dimension 2");
    row("no mean", R"({"density": {"mean": null}})", "density.mean: missing");
    row("mean", R"({"density": {"mean": [0.5]}})", "density.mean: [0.5]; expected 2 numbers");
    row("sigma", R"({"density": {"sigma": -1}})", "density.sigma: -1; expected a number above 0");
    row("no file", R"({"density": {"name": "image"}})", "density.file: missing");
    row("file elsewhere", R"({"density": {"name": "image", "file": "../a.png"}})", "density.file: ../a.png");
    row("file missing", R"({"density": {"name": "image", "file": "a.png"}})",
        "density.file: a.png, which is not in the folder");
    row("two at once", R"({"density": {"sigma": 0, "mean": 1}})", "2 fields are wrong");
  }
  void badFieldsAreNamed() {
    QFETCH(QString, patch);
    QFETCH(QString, wanted);
    writeSolved();
    json document = json::parse(readFile(m_folder / "transport.json"));
    document.merge_patch(json::parse(patch.toStdString()));
    writeFileAtomically(m_folder / "transport.json", document.dump());
    QVERIFY2(refusal().contains(wanted), qPrintable(refusal()));
  }

  void badTablesAreNamed_data() {
    QTest::addColumn<QString>("text");
    QTest::addColumn<QString>("wanted");
    QTest::newRow("no names") << "0.5,0.5,0,-0.25,1,1\n"
                              << "sites.csv: 6 columns without names; expected coordinates";
    QTest::newRow("other names") << "a,b,weight,height,target,mass\n0.5,0.5,0,-0.25,1,1\n"
                                 << "sites.csv: the columns a,b,weight,height,target,mass";
    QTest::newRow("height") << "x,y,weight,height,target,mass\n0.5,0.5,0,-0.5,1,1\n"
                            << "sites.csv, row 1: height -0.5; expected -0.25";
    QTest::newRow("target") << "x,y,weight,height,target,mass\n0.5,0.5,0,-0.25,0,1\n"
                            << "sites.csv, row 1: target 0; expected a number above 0";
    QTest::newRow("text") << "x,y,weight,height,target,mass\n0.5,0.5,0,-0.25,1,one\n"
                          << "sites.csv, line 2, column 6";
  }
  void badTablesAreNamed() {
    QFETCH(QString, text);
    QFETCH(QString, wanted);
    writeSolved();
    writeFileAtomically(m_folder / "sites.csv", text.toStdString());
    QVERIFY2(refusal().contains(wanted), qPrintable(refusal()));
  }

  void whatIsNotThereIsNamed() {
    QVERIFY2(refusal().contains("no such folder"), qPrintable(refusal()));
    writeSolved();
    QVERIFY(QFile::remove(QString::fromStdString((m_folder / "transport.json").string())));
    QVERIFY2(refusal().contains("transport.json"), qPrintable(refusal()));
    writeFileAtomically(m_folder / "transport.json", "{\"format\": ");
    QVERIFY2(refusal().contains("transport.json"), qPrintable(refusal()));
    writeFileAtomically(m_folder / "transport.json", "[1]");
    QVERIFY2(refusal().contains("transport.json: array; expected an object"), qPrintable(refusal()));
  }

 private:
  void writeSolved() {
    const Domain2 domain = Domain2::square();
    writeTransportDirectory(
        m_folder, recordOf(planeSites(), domainJson(domain), densitySource("gaussian", 0.3, domain)));
  }
  QString refusal() {
    try {
      readTransportDirectory(m_folder);
    } catch (const Error& error) {
      return error.what();
    }
    return "not refused";
  }

  std::unique_ptr<QTemporaryDir> m_root;
  std::filesystem::path m_folder;
};

QTEST_APPLESS_MAIN(TestTransportDirectory)
#include "test_transport_directory.moc"
