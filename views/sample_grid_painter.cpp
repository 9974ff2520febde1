// SPDX-License-Identifier: GPL-3.0-or-later
#include "views/sample_grid_painter.h"

#include <QCoreApplication>
#include <QFontMetricsF>
#include <algorithm>
#include <cmath>

#include "views/dots.h"
#include "views/images.h"
#include "views/sample_grid_view.h"
#include "views/tessellation_painter.h"

namespace monge::views {
namespace {

QString tr(const char* text) {
  return QCoreApplication::translate("SampleGrid", text);
}

using Layout = SampleGridLayout;

int generators(const Scene& scene) {
  return scene.snapshot ? static_cast<int>(scene.snapshot->prototypes.rows()) : 0;
}

int idOf(const Scene& scene, int row) {
  const auto index = static_cast<std::size_t>(row);
  return index < scene.snapshot->ids.size() ? scene.snapshot->ids[index] : row;
}

Layout fittedImages(Layout layout, const QSizeF& available, double smallest, double largest) {
  const double wide = available.width() - Layout::kMark - Layout::kMarkGap - Layout::kPrototypeGap -
                      (layout.columns - 1) * Layout::kGap;
  const double high = available.height() - Layout::kHeader - (layout.rows - 1) * Layout::kGap;
  layout.side = std::min(wide / (layout.columns + 1), high / layout.rows);
  layout.side = std::clamp(layout.side, smallest, largest);
  return layout;
}

Layout fittedPanels(Layout layout, const QSizeF& available, double smallest, double largest) {
  double best = 0;
  for (int columns = 1; columns <= layout.rows; ++columns) {
    const int lines = (layout.rows + columns - 1) / columns;
    const double side =
        std::min((available.width() - (columns - 1) * Layout::kPanelGap) / columns,
                 (available.height() - (lines - 1) * Layout::kPanelGap) / lines - Layout::kPanelCaption);
    if (side <= best) continue;
    best = side;
    layout.columns = columns;
  }
  if (best < smallest) {
    layout.columns = std::max(
        1, static_cast<int>((available.width() + Layout::kPanelGap) / (smallest + Layout::kPanelGap)));
  }
  layout.side = std::clamp(best, smallest, largest);
  return layout;
}

QFont textFont(const QPainter& painter, double size) {
  QFont font = painter.font();
  font.setPixelSize(std::max(1, static_cast<int>(std::lround(size))));
  return font;
}

void paintHeader(QPainter& painter, const Layout& layout, Theme theme, double textSize) {
  painter.setFont(textFont(painter, 0.85 * textSize));
  painter.setPen(colors(theme).muted);
  const QFontMetricsF metrics(painter.font());
  const double baseline = layout.origin.y() + metrics.ascent() + 1;
  const QString prototype = tr("Prototype");
  const QRectF first = layout.cell(0, -1), second = layout.cell(0, 0);
  const bool fits = first.left() + metrics.horizontalAdvance(prototype) < second.left() - 4;
  painter.drawText(QPointF(first.left(), baseline), fits ? prototype : QStringLiteral("y"));
  const QString words = tr("Samples, one noise per column"), word = tr("Samples");
  const double room = layout.origin.x() + layout.size().width() - second.left();
  painter.drawText(QPointF(second.left(), baseline), metrics.horizontalAdvance(words) < room ? words : word);
}

void paintImageRow(QPainter& painter, const Layout& layout, const Scene& scene, int row,
                   const ValueRange& range) {
  const EnsembleSnapshot& snapshot = *scene.snapshot;
  painter.fillRect(layout.mark(row), generatorColor(idOf(scene, row)));
  drawCrisp(painter, layout.cell(row, -1),
            toImage(snapshot.prototypes.row(row).data(), snapshot.image, range));
  for (int column = 0; column < snapshot.grid.columns; ++column) {
    const auto at = static_cast<Eigen::Index>(row) * snapshot.grid.columns + column;
    if (at >= snapshot.grid.samples.rows()) break;
    drawCrisp(painter, layout.cell(row, column),
              toImage(snapshot.grid.samples.row(at).data(), snapshot.image, range));
  }
}

/// Real points grey, those of one generator in its colour, its prototype as a disc.
void paintPanel(QPainter& painter, const Layout& layout, const Scene& scene, int row, Theme theme) {
  const EnsembleSnapshot& snapshot = *scene.snapshot;
  const QRectF cell = layout.cell(row, 0);
  const PlaneMap map = PlaneMap::fitted(initialBox(scene), cell);
  const auto placed = [&](const RowsF& rows, Eigen::Index i) {
    return map.toTarget(rows(i, 0), rows.cols() > 1 ? static_cast<double>(rows(i, 1)) : 0.0, cell);
  };
  painter.save();
  painter.setClipRect(cell, Qt::IntersectClip);
  DotGroup real{colors(theme).realData, {}}, generated{generatorColor(idOf(scene, row)), {}};
  if (scene.data && scene.data->points.cols() > 0) {
    for (Eigen::Index i = 0; i < scene.data->points.rows(); ++i)
      real.points.push_back(placed(scene.data->points, i));
  }
  for (Eigen::Index i = 0; i < snapshot.samples.rows() && snapshot.samples.cols() > 0; ++i) {
    const auto index = static_cast<std::size_t>(i);
    if (index < snapshot.sampleOwner.size() && snapshot.sampleOwner[index] == row) {
      generated.points.push_back(placed(snapshot.samples, i));
    }
  }
  paintDots(painter, cell, {real}, 0.9);
  paintDots(painter, cell, {generated}, 1.4);
  painter.setPen(QPen(colors(theme).canvas, 1.5));
  painter.setBrush(generated.color);
  painter.drawEllipse(placed(snapshot.prototypes, row), 4.5, 4.5);
  painter.restore();
  painter.setPen(QPen(colors(theme).line, 1));
  painter.setBrush(Qt::NoBrush);
  painter.drawRect(cell);
}

void paintPanelCaption(QPainter& painter, const Layout& layout, const Scene& scene, int row, Theme theme,
                       double textSize) {
  painter.setFont(textFont(painter, textSize));
  painter.setPen(colors(theme).text);
  const QFontMetricsF metrics(painter.font());
  const QRectF cell = layout.cell(row, 0);
  painter.fillRect(layout.mark(row), generatorColor(idOf(scene, row)));
  painter.drawText(QPointF(cell.left() + Layout::kMark + 6, cell.top() - 6),
                   tr("Generator %1").arg(idOf(scene, row) + 1));
}

void paintNothing(QPainter& painter, const QRectF& target, Theme theme, double textSize) {
  painter.setFont(textFont(painter, textSize));
  painter.setPen(colors(theme).muted);
  painter.drawText(target, Qt::AlignCenter | Qt::TextWordWrap,
                   tr("Each generator's samples appear here once a run is open."));
}

}  // namespace

QRectF SampleGridLayout::cell(int row, int column) const {
  if (!images) {
    const QPointF offset((row % columns) * (side + kPanelGap),
                         (row / columns) * (side + kPanelCaption + kPanelGap) + kPanelCaption);
    return {origin + offset, QSizeF(side, side)};
  }
  const double samplesLeft = kMark + kMarkGap + side + kPrototypeGap;
  const double x = column < 0 ? kMark + kMarkGap : samplesLeft + column * (side + kGap);
  return {origin + QPointF(x, kHeader + row * (side + kGap)), QSizeF(side, side)};
}

QRectF SampleGridLayout::mark(int row) const {
  if (images) return {origin + QPointF(0, kHeader + row * (side + kGap)), QSizeF(kMark, side)};
  return {cell(row, 0).topLeft() - QPointF(0, 16), QSizeF(kMark, 12)};
}

QRectF SampleGridLayout::band(int row) const {
  return images ? mark(row).united(cell(row, columns - 1)) : cell(row, 0);
}

QSizeF SampleGridLayout::size() const {
  if (rows == 0) return {};
  if (images) {
    return {kMark + kMarkGap + side + kPrototypeGap + columns * (side + kGap) - kGap,
            kHeader + rows * (side + kGap) - kGap};
  }
  const int lines = (rows + columns - 1) / columns, across = std::min(rows, columns);
  return {across * (side + kPanelGap) - kPanelGap, lines * (side + kPanelCaption + kPanelGap) - kPanelGap};
}

SampleGridLayout SampleGridLayout::fitted(const Scene& scene, const QSizeF& available, double smallest,
                                          double largest) {
  Layout layout;
  if (!hasSampleGrid(scene)) return layout;
  layout.rows = generators(scene);
  layout.images = scene.snapshot->image.isImage();
  layout.columns = layout.images ? std::max(1, scene.snapshot->grid.columns) : 1;
  // Points need room to be read: their panels may be several times the size of an image.
  return layout.images ? fittedImages(layout, available, smallest, largest)
                       : fittedPanels(layout, available, 3 * smallest, 4 * largest);
}

bool hasSampleGrid(const Scene& scene) {
  if (generators(scene) == 0 || scene.snapshot->prototypes.cols() == 0) return false;
  const EnsembleSnapshot& snapshot = *scene.snapshot;
  return !snapshot.image.isImage() || snapshot.image.size() == snapshot.prototypes.cols();
}

void paintSampleGrid(QPainter& painter, const QRectF& target, const Scene& scene, Theme theme,
                     const SampleGridLayout& layout, int selected, double textSize) {
  painter.save();
  painter.setRenderHint(QPainter::Antialiasing);
  if (!hasSampleGrid(scene)) {
    paintNothing(painter, target, theme, textSize);
    painter.restore();
    return;
  }
  if (layout.images) paintHeader(painter, layout, theme, textSize);
  const ValueRange range = valueRange(scene.data.get());
  for (int row = 0; row < layout.rows; ++row) {
    if (layout.images) {
      paintImageRow(painter, layout, scene, row, range);
    } else {
      paintPanel(painter, layout, scene, row, theme);
      paintPanelCaption(painter, layout, scene, row, theme, textSize);
    }
    if (idOf(scene, row) != selected) continue;
    painter.setPen(QPen(colors(theme).accent, 2));
    painter.setBrush(Qt::NoBrush);
    painter.drawRoundedRect(layout.band(row).adjusted(-2, -2, 2, 2), 3, 3);
  }
  painter.restore();
}

void paintSampleGrid(QPainter& painter, const QRectF& target, const Scene& scene, Theme theme) {
  constexpr double kTextSize = 12, kSmallest = 1, kLargest = 96, kEdge = 8;
  Layout layout = Layout::fitted(scene, target.size() - QSizeF(2 * kEdge, 2 * kEdge), kSmallest, kLargest);
  const QSizeF size = layout.size();
  layout.origin = target.center() - QPointF(size.width() / 2, size.height() / 2);
  paintSampleGrid(painter, target, scene, theme, layout, -1, kTextSize);
}

}  // namespace monge::views
