// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QColor>
#include <QPainter>
#include <QPointF>
#include <vector>

namespace monge::views {

/// Points of one colour, in the painter's coordinates.
struct DotGroup {
  QColor color;
  std::vector<QPointF> points;
};

/// Discs of one radius; where translucent ones lie on each other they add up, on every device. On a raster
/// they are stamped with quarter-pixel accuracy, which takes 20,000 of them well within a frame; on a vector
/// device each group of opaque ones is one path of round dots. Points outside `clip` are left out.
void paintDots(QPainter& painter, const QRectF& clip, const std::vector<DotGroup>& groups, double radius);

}  // namespace monge::views
