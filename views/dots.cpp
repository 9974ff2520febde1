// SPDX-License-Identifier: GPL-3.0-or-later
#include "views/dots.h"

#include <QImage>
#include <QPaintEngine>
#include <QPainterPath>
#include <QPen>
#include <algorithm>
#include <array>
#include <cmath>
#include <cstddef>
#include <cstdint>

#include "views/vector_pen.h"

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

/// A premultiplied picture in memory.
struct Pixels {
  QRgb* first;
  std::ptrdiff_t stride;  ///< pixels from line to line
  int width, height;
};

/// Anti-aliased masks of one disc at 4 x 4 positions within a pixel.
class DotStamp {
 public:
  static constexpr int kPhases = 4;

  /// The masks of the last radius are kept: it is the same from frame to frame.
  static const DotStamp& of(double radius) {
    thread_local DotStamp last(radius);
    if (last.m_radius != radius) last = DotStamp(radius);
    return last;
  }

  explicit DotStamp(double radius) : m_radius(radius), m_reach(static_cast<int>(std::ceil(radius)) + 1) {
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

  /// `color` is opaque or as translucent as its alpha says.
  void stamp(const Pixels& pixels, QPointF center, QRgb color) const {
    const int x0 = static_cast<int>(std::floor(center.x())), y0 = static_cast<int>(std::floor(center.y()));
    const int phase = static_cast<int>((center.x() - x0) * kPhases) +
                      kPhases * static_cast<int>((center.y() - y0) * kPhases);
    const auto& mask = m_masks[static_cast<std::size_t>(std::clamp(phase, 0, kPhases * kPhases - 1))];
    const unsigned opacity = static_cast<unsigned>(qAlpha(color));
    const QRgb opaque = color | 0xFF000000u;
    const int left = x0 - m_reach, top = y0 - m_reach;
    const int firstX = std::max(0, -left), lastX = std::min(side(), pixels.width - left);
    const int firstY = std::max(0, -top), lastY = std::min(side(), pixels.height - top);
    for (int y = firstY; y < lastY; ++y) {
      QRgb* line = pixels.first + static_cast<std::ptrdiff_t>(top + y) * pixels.stride + left;
      const std::uint8_t* covered = mask.data() + y * side();
      for (int x = firstX; x < lastX; ++x) {
        if (covered[x] == 0) continue;
        const unsigned alpha = covered[x] * opacity / 255u;
        line[x] = alpha == 255 ? opaque : over(line[x], opaque, alpha);
      }
    }
  }

 private:
  int side() const { return 2 * m_reach + 1; }

  /// An opaque colour at `alpha` over a premultiplied pixel; two channels at a time, rounded.
  static QRgb over(QRgb below, QRgb opaque, unsigned alpha) {
    const auto mixed = [&](int shift) {
      const unsigned sum =
          ((opaque >> shift) & 0x00FF00FFu) * alpha + ((below >> shift) & 0x00FF00FFu) * (255u - alpha);
      return ((sum + ((sum >> 8) & 0x00FF00FFu) + 0x00800080u) >> 8) & 0x00FF00FFu;
    };
    return mixed(0) | mixed(8) << 8;
  }

  double m_radius;
  int m_reach;
  std::array<std::vector<std::uint8_t>, kPhases * kPhases> m_masks;
};

/// Where the dots of all groups lie.
QRectF extentOf(const std::vector<DotGroup>& groups, double radius) {
  double left = 1e300, top = 1e300, right = -1e300, bottom = -1e300;
  for (const DotGroup& group : groups) {
    for (const QPointF& point : group.points) {
      left = std::min(left, point.x());
      right = std::max(right, point.x());
      top = std::min(top, point.y());
      bottom = std::max(bottom, point.y());
    }
  }
  if (left > right) return {};
  return QRectF(left, top, right - left, bottom - top).adjusted(-radius, -radius, radius, radius);
}

void paintRaster(QPainter& painter, const QRectF& clip, const std::vector<DotGroup>& groups, double radius) {
  const QTransform toDevice = painter.deviceTransform();
  const QRect area = toDevice.mapRect(clip & extentOf(groups, radius)).toAlignedRect();
  if (area.isEmpty()) return;
  QImage image(area.size(), QImage::Format_ARGB32_Premultiplied);
  if (image.isNull()) return;
  image.fill(Qt::transparent);
  const Pixels pixels{reinterpret_cast<QRgb*>(image.bits()), image.bytesPerLine() / 4, image.width(),
                      image.height()};
  const DotStamp& stamp = DotStamp::of(radius * std::sqrt(std::abs(toDevice.determinant())));
  for (const DotGroup& group : groups) {
    const QRgb color = group.color.rgba();
    for (const QPointF& point : group.points) {
      stamp.stamp(pixels, toDevice.map(point) - QPointF(area.topLeft()), color);
    }
  }
  painter.drawImage(toDevice.inverted().mapRect(QRectF(area)), image);
}

void paintVector(QPainter& painter, const std::vector<DotGroup>& groups, double radius) {
  // A dash far shorter than its round cap is a dot; readers draw nothing for one of no length at all.
  const QPointF dash(radius / 100, 0);
  painter.save();
  for (const DotGroup& group : groups) {
    painter.setPen(vectorPen(painter, QPen(group.color, 2 * radius, Qt::SolidLine, Qt::RoundCap)));
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
