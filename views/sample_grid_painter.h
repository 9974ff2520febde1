// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QPainter>
#include <QRectF>

#include "views/palette.h"
#include "views/scene.h"

namespace monge::views {

/// Where the squares of the sample grid lie. Images: a row per generator, its mark, its prototype, a gap, its
/// samples. Points: a panel per generator, several to a line.
struct SampleGridLayout {
  int rows = 0;     ///< generators
  int columns = 0;  ///< images: samples of a generator; points: panels in a line
  bool images = false;
  double side = 0;  ///< of a square
  QPointF origin;

  static constexpr double kHeader = 22, kMark = 4, kMarkGap = 8, kPrototypeGap = 16, kGap = 4, kPanelGap = 12,
                          kPanelCaption = 20;

  /// The square of a sample; column -1 is the prototype. For points the column is left out.
  QRectF cell(int row, int column) const;
  QRectF mark(int row) const;
  /// All that belongs to a generator, for clicks and the selection's outline.
  QRectF band(int row) const;
  QSizeF size() const;

  /// Largest squares that fit into `available`, but not below `smallest`: the grid is then larger than that.
  static SampleGridLayout fitted(const Scene& scene, const QSizeF& available, double smallest,
                                 double largest);
};

/// Whether there is anything to lay out.
bool hasSampleGrid(const Scene& scene);

void paintSampleGrid(QPainter& painter, const QRectF& target, const Scene& scene, Theme theme,
                     const SampleGridLayout& layout, int selected, double textSize);

}  // namespace monge::views
