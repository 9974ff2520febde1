// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QString>
#include <QStringList>
#include <optional>
#include <string>

#include "core/geometry/singular_facets.h"
#include "core/snapshot/transport_snapshot.h"
#include "views/diagram_painter.h"
#include "views/figure.h"
#include "views/surface_painter.h"

namespace monge {

/// What leaves Monge of solved transport, and how it looks.
struct TransportFigure {
  views::FigureSpec spec;                      ///< its view: one of transportExports()
  std::optional<views::DiagramLayers> layers;  ///< none: as suits the view
  views::CellColour colour = views::CellColour::Site;
  views::OrbitCamera camera;
  double height = 0.6;               ///< of a surface that is painted, as in SurfaceStyle
  std::optional<double> meshHeight;  ///< of a mesh, in the same unit; none: its own heights
  SingularRule rule;
};

/// Views that are painted: cells, singular, potential, dual, panels.
QStringList transportViews();
/// These, and what is written as a mesh or as numbers only: triangulation, ridges, facets.
QStringList transportExports();
/// Suffixes that a view can be written as: png, svg and pdf of what is painted; vtp, ply, glb and gltf of
/// meshes; csv of the sites (cells), the facets and the singular points (singular); npz, which always holds
/// all numbers.
QStringList transportFormats(const QString& view);
/// Those of them that are pictures.
QStringList transportPictureFormats();
/// Names of the diagram's layers in the order of their keys.
QStringList diagramLayerNames();

/// Paints a view on a page in points. Pure, any thread.
void paintTransportFigure(QPainter& painter, const QRectF& page, const TransportSnapshot& moment,
                          const TransportFigure& figure);

/// The bytes of a file whose format is its suffix. Any thread.
/// @throws Error naming the view that is not known, or the formats that it has; as views::writePage(),
///         transportMesh() and glbBytes() do
std::string transportFileBytes(const QString& file, const TransportSnapshot& moment,
                               const TransportFigure& figure);

/// Writes them, whole or not at all.
void writeTransportFigure(const QString& file, const TransportSnapshot& moment,
                          const TransportFigure& figure);
/// The same of what is named.
/// @param what  a folder of monge-cli transport, or a preset, which is solved first
/// @throws Error as readTransportPicture() does, too
void writeTransportFigure(const QString& file, const QString& what, const TransportFigure& figure);

}  // namespace monge
