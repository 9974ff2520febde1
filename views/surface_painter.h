// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QPainter>
#include <QRectF>

#include "views/transport_scene.h"

namespace monge::views {

/// Where a surface is looked at from: parallel projection, angles in degrees. Elevation 90 looks straight
/// down.
struct OrbitCamera {
  double azimuth = -60, elevation = 24;
  double zoom = 1;
  QPointF pan;  ///< in shares of the smaller side of the target
  bool operator==(const OrbitCamera&) const = default;
};

enum class Surface {
  Potential,  ///< u_h over the cells
  Dual        ///< u* over the weighted Delaunay triangulation
};

struct SurfaceStyle {
  Theme theme = Theme::Light;
  CellColour colour = CellColour::Site;
  double height = 0.6;  ///< of the surface, times the larger side of what it stands over
  bool base = true;     ///< the diagram or triangulation below, flat
  double unit = 1, textSize = 12;
  bool background = true;
  int selected = -1, hovered = -1;  ///< site
  std::vector<int> chosen;          ///< sites of a selection of many, ascending
};

/// Paints a convex surface as polygons, as vectors in SVG and PDF. A line of sight meets the graph of a
/// convex function at most twice, entering the set above it and leaving; so all faces where it leaves, then
/// all where it enters, is an exact painter's order from everywhere.
void paintSurface(QPainter& painter, const QRectF& target, const TransportSnapshot& moment, Surface surface,
                  const OrbitCamera& camera, const SurfaceStyle& style);

/// Site whose face (Potential) or vertex (Dual, within `reach` pixels) is seen at a point; -1 for none.
int surfaceSiteAt(const QPointF& point, const QRectF& target, const TransportSnapshot& moment,
                  Surface surface, const OrbitCamera& camera, const SurfaceStyle& style, double reach);

}  // namespace monge::views
