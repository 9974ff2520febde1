// SPDX-License-Identifier: GPL-3.0-or-later
#include "views/metrics_charts.h"

#include <qcustomplot.h>

#include <QFontMetricsF>
#include <algorithm>
#include <cmath>
#include <limits>

#include "views/numbers.h"

namespace monge::views {
namespace {

constexpr int kAxisRoom = 40, kBottomRoom = 22, kLabelGap = 8;
constexpr int kLabelStep =
    8;  ///< room for labels grows in steps, so that a changing digit does not move the chart

constexpr int kFewestColumns = 32;  ///< before it is laid out a chart has no width
constexpr double kMostSteps = 3;    ///< between the numbers of an axis

/// Few numbers, with a true minus; iterations in thousands once there are many.
class QuietTicker : public QCPAxisTicker {
 public:
  explicit QuietTicker(bool iterations) : m_iterations(iterations) {}

 protected:
  QString getTickLabel(double tick, const QLocale&, QChar, int) override {
    if (m_iterations && std::abs(tick) >= 1e6) return numberText(tick / 1e6, 6) + QStringLiteral("M");
    if (m_iterations && std::abs(tick) >= 1e4) return numberText(tick / 1e3, 6) + QStringLiteral("k");
    return numberText(std::abs(tick) < 1e-12 ? 0 : tick, 6);
  }
  double getTickStep(const QCPRange& range) override { return roundStep(range.size() / kMostSteps); }
  int getSubTickCount(double) override { return 0; }

 private:
  bool m_iterations;
};

class PercentTicker : public QuietTicker {
 public:
  PercentTicker() : QuietTicker(false) {}

 protected:
  QString getTickLabel(double tick, const QLocale&, QChar, int) override {
    return numberText(std::abs(tick) < 1e-12 ? 0 : 100 * tick, 4) + QStringLiteral(" %");
  }
};

bool contains(const std::string& text, const char* part) {
  return text.find(part) != std::string::npos;
}

QString spoken(const std::string& column) {
  return QString::fromStdString(column).replace(QLatin1Char('_'), QLatin1Char(' '));
}

/// Generator vermilion, critic blue, others from the rest of the palette.
QColor lossColor(const std::string& column, int index) {
  if (contains(column, "generator")) return generatorColor(3);
  if (contains(column, "critic")) return generatorColor(0);
  return generatorColor(4 + index);
}

QFont pixelFont(const QFont& base, double pixels) {
  QFont font = base;
  font.setPixelSize(std::max(1, static_cast<int>(std::lround(pixels))));
  return font;
}

}  // namespace

MetricsCharts::MetricsCharts(QCustomPlot& plot, Medium medium, Theme theme, int textSize)
    : m_plot(plot), m_medium(medium), m_theme(theme), m_textSize(textSize) {
  m_plot.plotLayout()->clear();
  m_plot.plotLayout()->setColumnSpacing(4);
  m_plot.plotLayout()->setRowSpacing(2);
  for (int i = 0; i < 3; ++i) buildChart(i);
  arrange(false);
  m_invitation = new QCPItemText(&m_plot);
  m_invitation->position->setType(QCPItemPosition::ptViewportRatio);
  m_invitation->position->setCoords(0.5, 0.5);
  m_invitation->setText(tr("Charts appear here once training starts."));
  m_invitation->setClipToAxisRect(false);
  QObject::connect(&m_plot, &QCustomPlot::afterLayout, &m_plot, [this] { placeLabels(); });
  setTheme(theme);
  nameCharts();
}

void MetricsCharts::buildChart(int index) {
  Chart& chart = m_charts[static_cast<std::size_t>(index)];
  chart.title = new QCPTextElement(&m_plot);
  chart.title->setTextFlags(Qt::AlignLeft | Qt::AlignVCenter);
  chart.title->setMargins(QMargins(12, 6, 0, 0));
  chart.rect = new QCPAxisRect(&m_plot);
  chart.rect->setAutoMargins(QCP::msNone);
  chart.rect->setMargins(QMargins(kAxisRoom, 6, kLabelGap, kBottomRoom));
  chart.rect->axis(QCPAxis::atTop)->setVisible(false);
  chart.rect->axis(QCPAxis::atRight)->setVisible(false);
  const bool shares = index == 2;
  chart.rect->axis(QCPAxis::atBottom)->setTicker(QSharedPointer<QCPAxisTicker>(new QuietTicker(true)));
  chart.rect->axis(QCPAxis::atLeft)
      ->setTicker(QSharedPointer<QCPAxisTicker>(shares ? new PercentTicker : new QuietTicker(false)));
  for (const auto type : {QCPAxis::atBottom, QCPAxis::atLeft}) {
    QCPAxis* axis = chart.rect->axis(type);
    axis->grid()->setVisible(false);
    axis->setTickPen(Qt::NoPen);
    axis->setTickLabelPadding(4);
  }
}

void MetricsCharts::arrange(bool stacked) {
  QCPLayoutGrid& grid = *m_plot.plotLayout();
  for (Chart& chart : m_charts) {
    for (QCPLayoutElement* element :
         {static_cast<QCPLayoutElement*>(chart.title), static_cast<QCPLayoutElement*>(chart.rect)}) {
      if (element->layout()) grid.take(element);
    }
  }
  grid.simplify();
  for (int i = 0; i < 3; ++i) {
    const Chart& chart = m_charts[static_cast<std::size_t>(i)];
    const int row = stacked ? 2 * i : 0, column = stacked ? 0 : i;
    grid.addElement(row, column, chart.title);
    grid.addElement(row + 1, column, chart.rect);
    grid.setRowStretchFactor(row, 0.001);
    grid.setRowStretchFactor(row + 1, 1);
  }
  m_stacked = stacked;
}

void MetricsCharts::arrangeFor(const QSizeF& size) {
  const double wide = 60.0 * m_textSize, high = 20.0 * m_textSize;
  const bool stacked = size.width() < wide && size.height() >= high;
  if (stacked == m_stacked) return;
  arrange(stacked);
  setLabels();
}

void MetricsCharts::setTheme(Theme theme) {
  m_theme = theme;
  const Colors& c = colors(theme);
  m_plot.setBackground(theme == Theme::Figure ? QBrush(Qt::NoBrush) : QBrush(c.surface));
  for (Chart& chart : m_charts) {
    chart.title->setTextColor(c.muted);
    chart.title->setFont(pixelFont(m_plot.font(), m_textSize));
    for (const auto type : {QCPAxis::atBottom, QCPAxis::atLeft}) {
      QCPAxis* axis = chart.rect->axis(type);
      axis->setBasePen(QPen(c.line, 1));
      axis->setTickLabelColor(c.muted);
      axis->setTickLabelFont(pixelFont(m_plot.font(), 0.85 * m_textSize));
    }
  }
  m_invitation->setColor(c.muted);
  m_invitation->setFont(pixelFont(m_plot.font(), m_textSize));
}

void MetricsCharts::clear() {
  for (const Line& line : m_lines) {
    m_plot.removeItem(line.text);
    m_plot.removeGraph(line.graph);
  }
  m_lines.clear();
  m_columns.clear();
  m_lastIteration = 0;
  m_quality = false;
  m_stale = true;
  nameCharts();
}

void MetricsCharts::addLine(const std::string& column, const QString& label, int chart, bool percent,
                            const QColor& color) {
  QCPAxisRect* rect = m_charts[static_cast<std::size_t>(chart)].rect;
  Line line{QString::fromStdString(column), label, chart, percent, false, nullptr, nullptr, {}};
  line.graph = m_plot.addGraph(rect->axis(QCPAxis::atBottom), rect->axis(QCPAxis::atLeft));
  // Round joins of a noisy curve cost three times the frame and cannot be told from bevels at this width.
  const bool onScreen = m_medium == Medium::Screen;
  line.graph->setPen(QPen(color, onScreen ? 1 : 1.5, Qt::SolidLine, Qt::FlatCap, Qt::BevelJoin));
  line.graph->setAdaptiveSampling(!onScreen);  // there the points are already chosen
  line.text = new QCPItemText(&m_plot);
  line.text->setClipToAxisRect(false);
  line.text->position->setType(QCPItemPosition::ptAbsolute);
  line.text->setPositionAlignment(Qt::AlignLeft | Qt::AlignVCenter);
  line.text->setPadding(QMargins());
  line.text->setColor(color);
  line.text->setFont(pixelFont(m_plot.font(), 0.9 * m_textSize));
  m_lines.push_back(line);
}

/// Sorts the history's columns into the charts. The second chart shows quality where it can be measured,
/// which takes data of known support, else the objective.
void MetricsCharts::chooseLines(const std::vector<std::string>& columns) {
  const auto has = [&](const char* name) {
    return std::find(columns.begin(), columns.end(), name) != columns.end();
  };
  int losses = 0;
  for (const std::string& column : columns) {
    if (contains(column, "loss")) {
      QString label = spoken(column);
      label.remove(QStringLiteral(" loss"));
      addLine(column, label, 0, false, lossColor(column, losses++));
    }
  }
  const QColor first = generatorColor(1), second = generatorColor(2);
  if (has("coverage")) addLine("coverage", tr("coverage"), 1, false, first);
  if (has("precision")) addLine("precision", tr("precision"), 1, false, second);
  for (const std::string& column : columns) {
    if (contains(column, "cost")) {
      addLine(column, spoken(column), 1, false, second);
      m_lines.back().inPlaceOfQuality = true;
    }
    if (contains(column, "changed")) addLine(column, tr("changed"), 2, true, generatorColor(0));
    if (contains(column, "outside")) addLine(column, tr("outside"), 2, true, generatorColor(3));
  }
}

void MetricsCharts::nameCharts() {
  m_charts[0].title->setText(tr("Losses"));
  m_charts[1].title->setText(m_quality || m_lines.empty() ? tr("Coverage and precision")
                                                          : tr("Transport cost"));
  m_charts[2].title->setText(tr("Data that changed cell, samples outside"));
  for (Chart& chart : m_charts) {
    chart.title->setVisible(!m_lines.empty());
    chart.rect->setVisible(!m_lines.empty());
  }
  m_invitation->setVisible(m_lines.empty());
}

void MetricsCharts::chooseQuality() {
  m_quality = std::any_of(m_lines.begin(), m_lines.end(), [](const Line& line) {
    return line.chart == 1 && !line.inPlaceOfQuality && !line.curve.empty();
  });
  for (const Line& line : m_lines) line.graph->setVisible(isShown(line));
  nameCharts();
}

bool MetricsCharts::isShown(const Line& line) const {
  return !line.curve.empty() && !(line.inPlaceOfQuality && m_quality);
}

void MetricsCharts::append(const HistoryChunk& chunk) {
  if (chunk.columns.empty()) return;
  if (chunk.firstRow == 0 || chunk.columns != m_columns) {
    clear();
    m_columns = chunk.columns;
    chooseLines(chunk.columns);
    nameCharts();
  }
  addRows(chunk);
  m_stale = true;
}

void MetricsCharts::update() {
  if (!m_stale) return;
  m_stale = false;
  for (Line& line : m_lines) {
    const int columns = m_charts[static_cast<std::size_t>(line.chart)].rect->width();
    const bool onScreen = m_medium == Medium::Screen && columns > kFewestColumns;
    QVector<QCPGraphData> points;
    for (const Extremes::Point& point :
         line.curve.points(onScreen ? static_cast<std::size_t>(columns) : Extremes::kMostBuckets))
      points.append(QCPGraphData(point.key, point.value));
    line.graph->data()->set(points, true);
  }
  chooseQuality();
  setRanges();
  setLabels();
}

void MetricsCharts::addRows(const HistoryChunk& chunk) {
  const auto rows = chunk.rows.rows();
  if (rows == 0 || chunk.rows.cols() != static_cast<Eigen::Index>(chunk.columns.size())) return;
  m_lastIteration = chunk.rows(rows - 1, 0);
  for (Line& line : m_lines) {
    const auto found = std::find(chunk.columns.begin(), chunk.columns.end(), line.column.toStdString());
    const auto column = static_cast<Eigen::Index>(found - chunk.columns.begin());
    line.curve.cutFrom(
        chunk.rows(0, 0));  // after going back to a checkpoint the history starts again in the middle
    for (Eigen::Index i = 0; i < rows; ++i) {
      // A metric that is measured now and then joins its points.
      if (std::isfinite(chunk.rows(i, column))) line.curve.append(chunk.rows(i, 0), chunk.rows(i, column));
    }
  }
}

void MetricsCharts::setRanges() {
  for (int i = 0; i < 3; ++i) {
    double low = std::numeric_limits<double>::infinity(), high = -low;
    for (const Line& line : m_lines) {
      if (line.chart != i || !isShown(line)) continue;
      low = std::min(low, line.curve.low());
      high = std::max(high, line.curve.high());
    }
    if (!(high >= low)) std::tie(low, high) = std::pair(0.0, 1.0);
    if (i > 0) low = std::min(low, 0.0);  // shares and costs are read against nothing
    if (high - low < 1e-12 * std::max(1.0, std::abs(high))) high = low + 1;
    QCPAxisRect* rect = m_charts[static_cast<std::size_t>(i)].rect;
    rect->axis(QCPAxis::atLeft)
        ->setRange(low - (i > 0 ? 0 : 0.05 * (high - low)), high + 0.05 * (high - low));
    rect->axis(QCPAxis::atBottom)->setRange(0, std::max(1.0, m_lastIteration));
  }
}

QString MetricsCharts::labelText(const Line& line) const {
  const double last = line.curve.last().value;
  return line.label + QLatin1Char(' ') + (line.percent ? percentText(last) : numberText(last));
}

/// Words of the labels, and room for them at the right of each chart.
void MetricsCharts::setLabels() {
  const QFontMetricsF metrics(pixelFont(m_plot.font(), 0.9 * m_textSize));
  std::array<int, 3> rooms{};
  for (int i = 0; i < 3; ++i) {
    double widest = 0;
    for (Line& line : m_lines) {
      if (line.chart != i) continue;
      line.text->setVisible(isShown(line));
      if (!isShown(line)) continue;
      line.text->setText(labelText(line));
      widest = std::max(widest, metrics.horizontalAdvance(line.text->text()));
    }
    rooms[static_cast<std::size_t>(i)] =
        kLabelStep * static_cast<int>(std::ceil((widest + kLabelGap) / kLabelStep));
  }
  // One below the other they share their iterations: all end at one place.
  if (m_stacked) rooms.fill(*std::max_element(rooms.begin(), rooms.end()));
  for (std::size_t i = 0; i < m_charts.size(); ++i) {
    m_charts[i].rect->setMargins(QMargins(kAxisRoom, 6, rooms[i], kBottomRoom));
  }
}

/// Labels stand at the ends of their lines, pushed apart where they would touch.
void MetricsCharts::placeLabels() {
  const double spacing = QFontMetricsF(pixelFont(m_plot.font(), 0.9 * m_textSize)).height();
  for (int i = 0; i < 3; ++i) {
    QCPAxisRect* rect = m_charts[static_cast<std::size_t>(i)].rect;
    std::vector<std::pair<double, Line*>> ends;
    for (Line& line : m_lines) {
      if (line.chart != i || !isShown(line)) continue;
      ends.emplace_back(line.graph->coordsToPixels(m_lastIteration, line.curve.last().value).y(), &line);
    }
    std::sort(ends.begin(), ends.end(), [](const auto& a, const auto& b) { return a.first < b.first; });
    double lowest = rect->bottom() - spacing / 2;
    for (auto end = ends.rbegin(); end != ends.rend(); ++end) {
      end->first = std::min(end->first, lowest);
      lowest = end->first - spacing;
    }
    double highest = rect->top();
    for (auto& [y, line] : ends) {
      y = std::max(y, highest);
      highest = y + spacing;
      line->text->position->setCoords(rect->right() + kLabelGap, y);
    }
  }
}

}  // namespace monge::views
