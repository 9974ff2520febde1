// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QPainter>
#include <QRectF>

#include "views/palette.h"
#include "views/plane_map.h"
#include "views/scene.h"

namespace monge::views {

struct TessellationStyle {
  Theme theme = Theme::Light;
  LayerSet layers;
  double unit = 1;       ///< line widths, markers and text are multiples of it: 1 pixel on screen
  double textSize = 12;  ///< times unit: height of the text in pixels
  bool axes = true;
  bool background = true;
  double sampleScale = 1;    ///< times the samples' size on screen
  double sampleOpacity = 1;  ///< below 1 a crowd of samples shows how dense it is
  int selected = -1;         ///< generator id, ring in the accent colour
  int hovered = -1;
};

/// Paints one moment of a run. The same code serves screen, PNG, SVG and PDF. 2D data only; for other
/// dimensions it paints the first two coordinates and says so.
void paintTessellation(QPainter& painter, const QRectF& target, const Scene& scene, const PlaneMap& map,
                       const TessellationStyle& style);

/// Generator (row, not id) whose cell holds a point in data units: of the cells where there are any, else of
/// the prototype that the law gives it to; -1 without prototypes. 2D data only.
int cellAt(const Scene& scene, double x, double y);

/// Row of a generator by its stable id, -1 when the snapshot has no such generator.
int rowOfGenerator(const EnsembleSnapshot& snapshot, int id);

/// Box that the view shows at first: data, prototypes and some air.
Box2 initialBox(const Scene& scene);

}  // namespace monge::views
