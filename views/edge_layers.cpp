// SPDX-License-Identifier: GPL-3.0-or-later
// What stands at the edges of the plane: numbers of the axes, the critic's colour bar, notes.
#include <QCoreApplication>
#include <QFontMetricsF>
#include <QLinearGradient>
#include <algorithm>
#include <cmath>

#include "views/numbers.h"
#include "views/tessellation_layers.h"

namespace monge::views {
namespace {

QString tr(const char* text) {
  return QCoreApplication::translate("Tessellation", text);
}

constexpr double kTickDistance = 60;  ///< pixels, at least
constexpr double kEdge = 8;

}  // namespace

AxisRoom axisRoom(const LayerContext& context) {
  const QFontMetricsF metrics(context.font(0.85));
  const double edge = context.px(kEdge);
  return {std::ceil(edge + metrics.horizontalAdvance(QStringLiteral("−0.00")) + edge),
          std::ceil(edge + metrics.height())};
}

void paintAxes(const LayerContext& context) {
  QPainter& painter = context.painter;
  const Box2 box = context.map.visible(context.target);
  painter.setFont(context.font(0.85));
  // Over the heat map the quiet colour would be lost.
  painter.setPen(hasCritic(context.scene, context.style) ? context.theme().text : context.theme().muted);
  const QFontMetricsF metrics(painter.font());
  const double edge = context.px(kEdge);
  const AxisRoom room = axisRoom(context);
  const double baseline = context.target.bottom() - edge - metrics.descent();
  // One step for both axes: equal distances read as equal.
  const double step = roundStep(context.px(kTickDistance) / context.map.scale);
  const double leftColumn = context.target.left() + room.left;
  for (const double x : multiples(box.xMin, box.xMax, step)) {
    const QString text = numberText(x, 6);
    const double width = metrics.horizontalAdvance(text);
    const double left = context.point(x, 0).x() - width / 2;
    if (left < leftColumn || left + width > context.target.right() - edge / 2) continue;
    painter.drawText(QPointF(left, baseline), text);
  }
  for (const double y : multiples(box.yMin, box.yMax, step)) {
    const double middle = context.point(0, y).y() + metrics.capHeight() / 2;
    if (middle - metrics.ascent() < context.target.top() ||
        middle + metrics.descent() > context.target.bottom() - room.bottom)
      continue;
    painter.drawText(QPointF(context.target.left() + edge, middle), numberText(y, 6));
  }
}

void paintColourBar(const LayerContext& context, const ColourBar& bar) {
  QPainter& painter = context.painter;
  painter.setFont(context.font(0.85));
  const QFontMetricsF metrics(painter.font());
  double widest = metrics.horizontalAdvance(bar.title);
  for (const QString& text : bar.texts)
    widest = std::max(widest, context.px(16) + metrics.horizontalAdvance(text));
  const double height = std::min(context.px(96), context.target.height() / 3);
  const QRectF card(context.target.right() - widest - context.px(28), context.target.top() + context.px(12),
                    widest + context.px(16), height + metrics.height() + context.px(28));
  QColor canvas = context.theme().canvas;
  canvas.setAlphaF(0.85f);
  painter.setPen(Qt::NoPen);
  painter.setBrush(canvas);
  painter.drawRoundedRect(card, context.px(6), context.px(6));
  const QRectF strip(card.left() + context.px(8), card.top() + metrics.height() + context.px(14),
                     context.px(10), height);
  QLinearGradient gradient(strip.topLeft(), strip.bottomLeft());
  for (int i = 0; i <= 8; ++i) gradient.setColorAt(i / 8.0, bar.colour(1 - i / 8.0));
  painter.setPen(QPen(context.theme().line, context.px(0.5)));
  painter.setBrush(gradient);
  painter.drawRect(strip);
  painter.setPen(context.theme().text);
  painter.drawText(QPointF(strip.left(), card.top() + context.px(6) + metrics.ascent()), bar.title);
  for (int i = 0; i < 3; ++i) {
    const double y = strip.top() + strip.height() * i / 2 + metrics.capHeight() / 2;
    painter.drawText(QPointF(strip.right() + context.px(6), y), bar.texts[static_cast<std::size_t>(i)]);
  }
}

void paintCriticBar(const LayerContext& context) {
  const double extent = criticScale(context).extent;
  if (!(extent > 0)) return;
  const Theme theme = context.style.theme;
  paintColourBar(context,
                 {tr("Critic − mean"),
                  {QStringLiteral("+") + numberText(extent), QStringLiteral("0"), numberText(-extent)},
                  [theme](double t) { return diverging(2 * t - 1, theme); }});
}

void paintDimensionNote(const LayerContext& context) {
  const int dimension = context.scene.data       ? context.scene.data->dimension
                        : context.scene.snapshot ? context.scene.snapshot->dimension
                                                 : 2;
  if (dimension < 3) return;
  QPainter& painter = context.painter;
  painter.setFont(context.font(0.85));
  painter.setPen(context.theme().muted);
  const QFontMetricsF metrics(painter.font());
  painter.drawText(QPointF(context.target.left() + context.px(40),
                           context.target.top() + context.px(10) + metrics.ascent()),
                   tr("first two of %1 coordinates").arg(dimension));
}

}  // namespace monge::views
