// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QString>
#include <string>

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

/// Suffixes that it can be written as: pdf, svg and png; vtp, ply, glb and gltf of the cells as they are cut
/// and moved; csv of the sites; npz of all numbers.
QStringList spaceFormats();
/// Those of them that are pictures.
QStringList spacePictureFormats();

/// Paints it on a page in points: as vectors, or by OpenGL where there is any. Pure, any thread.
void paintSpaceFigure(QPainter& painter, const QRectF& page, const SpaceSnapshot& moment,
                      const SpaceFigure& figure, bool asVectors);

/// The bytes of a file whose format is its suffix. Any thread.
/// @throws Error naming the formats that there are; as views::pageBytes(), spaceScene() and glbBytes() do
std::string spaceFileBytes(const QString& file, const SpaceSnapshot& moment, const SpaceFigure& figure);

/// Writes them, whole or not at all.
void writeSpaceFigure(const QString& file, const SpaceSnapshot& moment, const SpaceFigure& figure);
/// The same of what is named.
/// @param what  a folder of monge-cli transport, or a preset, which is solved first
/// @throws Error as readSpacePicture() does, too
void writeSpaceFigure(const QString& file, const QString& what, const SpaceFigure& figure);

}  // namespace monge
