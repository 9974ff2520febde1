// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QString>
#include <QStringList>
#include <optional>

#include "core/geometry/singular_facets.h"
#include "core/snapshot/transport_snapshot.h"
#include "views/diagram_painter.h"
#include "views/figure.h"
#include "views/surface_painter.h"

namespace monge {

/// What a figure of solved transport shows.
struct TransportFigure {
  views::FigureSpec spec;  ///< its view: cells, singular, potential, dual, or all of them as panels
  std::optional<views::DiagramLayers> layers;  ///< none: as suits the view
  views::CellColour colour = views::CellColour::Site;
  views::OrbitCamera camera;
  double height = 0.6;  ///< of a surface, as in SurfaceStyle
  SingularRule rule;
};

/// cells, singular, potential, dual, panels
QStringList transportViews();
/// Names of the diagram's layers in the order of their keys.
QStringList diagramLayerNames();

/// Writes PNG, SVG or PDF by the suffix.
/// @param what  a folder of monge-cli transport, or a preset, which is solved first
/// @throws Error as readTransportPicture() and views::writePage() do
void writeTransportFigure(const QString& file, const QString& what, const TransportFigure& figure);
/// The same of a moment that is on screen.
void writeTransportFigure(const QString& file, const TransportSnapshot& moment,
                          const TransportFigure& figure);

}  // namespace monge
