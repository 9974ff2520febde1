// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QString>
#include <QStringList>
#include <optional>

#include "core/geometry/gltf.h"
#include "core/snapshot/transport_snapshot.h"
#include "views/transport_scene.h"

namespace monge {

/// How the meshes of a moment look.
struct MeshLooks {
  views::CellColour colour = views::CellColour::Site;
  views::Theme theme = views::Theme::Figure;
  std::optional<double> height;  ///< of a surface, in widths of its ground; none: its own heights
};

/// cells, singular, potential, dual, triangulation, ridges
QStringList transportMeshNames();

/// One mesh of a moment, in data units. Pure; any thread. With each face its numbers:
/// - cells: the power cells at z = 0, and potential: the graph of u_h over them, a face for each cell with
///   site, mass, target, weight and jump (the largest across its walls);
/// - triangulation: the weighted Delaunay triangulation at z = 0, and dual: the graph of u* over it, vertex i
///   is site i;
/// - singular: the curves of the singular set at z = 0, with length, mean_jump and largest_jump;
/// - ridges: the sides between faces of the potential, with first, second, jump, angle and singular.
/// @param name  one of transportMeshNames()
/// @throws Error where the moment has no such faces
GltfScene::Part transportMesh(const TransportSnapshot& moment, const QString& name, const MeshLooks& looks);

/// The same for glTF: the potential comes with its singular ridges.
GltfScene transportScene(const TransportSnapshot& moment, const QString& name, const MeshLooks& looks);

}  // namespace monge
