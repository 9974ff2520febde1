// SPDX-License-Identifier: GPL-3.0-or-later
#include "views/hover_card.h"

#include <QFontMetricsF>
#include <algorithm>

namespace monge::views {
namespace {

constexpr double kPadding = 10, kLeading = 3, kOffset = 16;

QFont bold(QFont font) {
  font.setBold(true);
  return font;
}

}  // namespace

QSizeF textCardSize(const QFont& font, const QStringList& lines) {
  double width = 0;
  for (int i = 0; i < lines.size(); ++i) {
    width = std::max(width, QFontMetricsF(i == 0 ? bold(font) : font).horizontalAdvance(lines[i]));
  }
  const double height = lines.size() * (QFontMetricsF(font).height() + kLeading) - kLeading;
  return {width + 2 * kPadding, height + 2 * kPadding};
}

QRectF cardPlace(const QPointF& mouse, const QSizeF& size, const QRectF& bounds) {
  QPointF corner = mouse + QPointF(kOffset, kOffset);
  if (corner.x() + size.width() > bounds.right()) corner.setX(mouse.x() - kOffset - size.width());
  if (corner.y() + size.height() > bounds.bottom()) corner.setY(mouse.y() - kOffset - size.height());
  corner.setX(std::max(corner.x(), bounds.left()));
  corner.setY(std::max(corner.y(), bounds.top()));
  return {corner, size};
}

void paintCard(QPainter& painter, const QRectF& card, Theme theme) {
  painter.save();
  painter.setRenderHint(QPainter::Antialiasing);
  painter.setPen(QPen(colors(theme).line, 1));
  painter.setBrush(colors(theme).surface);
  painter.drawRoundedRect(card, 6, 6);
  painter.restore();
}

void paintTextCard(QPainter& painter, const QRectF& card, const QStringList& lines, const QFont& font,
                   Theme theme) {
  paintCard(painter, card, theme);
  const QFontMetricsF metrics(font);
  double baseline = card.top() + kPadding + metrics.ascent();
  for (int i = 0; i < lines.size(); ++i) {
    painter.setFont(i == 0 ? bold(font) : font);
    painter.setPen(i < 2 ? colors(theme).text : colors(theme).muted);
    painter.drawText(QPointF(card.left() + kPadding, baseline), lines[i]);
    baseline += metrics.height() + kLeading;
  }
}

}  // namespace monge::views
