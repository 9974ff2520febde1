// SPDX-License-Identifier: GPL-3.0-or-later
// PLY meshes, drawn as text: what is read, and every way in which a file can be wrong.
#include <QtTest>

#include "core/base/error.h"
#include "core/base/files.h"
#include "core/data/ply.h"

using namespace monge;

namespace {

const QString kTriangle =
    "ply\nformat ascii 1.0\ncomment a triangle\nelement vertex 3\nproperty float x\nproperty float y\n"
    "property double density\nelement face 1\nproperty list uchar int vertex_indices\nend_header\n"
    "0 0 1\n1 0 2.5\n\n0 1e0 3\n3 0 1 2\n";

}  // namespace

class TestPly : public QObject {
  Q_OBJECT

 private slots:
  void aMeshIsRead() {
    const PlyMesh mesh = read(kTriangle);
    QCOMPARE(mesh.properties, (std::vector<std::string>{"x", "y", "density"}));
    QVERIFY(mesh.vertices == (RowsD(3, 3) << 0, 0, 1, 1, 0, 2.5, 0, 1, 3).finished());
    QCOMPARE(mesh.faces, (std::vector<std::vector<int>>{{0, 1, 2}}));
    QCOMPARE(mesh.column("density"), Eigen::Index(2));
    QCOMPARE(mesh.column("z"), Eigen::Index(-1));
  }

  /// Lines that end as on Windows, a number a face after its corners, and what follows the faces.
  void whatOthersWriteIsRead() {
    QString text = kTriangle;
    text.replace("end_header", "property float quality\nelement edge 1\nproperty int vertex1\nend_header");
    text.replace("3 0 1 2\n", "3 0 1 2 0.5\n7\n").replace("\n", "\r\n");
    QCOMPARE(read(text).faces.size(), std::size_t(1));
  }

  void badFilesAreNamed_data() {
    QTest::addColumn<QString>("from");
    QTest::addColumn<QString>("to");
    QTest::addColumn<QString>("message");
    const auto row = [](const char* name, const char* from, const char* to, const char* message) {
      QTest::newRow(name) << QString(from) << QString(to) << QString(message);
    };
    row("magic", "ply\n", "obj\n", "line 1: \"obj\"; expected ply");
    row("binary", "ascii", "binary_little_endian", "line 2: a binary_little_endian file");
    row("claim", "vertex 3", "vertex 4000000000", "line 4: 4000000000 elements; expected no more");
    row("negative", "vertex 3", "vertex -1", "line 4: -1 elements");
    row("count", "vertex 3", "vertex three", "line 4: \"three\"");
    row("faces first", "element vertex 3", "element face 3",
        "line 4: element face; expected element vertex, then element face");
    row("other element first", "element vertex 3", "element camera 3", "line 4: element camera");
    row("word", "comment", "remark", "line 3: \"remark\"");
    row("no list", "property list uchar int", "property int", "line 9: a property that is out of place");
    row("no faces", "element face 1\nproperty list uchar int vertex_indices\n", "", "no faces with corners");
    row("text", "1e0", "one", "line 14: \"one\"; expected a number");
    row("not finite", "1e0", "inf", "line 14: \"inf\"; expected a finite number");
    row("ragged", "1 0 2.5", "1 0", "line 12: 2 numbers; expected 3, as the header says");
    row("corner", "3 0 1 2", "3 0 1 3", "line 15: 3; expected a row of the vertices, 0 to 2");
    row("negative corner", "3 0 1 2", "3 0 -1 2", "line 15: -1; expected a row of the vertices");
    row("two corners", "3 0 1 2", "2 0 1", "line 15: 2 corners of \"2\"; expected as many");
    row("too few corners", "3 0 1 2", "4 0 1 2", "line 15: 3 corners of \"4\"");
    row("truncated", "3 0 1 2\n", "", "an end after line 14");
  }
  void badFilesAreNamed() {
    QFETCH(QString, from);
    QFETCH(QString, to);
    QFETCH(QString, message);
    refuses(QString(kTriangle).replace(from, to), message);
  }

  void whatIsNoFileIsNamed() {
    refuses("", "an empty file; expected a PLY mesh");
    QVERIFY_THROWS_EXCEPTION(Error, readPly("nowhere.ply"));
  }

 private:
  PlyMesh read(const QString& text) {
    const std::string file = m_root.filePath("mesh.ply").toStdString();
    writeFileAtomically(file, text.toStdString());
    return readPly(file);
  }
  void refuses(const QString& text, const QString& message) {
    try {
      read(text);
      QFAIL("not refused");
    } catch (const Error& error) {
      QVERIFY2(QString(error.what()).contains(message), error.what());
      QVERIFY2(QString(error.what()).contains("mesh.ply"), error.what());
    }
  }

  QTemporaryDir m_root;
};

QTEST_APPLESS_MAIN(TestPly)
#include "test_ply.moc"
