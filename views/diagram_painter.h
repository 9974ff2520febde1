// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QPainter>

#include "views/tessellation_painter.h"
#include "views/transport_scene.h"

namespace monge::views {

struct DiagramStyle {
  Theme theme = Theme::Light;
  DiagramLayers layers;
  CellColour colour = CellColour::Site;
  double unit = 1;       ///< line widths, markers and text are multiples of it: 1 pixel on screen
  double textSize = 12;  ///< times unit: height of the text in pixels
  bool axes = true;
  bool background = true;
  bool fast = false;  ///< on screen: hairlines, and cells without smooth edges
  int selected = -1;  ///< site, ring and outline in the accent colour
  int hovered = -1;
  std::vector<int> chosen;  ///< sites of a selection of many, tinted in the accent colour
};

/// Paints the power diagram of one moment of a solve, in the plane. The same code serves screen, PNG, SVG and
/// PDF.
void paintDiagram(QPainter& painter, const QRectF& target, const TransportSnapshot& moment,
                  const PlaneMap& map, const DiagramStyle& style);

/// The card in the upper right corner that says what the cells' colours mean, for a surface; nothing where
/// they only tell sites apart.
void paintCellBar(QPainter& painter, const QRectF& target, const TransportSnapshot& moment,
                  const DiagramStyle& style);

/// Only what marks the selected and the hovered site, to be painted over a picture of the rest.
void paintDiagramMarks(QPainter& painter, const QRectF& target, const TransportSnapshot& moment,
                       const PlaneMap& map, const DiagramStyle& style);

/// What the view shows at first: the domain and the sites.
Box2 diagramBox(const TransportSnapshot& moment);

/// Site whose cell holds a point in data units; -1 outside the domain.
int diagramSiteAt(const TransportSnapshot& moment, double x, double y);
/// Sites whose cell has its centroid in a region of the plane, in data units; of an empty cell the site
/// itself. Ascending.
std::vector<int> diagramSitesIn(const TransportSnapshot& moment, const QPolygonF& region);
/// Site nearest to a point of the target, within `reach` pixels; -1 for none.
int diagramMarkerAt(const TransportSnapshot& moment, const QPointF& point, const QRectF& target,
                    const PlaneMap& map, double reach);

}  // namespace monge::views
