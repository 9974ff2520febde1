// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QPointF>
#include <QRectF>

#include "core/snapshot/arrays.h"

namespace monge::views {

/// The box, or one around it where it has no extent and so no scale.
Box2 withExtent(Box2 box);

/// Where the plane lies on the paper: data units to device-independent pixels (or points), y up, one scale
/// for both axes. A value.
struct PlaneMap {
  double centerX = 0, centerY = 0;  ///< data units at the middle of the target
  double scale = 100;               ///< pixels per data unit
  QPointF toTarget(double x, double y, const QRectF& target) const;
  QPointF toData(const QPointF& point, const QRectF& target) const;  ///< x() and y() in data units
  Box2 visible(const QRectF& target) const;
  bool operator==(const PlaneMap&) const = default;

  /// Shows the whole of `box` with a margin of 8 %.
  static PlaneMap fitted(const Box2& box, const QRectF& target);
  /// Larger by `factor` about a point of the target, within what a screen can show.
  PlaneMap zoomedAt(const QPointF& point, double factor, const QRectF& target) const;
  /// The paper moved by `offset` pixels.
  PlaneMap panned(const QPointF& offset) const;
  /// With a scale that a screen can show.
  PlaneMap bounded() const;
};

}  // namespace monge::views
