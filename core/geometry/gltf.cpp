// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/geometry/gltf.h"

#include <algorithm>
#include <bit>
#include <cmath>
#include <cstdint>
#include <cstring>
#include <limits>
#include <nlohmann/json.hpp>

#include "core/base/error.h"
#include "core/base/text.h"

namespace monge {
namespace {

using json = nlohmann::json;
using Vec3 = std::array<double, 3>;

static_assert(std::endian::native == std::endian::little, "glTF's buffers are little-endian");

// Names of the specification's section 5.
constexpr int kFloat = 5126, kUnsignedInt = 5125;
constexpr int kVertices = 34962, kIndices = 34963;
constexpr int kLines = 1, kTriangles = 4;

/// The bytes of all arrays, and what describes them. Every element is of 4 bytes, so that all is aligned.
class Buffer {
 public:
  int add(const std::vector<std::array<float, 3>>& rows, bool withBounds) {
    json accessor = {{"componentType", kFloat}, {"type", "VEC3"}, {"count", rows.size()}};
    if (withBounds) {
      std::array<float, 3> low = rows.front(), high = rows.front();
      for (const auto& row : rows)
        for (std::size_t axis = 0; axis < 3; ++axis) {
          low[axis] = std::min(low[axis], row[axis]);
          high[axis] = std::max(high[axis], row[axis]);
        }
      accessor["min"] = low;
      accessor["max"] = high;
    }
    return append(rows.data(), rows.size() * sizeof(rows[0]), kVertices, std::move(accessor));
  }
  int add(const std::vector<std::uint32_t>& indices) {
    return append(indices.data(), indices.size() * sizeof(indices[0]), kIndices,
                  {{"componentType", kUnsignedInt}, {"type", "SCALAR"}, {"count", indices.size()}});
  }
  const std::string& bytes() const { return m_bytes; }
  const json& views() const { return m_views; }
  const json& accessors() const { return m_accessors; }

 private:
  int append(const void* from, std::size_t size, int target, json accessor) {
    m_views.push_back(
        {{"buffer", 0}, {"byteOffset", m_bytes.size()}, {"byteLength", size}, {"target", target}});
    accessor["bufferView"] = m_views.size() - 1;
    m_accessors.push_back(std::move(accessor));
    m_bytes.append(static_cast<const char*>(from), size);
    return static_cast<int>(m_accessors.size()) - 1;
  }

  std::string m_bytes;
  json m_views = json::array(), m_accessors = json::array();
};

/// Newell's: sound for polygons that rounding has bent. Up where the face has no area.
std::array<float, 3> normalOf(const PolygonMesh& mesh, const std::vector<int>& face) {
  Vec3 sum{};
  for (std::size_t at = 0; at < face.size(); ++at) {
    const Vec3 &a = mesh.vertices[static_cast<std::size_t>(face[at])],
               &b = mesh.vertices[static_cast<std::size_t>(face[(at + 1) % face.size()])];
    for (std::size_t axis = 0; axis < 3; ++axis) {
      const std::size_t next = (axis + 1) % 3, last = (axis + 2) % 3;
      sum[axis] += (a[next] - b[next]) * (a[last] + b[last]);
    }
  }
  const double length = std::hypot(sum[0], sum[1], sum[2]);
  if (!(length > 0 && std::isfinite(length))) return {0, 0, 1};
  return {static_cast<float>(sum[0] / length), static_cast<float>(sum[1] / length),
          static_cast<float>(sum[2] / length)};
}

/// From sRGB to the light it stands for (IEC 61966-2-1), which glTF multiplies with.
float linear(double value) {
  return static_cast<float>(value <= 0.04045 ? value / 12.92 : std::pow((value + 0.055) / 1.055, 2.4));
}

/// The arrays of one part, vertices split by face.
struct Arrays {
  std::vector<std::array<float, 3>> positions, normals, colours;
  std::vector<std::uint32_t> indices;

  void addFan(std::uint32_t first, std::uint32_t corners) {
    for (std::uint32_t at = 2; at < corners; ++at)
      indices.insert(indices.end(), {first, first + at - 1, first + at});
  }
  void addLine(std::uint32_t first, std::uint32_t points) {
    for (std::uint32_t at = 1; at < points; ++at) indices.insert(indices.end(), {first + at - 1, first + at});
  }
};

class SceneWriter {
 public:
  explicit SceneWriter(const GltfScene& scene) : m_scene(scene) {
    findMiddle();
    json children = json::array();
    m_nodes = json::array({nullptr});
    for (const auto& part : scene.parts) {
      const Arrays arrays = arraysOf(part);
      if (arrays.indices.empty()) continue;
      children.push_back(m_nodes.size());
      addNode(part, arrays);
    }
    if (children.empty()) throw Error(scene.name, "nothing to draw", "a mesh with at least one face");
    // z is up in our data, y in glTF: a quarter turn about x.
    m_nodes[0] = {{"name", scene.name},
                  {"rotation", {-std::sqrt(0.5), 0, 0, std::sqrt(0.5)}},
                  {"children", std::move(children)}};
  }

  const std::string& bytes() const { return m_buffer.bytes(); }

  /// @param uri  where the bytes are; empty: in the chunk that follows
  std::string text(const std::string& uri) const {
    json buffer = {{"byteLength", bytes().size()}};
    if (!uri.empty()) buffer["uri"] = uri;
    json asset = {{"version", "2.0"}, {"generator", "Monge"}};
    for (const auto& [key, value] : m_scene.notes) asset["extras"][key] = value;
    const json material = {{"doubleSided", true},
                           {"pbrMetallicRoughness", {{"metallicFactor", 0}, {"roughnessFactor", 0.9}}}};
    const json document = {{"asset", std::move(asset)},
                           {"scene", 0},
                           {"scenes", json::array({{{"name", m_scene.name}, {"nodes", json::array({0})}}})},
                           {"nodes", m_nodes},
                           {"meshes", m_meshes},
                           {"materials", json::array({material})},
                           {"accessors", m_buffer.accessors()},
                           {"bufferViews", m_buffer.views()},
                           {"buffers", json::array({std::move(buffer)})}};
    // A name may be the name of a folder, which is not always UTF-8.
    return document.dump(-1, ' ', false, json::error_handler_t::replace);
  }

 private:
  [[noreturn]] void refuse(const GltfScene::Part& part, double value) const {
    throw Error(m_scene.name, part.name + " reaches " + numberText(value),
                "numbers of single precision, at most 3.4e38, as glTF has them");
  }

  void findMiddle() {
    constexpr double kMost = std::numeric_limits<double>::infinity();
    Vec3 low{kMost, kMost, kMost}, high{-kMost, -kMost, -kMost};
    for (const auto& part : m_scene.parts)
      for (const Vec3& vertex : part.mesh.vertices)
        for (std::size_t axis = 0; axis < 3; ++axis) {
          if (!(std::abs(vertex[axis]) <= std::numeric_limits<float>::max())) refuse(part, vertex[axis]);
          low[axis] = std::min(low[axis], vertex[axis]);
          high[axis] = std::max(high[axis], vertex[axis]);
        }
    for (std::size_t axis = 0; axis < 3; ++axis) m_middle[axis] = (low[axis] + high[axis]) / 2;
  }

  Arrays arraysOf(const GltfScene::Part& part) const {
    Arrays arrays;
    const PolygonMesh& mesh = part.mesh;
    for (std::size_t row = 0; row < mesh.faces.size(); ++row) {
      const auto& face = mesh.faces[row];
      if (face.size() < (mesh.lines ? 2 : 3)) continue;
      const auto first = static_cast<std::uint32_t>(arrays.positions.size());
      const auto corners = static_cast<std::uint32_t>(face.size());
      for (const int vertex : face)
        arrays.positions.push_back(relative(mesh.vertices[static_cast<std::size_t>(vertex)]));
      const auto& [red, green, blue] = part.colours[row];
      arrays.colours.insert(arrays.colours.end(), corners, {linear(red), linear(green), linear(blue)});
      if (mesh.lines) {
        arrays.addLine(first, corners);
      } else {
        arrays.normals.insert(arrays.normals.end(), corners, normalOf(mesh, face));
        arrays.addFan(first, corners);
      }
    }
    return arrays;
  }

  /// No farther from the middle than the farthest is from the origin.
  std::array<float, 3> relative(const Vec3& vertex) const {
    return {static_cast<float>(vertex[0] - m_middle[0]), static_cast<float>(vertex[1] - m_middle[1]),
            static_cast<float>(vertex[2] - m_middle[2])};
  }

  void addNode(const GltfScene::Part& part, const Arrays& arrays) {
    json attributes = {{"POSITION", m_buffer.add(arrays.positions, true)},
                       {"COLOR_0", m_buffer.add(arrays.colours, false)}};
    if (!arrays.normals.empty()) attributes["NORMAL"] = m_buffer.add(arrays.normals, false);
    m_nodes.push_back({{"name", part.name}, {"mesh", m_meshes.size()}, {"translation", m_middle}});
    m_meshes.push_back({{"name", part.name},
                        {"primitives", json::array({{{"attributes", std::move(attributes)},
                                                     {"indices", m_buffer.add(arrays.indices)},
                                                     {"material", 0},
                                                     {"mode", part.mesh.lines ? kLines : kTriangles}}})}});
  }

  const GltfScene& m_scene;
  Vec3 m_middle{};
  Buffer m_buffer;
  json m_nodes, m_meshes = json::array();
};

std::string base64(const std::string& bytes) {
  constexpr char kDigits[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
  std::string text;
  text.reserve((bytes.size() + 2) / 3 * 4);
  for (std::size_t at = 0; at < bytes.size(); at += 3) {
    std::uint32_t bits = 0;
    for (std::size_t i = at; i < at + 3; ++i)
      bits = bits << 8 | (i < bytes.size() ? static_cast<unsigned char>(bytes[i]) : 0u);
    for (int shift = 18; shift >= 0; shift -= 6) text += kDigits[bits >> shift & 63u];
  }
  for (std::size_t missing = (3 - bytes.size() % 3) % 3; missing > 0; --missing)
    text[text.size() - missing] = '=';
  return text;
}

void appendInteger(std::string& bytes, std::uint64_t value) {
  for (int shift = 0; shift < 32; shift += 8) bytes += static_cast<char>(value >> shift & 0xff);
}

void appendChunk(std::string& bytes, const char* type, std::string chunk, char filling) {
  chunk.append((4 - chunk.size() % 4) % 4, filling);
  appendInteger(bytes, chunk.size());
  bytes.append(type, 4);
  bytes += chunk;
}

}  // namespace

std::string glbBytes(const GltfScene& scene) {
  const SceneWriter writer(scene);
  std::string chunks;
  appendChunk(chunks, "JSON", writer.text(""), ' ');
  appendChunk(chunks, "BIN\0", writer.bytes(), '\0');
  constexpr std::size_t kHeader = 12;
  if (chunks.size() > std::numeric_limits<std::uint32_t>::max() - kHeader)
    throw Error(scene.name, std::to_string(chunks.size()) + " bytes", "less than 4 GiB, as .glb can hold");
  std::string bytes = "glTF";
  appendInteger(bytes, 2);
  appendInteger(bytes, kHeader + chunks.size());
  return bytes + chunks;
}

std::string gltfText(const GltfScene& scene) {
  const SceneWriter writer(scene);
  return writer.text("data:application/octet-stream;base64," + base64(writer.bytes())) + "\n";
}

}  // namespace monge
