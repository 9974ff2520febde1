// SPDX-License-Identifier: GPL-3.0-or-later
#include "views/figure.h"

#include <QFileInfo>
#include <QGuiApplication>
#include <QRegularExpression>
#include <algorithm>
#include <cmath>

#include "core/base/error.h"
#include "core/base/files.h"
#include "views/metrics_view.h"
#include "views/numbers.h"
#include "views/page_formats.h"
#include "views/sample_grid_view.h"

namespace monge::views {
namespace {

constexpr double kPointsPerMm = 72 / 25.4;
/// The views are drawn as on a screen with text of this height; a figure scales the whole so that it becomes
/// fontPt points.
constexpr double kLayoutText = 12;
/// A figure is looked at for its densities, which samples as large as on a screen would hide.
constexpr double kSampleScale = 0.7, kSampleOpacity = 0.6;
constexpr double kSmallestMm = 5, kLargestMm = 5000;

double layoutScale(const FigureSpec& spec) {
  return spec.fontPt / kLayoutText;
}

std::string number(double value) {
  return numberText(value, 6).toStdString();
}

void checkPage(const FigureSpec& spec) {
  for (const double side : {spec.sizeMm.width(), spec.sizeMm.height()}) {
    if (!(side >= kSmallestMm && side <= kLargestMm)) {
      throw Error("figure size", number(side) + " mm", "5 to 5000 mm a side");
    }
  }
  if (!(spec.fontPt >= 3 && spec.fontPt <= 72))
    throw Error("font size", number(spec.fontPt) + " pt", "3 to 72 pt");
  if (!(spec.markScale >= 0.1 && spec.markScale <= 10))
    throw Error("mark scale", number(spec.markScale), "0.1 to 10");
  if (spec.box && !(spec.box->width() > 0 && spec.box->height() > 0)) {
    throw Error("box",
                number(spec.box->xMin) + "," + number(spec.box->yMin) + "," + number(spec.box->xMax) + "," +
                    number(spec.box->yMax),
                "x0,y0,x1,y1 with x0 < x1 and y0 < y1");
  }
}

/// The whole of the asked box, without a margin: who gives numbers means them.
PlaneMap exactMap(const Box2& box, const QRectF& target) {
  PlaneMap map;
  map.centerX = (box.xMin + box.xMax) / 2;
  map.centerY = (box.yMin + box.yMax) / 2;
  map.scale = std::min(target.width() / box.width(), target.height() / box.height());
  return map;
}

PlaneMap figureMap(const Scene& scene, const FigureSpec& spec, const QRectF& target) {
  return spec.box ? exactMap(*spec.box, target) : PlaneMap::fitted(initialBox(scene), target);
}

void paintView(QPainter& painter, const QRectF& target, const Scene& scene, const FigureSpec& spec) {
  if (spec.view == QLatin1String("samples")) return paintSampleGrid(painter, target, scene, spec.theme);
  if (spec.view == QLatin1String("metrics"))
    return replayMetrics(painter, target.topLeft(),
                         recordMetrics(target.size(), painter.font(), scene.history, spec.theme));
  TessellationStyle style;
  style.theme = spec.theme;
  style.layers = spec.layers;
  style.axes = spec.axes;
  style.background = !spec.transparent;
  style.unit = spec.markScale;
  style.textSize = kLayoutText / spec.markScale;
  style.sampleScale = kSampleScale;
  style.sampleOpacity = kSampleOpacity;
  paintTessellation(painter, target, scene, figureMap(scene, spec, target), style);
}

QFont layoutFont() {
  QFont font = QGuiApplication::font();
  font.setPixelSize(static_cast<int>(kLayoutText));
  return font;
}

/// Calls `paint` with the target as large as it is in the units of the layout.
void paintLaidOut(QPainter& painter, const QRectF& target, const FigureSpec& spec,
                  const std::function<void(const QRectF& layout)>& paint) {
  painter.save();
  painter.translate(target.topLeft());
  painter.scale(layoutScale(spec), layoutScale(spec));
  const QRectF layout(QPointF(0, 0), target.size() / layoutScale(spec));
  painter.setFont(layoutFont());
  if (!spec.transparent) painter.fillRect(layout, colors(spec.theme).canvas);
  paint(layout);
  painter.restore();
}

}  // namespace

QStringList figureViews() {
  return {QStringLiteral("tessellation"), QStringLiteral("samples"), QStringLiteral("metrics")};
}

QSizeF parseFigureSize(const QString& text, double dpi) {
  static const QRegularExpression form(
      QStringLiteral(R"(^\s*(\d+(?:\.\d+)?)\s*x\s*(\d+(?:\.\d+)?)\s*(mm|cm|in|px|pt)\s*$)"));
  const auto match = form.match(text);
  if (!match.hasMatch())
    throw Error("figure size", text.toStdString(),
                "a width, an x, a height and mm, cm, in, pt or px, as in 120x90mm");
  const QString unit = match.captured(3);
  const double mm = unit == QLatin1String("mm")   ? 1
                    : unit == QLatin1String("cm") ? 10
                    : unit == QLatin1String("in") ? 25.4
                    : unit == QLatin1String("pt") ? 25.4 / 72
                                                  : 25.4 / dpi;
  return {match.captured(1).toDouble() * mm, match.captured(2).toDouble() * mm};
}

Box2 figureBox(const Scene& scene, const FigureSpec& spec) {
  const QRectF page(QPointF(0, 0), spec.sizeMm * kPointsPerMm / layoutScale(spec));
  return figureMap(scene, spec, page).visible(page);
}

void paintFigure(QPainter& painter, const QRectF& target, const Scene& scene, const FigureSpec& spec) {
  paintLaidOut(painter, target, spec, [&](const QRectF& layout) { paintView(painter, layout, scene, spec); });
}

PagePainter recordedMetrics(const HistoryChunk& history, const FigureSpec& spec) {
  const QSizeF layout = spec.sizeMm * kPointsPerMm / layoutScale(spec);
  return [spec, charts = recordMetrics(layout, layoutFont(), history, spec.theme)](QPainter& painter,
                                                                                   const QRectF& page) {
    paintLaidOut(painter, page, spec,
                 [&](const QRectF& layout) { replayMetrics(painter, layout.topLeft(), charts); });
  };
}

QByteArray pageBytes(const QString& file, const FigureSpec& spec, const PagePainter& paint) {
  checkPage(spec);
  const QString suffix = QFileInfo(file).suffix().toLower();
  if (suffix == QLatin1String("png")) return pngPage(spec, paint);
  if (suffix == QLatin1String("svg")) return svgPage(spec, paint);
  if (suffix == QLatin1String("pdf")) return pdfPage(spec, paint);
  throw Error(file.toStdString(), suffix.isEmpty() ? "no suffix" : "suffix ." + suffix.toStdString(),
              ".png, .svg or .pdf");
}

void writePage(const QString& file, const FigureSpec& spec, const PagePainter& paint) {
  const QByteArray bytes = pageBytes(file, spec, paint);
  writeFileAtomically(file.toStdString(),
                      std::string_view(bytes.constData(), static_cast<std::size_t>(bytes.size())));
}

void writeFigure(const QString& file, const Scene& scene, const FigureSpec& spec) {
  if (!figureViews().contains(spec.view))
    throw Error("view", spec.view.toStdString(), figureViews().join(QStringLiteral(", ")).toStdString());
  writePage(file, spec,
            [&](QPainter& painter, const QRectF& page) { paintFigure(painter, page, scene, spec); });
}

}  // namespace monge::views
