// SPDX-License-Identifier: GPL-3.0-or-later
#include "views/vector_pen.h"

#include <QPaintEngine>

namespace monge::views {

QPen vectorPen(const QPainter& painter, const QPen& pen) {
  const int opacity = pen.color().alpha();
  if (painter.paintEngine()->type() != QPaintEngine::Pdf || opacity == 255 || pen.style() != Qt::SolidLine)
    return pen;
  QColor colour = pen.color();
  colour.setAlpha(255);
  QPen marked(colour, pen.widthF(), Qt::SolidLine, pen.capStyle(), Qt::MiterJoin);
  marked.setMiterLimit(kOpacityMark + opacity);
  return marked;
}

}  // namespace monge::views
