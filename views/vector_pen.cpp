// SPDX-License-Identifier: GPL-3.0-or-later
#include "views/vector_pen.h"

#include <QPaintEngine>

namespace monge::views {

namespace {
thread_local int plainPens = 0;
}  // namespace

PlainPens::PlainPens() {
  ++plainPens;
}

PlainPens::~PlainPens() {
  --plainPens;
}

QPen vectorPen(const QPainter& painter, const QPen& pen) {
  const int opacity = pen.color().alpha();
  const bool isPdf = painter.paintEngine()->type() == QPaintEngine::Pdf;
  if (!isPdf || plainPens > 0 || opacity == 255 || pen.style() != Qt::SolidLine) return pen;
  QColor colour = pen.color();
  colour.setAlpha(255);
  QPen marked(colour, pen.widthF(), Qt::SolidLine, pen.capStyle(), Qt::MiterJoin);
  marked.setMiterLimit(kOpacityMark + opacity);
  return marked;
}

}  // namespace monge::views
