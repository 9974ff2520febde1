// SPDX-License-Identifier: GPL-3.0-or-later
// `monge render`: figures of run folders, and what it says to bad ones.
#include <QApplication>
#include <QFile>
#include <QImage>
#include <QTemporaryDir>
#include <QtTest>

#include <unistd.h>

#include "app/window/render_command.h"
#include "app/window/render_panels.h"
#include "core/base/error.h"
#include "core/base/files.h"
#include "core/experiment/run_directory.h"
#include "core/snapshot/snapshot_message.h"
#include "core/transport/transport_directory.h"
#include "tests/views/scenes.h"

using namespace monge;

namespace {

void writeRun(const std::filesystem::path& path, const views::Scene& scene) {
  const RunDirectory run = RunDirectory::create(path, Experiment{});
  run.writeData(*scene.data);
  run.appendHistory(test::history(50));
  for (const std::int64_t iteration : {1000, 2000})
    run.writeCheckpoint(iteration, Message("state"), toMessage(*scene.snapshot));
}

/// A square carried to a grid of 5 x 5 points, with no weights to solve for: its cells are squares.
void writeSolved(const std::filesystem::path& path) {
  TransportRecord record;
  record.domain = domainJson(Domain2::square());
  record.domain["name"] = "square";
  record.density = {{"name", "uniform"}};
  record.report = {{"status", "converged"}, {"sites", 25}, {"dimension", 2}};
  record.sites.resize(25, 2);
  for (int at = 0; at < 25; ++at) record.sites.row(at) << (at % 5 + 0.5) / 5, (at / 5 + 0.5) / 5;
  record.weights = VectorD::Zero(25);
  record.targets = record.masses = VectorD::Constant(25, 0.04);
  writeTransportDirectory(path, record);
}

/// The cube carried to a grid of 3 x 3 x 3 points: its cells are cubes. With two weights of another value, so
/// that colours differ.
void writeSolvedInSpace(const std::filesystem::path& path) {
  if (std::filesystem::exists(path)) return;
  TransportRecord record;
  record.domain = domainJson(Domain3::cube());
  record.density = {{"name", "uniform"}};
  record.report = {{"status", "converged"}, {"sites", 27}, {"dimension", 3}};
  record.sites.resize(27, 3);
  for (int at = 0; at < 27; ++at)
    record.sites.row(at) << (at % 3 + 0.5) / 3, (at / 3 % 3 + 0.5) / 3, (at / 9 + 0.5) / 3;
  record.weights = VectorD::Zero(27);
  record.weights[0] = 0.02, record.weights[26] = -0.02;
  record.targets = record.masses = VectorD::Constant(27, 1.0 / 27);
  std::filesystem::create_directories(path);
  writeTransportDirectory(path, record);
}

/// Standard error of what runs while it lives.
class CapturedErrors {
 public:
  explicit CapturedErrors(const QString& file) : m_file(file), m_saved(dup(STDERR_FILENO)) {
    QFile(file).remove();
    std::fflush(stderr);
    m_opened = std::fopen(qPrintable(file), "w");
    dup2(fileno(m_opened), STDERR_FILENO);
  }
  QString finish() {
    std::fflush(stderr);
    dup2(m_saved, STDERR_FILENO);
    close(m_saved);
    std::fclose(m_opened);
    QFile file(m_file);
    return file.open(QIODevice::ReadOnly) ? QString::fromUtf8(file.readAll()) : QString();
  }

 private:
  QString m_file;
  int m_saved;
  std::FILE* m_opened = nullptr;
};

}  // namespace

class TestRenderCommand : public QObject {
  Q_OBJECT

  QTemporaryDir m_folder;
  QString path(const QString& name) const { return m_folder.filePath(name); }

  int render(const QStringList& arguments, QString* errors = nullptr) const {
    std::vector<QByteArray> bytes{"monge", "render"};
    for (const QString& argument : arguments) bytes.push_back(argument.toLocal8Bit());
    std::vector<char*> argv;
    for (QByteArray& each : bytes) argv.push_back(each.data());
    CapturedErrors captured(path("stderr.txt"));
    const int status = runRender(static_cast<int>(argv.size()), argv.data());
    const QString said = captured.finish();
    if (errors) *errors = said;
    return status;
  }

 private slots:
  void initTestCase() {
    QVERIFY(m_folder.isValid());
    writeRun(path("discs").toStdString(), test::discScene(400, 200));
    writeRun(path("signs").toStdString(), test::imageScene());
    writeSolved(path("solved").toStdString());
    QFile bars(path("summary.csv"));
    QVERIFY(bars.open(QIODevice::WriteOnly));
    bars.write(
        "variant,metric,mean,deviation\none generator,coverage,0.9,0.02\none generator,precision,0.9,0.01\n"
        "k-means start,coverage,0.97,0.01\nk-means start,precision,0.98,0.005\n");
  }

  void everyViewInEveryFormat() {
    for (const char* view : {"tessellation", "samples", "metrics"}) {
      for (const char* suffix : {"png", "svg", "pdf"}) {
        const QString file = path(QStringLiteral("%1.%2").arg(view, suffix));
        QCOMPARE(render({path("discs"), "--view", view, "--out", file, "--dpi", "100"}), 0);
        QVERIFY(QFileInfo(file).size() > 500);
      }
      QCOMPARE(render({path("signs"), "--view", view, "--out", path("signs.pdf")}), 0);
    }
  }

  void solvedTransportInEveryFormat() {
    for (const char* view : {"cells", "singular", "potential", "dual", "panels"})
      for (const char* suffix : {"png", "svg", "pdf"}) {
        const QString file = path(QStringLiteral("%1.%2").arg(view, suffix));
        QCOMPARE(render({path("solved"), "--view", view, "--out", file, "--dpi", "100"}), 0);
        QVERIFY(QFileInfo(file).size() > 500);
      }
    // Surfaces are polygons in a vector figure, not a picture.
    QFile svg(path("potential.svg"));
    QVERIFY(svg.open(QIODevice::ReadOnly));
    const QByteArray text = svg.readAll();
    QVERIFY(text.count("<path") >= 25 && !text.contains("<image"));

    QCOMPARE(render({"two-clusters", "--view", "potential", "--out", path("preset.pdf")}), 0);
    QVERIFY(QFileInfo(path("preset.pdf")).size() > 5000);

    const QStringList common{path("solved"), "--out", path("s.png"), "--size", "300x300px", "--dpi", "100"};
    QCOMPARE(render(common), 0);
    const QImage plain(path("s.png"));
    for (const QStringList& change : {QStringList{"--colour", "mass"},
                                      {"--layers", "sites"},
                                      {"--threshold", "0"},
                                      {"--by", "angle", "--threshold", "0"},
                                      {"--theme", "dark"}}) {
      QCOMPARE(render(common + change), 0);
      QVERIFY2(QImage(path("s.png")) != plain, qPrintable(change.join(' ')));
    }
    const QStringList surface = common + QStringList{"--view", "potential"};
    QCOMPARE(render(surface), 0);
    const QImage seen(path("s.png"));
    for (const QStringList& change : {QStringList{"--camera", "20,60"}, {"--height", "2"}}) {
      QCOMPARE(render(surface + change), 0);
      QVERIFY2(QImage(path("s.png")) != seen, qPrintable(change.join(' ')));
    }
  }

  void coloursThatMeasureHaveABar() {
    const auto svgOf = [&](const QString& view, const QString& colour) {
      if (render({path("solved"), "--view", view, "--colour", colour, "--out", path("bar.svg")}) != 0)
        return QString();
      return QString::fromStdString(readFile(path("bar.svg").toStdString()));
    };
    for (const char* view : {"cells", "potential", "dual"}) {
      QVERIFY(svgOf(view, "error").contains("%</text>"));
      QVERIFY(!svgOf(view, "site").contains("%</text>"));
    }
    QCOMPARE(svgOf("panels", "error").count("Mass error</text>"), 2);  // one for each picture of the cells
  }

  void cellsInSpaceInEveryFormat() {
    writeSolvedInSpace(path("space").toStdString());
    for (const char* suffix : {"png", "svg", "pdf"}) {
      const QString file = path(QStringLiteral("space.%1").arg(suffix));
      QCOMPARE(render({path("space"), "--out", file, "--dpi", "100"}), 0);  // the one view that it has
      QVERIFY(QFileInfo(file).size() > 500);
    }
    const QStringList common{path("space"), "--view", "cells-3d", "--dpi", "100", "--out", path("space.png")};
    QCOMPARE(render(common), 0);
    const QImage usual(path("space.png"));
    for (const QStringList& change : std::vector<QStringList>{{"--clip", "x:0.4"},
                                                              {"--clip=-z:0.4"},
                                                              {"--clip", "sight:0"},
                                                              {"--explode", "0.5"},
                                                              {"--opacity", "1"},
                                                              {"--camera", "top"},
                                                              {"--camera", "10,20,2,0,0"},
                                                              {"--perspective"},
                                                              {"--layers", "walls"},
                                                              {"--no-axes"},
                                                              {"--colour", "mass"}}) {
      QCOMPARE(render(common + change), 0);
      QVERIFY2(QImage(path("space.png")) != usual, qPrintable(change.join(' ')));
    }
  }

  /// Larger than a driver may draw in one piece: the painter draws it, and it is not empty.
  void aVeryWideFigureOfSpaceIsDrawn() {
    writeSolvedInSpace(path("space").toStdString());
    QCOMPARE(render({path("space"), "--out", path("wide.png"), "--size", "9000x60px", "--no-axes"}), 0);
    const QImage image(path("wide.png"));
    QCOMPARE(image.width(), 9000);
    const QRgb ground = image.pixel(2, 2);
    int drawn = 0;
    for (int x = 4000; x < 5000; ++x) drawn += image.pixel(x, 30) != ground;
    QVERIFY(drawn > 5);
  }

  /// Each view is of the plane or of space, and says which when it gets the other.
  void viewsOfAnotherDimension_data() {
    QTest::addColumn<QStringList>("arguments");
    QTest::addColumn<QString>("said");
    const QString out = path("none.png");
    QTest::newRow("plane folder") << QStringList{path("solved"), "--view", "cells-3d", "--out", out}
                                  << "points in space";
    QTest::newRow("plane preset") << QStringList{"two-clusters", "--view", "cells-3d", "--out", out}
                                  << "points in the plane";
    QTest::newRow("space preset") << QStringList{"shell", "--view", "cells", "--out", out}
                                  << "points in space";
    QTest::newRow("space folder") << QStringList{path("space"), "--view", "potential", "--out", out}
                                  << "plane";
    QTest::newRow("by") << QStringList{"shell", "--threshold", "1", "--by", "foo", "--out", out} << "--by";
    QTest::newRow("by alone") << QStringList{"shell", "--by", "angle", "--out", out} << "without --threshold";
    QTest::newRow("clip") << QStringList{"shell", "--clip", "w:1", "--out", out} << "--clip";
    QTest::newRow("opacity") << QStringList{"shell", "--opacity", "1.5", "--out", out} << "--opacity";
    QTest::newRow("explode") << QStringList{"shell", "--explode", "-1", "--out", out} << "--explode";
    QTest::newRow("camera") << QStringList{"shell", "--camera", "above", "--out", out} << "isometric";
    QTest::newRow("layers") << QStringList{"shell", "--layers", "cells,rays", "--out", out} << "--layers";
  }
  void viewsOfAnotherDimension() {
    QFETCH(QStringList, arguments);
    QFETCH(QString, said);
    writeSolvedInSpace(path("space").toStdString());
    QString errors;
    QCOMPARE(render(arguments, &errors), 2);
    QVERIFY2(errors.contains(said), qPrintable(errors));
    QCOMPARE(errors.count('\n'), 1);
    QVERIFY(!QFileInfo::exists(path("none.png")));
  }

  void meshesAndNumbersOfSolvedTransport() {
    for (const char* name :
         {"cells.glb", "potential.gltf", "dual.vtp", "ridges.ply", "facets.csv", "cells.npz"}) {
      const QString view = QString(name).section('.', 0, 0);
      QCOMPARE(render({path("solved"), "--view", view, "--out", path(name)}), 0);
      QVERIFY(QFileInfo(path(name)).size() > 500);
    }
    // A mesh has the heights of the potential itself, unless others are asked for.
    QCOMPARE(render({path("solved"), "--view", "dual", "--height", "2", "--out", path("tall.vtp")}), 0);
    QVERIFY(readFile(path("tall.vtp").toStdString()) != readFile(path("dual.vtp").toStdString()));
  }

  void optionsAreHeard() {
    const QStringList common{path("discs"), "--out", path("o.png"), "--size", "400x300px", "--dpi", "100"};
    QCOMPARE(render(common), 0);
    const QImage plain(path("o.png"));
    QCOMPARE(plain.size(), QSize(400, 300));
    const QList<QStringList> changes{{"--layers", "data,cells"}, {"--box", "0,0,1,1"},  {"--theme", "dark"},
                                     {"--transparent"},          {"--font-size", "12"}, {"--no-axes"}};
    for (const QStringList& change : changes) {
      QCOMPARE(render(common + change), 0);
      QVERIFY2(QImage(path("o.png")) != plain, qPrintable(change.join(' ')));
    }
    QCOMPARE(render(common + QStringList{"--checkpoint", "1000"}), 0);
  }

  void badUsage_data() {
    QTest::addColumn<QStringList>("arguments");
    QTest::addColumn<QString>("words");
    QTest::newRow("no run") << QStringList{"--out", "@bad.pdf"} << "no run";
    QTest::newRow("no file") << QStringList{"@discs"} << "--out";
    QTest::newRow("no such run") << QStringList{"@nowhere", "--out", "@bad.pdf"} << "nowhere";
    QTest::newRow("two runs") << QStringList{"@discs", "@signs", "--out", "@bad.pdf"} << "--panels";
    QTest::newRow("a run of the plane in space")
        << QStringList{"@discs", "--view", "cells-3d", "--out", "@bad.png"}
        << "cells in space: data of 2 columns; expected 3 columns";
    QTest::newRow("mesh of a picture") << QStringList{"@solved", "--view", "panels", "--out", "@bad.glb"}
                                       << "the view panels as .glb; expected .pdf, .svg, .png or .npz";
    QTest::newRow("picture of numbers") << QStringList{"@solved", "--view", "facets", "--out", "@bad.png"}
                                        << "the view facets as .png; expected .csv or .npz";
    QTest::newRow("by") << QStringList{"@solved", "--by", "weight", "--out", "@bad.pdf"} << "--by: weight";
    QTest::newRow("by alone") << QStringList{"@solved", "--by", "angle", "--out", "@bad.pdf"}
                              << "angle without --threshold";
    QTest::newRow("camera") << QStringList{"@solved", "--camera", "1,2,0,0,0", "--out", "@bad.pdf"}
                            << "--camera: 1,2,0,0,0";
    QTest::newRow("nothing singular") << QStringList{"@solved", "--view", "singular", "--out", "@bad.vtp"}
                                      << "its view singular has nothing in it";
    QTest::newRow("view") << QStringList{"@discs", "--view", "sculpture", "--out", "@bad.pdf"} << "sculpture";
    QTest::newRow("size") << QStringList{"@discs", "--size", "big", "--out", "@bad.pdf"} << "120x90mm";
    QTest::newRow("huge") << QStringList{"@discs", "--size", "90000x9mm", "--out", "@bad.pdf"} << "5000 mm";
    QTest::newRow("dpi") << QStringList{"@discs", "--dpi", "fine", "--out", "@bad.png"} << "--dpi";
    QTest::newRow("layer") << QStringList{"@discs", "--layers", "data,snow", "--out", "@bad.pdf"} << "snow";
    QTest::newRow("box") << QStringList{"@discs", "--box", "0,0,1", "--out", "@bad.pdf"} << "x0,y0,x1,y1";
    QTest::newRow("empty box") << QStringList{"@discs", "--box", "1,1,0,0", "--out", "@bad.pdf"} << "x0 < x1";
    QTest::newRow("theme") << QStringList{"@discs", "--theme", "pink", "--out", "@bad.pdf"} << "pink";
    QTest::newRow("checkpoint") << QStringList{"@discs", "--checkpoint", "7", "--out", "@bad.pdf"}
                                << "1000, 2000";
    QTest::newRow("option") << QStringList{"@discs", "--coloring", "--out", "@bad.pdf"} << "coloring";
    QTest::newRow("suffix") << QStringList{"@discs", "--out", "@bad.doc"} << ".png, .svg or .pdf";
    QTest::newRow("view of transport")
        << QStringList{"@solved", "--view", "samples", "--out", "@bad.pdf"} << "cells, singular";
    QTest::newRow("colour") << QStringList{"@solved", "--colour", "blue", "--out", "@bad.pdf"} << "blue";
    QTest::newRow("camera") << QStringList{"@solved", "--camera", "10", "--out", "@bad.pdf"} << "azimuth";
    QTest::newRow("height") << QStringList{"@solved", "--height", "0", "--out", "@bad.pdf"} << "--height";
    QTest::newRow("diagram layer") << QStringList{"@solved", "--layers", "data", "--out", "@bad.pdf"}
                                   << "walls";
    QTest::newRow("columns") << QStringList{"--panels", "@discs", "--columns", "0", "--out", "@bad.pdf"}
                             << "--columns";
    QTest::newRow("bars") << QStringList{"--panels", "@discs", "--bars", "@none.csv", "--out", "@bad.pdf"}
                          << "none.csv";
  }
  void badUsage() {
    QFETCH(QStringList, arguments);
    QFETCH(QString, words);
    for (QString& argument : arguments) {
      if (argument.startsWith('@')) argument = path(argument.mid(1));
    }
    QString said;
    QCOMPARE(render(arguments, &said), 2);
    QVERIFY2(said.startsWith("monge: ") && said.contains(words), qPrintable(said));
    QCOMPARE(said.count('\n'), 1);
    QVERIFY(QDir(m_folder.path()).entryList({"bad*"}).isEmpty());
  }

  void aFolderThatIsNotThereFails() {
    QString said;
    QVERIFY(render({path("discs"), "--out", path("no/where.pdf")}, &said) != 0);
    QVERIFY2(said.contains("where.pdf"), qPrintable(said));
  }

  void panelsOfSeveralRuns() {
    const QString discs = path("discs");
    QCOMPARE(render({"--panels", discs, discs, discs, discs, discs, discs, discs, discs, "--titles",
                     "k = 1|k = 2|k = 3|k = 4|k = 1|k = 2|k = 3|k = 4", "--columns", "4", "--bars",
                     path("summary.csv"), "--no-axes", "--out", path("panels.pdf")}),
             0);
    QVERIFY(QFileInfo(path("panels.pdf")).size() > 5000);
    QCOMPARE(render({"--panels", discs, discs, discs, "--columns", "2", "--bars", path("summary.csv"),
                     "--size", "600x500px", "--dpi", "100", "--out", path("panels.png")}),
             0);
    QCOMPARE(QImage(path("panels.png")).size(), QSize(600, 500));
    QString said;
    QCOMPARE(
        render({"--panels", discs, discs, "--columns", "1", "--size", "40x10mm", "--out", path("bad.pdf")},
               &said),
        2);
    QVERIFY2(said.contains("rows of panels"), qPrintable(said));
  }

  void barsAreReadStrictly_data() {
    QTest::addColumn<QByteArray>("text");
    QTest::addColumn<QString>("words");
    const QByteArray head = "variant,metric,mean,deviation\n";
    QTest::newRow("empty") << QByteArray() << "line 1";
    QTest::newRow("header") << QByteArray("a,b\n1,2\n") << "line 1: a,b";
    QTest::newRow("no rows") << head << "no rows";
    QTest::newRow("text") << head + "a,coverage,high,0\n"
                          << "line 2: a,coverage,high,0";
    QTest::newRow("short") << head + "a,coverage,1,0\na,coverage\n"
                           << "line 3";
    QTest::newRow("nan") << head + "a,coverage,nan,0\n"
                         << "line 2";
    QTest::newRow("negative") << head + "a,coverage,1,-1\n"
                              << "line 2";
  }
  void barsAreReadStrictly() {
    QFETCH(QByteArray, text);
    QFETCH(QString, words);
    writeFileAtomically(path("bars.csv").toStdString(), text.toStdString());
    try {
      readBars(path("bars.csv").toStdString());
      QFAIL("read without an error");
    } catch (const Error& error) {
      QVERIFY2(QString::fromUtf8(error.what()).contains(words), error.what());
    }
  }
};

QTEST_MAIN(TestRenderCommand)
#include "test_render_command.moc"
