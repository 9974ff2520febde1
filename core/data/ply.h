// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "core/snapshot/arrays.h"

namespace monge {

/// A polygon mesh with numbers at its vertices, as it stands in a file.
struct PlyMesh {
  std::vector<std::string> properties;  ///< of the vertices, in the file's order: x, y, z, density, ...
  RowsD vertices;                       ///< n x properties
  std::vector<std::vector<int>> faces;  ///< rows of vertices, in order around each face

  /// Column of a property, or -1.
  Eigen::Index column(const std::string& property) const;
};

/// Reads Stanford's PLY, ASCII: the element `vertex` with scalar properties, then the element `face`, whose
/// first property is the list of its corners. What else a face has, and elements after these, is left out.
/// @throws Error naming the file and the line: missing, binary or truncated; a header that is none; a value
///         that is no number or not finite; a face of fewer than 3 corners, or with a corner that is no
///         vertex; more elements than the file has bytes for
PlyMesh readPly(const std::filesystem::path& file);

}  // namespace monge
