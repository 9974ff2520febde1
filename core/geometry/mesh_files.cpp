// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/geometry/mesh_files.h"

#include "core/base/text.h"

namespace monge {
namespace {

std::string dataArray(const std::string& type, const std::string& name, const std::string& values,
                      const std::string& more = "") {
  return "<DataArray type=\"" + type + "\" Name=\"" + name + "\"" + more + " format=\"ascii\">\n" + values +
         "\n</DataArray>\n";
}

std::string points(const PolygonMesh& mesh) {
  std::string text;
  for (const auto& [x, y, z] : mesh.vertices)
    text += numberText(x) + " " + numberText(y) + " " + numberText(z) + "\n";
  return text;
}

}  // namespace

std::string vtpText(const PolygonMesh& mesh) {
  std::string data, connectivity, offsets;
  for (const auto& [name, values] : mesh.faceData) {
    std::string numbers;
    for (const double value : values) numbers += numberText(value) + "\n";
    data += dataArray("Float64", name, numbers);
  }
  std::size_t offset = 0;
  for (const auto& face : mesh.faces) {
    for (const int vertex : face) connectivity += std::to_string(vertex) + " ";
    connectivity += "\n";
    offsets += std::to_string(offset += face.size()) + "\n";
  }
  const std::string kind = mesh.lines ? "Lines" : "Polys", count = std::to_string(mesh.faces.size());
  return "<?xml version=\"1.0\"?>\n<VTKFile type=\"PolyData\" version=\"0.1\" byte_order=\"LittleEndian\">\n"
         "<PolyData>\n<Piece NumberOfPoints=\"" +
         std::to_string(mesh.vertices.size()) + "\" NumberOfVerts=\"0\" NumberOfLines=\"" +
         (mesh.lines ? count : "0") + "\" NumberOfStrips=\"0\" NumberOfPolys=\"" +
         (mesh.lines ? "0" : count) + "\">\n<Points>\n" +
         dataArray("Float64", "points", points(mesh), " NumberOfComponents=\"3\"") + "</Points>\n<" + kind +
         ">\n" + dataArray("Int32", "connectivity", connectivity) + dataArray("Int32", "offsets", offsets) +
         "</" + kind + ">\n<CellData>\n" + data + "</CellData>\n</Piece>\n</PolyData>\n</VTKFile>\n";
}

std::string plyText(const PolygonMesh& mesh) {
  std::string header = "ply\nformat ascii 1.0\nelement vertex " + std::to_string(mesh.vertices.size()) +
                       "\nproperty double x\nproperty double y\nproperty double z\n";
  std::string body = points(mesh);
  if (mesh.lines) {
    std::size_t edges = 0;
    for (const auto& line : mesh.faces)
      for (std::size_t at = 1; at < line.size(); ++at, ++edges)
        body += std::to_string(line[at - 1]) + " " + std::to_string(line[at]) + "\n";
    return header + "element edge " + std::to_string(edges) +
           "\nproperty int vertex1\nproperty int vertex2\nend_header\n" + body;
  }
  header += "element face " + std::to_string(mesh.faces.size()) + "\nproperty list int int vertex_indices\n";
  for (const auto& [name, values] : mesh.faceData) header += "property double " + name + "\n";
  for (std::size_t face = 0; face < mesh.faces.size(); ++face) {
    body += std::to_string(mesh.faces[face].size());
    for (const int vertex : mesh.faces[face]) body += " " + std::to_string(vertex);
    for (const auto& [name, values] : mesh.faceData) body += " " + numberText(values[face]);
    body += "\n";
  }
  return header + "end_header\n" + body;
}

}  // namespace monge
