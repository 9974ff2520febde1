// SPDX-License-Identifier: GPL-3.0-or-later
#include "views/plane_map.h"

#include <algorithm>
#include <limits>

namespace monge::views {

Box2 withExtent(Box2 box) {
  if (!std::isfinite(box.width() + box.height()) || box.width() < 0 || box.height() < 0) return Box2{};
  if (std::max(box.width(), box.height()) < 1e-9)
    return {box.xMin - 1, box.yMin - 1, box.xMax + 1, box.yMax + 1};
  return box;
}

QPointF PlaneMap::toTarget(double x, double y, const QRectF& target) const {
  return target.center() + QPointF((x - centerX) * scale, (centerY - y) * scale);
}

QPointF PlaneMap::toData(const QPointF& point, const QRectF& target) const {
  const QPointF offset = point - target.center();
  return {centerX + offset.x() / scale, centerY - offset.y() / scale};
}

Box2 PlaneMap::visible(const QRectF& target) const {
  const QPointF low = toData(target.bottomLeft(), target), high = toData(target.topRight(), target);
  return {low.x(), low.y(), high.x(), high.y()};
}

PlaneMap PlaneMap::fitted(const Box2& box, const QRectF& target) {
  constexpr double kMargin = 0.08;
  const Box2 shown = withExtent(box);
  const double share = 1 - 2 * kMargin;
  PlaneMap map;
  map.centerX = (shown.xMin + shown.xMax) / 2;
  map.centerY = (shown.yMin + shown.yMax) / 2;
  // One of the extents may be 0 (points on a line): the other then decides.
  map.scale = std::numeric_limits<double>::infinity();
  if (shown.width() > 0)
    map.scale = std::min(map.scale, share * std::max(1.0, target.width()) / shown.width());
  if (shown.height() > 0)
    map.scale = std::min(map.scale, share * std::max(1.0, target.height()) / shown.height());
  return map;
}

PlaneMap PlaneMap::zoomedAt(const QPointF& point, double factor, const QRectF& target) const {
  const QPointF fixed = toData(point, target);
  PlaneMap map = *this;
  map.scale *= factor;
  map = map.bounded();
  const QPointF drift = fixed - map.toData(point, target);
  map.centerX += drift.x();
  map.centerY += drift.y();
  return map;
}

PlaneMap PlaneMap::panned(const QPointF& offset) const {
  PlaneMap map = *this;
  map.centerX -= offset.x() / scale;
  map.centerY += offset.y() / scale;
  return map;
}

PlaneMap PlaneMap::bounded() const {
  constexpr double kSmallest = 1e-6, kLargest = 1e9;
  PlaneMap map = *this;
  map.scale = std::clamp(scale, kSmallest, kLargest);
  return map;
}

}  // namespace monge::views
