// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <array>
#include <string>
#include <utility>
#include <vector>

namespace monge {

/// Polygons or polylines in space with a number for each, as ParaView and MeshLab read them. Plane figures
/// have z = 0.
struct PolygonMesh {
  std::vector<std::array<double, 3>> vertices;
  std::vector<std::vector<int>> faces;  ///< corners of a polygon in order, or points along a line
  bool lines = false;                   ///< the faces are polylines
  std::vector<std::pair<std::string, std::vector<double>>>
      faceData;  ///< name in snake_case, one value a face
};

/// VTK's PolyData (XML, text).
std::string vtpText(const PolygonMesh& mesh);
/// Stanford's PLY (ASCII); polylines become edges, and their data is left out.
std::string plyText(const PolygonMesh& mesh);

}  // namespace monge
