// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QPainter>
#include <QString>

#include "views/space/space_scene.h"

namespace monge::views {

/// Paints a moment in space with its cells drawn by OpenGL, as on screen, at the painter's own resolution;
/// by paintSpace() where there is no OpenGL. For pixels only: paper wants paintSpace(). Any thread.
void paintSpaceByOpenGl(QPainter& painter, const QRectF& target, const SpaceSnapshot& moment,
                        const SpaceCamera& camera, const SpaceStyle& style);

/// Why there is no OpenGL here; empty where there is. Asked once, then remembered. Any thread.
const QString& missingOpenGl();

}  // namespace monge::views
