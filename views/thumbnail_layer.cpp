// SPDX-License-Identifier: GPL-3.0-or-later
// Images have no plane to lie on: their prototypes stand in rows, each with its mass.
#include <QCoreApplication>
#include <QFontMetricsF>
#include <algorithm>
#include <cmath>

#include "views/images.h"
#include "views/numbers.h"
#include "views/tessellation_layers.h"

namespace monge::views {
namespace {

QString tr(const char* text) {
  return QCoreApplication::translate("Tessellation", text);
}

/// Squares in rows, as large as fits.
struct Shelf {
  int columns = 1;
  double side = 0, captionHeight = 0, gap = 0;
  QPointF origin;
  QRectF cell(int index) const {
    const int row = index / columns, column = index % columns;
    return {origin + QPointF(column * (side + gap), row * (side + captionHeight + gap)), QSizeF(side, side)};
  }
};

Shelf shelfFor(const LayerContext& context, int count, const QRectF& area, double captionHeight) {
  Shelf best;
  for (int columns = 1; columns <= count; ++columns) {
    const int rows = (count + columns - 1) / columns;
    const double gap = context.px(20);
    const double side =
        std::min({(area.width() - (columns - 1) * gap) / columns,
                  (area.height() - (rows - 1) * gap) / rows - captionHeight, context.px(168)});
    if (side <= best.side) continue;
    best = {columns, side, captionHeight, gap, {}};
    const QSizeF size(columns * side + (columns - 1) * gap, rows * (side + captionHeight) + (rows - 1) * gap);
    best.origin = area.center() - QPointF(size.width() / 2, size.height() / 2);
  }
  return best;
}

void paintThumbnail(const LayerContext& context, const QRectF& cell, int row, const ValueRange& range) {
  QPainter& painter = context.painter;
  const EnsembleSnapshot& snapshot = *context.scene.snapshot;
  const auto index = static_cast<std::size_t>(row);
  drawCrisp(painter, cell, toImage(snapshot.prototypes.row(row).data(), snapshot.image, range));
  const bool selected = index < snapshot.ids.size() && snapshot.ids[index] == context.style.selected;
  const QColor frame = selected ? context.theme().accent : context.generator(row);
  const double width = context.px(selected ? 3 : 2), out = context.px(2);
  painter.setPen(QPen(frame, width, Qt::SolidLine, Qt::SquareCap, Qt::MiterJoin));
  painter.setBrush(Qt::NoBrush);
  painter.drawRect(cell.adjusted(-out, -out, out, out));
  painter.setPen(context.theme().text);
  painter.setFont(context.font());
  QString caption = tr("Cell %1").arg(index < snapshot.ids.size() ? snapshot.ids[index] + 1 : row + 1);
  if (index < snapshot.masses.size())
    caption = tr("%1: mass %2").arg(caption, fixedText(snapshot.masses[index], 3));
  const QFontMetricsF metrics(painter.font());
  if (metrics.horizontalAdvance(caption) > cell.width() + context.px(16) && index < snapshot.masses.size()) {
    caption = fixedText(snapshot.masses[index], 3);
  }
  painter.drawText(
      QRectF(cell.left() - cell.width(), cell.bottom() + context.px(6), 3 * cell.width(), metrics.height()),
      Qt::AlignHCenter | Qt::AlignTop, caption);
}

}  // namespace

void paintThumbnails(const LayerContext& context) {
  QPainter& painter = context.painter;
  painter.setFont(context.font());
  const QFontMetricsF metrics(painter.font());
  const QRectF area =
      context.target.adjusted(context.px(24), context.px(24), -context.px(24), -context.px(48));
  painter.setPen(context.theme().muted);
  painter.drawText(QRectF(area.left(), area.bottom() + context.px(8), area.width(), metrics.height()),
                   Qt::AlignCenter, tr("Images have no plane to lie on: see each generator's in Samples."));
  if (!context.scene.snapshot || context.scene.snapshot->prototypes.rows() == 0) return;
  const EnsembleSnapshot& snapshot = *context.scene.snapshot;
  if (snapshot.image.size() != snapshot.prototypes.cols()) return;
  const int count = static_cast<int>(snapshot.prototypes.rows());
  const Shelf shelf = shelfFor(context, count, area, metrics.height() + context.px(8));
  const ValueRange range = valueRange(context.scene.data.get());
  for (int j = 0; j < count && shelf.side > 0; ++j) paintThumbnail(context, shelf.cell(j), j, range);
}

}  // namespace monge::views
