// SPDX-License-Identifier: GPL-3.0-or-later
// Prototypes, their names, and the way they came.
#include <QFontMetricsF>
#include <QPainterPath>
#include <cmath>

#include "views/tessellation_layers.h"
#include "views/vector_pen.h"

namespace monge::views {
namespace {

constexpr double kDiscRadius = 5.5, kHalo = 2.5, kRingRadius = 11.5;

/// y with the generator's number below the line, on a patch of canvas that keeps it legible over samples.
void paintName(const LayerContext& context, const QPointF& center, int number) {
  const QFont letterFont = context.font(1.2, true), indexFont = context.font(0.8);
  const QString letter = QStringLiteral("y"), index = QString::number(number);
  const QFontMetricsF letterMetrics(letterFont), indexMetrics(indexFont);
  const QPointF origin = center + QPointF(context.px(10), -context.px(7));
  const double letterWidth = letterMetrics.horizontalAdvance(letter);
  const QRectF patch(origin.x() - context.px(2), origin.y() - letterMetrics.xHeight() - context.px(3),
                     letterWidth + indexMetrics.horizontalAdvance(index) + context.px(4),
                     letterMetrics.xHeight() + letterMetrics.descent() + context.px(5));
  QColor canvas = context.theme().canvas;
  canvas.setAlphaF(0.72);
  context.painter.setPen(Qt::NoPen);
  context.painter.setBrush(canvas);
  context.painter.drawRoundedRect(patch, context.px(4), context.px(4));
  context.painter.setPen(context.theme().text);
  context.painter.setFont(letterFont);
  context.painter.drawText(origin, letter);
  context.painter.setFont(indexFont);
  context.painter.drawText(origin + QPointF(letterWidth, context.px(3)), index);
}

void paintDisc(const LayerContext& context, const QPointF& center, int row) {
  QPainter& painter = context.painter;
  const int id = context.scene.snapshot->ids[static_cast<std::size_t>(row)];
  painter.setPen(Qt::NoPen);
  painter.setBrush(context.theme().canvas);
  if (id == context.style.selected) {
    painter.setPen(QPen(context.theme().accent, context.px(2)));
    painter.drawEllipse(center, context.px(kRingRadius), context.px(kRingRadius));
    painter.setPen(Qt::NoPen);
  }
  painter.drawEllipse(center, context.px(kDiscRadius + kHalo), context.px(kDiscRadius + kHalo));
  painter.setBrush(context.generator(row));
  painter.drawEllipse(center, context.px(kDiscRadius), context.px(kDiscRadius));
}

bool isShown(const LayerContext& context, Layer layer) {
  return context.style.layers.has(layer) && context.scene.snapshot &&
         context.scene.snapshot->prototypes.cols() > 0;
}

}  // namespace

bool hasTrail(const EnsembleSnapshot& snapshot, std::size_t row) {
  return row < snapshot.trails.size() && static_cast<Eigen::Index>(row) < snapshot.prototypes.rows() &&
         snapshot.trails[row].rows() > 0 && snapshot.trails[row].cols() > 0;
}

QPainterPath trailPath(const LayerContext& context, const RowsF& trail, Eigen::Index from) {
  QPainterPath path(context.point(trail, from));
  for (Eigen::Index i = from + 1; i < trail.rows(); ++i) path.lineTo(context.point(trail, i));
  return path;
}

QPen trailPen(const LayerContext& context, int row, double opacity) {
  QColor color = context.generator(row);
  color.setAlphaF(static_cast<float>(opacity));
  return vectorPen(context.painter, QPen(color, context.px(1.6), Qt::SolidLine, Qt::RoundCap, Qt::RoundJoin));
}

void paintTrails(const LayerContext& context) {
  if (!isShown(context, Layer::Trails)) return;
  const EnsembleSnapshot& snapshot = *context.scene.snapshot;
  for (std::size_t j = 0; j < snapshot.trails.size(); ++j) {
    if (!hasTrail(snapshot, j)) continue;
    QPainterPath path = trailPath(context, snapshot.trails[j], 0);
    path.lineTo(context.point(snapshot.prototypes, static_cast<Eigen::Index>(j)));
    context.painter.strokePath(path, trailPen(context, static_cast<int>(j), kTrailOpacity));
  }
}

void paintPrototypes(const LayerContext& context) {
  if (!isShown(context, Layer::Prototypes)) return;
  const EnsembleSnapshot& snapshot = *context.scene.snapshot;
  for (int j = 0; j < snapshot.prototypes.rows() && j < static_cast<int>(snapshot.ids.size()); ++j) {
    const QPointF center = context.point(snapshot.prototypes, j);
    if (!std::isfinite(center.x()) || !std::isfinite(center.y())) continue;
    paintName(context, center, snapshot.ids[static_cast<std::size_t>(j)] + 1);
    paintDisc(context, center, j);
  }
}

}  // namespace monge::views
