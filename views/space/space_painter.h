// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QPainter>

#include "views/space/space_scene.h"

namespace monge::views {

/// Paints the cells of a moment in space, all as polygons and lines: as vectors in SVG and PDF, and on screen
/// where there is no OpenGL. Every thing is painted after all that it hides (see cellsBackToFront()): of each
/// cell the dots in its region (see CellRegions) that it hides, the faces that look away, the dots in it, the
/// faces that look here, then the other dots of its region and what is on its boundary and bounds no later
/// cell.
void paintSpace(QPainter& painter, const QRectF& target, const SpaceSnapshot& moment,
                const SpaceCamera& camera, const SpaceStyle& style);

/// Only the solid, as OpenGL would draw it.
void paintSolid(QPainter& painter, const SpaceSnapshot& moment, const SpaceSolid& solid,
                const SpaceProjection& projection, const SpaceStyle& style);

}  // namespace monge::views
