// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/geometry/gltf.h"
#include "views/space/space_scene.h"

namespace monge {

/// The cells of a moment as closed bodies in data units, cut and moved as the style says and in its colours;
/// a face has site, across (the site beyond it, -1 on the boundary, -2 where the cut closes a cell), mass,
/// target, weight, jump (across it) and singular. A wall between two cells is there twice. Pure.
/// @param cut  as cutPlane() gives it
/// @throws Error where nothing is left of the cells
GltfScene::Part spaceCellsMesh(const SpaceSnapshot& moment, const views::SpaceStyle& style,
                               const std::optional<views::CutPlane>& cut);

/// The same for glTF, with singular surfaces and curves as parts of their own; each part where its layer is
/// on.
GltfScene spaceScene(const SpaceSnapshot& moment, const views::SpaceStyle& style,
                     const std::optional<views::CutPlane>& cut);

}  // namespace monge
