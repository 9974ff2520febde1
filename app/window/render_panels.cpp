// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/window/render_panels.h"

#include <QFontMetricsF>
#include <QGuiApplication>
#include <algorithm>
#include <cmath>

#include "app/window/render_scene.h"
#include "core/base/error.h"
#include "core/base/files.h"
#include "views/numbers.h"
#include "views/palette.h"

namespace monge {
namespace {

using views::FigureSpec;

constexpr double kPointsPerMm = 72 / 25.4;
constexpr double kPageWidthMm = 174, kBarsHeightMm = 50;
constexpr double kGap = 9, kEdge = 1;  ///< points
constexpr double kTitle = 1.9;         ///< lines of text above a panel
constexpr double kPanelMarks = 0.6;    ///< dots of a panel against those of a whole figure

/// Where the panels and the chart lie on a page, in points.
struct PanelLayout {
  int columns = 1, rows = 1;
  double side = 0, titleHeight = 0, barsHeight = 0, left = 0;

  double height() const {
    return rows * (side + titleHeight) + (rows - 1) * kGap + (barsHeight > 0 ? kGap + barsHeight : 0);
  }
  QRectF panel(int index) const {
    return {left + (index % columns) * (side + kGap),
            (index / columns) * (side + titleHeight + kGap) + titleHeight, side, side};
  }
};

PanelLayout layoutFor(const PanelFigure& figure, double width) {
  PanelLayout layout;
  const int count = static_cast<int>(figure.panels.size());
  layout.columns = std::clamp(figure.columns, 1, std::max(1, count));
  layout.rows = (count + layout.columns - 1) / layout.columns;
  layout.titleHeight = kTitle * figure.spec.fontPt;
  layout.barsHeight = figure.bars.empty() ? 0 : kBarsHeightMm * kPointsPerMm;
  layout.side = (width - (layout.columns - 1) * kGap) / layout.columns;
  return layout;
}

/// Shrinks the panels until they fit a page of a given size.
PanelLayout layoutWithin(const PanelFigure& figure, const QSizeF& page) {
  PanelLayout layout = layoutFor(figure, page.width() - 2 * kEdge);
  layout.left = kEdge;
  if (layout.height() <= page.height()) return layout;
  const double fixed = layout.height() - layout.rows * layout.side;
  layout.side = (page.height() - fixed) / layout.rows;
  if (layout.side < 20) {
    throw Error(
        "figure size", views::numberText(figure.spec.sizeMm.height(), 4).toStdString() + " mm high",
        "room for " + std::to_string(layout.rows) + " rows of panels; give --size, --columns or fewer runs");
  }
  layout.left = (page.width() - layout.columns * (layout.side + kGap) + kGap) / 2;
  return layout;
}

/// Text of a height in points. Pixel sizes are whole numbers, so it is drawn ten times as large and scaled.
void drawText(QPainter& painter, const QPointF& origin, const QString& text, double points,
              Qt::Alignment alignment, const QColor& color, bool bold = false) {
  constexpr double kFiner = 10;
  QFont font = QGuiApplication::font();
  font.setPixelSize(std::max(1, static_cast<int>(std::lround(points * kFiner))));
  font.setBold(bold);
  const double width = QFontMetricsF(font).horizontalAdvance(text) / kFiner;
  const double left = alignment == Qt::AlignRight ? width : alignment == Qt::AlignHCenter ? width / 2 : 0;
  painter.save();
  painter.translate(origin - QPointF(left, 0));
  painter.scale(1 / kFiner, 1 / kFiner);
  painter.setFont(font);
  painter.setPen(color);
  painter.drawText(QPointF(0, 0), text);
  painter.restore();
}

/// (a), (b), ... (z), (aa), ...
QString letter(int index) {
  QString text;
  for (int rest = index; rest >= 0; rest = rest / 26 - 1) text.prepend(QChar(u'a' + rest % 26));
  return QLatin1Char('(') + text + QLatin1Char(')');
}

void paintPanel(QPainter& painter, const PanelLayout& layout, const PanelFigure& figure, int index) {
  const PanelFigure::Panel& panel = figure.panels[static_cast<std::size_t>(index)];
  const QRectF place = layout.panel(index);
  const views::Colors& c = views::colors(figure.spec.theme);
  FigureSpec spec = figure.spec;
  spec.sizeMm = place.size() / kPointsPerMm;
  spec.markScale = kPanelMarks;
  views::Scene scene = panel.scene;
  addFigureCells(scene, spec);
  painter.save();
  painter.setClipRect(place);
  views::paintFigure(painter, place, scene, spec);
  painter.restore();
  painter.setPen(QPen(c.line, 0.5));
  painter.setBrush(Qt::NoBrush);
  painter.drawRect(place);
  const double size = spec.fontPt;
  const QPointF baseline(place.left(), place.top() - 0.55 * size);
  drawText(painter, baseline, letter(index), size, Qt::AlignLeft, c.text, true);
  drawText(painter, baseline + QPointF(2 * size, 0), panel.title, size, Qt::AlignLeft, c.text);
}

QStringList distinct(const std::vector<Bar>& bars, QString Bar::*field) {
  QStringList names;
  for (const Bar& bar : bars) {
    if (!names.contains(bar.*field)) names << bar.*field;
  }
  return names;
}

/// Bars grouped by variant, a colour per metric, whiskers of one standard deviation to each side.
class BarChart {
 public:
  BarChart(const PanelFigure& figure, const QRectF& area)
      : m_figure(figure),
        m_c(views::colors(figure.spec.theme)),
        m_size(figure.spec.fontPt),
        m_variants(distinct(figure.bars, &Bar::variant)),
        m_metrics(distinct(figure.bars, &Bar::metric)),
        m_plot(area.adjusted(3 * m_size, 1.8 * m_size, 0, -1.8 * m_size)) {
    for (const Bar& bar : figure.bars) m_top = std::max(m_top, bar.mean + bar.deviation);
    m_top = std::max(1.0, 1.05 * m_top);
  }

  void paint(QPainter& painter) const {
    paintAxis(painter);
    for (const Bar& bar : m_figure.bars) paintBar(painter, bar);
    const double group = m_plot.width() / static_cast<double>(m_variants.size());
    for (int i = 0; i < m_variants.size(); ++i) {
      drawText(painter, {m_plot.left() + (i + 0.5) * group, m_plot.bottom() + 1.3 * m_size}, m_variants[i],
               m_size, Qt::AlignHCenter, m_c.text);
    }
    double left = m_plot.left();
    for (int i = 0; i < m_metrics.size(); ++i) {
      const QString name = m_metrics[i];
      drawText(painter, {left, m_plot.top() - 0.8 * m_size}, name, m_size, Qt::AlignLeft, colorOf(i), true);
      left += (static_cast<double>(name.size()) * 0.7 + 1.5) * m_size;
    }
  }

 private:
  /// Blue and vermilion first: the pair that still differs in grey print.
  static QColor colorOf(int metric) { return views::generatorColor(metric == 0 ? 0 : 2 + metric); }
  double y(double value) const { return m_plot.bottom() - value / m_top * m_plot.height(); }

  void paintAxis(QPainter& painter) const {
    for (const double tick : views::roundTicks(0, m_top, 5)) {
      QColor line = m_c.line;
      line.setAlphaF(tick == 0 ? 1 : 0.4);
      painter.setPen(QPen(line, 0.5));
      painter.drawLine(QPointF(m_plot.left(), y(tick)), QPointF(m_plot.right(), y(tick)));
      drawText(painter, {m_plot.left() - 0.5 * m_size, y(tick) + 0.35 * m_size}, views::numberText(tick),
               0.9 * m_size, Qt::AlignRight, m_c.muted);
    }
  }

  void paintBar(QPainter& painter, const Bar& bar) const {
    const double group = m_plot.width() / static_cast<double>(m_variants.size());
    const auto metric = static_cast<int>(m_metrics.indexOf(bar.metric));
    const double width = std::min(0.72 * group / static_cast<double>(m_metrics.size()), 28.0);
    const double all = width * static_cast<double>(m_metrics.size());
    const double left = m_plot.left() + (static_cast<double>(m_variants.indexOf(bar.variant)) + 0.5) * group -
                        all / 2 + metric * width;
    painter.fillRect(QRectF(QPointF(left + 0.08 * width, y(bar.mean)), QPointF(left + 0.92 * width, y(0))),
                     colorOf(metric));
    const double middle = left + width / 2, low = y(std::max(0.0, bar.mean - bar.deviation)),
                 high = y(bar.mean + bar.deviation);
    painter.setPen(QPen(m_c.text, 0.75));
    painter.drawLine(QPointF(middle, low), QPointF(middle, high));
    for (const double end : {low, high}) painter.drawLine(QPointF(middle - 2, end), QPointF(middle + 2, end));
  }

  const PanelFigure& m_figure;
  const views::Colors& m_c;
  double m_size;
  QStringList m_variants, m_metrics;
  QRectF m_plot;
  double m_top = 0;
};

}  // namespace

std::vector<Bar> readBars(const std::filesystem::path& file) {
  constexpr std::uint64_t kMostBytes = 1 << 20;
  const QStringList lines =
      QString::fromUtf8(QByteArray::fromStdString(readFile(file, kMostBytes))).split('\n');
  const QStringList wanted{"variant", "metric", "mean", "deviation"};
  if (lines[0].trimmed().split(',') != wanted) {
    throw Error(file.string() + " line 1", lines[0].trimmed().toStdString(), wanted.join(',').toStdString());
  }
  std::vector<Bar> bars;
  for (int i = 1; i < lines.size(); ++i) {
    if (lines[i].trimmed().isEmpty()) continue;
    const QStringList cells = lines[i].trimmed().split(',');
    bool mean = false, deviation = false;
    const Bar bar{cells.value(0), cells.value(1), cells.value(2).toDouble(&mean),
                  cells.value(3).toDouble(&deviation)};
    if (cells.size() != 4 || !mean || !deviation || !std::isfinite(bar.mean) || bar.mean < 0 ||
        !(bar.deviation >= 0)) {
      throw Error(file.string() + " line " + std::to_string(i + 1), lines[i].trimmed().toStdString(),
                  "a variant, a metric, a mean of at least 0 and a deviation of at least 0");
    }
    bars.push_back(bar);
  }
  if (bars.empty()) throw Error(file.string(), "no rows", "at least one row below the header");
  return bars;
}

void writePanels(const QString& file, const PanelFigure& figure, bool sizeIsGiven) {
  FigureSpec page = figure.spec;
  if (!sizeIsGiven) {
    const double width = kPageWidthMm * kPointsPerMm - 2 * kEdge;
    page.sizeMm = {kPageWidthMm, std::ceil(layoutFor(figure, width).height() / kPointsPerMm + 1)};
  }
  views::writePage(file, page, [&](QPainter& painter, const QRectF& area) {
    const PanelLayout layout = layoutWithin(figure, area.size());
    if (!page.transparent) painter.fillRect(area, views::colors(page.theme).canvas);
    for (int i = 0; i < static_cast<int>(figure.panels.size()); ++i) paintPanel(painter, layout, figure, i);
    if (figure.bars.empty()) return;
    const double top = layout.height() - layout.barsHeight;
    BarChart(figure, QRectF(0, top, area.width(), layout.barsHeight)).paint(painter);
  });
}

}  // namespace monge
