// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QImage>
#include <QPainter>

#include "core/snapshot/snapshot.h"

namespace monge::views {

/// Values that are shown as black and white: the data set's whole range over all pixels.
struct ValueRange {
  double low = 0, high = 1;
};
ValueRange valueRange(const DataView* data);

/// One flattened image (channel, row, column) as grey (1 channel) or RGB (3 or more; 2 show the first).
/// Values outside the range are clamped, non-finite ones are black. @param values  shape.size() of them
QImage toImage(const float* values, const ImageShape& shape, const ValueRange& range);

/// Draws an image with crisp pixels (nearest neighbour) into the largest centred rectangle of its shape.
void drawCrisp(QPainter& painter, const QRectF& target, const QImage& image);

}  // namespace monge::views
