// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QByteArray>
#include <QSizeF>
#include <QString>
#include <QStringList>
#include <functional>
#include <optional>

#include "views/tessellation_painter.h"

namespace monge::views {

/// What to draw and how large. The export dialog and `monge render` fill the same structure.
struct FigureSpec {
  QString view = "tessellation";  ///< tessellation, samples, metrics
  QSizeF sizeMm{120, 90};
  double dpi = 300;  ///< PNG only
  bool transparent = false;
  Theme theme = Theme::Figure;
  LayerSet layers;
  bool axes = true;
  std::optional<Box2> box;  ///< tessellation: what is shown; none: all of it
  double fontPt = 8;
  double markScale = 1;  ///< tessellation: markers and lines times this, text as it is; for small panels
};

QStringList figureViews();

/// What a tessellation figure shows, in data units: the cells of its scene should cover it.
Box2 figureBox(const Scene& scene, const FigureSpec& spec);

/// "120x90mm", "1200x900px" (at spec's dpi) or "4x3in". @throws monge::Error naming the text.
QSizeF parseFigureSize(const QString& text, double dpi);

/// Writes PNG, SVG or PDF by the file's suffix, atomically; text stays text and lines stay lines in SVG and
/// PDF. Metrics in the GUI thread only (recordedMetrics serves others), the rest in any.
/// @throws monge::Error: unknown suffix or view, absurd size, a folder that cannot be written, a full disk.
void writeFigure(const QString& file, const Scene& scene, const FigureSpec& spec);

/// The same onto any painter; `target` in points.
void paintFigure(QPainter& painter, const QRectF& target, const Scene& scene, const FigureSpec& spec);

/// Any drawing as a file of the spec's size: `paint` gets a painter in points and the whole page. Errors as
/// writeFigure's.
using PagePainter = std::function<void(QPainter& painter, const QRectF& page)>;

/// A page of metrics for writePage in any thread: the charts, which are a widget, are drawn now.
PagePainter recordedMetrics(const HistoryChunk& history, const FigureSpec& spec);
/// The bytes of that file, its format by the suffix of its name.
QByteArray pageBytes(const QString& file, const FigureSpec& spec, const PagePainter& paint);
void writePage(const QString& file, const FigureSpec& spec, const PagePainter& paint);

}  // namespace monge::views
