// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QFont>
#include <QPixmap>
#include <vector>

#include "views/tessellation_layers.h"

namespace monge::views {

/// The layers that hardly change from frame to frame, kept as pixels of the screen: painting them anew thirty
/// times a second would take most of a frame, and the time is taken from training. Figures paint every layer.
///
/// Data and axes depend on the map and the theme. A trail only grows at its end (and thins out now and then):
/// a frame strokes what is new.
class KeptLayers {
 public:
  /// Brings the pixels up to what is about to be painted. `ratio`: pixels of the screen per unit.
  void update(const Scene& scene, const QRectF& target, const PlaneMap& map, const TessellationStyle& style,
              const QFont& font, double ratio);

  void paintData(const LayerContext& context) const;
  void paintTrails(const LayerContext& context) const;
  void paintAxes(const LayerContext& context) const;

 private:
  /// What all pixels depend on.
  struct View {
    QSizeF size;
    double centerX = 0, centerY = 0, scale = 0, ratio = 0;
    Theme theme = Theme::Light;
    double textSize = 0;
    bool overCritic = false;
    QFont font;
    bool operator==(const View&) const = default;
  };
  struct Trail {
    int id = 0;
    RowsF drawn;
  };

  QPixmap emptyLayer() const;
  void growTrails(const LayerContext& context);
  bool trailsGrew(const EnsembleSnapshot& snapshot) const;

  View m_view;
  DataViewPtr m_shownData;
  QPixmap m_data, m_axes, m_trails;
  std::vector<Trail> m_drawnTrails;
};

}  // namespace monge::views
