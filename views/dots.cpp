// SPDX-License-Identifier: GPL-3.0-or-later
#include "views/dots.h"

#include <QImage>
#include <QPaintEngine>
#include <QPainterPath>
#include <QPen>
#include <algorithm>
#include <array>
#include <cmath>
#include <cstdint>

namespace monge::views {
namespace {

/// Share of the pixel at (x, y) that a disc about (cx, cy) covers, from an 8 x 8 grid of points.
std::uint8_t coverage(int x, int y, double cx, double cy, double radius) {
  int inside = 0;
  for (int i = 0; i < 64; ++i) {
    const double px = x + (i % 8 + 0.5) / 8 - cx, py = y + (i / 8 + 0.5) / 8 - cy;
    inside += px * px + py * py <= radius * radius;
  }
  return static_cast<std::uint8_t>(inside * 255 / 64);
}

/// Anti-aliased masks of one disc at 4 x 4 positions within a pixel.
class DotStamp {
 public:
  static constexpr int kPhases = 4;

  explicit DotStamp(double radius) : m_reach(static_cast<int>(std::ceil(radius)) + 1) {
    for (int phase = 0; phase < kPhases * kPhases; ++phase) {
      auto& mask = m_masks[static_cast<std::size_t>(phase)];
      mask.resize(static_cast<std::size_t>(side() * side()));
      const double cx = m_reach + (phase % kPhases + 0.5) / kPhases;
      const double cy = m_reach + (phase / kPhases + 0.5) / kPhases;
      for (int i = 0; i < side() * side(); ++i) {
        mask[static_cast<std::size_t>(i)] = coverage(i % side(), i / side(), cx, cy, radius);
      }
    }
  }

  void stamp(QImage& image, QPointF center, QRgb color) const {
    const int x0 = static_cast<int>(std::floor(center.x())), y0 = static_cast<int>(std::floor(center.y()));
    const int phase = static_cast<int>((center.x() - x0) * kPhases) +
                      kPhases * static_cast<int>((center.y() - y0) * kPhases);
    const auto& mask = m_masks[static_cast<std::size_t>(std::clamp(phase, 0, kPhases * kPhases - 1))];
    const auto opacity = static_cast<unsigned>(qAlpha(color));
    const int left = x0 - m_reach, top = y0 - m_reach;
    const int firstX = std::max(0, -left), lastX = std::min(side(), image.width() - left);
    const int firstY = std::max(0, -top), lastY = std::min(side(), image.height() - top);
    for (int y = firstY; y < lastY; ++y) {
      auto* line = reinterpret_cast<QRgb*>(image.bits() + (top + y) * image.bytesPerLine()) + left;
      for (int x = firstX; x < lastX; ++x) {
        const unsigned alpha = mask[static_cast<std::size_t>(y * side() + x)] * opacity / 255u;
        if (alpha != 0) line[x] = over(line[x], color, alpha);
      }
    }
  }

 private:
  int side() const { return 2 * m_reach + 1; }

  /// `color`, its own opacity aside, at `alpha` over a premultiplied pixel.
  static QRgb over(QRgb below, QRgb color, unsigned alpha) {
    const QRgb opaque = color | 0xFF000000u;
    const auto channel = [&](int shift) {
      const unsigned value =
          (((opaque >> shift) & 255u) * alpha + ((below >> shift) & 255u) * (255u - alpha)) / 255u;
      return value << shift;
    };
    return channel(0) | channel(8) | channel(16) | channel(24);
  }

  int m_reach;
  std::array<std::vector<std::uint8_t>, kPhases * kPhases> m_masks;
};

void paintRaster(QPainter& painter, const QRectF& clip, const std::vector<DotGroup>& groups, double radius) {
  const QTransform toDevice = painter.deviceTransform();
  const QRect area = toDevice.mapRect(clip).toAlignedRect();
  if (area.isEmpty()) return;
  QImage image(area.size(), QImage::Format_ARGB32_Premultiplied);
  if (image.isNull()) return;
  image.fill(Qt::transparent);
  const DotStamp stamp(radius * std::sqrt(std::abs(toDevice.determinant())));
  for (const DotGroup& group : groups) {
    const QRgb color = group.color.rgba();
    for (const QPointF& point : group.points) {
      stamp.stamp(image, toDevice.map(point) - QPointF(area.topLeft()), color);
    }
  }
  painter.drawImage(toDevice.inverted().mapRect(QRectF(area)), image);
}

void paintVector(QPainter& painter, const std::vector<DotGroup>& groups, double radius) {
  // A dash far shorter than its round cap is a dot; readers draw nothing for one of no length at all.
  const QPointF dash(radius / 100, 0);
  painter.save();
  for (const DotGroup& group : groups) {
    painter.setPen(QPen(group.color, 2 * radius, Qt::SolidLine, Qt::RoundCap));
    if (group.color.alpha() < 255) {
      // One path is painted in one go: the dots of a crowd would not add up.
      for (const QPointF& point : group.points) painter.drawLine(point, point + dash);
      continue;
    }
    QPainterPath path;
    for (const QPointF& point : group.points) {
      path.moveTo(point);
      path.lineTo(point + dash);
    }
    painter.strokePath(path, painter.pen());
  }
  painter.restore();
}

}  // namespace

void paintDots(QPainter& painter, const QRectF& clip, const std::vector<DotGroup>& groups, double radius) {
  const QRectF reach = clip.adjusted(-radius, -radius, radius, radius);
  std::vector<DotGroup> shown;
  for (const DotGroup& group : groups) {
    shown.push_back({group.color, {}});
    std::copy_if(group.points.begin(), group.points.end(), std::back_inserter(shown.back().points),
                 [&](const QPointF& point) { return reach.contains(point); });
  }
  if (painter.paintEngine()->type() == QPaintEngine::Raster) {
    paintRaster(painter, clip, shown, radius);
  } else {
    paintVector(painter, shown, radius);
  }
}

}  // namespace monge::views
