// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QByteArray>
#include <set>

namespace monge::views {

/// What a page says, in fewer words.
struct PdfContent {
  QByteArray text;
  std::set<int> opacities;  ///< of strokes, 0 to 255: each needs a graphics state, see opacityName()
};

/// Rewrites a page's content (ISO 32000-1, 8 and 9) as Qt's PDF engine writes it: numbers to a two-hundredth
/// of a point, what is set only where it is used and differs from before, opaque strokes of one kind as one
/// path, and the lines of vectorPen() as translucent strokes. What it looks like stays.
/// @throws monge::Error on what is no content of a page
PdfContent compactContent(const QByteArray& content);

/// Name of the graphics state of strokes with that opacity.
QByteArray opacityName(int opacity);

}  // namespace monge::views
