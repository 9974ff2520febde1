// SPDX-License-Identifier: GPL-3.0-or-later
#include "views/space/space_page.h"

#include <QTransform>
#include <cmath>
#include <exception>
#include <memory>

#include "views/space/offscreen_context.h"
#include "views/space/solid_renderer.h"
#include "views/space/space_frame.h"
#include "views/space/space_painter.h"
#include "views/space/wall_order.h"

namespace monge::views {

const QString& missingOpenGl() {
  static const QString why = [] {
    try {
      const OffscreenContext context;
      const OffscreenContext::Current current(context);
      return QString();
    } catch (const std::exception& error) {
      return QString::fromUtf8(error.what());
    }
  }();
  return why;
}

namespace {
/// A side that any driver of OpenGL 3.2 draws; of a larger picture some leave nothing and say nothing.
constexpr int kMostPixels = 8192;
}  // namespace

void paintSpaceByOpenGl(QPainter& painter, const QRectF& target, const SpaceSnapshot& moment,
                        const SpaceCamera& camera, const SpaceStyle& style) {
  if (!missingOpenGl().isEmpty()) return paintSpace(painter, target, moment, camera, style);
  // Everything in the pixels that the picture has in the end.
  const QTransform onDevice = painter.combinedTransform();
  const double scale = std::hypot(onDevice.m11(), onDevice.m12());
  const QSize pixels = (target.size() * scale).toSize();
  if (std::max(pixels.width(), pixels.height()) > kMostPixels)
    return paintSpace(painter, target, moment, camera, style);
  SpaceStyle inPixels = style;
  inPixels.unit = style.unit * scale;
  const QRectF frame(QPointF(0, 0), QSizeF(pixels));
  const SpaceProjection projection = spaceProjection(moment, inPixels, camera, frame);
  auto solid =
      std::make_shared<SpaceSolid>(spaceSolid(moment, inPixels, cutPlane(moment, inPixels.clip, projection)));
  SolidRenderer renderer;
  renderer.setSolid(solid);
  if (solid->blends)
    renderer.setOrder(
        wallsBackToFront(*solid, cellsBackToFront(moment, projection, inPixels.explode), projection));
  QColor ground = colors(style.theme).canvas;
  if (!style.background) ground = QColor(0, 0, 0, 0);
  const QImage image = renderer.render(projection, {pixels, inPixels.unit, ground});
  painter.save();
  painter.setRenderHint(QPainter::SmoothPixmapTransform, false);
  painter.drawImage(target, image);
  painter.translate(target.topLeft());
  painter.scale(1 / scale, 1 / scale);
  paintSpaceFrame(painter, frame, moment, projection, inPixels);
  paintSpaceMarks(painter, frame, solid->bodies, projection, inPixels);
  painter.restore();
}

}  // namespace monge::views
