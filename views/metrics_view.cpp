// SPDX-License-Identifier: GPL-3.0-or-later
#include "views/metrics_view.h"

#include <qcustomplot.h>

#include <QFontInfo>
#include <QPicture>
#include <QVBoxLayout>

#include "views/metrics_charts.h"

namespace monge::views {
namespace {

QCustomPlot* plotOf(const QWidget* view) { return view->findChild<QCustomPlot*>(); }

}  // namespace

MetricsView::MetricsView(QWidget* parent) : QWidget(parent) {
  auto* plot = new QCustomPlot(this);
  auto* layout = new QVBoxLayout(this);
  layout->setContentsMargins(0, 0, 0, 0);
  layout->addWidget(plot);
  m_charts = std::make_unique<MetricsCharts>(*plot, Theme::Light, QFontInfo(font()).pixelSize());
  setMinimumHeight(96);
  setAccessibleName(tr("Metrics"));
  setAccessibleDescription(tr("Charts of losses, coverage and precision, and the stability of the cells."));
}

MetricsView::~MetricsView() = default;

void MetricsView::clear() {
  m_charts->clear();
  plotOf(this)->replot(QCustomPlot::rpQueuedReplot);
}

void MetricsView::append(const HistoryChunk& chunk) {
  m_charts->append(chunk);
  plotOf(this)->replot(QCustomPlot::rpQueuedReplot);
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
  // A QCustomPlot paints only onto painters of its own class; a picture carries its strokes to any other.
  QPicture picture;
  QCPPainter recorder;
  recorder.begin(&picture);
  recorder.setMode(QCPPainter::pmVectorized);
  recorder.setMode(QCPPainter::pmNoCaching);
  plot.toPainter(&recorder, static_cast<int>(target.width()), static_cast<int>(target.height()));
  recorder.end();
  painter.drawPicture(target.topLeft(), picture);
}

}  // namespace monge::views
