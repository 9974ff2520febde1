// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QPainter>

#include "views/space/space_scene.h"

namespace monge::views {

/// What stands around and over the picture of space, painted as vectors whoever drew the cells: numbers
/// along three edges of the box, a scale, the colour bar.
void paintSpaceFrame(QPainter& painter, const QRectF& target, const SpaceSnapshot& moment,
                     const SpaceProjection& projection, const SpaceStyle& style);

/// The outline of the selected and of the hovered cell, through whatever is in front of them.
/// @param bodies  as they are drawn
void paintSpaceMarks(QPainter& painter, const QRectF& target, const CellBodies& bodies,
                     const SpaceProjection& projection, const SpaceStyle& style);

}  // namespace monge::views
