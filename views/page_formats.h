// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QByteArray>

#include "views/figure.h"

namespace monge::views {

/// One page as the bytes of a file. `paint` draws in points on the whole page.
/// @throws monge::Error when a picture of that size cannot be made.
QByteArray pngPage(const FigureSpec& spec, const PagePainter& paint);
QByteArray svgPage(const FigureSpec& spec, const PagePainter& paint);
QByteArray pdfPage(const FigureSpec& spec, const PagePainter& paint);

}  // namespace monge::views
