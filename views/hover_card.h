// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QFont>
#include <QPainter>
#include <QStringList>

#include "views/palette.h"

namespace monge::views {

/// The card that follows the mouse: a bold first line, then facts.
QSizeF textCardSize(const QFont& font, const QStringList& lines);

/// Beside the mouse, on whichever side keeps it inside `bounds`.
QRectF cardPlace(const QPointF& mouse, const QSizeF& size, const QRectF& bounds);

void paintCard(QPainter& painter, const QRectF& card, Theme theme);
void paintTextCard(QPainter& painter, const QRectF& card, const QStringList& lines, const QFont& font,
                   Theme theme);

}  // namespace monge::views
