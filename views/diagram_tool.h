// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QPainter>
#include <QPolygonF>

#include "views/palette.h"
#include "views/plane_map.h"

namespace monge::views {

/// What a drag over the power diagram does.
enum class DiagramTool {
  Hand,         ///< moves a site or the paper
  Box,          ///< chooses the cells in a box
  Lasso,        ///< chooses the cells within a line drawn around them
  BrushSites,   ///< paints sites; with Shift it takes them away
  BrushDensity  ///< paints density; with Shift it takes it away
};

/// The track of a tool while the button is down, and how it looks. A value.
class ToolTrack {
 public:
  void begin(DiagramTool tool, const QPointF& at, double radius, bool erases);
  void extend(const QPointF& at);
  void end() { m_points.clear(); }
  bool isActive() const { return !m_points.isEmpty(); }
  bool erases() const { return m_erases; }
  /// Places of the pointer, in pixels of the view; a brush's are half a radius apart at most.
  const QPolygonF& points() const { return m_points; }
  /// The region of a box or a lasso, in data units.
  QPolygonF region(const PlaneMap& map, const QRectF& target) const;
  void paint(QPainter& painter, Theme theme) const;

 private:
  QPolygonF outline() const;

  DiagramTool m_tool = DiagramTool::Hand;
  QPolygonF m_points;
  double m_radius = 0;
  bool m_erases = false;
};

inline bool isBrush(DiagramTool tool) {
  return tool == DiagramTool::BrushSites || tool == DiagramTool::BrushDensity;
}

}  // namespace monge::views
