// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <array>
#include <string>
#include <utility>
#include <vector>

#include "core/geometry/mesh_files.h"

namespace monge {

/// Meshes as glTF 2.0 shows them (Khronos Group, ISO/IEC 12113). Its numbers are of single precision.
struct GltfScene {
  struct Part {
    std::string name;                            ///< as viewers list it
    PolygonMesh mesh;                            ///< convex polygons, drawn as fans; or polylines
    std::vector<std::array<double, 3>> colours;  ///< sRGB in [0, 1], one a face
  };
  std::string name;
  std::vector<Part> parts;
  std::vector<std::pair<std::string, std::string>> notes;  ///< kept in asset.extras: units and the like
};

/// One file with the numbers in it: .glb (binary) or .gltf (text, the numbers as base64).
///
/// Vertices are split by face, with the face's normal and colour (COLOR_0, linear as glTF asks). Positions
/// are relative to the middle of all parts, which is the nodes' translation: points far from the origin keep
/// their digits. The root's rotation turns z up to glTF's y.
/// @throws Error: nothing to draw; a number that is not finite or too large; a binary file of 4 GiB or more
std::string glbBytes(const GltfScene& scene);
std::string gltfText(const GltfScene& scene);

}  // namespace monge
