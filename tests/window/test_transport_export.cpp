// SPDX-License-Identifier: GPL-3.0-or-later
// What leaves a moment of transport: meshes and numbers, in every format, and what is refused.
#include <QApplication>
#include <QDir>
#include <QTemporaryDir>
#include <QtTest>
#include <cmath>
#include <map>

#include "app/window/transport/render_transport.h"
#include "app/window/transport/transport_meshes.h"
#include "app/window/transport/transport_numbers.h"
#include "core/base/error.h"
#include "core/base/files.h"
#include "core/data/ply.h"
#include "core/data/readers.h"
#include "tests/core/base/small_disk.h"
#include "tests/window/two_discs.h"

using namespace monge;

namespace {

using Point = std::array<double, 3>;

std::map<std::string, std::vector<double>> dataOf(const PolygonMesh& mesh) {
  return {mesh.faceData.begin(), mesh.faceData.end()};
}

/// Of the polygons' shadows on the plane.
double areaOf(const PolygonMesh& mesh) {
  double twice = 0;
  for (const auto& face : mesh.faces)
    for (std::size_t at = 0; at < face.size(); ++at) {
      const Point a = mesh.vertices[static_cast<std::size_t>(face[at])],
                  b = mesh.vertices[static_cast<std::size_t>(face[(at + 1) % face.size()])];
      twice += a[0] * b[1] - b[0] * a[1];
    }
  return twice / 2;
}

}  // namespace

class TestTransportExport : public QObject {
  Q_OBJECT

  test::TwoDiscs m_discs;
  QTemporaryDir m_folder;

  const TransportSnapshot& moment() const { return m_discs.moment; }
  QString path(const QString& name) const { return m_folder.filePath(name); }
  PolygonMesh mesh(const char* name, const MeshLooks& looks = {}) const {
    return transportMesh(moment(), name, looks).mesh;
  }
  QString messageOf(const QString& file, const QString& view) const {
    TransportFigure figure;
    figure.spec.view = view;
    try {
      transportFileBytes(file, moment(), figure);
    } catch (const Error& error) {
      return error.what();
    }
    return QStringLiteral("written");
  }

 private slots:
  void cellsFillTheDomain() {
    const PolygonMesh cells = mesh("cells");
    QCOMPARE(cells.faces.size(), std::size_t(60));
    // 60 areas of the unit square, each from sums of a few products of numbers up to 1.
    QVERIFY(std::abs(areaOf(cells) - 1) < 1e-12);
    const auto data = dataOf(cells);
    for (std::size_t face = 0; face < 60; ++face) {
      const auto site = static_cast<Eigen::Index>(data.at("site")[face]);
      QCOMPARE(site, static_cast<Eigen::Index>(face));
      QCOMPARE(data.at("mass")[face], moment().masses[site]);
      QCOMPARE(data.at("target")[face], moment().targets[site]);
      QCOMPARE(data.at("weight")[face], moment().weights[site]);
      double largest = 0;
      for (const auto& facet : moment().facets)
        if (facet.first == site || facet.second == site) largest = std::max(largest, facet.jump);
      QCOMPARE(data.at("jump")[face], largest);
    }
  }

  void surfacesKeepTheirHeights() {
    const PolygonMesh potential = mesh("potential"), dual = mesh("dual");
    QVERIFY(std::abs(areaOf(potential) - 1) < 1e-12);
    const auto sites = dataOf(potential).at("site");
    for (std::size_t face = 0; face < potential.faces.size(); ++face)
      for (const int vertex : potential.faces[face]) {
        const auto [x, y, z] = potential.vertices[static_cast<std::size_t>(vertex)];
        const auto site = static_cast<Eigen::Index>(sites[face]);
        const double plane =
            x * moment().sites(site, 0) + y * moment().sites(site, 1) + moment().heights[site];
        QVERIFY(std::abs(z - plane) < 1e-12);
      }
    for (int site = 0; site < moment().count(); ++site)
      QCOMPARE(dual.vertices[static_cast<std::size_t>(site)],
               (Point{moment().sites(site, 0), moment().sites(site, 1), -moment().heights[site]}));
    QCOMPARE(mesh("triangulation").faces, dual.faces);
    QCOMPARE(mesh("triangulation").vertices[7], (Point{moment().sites(7, 0), moment().sites(7, 1), 0}));
  }

  void heightsCanBeGiven() {
    for (const char* name : {"potential", "dual"}) {
      const PolygonMesh tall = mesh(name, {views::CellColour::Site, views::Theme::Figure, 2.0});
      Point low = tall.vertices[0], high = low;
      for (const Point& vertex : tall.vertices)
        for (std::size_t axis = 0; axis < 3; ++axis) {
          low[axis] = std::min(low[axis], vertex[axis]);
          high[axis] = std::max(high[axis], vertex[axis]);
        }
      const double side = std::max(high[0] - low[0], high[1] - low[1]);
      QVERIFY(std::abs((high[2] - low[2]) / side - 2) < 1e-12);
    }
  }

  void linesAreTheTear() {
    const PolygonMesh curves = mesh("singular");
    QVERIFY(curves.lines);
    QCOMPARE(curves.faces.size(), std::size_t(1));
    double length = 0;
    for (std::size_t at = 1; at < curves.vertices.size(); ++at)
      length += std::hypot(curves.vertices[at][0] - curves.vertices[at - 1][0],
                           curves.vertices[at][1] - curves.vertices[at - 1][1]);
    QVERIFY(std::abs(dataOf(curves).at("length")[0] - length) < 1e-12);
    QCOMPARE(dataOf(curves).at("mean_jump")[0], moment().curves[0].meanJump);

    const PolygonMesh ridges = mesh("ridges");
    QCOMPARE(ridges.faces.size(), moment().facets.size());
    // On a ridge the planes of both its sites meet.
    const auto data = dataOf(ridges);
    for (std::size_t row = 0; row < ridges.faces.size(); ++row)
      for (const int vertex : ridges.faces[row]) {
        const auto [x, y, z] = ridges.vertices[static_cast<std::size_t>(vertex)];
        const auto other = static_cast<Eigen::Index>(data.at("second")[row]);
        const double plane =
            x * moment().sites(other, 0) + y * moment().sites(other, 1) + moment().heights[other];
        QVERIFY(std::abs(z - plane) < 1e-12);
      }
  }

  void everyFaceHasTheColourOfItsSite() {
    const MeshLooks looks{views::CellColour::Mass, views::Theme::Dark, {}};
    const auto colours = views::siteColours(moment(), looks.colour, looks.theme);
    const GltfScene::Part part = transportMesh(moment(), "cells", looks);
    for (std::size_t face = 0; face < part.colours.size(); ++face)
      QCOMPARE(part.colours[face],
               (std::array<double, 3>{colours[face].redF(), colours[face].greenF(), colours[face].blueF()}));
    for (const QString& name : transportMeshNames()) {
      const GltfScene::Part each = transportMesh(moment(), name, looks);
      QCOMPARE(each.colours.size(), each.mesh.faces.size());
    }
  }

  void thePotentialOfASceneHasItsRidges() {
    const GltfScene scene = transportScene(moment(), "potential", {});
    QCOMPARE(scene.parts.size(), std::size_t(2));
    const auto isSingular = [](const auto& facet) { return facet.singular; };
    QCOMPARE(static_cast<std::ptrdiff_t>(scene.parts[1].mesh.faces.size()),
             std::count_if(moment().facets.begin(), moment().facets.end(), isSingular));
  }

  void aMomentWithoutATearSaysSo() {
    TransportSnapshot whole = moment();
    whole.curves.clear();
    QVERIFY_THROWS_EXCEPTION(Error, transportMesh(whole, "singular", {}));
    // While the mouse moves there are no surfaces.
    whole.potential = {};
    QVERIFY_THROWS_EXCEPTION(Error, transportScene(whole, "potential", {}));
  }

  void csvReadsBackToTheSameBits() {
    const auto table = [&](const QString& name, const std::string& text) {
      writeFileAtomically(path(name).toStdString(), text);
      return readNumbers(path(name).toStdString());
    };
    const NumberTable sites = table("sites.csv", sitesCsv(moment()));
    QCOMPARE(sites.columns, (std::vector<std::string>{"site", "x", "y", "weight", "height", "target", "mass",
                                                      "centroid_x", "centroid_y", "hidden"}));
    QVERIFY(sites.values.middleCols(1, 2) == moment().sites);
    QVERIFY(sites.values.col(3) == moment().weights && sites.values.col(4) == moment().heights);
    QVERIFY(sites.values.col(5) == moment().targets && sites.values.col(6) == moment().masses);
    QVERIFY(sites.values.middleCols(7, 2) == moment().centroids);
    QVERIFY(sites.values.col(9).isZero());
    const NumberTable facets = table("facets.csv", facetsCsv(moment()));
    QCOMPARE(facets.values.rows(), static_cast<Eigen::Index>(moment().facets.size()));
    QCOMPARE(facets.values(3, 6), moment().facets[3].jump);
    QCOMPARE(facets.values(3, 8), moment().facets[3].singular ? 1.0 : 0.0);
    QString points = QString::fromStdString(singularPointsCsv(moment()));
    QCOMPARE(points.section('\n', 0, 0), QString("kind,x,y,area"));
    QCOMPARE(points.count("\nboundary,"), 2);
  }

  void everyArrayHasItsRows() {
    std::map<std::string, std::vector<std::int64_t>> shapes;
    for (const NamedArray& array : transportArrays(moment())) shapes[array.name] = array.shape;
    const auto facets = static_cast<std::int64_t>(moment().facets.size());
    QCOMPARE(shapes.at("sites"), (std::vector<std::int64_t>{60, 2}));
    QCOMPARE(shapes.at("hidden"), (std::vector<std::int64_t>{60}));
    QCOMPARE(shapes.at("facets"), (std::vector<std::int64_t>{facets, 2}));
    QCOMPARE(shapes.at("facet_ends"), (std::vector<std::int64_t>{facets, 4}));
    QCOMPARE(shapes.at("curve_starts"), (std::vector<std::int64_t>{2}));
    QCOMPARE(shapes.at("singular_points"), (std::vector<std::int64_t>{2, 2}));
    QCOMPARE(shapes.at("potential_sites"), (std::vector<std::int64_t>{60}));
    QCOMPARE(shapes.at("residual"), std::vector<std::int64_t>{});
    writeFileAtomically(path("all.npz").toStdString(), npzBytes(transportArrays(moment())));
    const std::string file = path("all.npz").toStdString();
    QVERIFY(readNumbers(file, "centroids").values == moment().centroids);
    QVERIFY(readNumbers(file, "dual_vertices").values == moment().dual.vertices);
    QVERIFY(readNumbers(file, "singular_kinds").values == RowsD::Constant(2, 1, 2));
  }

  void everyFormatOfEveryView() {
    TransportFigure figure;
    figure.spec.dpi = 50;
    const std::map<QString, QByteArray> starts{{"pdf", "%PDF-"},      {"svg", "<?xml"},  {"png", "\x89PNG"},
                                               {"vtp", "<?xml"},      {"ply", "ply\n"},  {"glb", "glTF"},
                                               {"gltf", "{\"access"}, {"npz", "PK\3\4"}, {"csv", ""}};
    for (const QString& view : transportExports()) {
      figure.spec.view = view;
      for (const QString& format : transportFormats(view)) {
        const auto bytes =
            QByteArray::fromStdString(transportFileBytes("out." + format.toUpper(), moment(), figure));
        QVERIFY2(bytes.startsWith(starts.at(format)) && bytes.size() > 50, qPrintable(view + '.' + format));
      }
    }
    figure.spec.view = "cells";
    writeTransportFigure(path("cells.ply"), moment(), figure);
    QCOMPARE(readPly(path("cells.ply").toStdString()).faces.size(), std::size_t(60));
  }

  void whatIsNotPossibleIsSaid() {
    QCOMPARE(messageOf("a.csv", "potential"),
             QString("a.csv: the view potential as .csv; expected .pdf, .svg, .png, .glb, .gltf, .vtp, .ply "
                     "or .npz"));
    QCOMPARE(messageOf("a.pdf", "facets"), QString("a.pdf: the view facets as .pdf; expected .csv or .npz"));
    QCOMPARE(messageOf("a", "panels"), QString("a: no suffix; expected .pdf, .svg, .png or .npz"));
    QVERIFY(messageOf("a.pdf", "sculpture").startsWith("--view: sculpture; expected of solved transport"));
  }

  void aFullDiskLeavesNoHalfFile() {
    QVERIFY(QDir(m_folder.path()).mkdir("disk"));
    TransportFigure figure;
    figure.spec.view = "cells";
    for (const char* format : {"glb", "gltf", "vtp", "ply", "csv", "npz", "pdf"}) {
      const QString file = path(QStringLiteral("disk/cells.") + format);
      const test::SmallDisk disk(1024);
      try {
        writeTransportFigure(file, moment(), figure);
        QFAIL("written on a full disk");
      } catch (const Error& error) {
        QCOMPARE(QString(error.what()), file + ": cannot be written: File too large");
      }
    }
    QVERIFY(QDir(path("disk")).entryList(QDir::Files | QDir::Hidden).isEmpty());
  }
};

QTEST_MAIN(TestTransportExport)
#include "test_transport_export.moc"
