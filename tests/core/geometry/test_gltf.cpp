// SPDX-License-Identifier: GPL-3.0-or-later
// glTF 2.0: what is written is read back by a small parser of the specification, and by tinygltf where it is
// installed.
#include <QJsonArray>
#include <QJsonDocument>
#include <QJsonObject>
#include <QtEndian>
#include <QtTest>
#include <cmath>
#include <cstring>
#include <limits>

#ifdef MONGE_HAS_TINYGLTF
#include <tiny_gltf.h>
#endif

#include "core/base/error.h"
#include "core/geometry/gltf.h"

using namespace monge;

namespace {

using Row = std::array<double, 3>;

/// A roof: a square at height 1 and a triangle that falls from its side; and its edge as a line.
GltfScene roof(Row offset = {0, 0, 0}) {
  const auto at = [&](double x, double y, double z) -> Row {
    return {x + offset[0], y + offset[1], z + offset[2]};
  };
  GltfScene scene;
  scene.name = "roof";
  scene.notes = {{"units", "metres"}};
  PolygonMesh faces;
  faces.vertices = {at(0, 0, 1), at(1, 0, 1), at(1, 1, 1), at(0, 1, 1), at(2, 0.5, 0)};
  faces.faces = {{0, 1, 2, 3}, {1, 4, 2}};
  scene.parts.push_back({"faces", faces, {{1, 0.5, 0}, {0, 0, 1}}});
  PolygonMesh line;
  line.lines = true;
  line.vertices = {at(1, 0, 1), at(1, 0.5, 1), at(1, 1, 1)};
  line.faces = {{0, 1, 2}};
  scene.parts.push_back({"edge", line, {{1, 0, 0}}});
  return scene;
}

/// A file taken apart, as the specification has it.
struct Parsed {
  QJsonObject json;
  QByteArray buffer;

  QJsonObject accessor(int index) const { return json["accessors"].toArray()[index].toObject(); }
  QJsonObject primitive(int mesh) const {
    return json["meshes"].toArray()[mesh].toObject()["primitives"].toArray()[0].toObject();
  }
  const char* data(const QJsonObject& accessor, int elementBytes) const {
    const QJsonObject view = json["bufferViews"].toArray()[accessor["bufferView"].toInt()].toObject();
    const int offset = view["byteOffset"].toInt();
    if (offset % 4 != 0 || view["byteLength"].toInt() != accessor["count"].toInt() * elementBytes ||
        offset + view["byteLength"].toInt() > buffer.size())
      qFatal("a view that is not aligned, or not of its accessor's size, or beyond the buffer");
    return buffer.constData() + offset;
  }
  std::vector<std::array<float, 3>> rows(int mesh, const char* attribute) const {
    const QJsonObject a = accessor(primitive(mesh)["attributes"].toObject()[attribute].toInt(-1));
    if (a["type"] != "VEC3" || a["componentType"] != 5126) qFatal("no floats: %s", attribute);
    std::vector<std::array<float, 3>> result(static_cast<std::size_t>(a["count"].toInt()));
    std::memcpy(result.data(), data(a, 12), result.size() * 12);
    return result;
  }
  std::vector<quint32> indices(int mesh) const {
    const QJsonObject a = accessor(primitive(mesh)["indices"].toInt(-1));
    if (a["type"] != "SCALAR" || a["componentType"] != 5125) qFatal("no indices");
    std::vector<quint32> result(static_cast<std::size_t>(a["count"].toInt()));
    std::memcpy(result.data(), data(a, 4), result.size() * 4);
    return result;
  }
};

Parsed parseGlb(const std::string& file) {
  const QByteArray bytes = QByteArray::fromStdString(file);
  const auto word = [&](qsizetype at) { return qFromLittleEndian<quint32>(bytes.constData() + at); };
  const quint32 jsonLength = word(12), binaryLength = word(20 + jsonLength);
  if (!bytes.startsWith("glTF") || word(4) != 2 || word(8) != bytes.size() || jsonLength % 4 != 0 ||
      bytes.mid(16, 4) != "JSON" || bytes.mid(24 + jsonLength, 4) != QByteArray("BIN\0", 4) ||
      28 + jsonLength + binaryLength != bytes.size())
    qFatal("not a container of two aligned chunks");
  return {QJsonDocument::fromJson(bytes.mid(20, jsonLength)).object(), bytes.mid(28 + jsonLength)};
}

Parsed parseGltf(const std::string& text) {
  Parsed parsed{QJsonDocument::fromJson(QByteArray::fromStdString(text)).object(), {}};
  const QByteArray uri = parsed.json["buffers"].toArray()[0].toObject()["uri"].toString().toLatin1();
  const QByteArray start = "data:application/octet-stream;base64,";
  if (!uri.startsWith(start)) qFatal("no embedded buffer");
  parsed.buffer =
      *QByteArray::fromBase64Encoding(uri.mid(start.size()), QByteArray::AbortOnBase64DecodingErrors);
  return parsed;
}

QString messageOf(const GltfScene& scene) {
  try {
    glbBytes(scene);
  } catch (const Error& error) {
    return error.what();
  }
  return "written";
}

}  // namespace

class TestGltf : public QObject {
  Q_OBJECT

 private slots:
  void polygonsAreFans() {
    const Parsed file = parseGlb(glbBytes(roof()));
    QCOMPARE(file.primitive(0)["mode"].toInt(), 4);
    QCOMPARE(file.indices(0), (std::vector<quint32>{0, 1, 2, 0, 2, 3, 4, 5, 6}));
    const auto positions = file.rows(0, "POSITION"), normals = file.rows(0, "NORMAL");
    QCOMPARE(positions.size(), std::size_t(7));
    // The middle of the roof is (1, 0.5, 0.5).
    QCOMPARE(positions[0], (std::array<float, 3>{-1, -0.5f, 0.5f}));
    QCOMPARE(positions[5], (std::array<float, 3>{1, 0, -0.5f}));
    for (int at = 0; at < 4; ++at) QCOMPARE(normals[at], (std::array<float, 3>{0, 0, 1}));
    const auto slope = static_cast<float>(std::sqrt(0.5));
    for (int at = 4; at < 7; ++at) QCOMPARE(normals[at], (std::array<float, 3>{slope, 0, slope}));
  }

  void coloursAreLinear() {
    const auto colours = parseGlb(glbBytes(roof())).rows(0, "COLOR_0");
    // Half of sRGB is 0.2140 of the light.
    for (int at = 0; at < 4; ++at) {
      QCOMPARE(colours[at][0], 1.0f);
      QVERIFY(std::abs(colours[at][1] - 0.21404f) < 1e-5f);
      QCOMPARE(colours[at][2], 0.0f);
    }
    QCOMPARE(colours[6], (std::array<float, 3>{0, 0, 1}));
  }

  void polylinesAreSegments() {
    const Parsed file = parseGlb(glbBytes(roof()));
    QCOMPARE(file.primitive(1)["mode"].toInt(), 1);
    QCOMPARE(file.indices(1), (std::vector<quint32>{0, 1, 1, 2}));
    QVERIFY(!file.primitive(1)["attributes"].toObject().contains("NORMAL"));
    QCOMPARE(file.rows(1, "COLOR_0").size(), std::size_t(3));
  }

  void boundsAreThoseOfTheNumbers() {
    const Parsed file = parseGlb(glbBytes(roof({0.1, 0.2, 0.3})));
    for (const int mesh : {0, 1}) {
      const QJsonObject accessor =
          file.accessor(file.primitive(mesh)["attributes"].toObject()["POSITION"].toInt());
      const auto rows = file.rows(mesh, "POSITION");
      for (int axis = 0; axis < 3; ++axis) {
        float low = rows[0][axis], high = low;
        for (const auto& row : rows) low = std::min(low, row[axis]), high = std::max(high, row[axis]);
        QCOMPARE(accessor["min"].toArray()[axis].toDouble(), static_cast<double>(low));
        QCOMPARE(accessor["max"].toArray()[axis].toDouble(), static_cast<double>(high));
      }
    }
  }

  /// Far from the origin single precision has no digits left: they are in the translation.
  void farPointsKeepTheirDigits() {
    const Parsed near = parseGlb(glbBytes(roof())), far = parseGlb(glbBytes(roof({4e6, -7e6, 0})));
    QCOMPARE(far.rows(0, "POSITION"), near.rows(0, "POSITION"));
    const QJsonArray translation = far.json["nodes"].toArray()[1].toObject()["translation"].toArray();
    QCOMPARE(translation, (QJsonArray{4e6 + 1, -7e6 + 0.5, 0.5}));
  }

  void namesUnitsAndUpAreThere() {
    const Parsed file = parseGlb(glbBytes(roof()));
    QCOMPARE(file.json["asset"].toObject()["version"].toString(), QString("2.0"));
    QCOMPARE(file.json["asset"].toObject()["extras"].toObject()["units"].toString(), QString("metres"));
    const QJsonArray nodes = file.json["nodes"].toArray();
    QCOMPARE(nodes[0].toObject()["children"].toArray(), (QJsonArray{1, 2}));
    QCOMPARE(nodes[1].toObject()["name"].toString(), QString("faces"));
    QCOMPARE(nodes[2].toObject()["name"].toString(), QString("edge"));
    // The quarter turn that takes z to y: of the quaternion (-s, 0, 0, s), s^2 = 1/2.
    const QJsonArray turn = nodes[0].toObject()["rotation"].toArray();
    const double x = turn[0].toDouble(), w = turn[3].toDouble();
    QCOMPARE(x * x + w * w, 1.0);
    QCOMPARE(-2 * x * w, 1.0);  // the y of the turned (0, 0, 1)
    QCOMPARE(file.json["scenes"].toArray()[0].toObject()["nodes"].toArray(), QJsonArray{0});
  }

  void theTextHasTheSameBuffer() {
    const Parsed binary = parseGlb(glbBytes(roof())), text = parseGltf(gltfText(roof()));
    QCOMPARE(text.json["buffers"].toArray()[0].toObject()["byteLength"].toInt(), text.buffer.size());
    QCOMPARE(text.buffer, binary.buffer);
    QCOMPARE(text.json["meshes"], binary.json["meshes"]);
    QCOMPARE(text.json["accessors"], binary.json["accessors"]);
  }

  void facesWithoutAreaAreNamedNormals() {
    GltfScene scene = roof();
    scene.parts[0].mesh.faces = {{0, 1, 1}, {0, 1}};
    const Parsed file = parseGlb(glbBytes(scene));
    const auto normals = file.rows(0, "NORMAL");
    QCOMPARE(normals.size(), std::size_t(3));
    for (const auto& normal : normals) QCOMPARE(normal, (std::array<float, 3>{0, 0, 1}));
  }

  void namesOfAnyBytesAreText() {
    GltfScene scene = roof();
    scene.name = "caf\xE9 \"1\"";
    const Parsed file = parseGltf(gltfText(scene));
    QCOMPARE(file.json["scenes"].toArray()[0].toObject()["name"].toString(), QString("caf\uFFFD \"1\""));
  }

  void whatCannotBeWrittenIsNamed() {
    QCOMPARE(messageOf({"roof", {}, {}}),
             QString("roof: nothing to draw; expected a mesh with at least one face"));
    const QString range = "numbers of single precision, at most 3.4e38, as glTF has them";
    GltfScene scene = roof();
    scene.parts[1].mesh.vertices[1][2] = 1e39;
    QCOMPARE(messageOf(scene), "roof: edge reaches 1e+39; expected " + range);
    scene.parts[1].mesh.vertices[1][2] = std::numeric_limits<double>::quiet_NaN();
    QCOMPARE(messageOf(scene), "roof: edge reaches nan; expected " + range);
    // As far apart as single precision reaches.
    scene.parts[1].mesh.vertices[1][2] = 3e38;
    scene.parts[0].mesh.vertices[0][2] = -3e38;
    QCOMPARE(messageOf(scene), QString("written"));
  }

  void anotherReaderAgrees() {
#ifdef MONGE_HAS_TINYGLTF
    const std::string bytes = glbBytes(roof()), text = gltfText(roof());
    for (const bool binary : {true, false}) {
      tinygltf::Model model;
      tinygltf::TinyGLTF reader;
      std::string error, warning;
      const bool read =
          binary ? reader.LoadBinaryFromMemory(&model, &error, &warning,
                                               reinterpret_cast<const unsigned char*>(bytes.data()),
                                               static_cast<unsigned>(bytes.size()))
                 : reader.LoadASCIIFromString(&model, &error, &warning, text.data(),
                                              static_cast<unsigned>(text.size()), "");
      QVERIFY2(read && error.empty() && warning.empty(), (error + warning).c_str());
      QCOMPARE(model.meshes.size(), std::size_t(2));
      QCOMPARE(model.nodes[1].name, std::string("faces"));
      const auto& primitive = model.meshes[0].primitives[0];
      QCOMPARE(primitive.mode, TINYGLTF_MODE_TRIANGLES);
      QCOMPARE(model.accessors[primitive.indices].count, std::size_t(9));
      QCOMPARE(model.accessors[primitive.attributes.at("POSITION")].maxValues,
               (std::vector<double>{1, 0.5, 0.5}));
    }
#else
    QSKIP("tinygltf is not installed");
#endif
  }
};

QTEST_APPLESS_MAIN(TestGltf)
#include "test_gltf.moc"
