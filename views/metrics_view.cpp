// SPDX-License-Identifier: GPL-3.0-or-later
#include "views/metrics_view.h"

#include <qcustomplot.h>

#include <QFontInfo>
#include <QPicture>
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
  m_charts = std::make_unique<MetricsCharts>(*plot, Theme::Light, QFontInfo(font()).pixelSize());
  constexpr int kFrame = 100;  // milliseconds
  m_replot.setInterval(kFrame);
  m_replot.setSingleShot(true);
  connect(&m_replot, &QTimer::timeout, plot, [plot] { plot->replot(); });
  setMinimumHeight(96);
  setAccessibleName(tr("Metrics"));
  setAccessibleDescription(tr("Charts of losses, coverage and precision, and the stability of the cells."));
}

MetricsView::~MetricsView() = default;

void MetricsView::replotSoon() {
  if (!m_replot.isActive()) m_replot.start();
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

void paintMetrics(QPainter& painter, const QRectF& target, const HistoryChunk& history, Theme theme) {
  constexpr int kTextSize = 12;
  QCustomPlot plot;
  plot.setFont(painter.font());
  MetricsCharts charts(plot, theme, kTextSize);
  HistoryChunk whole = history;
  whole.firstRow = 0;
  charts.append(whole);
  charts.arrangeFor(target.size());
  // A QCustomPlot paints only onto painters of its own class; a picture carries its strokes to any other.
  QPicture picture;
  QCPPainter recorder;
  recorder.begin(&picture);
  recorder.setMode(QCPPainter::pmVectorized);
  recorder.setMode(QCPPainter::pmNoCaching);
  plot.toPainter(&recorder, static_cast<int>(target.width()), static_cast<int>(target.height()));
  recorder.end();
  // A picture replays itself in its device's inches; here a unit is a unit.
  const double inches = static_cast<double>(painter.device()->logicalDpiX()) / picture.logicalDpiX();
  painter.save();
  painter.translate(target.topLeft());
  painter.scale(1 / inches, 1 / inches);
  painter.drawPicture(0, 0, picture);
  painter.restore();
}

}  // namespace monge::views
