// SPDX-License-Identifier: GPL-3.0-or-later
#include "views/images.h"

#include <QPaintEngine>
#include <algorithm>
#include <cmath>

namespace monge::views {
namespace {

int shade(float value, const ValueRange& range) {
  if (!std::isfinite(value)) return 0;
  const double t = (value - range.low) / (range.high - range.low);
  return static_cast<int>(std::lround(255 * std::clamp(t, 0.0, 1.0)));
}

}  // namespace

ValueRange valueRange(const DataView* data) {
  if (!data || data->lower.size() == 0 || data->upper.size() == 0) return {};
  const ValueRange range{data->lower.minCoeff(), data->upper.maxCoeff()};
  return range.high > range.low ? range : ValueRange{range.low, range.low + 1};
}

QImage toImage(const float* values, const ImageShape& shape, const ValueRange& range) {
  QImage image(shape.width, shape.height, QImage::Format_RGB32);
  const int plane = shape.width * shape.height;
  for (int y = 0; y < shape.height; ++y) {
    auto* line = reinterpret_cast<QRgb*>(image.scanLine(y));
    for (int x = 0; x < shape.width; ++x) {
      const int at = y * shape.width + x;
      const int red = shade(values[at], range);
      const bool colored = shape.channels >= 3;
      line[x] = colored ? qRgb(red, shade(values[plane + at], range), shade(values[2 * plane + at], range))
                        : qRgb(red, red, red);
    }
  }
  return image;
}

void drawCrisp(QPainter& painter, const QRectF& target, const QImage& image) {
  if (image.isNull() || target.isEmpty()) return;
  const double scale = std::min(target.width() / image.width(), target.height() / image.height());
  const QSizeF size(image.width() * scale, image.height() * scale);
  const QRectF place(target.center() - QPointF(size.width() / 2, size.height() / 2), size);
  painter.save();
  painter.setRenderHint(QPainter::SmoothPixmapTransform, false);
  if (painter.paintEngine()->type() == QPaintEngine::Raster) {
    painter.drawImage(place, image);
  } else {
    // Readers of PDF and SVG smooth small images; whole pixels of several dots each stay crisp everywhere.
    constexpr int kFiner = 8;
    painter.drawImage(place,
                      image.scaled(image.size() * kFiner, Qt::IgnoreAspectRatio, Qt::FastTransformation));
  }
  painter.restore();
}

}  // namespace monge::views
