// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QPainter>
#include <QPen>

namespace monge::views {

/// Qt's PDF engine draws a translucent line as the outline of its stroke: thirty times the bytes, and no line
/// any more to whoever edits the figure. There such a pen is opaque and carries its opacity in the limit of
/// its mitres, with round joins meant, and compactPdf() puts things right. On other devices, and where it is
/// opaque or dashed, the pen is what it was.
QPen vectorPen(const QPainter& painter, const QPen& pen);

/// While one lives, pens of this thread stay as they are.
class PlainPens {
 public:
  PlainPens();
  ~PlainPens();
  PlainPens(const PlainPens&) = delete;
  PlainPens& operator=(const PlainPens&) = delete;
};

/// What the limit says.
constexpr double kOpacityMark = 1000;  ///< and the opacity, 0 to 255, on top

}  // namespace monge::views
