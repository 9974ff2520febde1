// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QString>

#include "core/geometry/singular_facets_3.h"
#include "core/snapshot/space_snapshot.h"
#include "views/figure.h"
#include "views/space/space_scene.h"

namespace monge {

/// What a figure of transport in space shows.
struct SpaceFigure {
  views::FigureSpec spec;  ///< its theme and text hold, not those of the style
  views::SpaceStyle style;
  views::SpaceCamera camera;
  SingularRule rule = spaceRule();
};

/// The name of the view in commands.
QString spaceView();
/// Names of the layers of space in the order of their keys.
QStringList spaceLayerNames();

/// Writes PNG, drawn by OpenGL where there is any, SVG or PDF, as vectors, by the suffix. Any thread.
/// @param what  a folder of monge-cli transport, or a preset, which is solved first
/// @throws Error as readSpacePicture() and views::writePage() do
void writeSpaceFigure(const QString& file, const QString& what, const SpaceFigure& figure);
/// The same of a moment that is on screen.
void writeSpaceFigure(const QString& file, const SpaceSnapshot& moment, const SpaceFigure& figure);

}  // namespace monge
