// SPDX-License-Identifier: GPL-3.0-or-later
#include "views/metrics_view.h"

#include <qcustomplot.h>

#include <QFontInfo>
#include <QVBoxLayout>

#include "views/metrics_charts.h"

namespace monge::views {
namespace {

QCustomPlot* plotOf(const QWidget* view) {
  return view->findChild<QCustomPlot*>();
}

}  // namespace

MetricsView::MetricsView(QWidget* parent) : QWidget(parent) {
  auto* plot = new QCustomPlot(this);
  auto* layout = new QVBoxLayout(this);
  layout->setContentsMargins(0, 0, 0, 0);
  layout->addWidget(plot);
  m_charts = std::make_unique<MetricsCharts>(*plot, MetricsCharts::Medium::Screen, Theme::Light,
                                             QFontInfo(font()).pixelSize());
  constexpr int kFrame = 200;  // milliseconds
  m_replot.setInterval(kFrame);
  m_replot.setSingleShot(true);
  connect(&m_replot, &QTimer::timeout, this, &MetricsView::replot);
  setMinimumHeight(96);
  setAccessibleName(tr("Metrics"));
  setAccessibleDescription(tr("Charts of losses, coverage and precision, and the stability of the cells."));
}

MetricsView::~MetricsView() = default;

void MetricsView::replotSoon() {
  if (!m_replot.isActive()) m_replot.start();
}

/// Behind another tab it waits for showEvent().
void MetricsView::replot() {
  if (!isVisible()) return;
  m_charts->update();
  plotOf(this)->replot();
}

void MetricsView::showEvent(QShowEvent* event) {
  QWidget::showEvent(event);
  replotSoon();
}

void MetricsView::clear() {
  m_charts->clear();
  replotSoon();
}

void MetricsView::append(const HistoryChunk& chunk) {
  m_charts->append(chunk);
  replotSoon();
}

void MetricsView::setTheme(Theme theme) {
  m_charts->setTheme(theme);
  plotOf(this)->replot(QCustomPlot::rpQueuedReplot);
}

QPicture recordMetrics(const QSizeF& size, const QFont& font, const HistoryChunk& history, Theme theme) {
  constexpr int kTextSize = 12;
  QCustomPlot plot;
  plot.setFont(font);
  MetricsCharts charts(plot, MetricsCharts::Medium::Figure, theme, kTextSize);
  HistoryChunk whole = history;
  whole.firstRow = 0;
  charts.append(whole);
  charts.update();
  charts.arrangeFor(size);
  // A QCustomPlot paints only onto painters of its own class; a picture carries its strokes to any other.
  QPicture picture;
  QCPPainter recorder;
  recorder.begin(&picture);
  recorder.setMode(QCPPainter::pmVectorized);
  recorder.setMode(QCPPainter::pmNoCaching);
  plot.toPainter(&recorder, static_cast<int>(size.width()), static_cast<int>(size.height()));
  recorder.end();
  return picture;
}

void replayMetrics(QPainter& painter, const QPointF& corner, QPicture charts) {
  // A picture replays itself in its device's inches; here a unit is a unit.
  const double inches = static_cast<double>(painter.device()->logicalDpiX()) / charts.logicalDpiX();
  painter.save();
  painter.translate(corner);
  painter.scale(1 / inches, 1 / inches);
  painter.drawPicture(0, 0, charts);
  painter.restore();
}

}  // namespace monge::views
