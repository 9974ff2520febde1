// SPDX-License-Identifier: GPL-3.0-or-later
#include "views/diagram_tool.h"

#include <QLineF>
#include <QPainterPath>
#include <cmath>

namespace monge::views {

void ToolTrack::begin(DiagramTool tool, const QPointF& at, double radius, bool erases) {
  m_tool = tool;
  m_radius = radius;
  m_erases = erases;
  m_points = {at};
}

void ToolTrack::extend(const QPointF& at) {
  if (!isActive()) return;
  if (!isBrush(m_tool)) {
    m_points << at;
    return;
  }
  // A fast hand leaves gaps; the brush does not.
  const QPointF from = m_points.last();
  const double length = QLineF(from, at).length(), apart = std::max(1.0, m_radius / 2);
  if (length < apart) return;
  const int steps = static_cast<int>(std::ceil(length / apart));
  for (int step = 1; step <= steps; ++step) m_points << from + (at - from) * step / steps;
}

QPolygonF ToolTrack::outline() const {
  if (m_tool != DiagramTool::Box) return m_points;
  const QRectF box = QRectF(m_points.first(), m_points.last()).normalized();
  return QPolygonF({box.topLeft(), box.topRight(), box.bottomRight(), box.bottomLeft()});
}

QPolygonF ToolTrack::region(const PlaneMap& map, const QRectF& target) const {
  QPolygonF region;
  for (const QPointF& corner : outline()) region << map.toData(corner, target);
  return region;
}

void ToolTrack::paint(QPainter& painter, Theme theme) const {
  if (!isActive()) return;
  painter.save();
  painter.setRenderHint(QPainter::Antialiasing);
  QColor fill = m_erases ? colors(theme).bad : colors(theme).accent;
  if (isBrush(m_tool)) {
    QPainterPath path;
    path.setFillRule(Qt::WindingFill);
    for (const QPointF& point : m_points) path.addEllipse(point, m_radius, m_radius);
    fill.setAlphaF(0.35F);
    painter.setOpacity(0.6);
    painter.fillPath(path.simplified(), fill);
  } else {
    painter.setPen(QPen(fill, 1.25, Qt::DashLine));
    fill.setAlphaF(0.12F);
    painter.setBrush(fill);
    painter.drawPolygon(outline());
  }
  painter.restore();
}

}  // namespace monge::views
