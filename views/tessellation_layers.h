// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QFont>
#include <QPainter>
#include <QPainterPath>
#include <array>
#include <functional>
#include <vector>

#include "views/tessellation_painter.h"

namespace monge::views {

class KeptLayers;

/// What every layer of the tessellation is painted with. Lives for one call of paintTessellation.
struct LayerContext {
  QPainter& painter;
  QRectF target;
  const Scene& scene;
  PlaneMap map;
  TessellationStyle style;
  const KeptLayers* kept = nullptr;  ///< on screen: pixels of the layers that hardly change

  const Colors& theme() const { return colors(style.theme); }
  QPointF point(double x, double y) const { return map.toTarget(x, y, target); }
  /// First two coordinates of a row; a single coordinate lies on y = 0.
  QPointF point(const RowsF& rows, Eigen::Index row) const;
  int id(int row) const;  ///< stable id of a generator
  QColor generator(int row) const { return generatorColor(id(row)); }
  /// `times` the style's text size.
  QFont font(double times = 1, bool italic = false) const;
  double px(double pixels) const { return pixels * style.unit; }
};

/// The layers, bottom to top. Each paints nothing when the scene has nothing for it.
/// Cells and fields (cell_layers.cpp)
void paintCellFills(const LayerContext& context);
void paintCritic(const LayerContext& context);
void paintCellWalls(const LayerContext& context);
/// Points (point_layers.cpp)
void paintData(const LayerContext& context);
void paintSamples(const LayerContext& context);
void paintLatentGrid(const LayerContext& context);
void paintGradients(const LayerContext& context);
/// Prototypes (prototype_layers.cpp)
constexpr double kTrailOpacity = 0.65;
void paintTrails(const LayerContext& context);
bool hasTrail(const EnsembleSnapshot& snapshot, std::size_t row);
/// From the trail's row `from` on.
QPainterPath trailPath(const LayerContext& context, const RowsF& trail, Eigen::Index from);
QPen trailPen(const LayerContext& context, int row, double opacity);
void paintPrototypes(const LayerContext& context);
/// What stands at the edges (edge_layers.cpp)
void paintAxes(const LayerContext& context);
/// Strips at the left and at the bottom that hold all numbers of the axes.
struct AxisRoom {
  double left = 0, bottom = 0;
};
AxisRoom axisRoom(const LayerContext& context);
/// A card in the upper right corner that says what colours mean.
struct ColourBar {
  QString title;
  std::array<QString, 3> texts;          ///< at the top, in the middle, at the bottom
  std::function<QColor(double)> colour;  ///< of t in [0, 1], from the bottom
};
void paintColourBar(const LayerContext& context, const ColourBar& bar);
void paintCriticBar(const LayerContext& context);
void paintDimensionNote(const LayerContext& context);

/// Images have no plane: their prototypes as thumbnails in a row, with their masses (thumbnail_layer.cpp).
void paintThumbnails(const LayerContext& context);

/// How the heat map shows the critics. A critic is trained on differences only, so each carries an additive
/// constant of no meaning, which differs from generator to generator and would drown what the map is to show:
/// each is shown less its own mean over its cell. The colours run from -extent to +extent, where extent is
/// the 98 % quantile of the absolute values shown: a few far corners do not wash out the rest.
struct CriticScale {
  std::vector<double> means;  ///< per generator: over the grid points of its cell, else over the whole grid
  double extent = 0;          ///< 0 without values
};
CriticScale criticScale(const LayerContext& context);
bool hasCritic(const Scene& scene, const TessellationStyle& style);

/// All layers, bottom to top.
void paintLayers(const LayerContext& context);

}  // namespace monge::views
