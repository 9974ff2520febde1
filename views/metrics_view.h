// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QFont>
#include <QPicture>
#include <QTimer>
#include <QWidget>
#include <memory>

#include "views/palette.h"
#include "views/scene.h"

namespace monge::views {

/// Three charts side by side: losses; coverage and precision (when the history has them, else the transport
/// cost); data that changed cell and samples outside their cell. No boxes, no legends: the label stands at
/// the line's end in the line's colour, with the last value.
class MetricsCharts;

class MetricsView : public QWidget {
  Q_OBJECT
 public:
  explicit MetricsView(QWidget* parent = nullptr);
  ~MetricsView() override;
  void clear();
  void append(const HistoryChunk& chunk);  ///< firstRow 0 starts anew
  void setTheme(Theme theme);

 protected:
  void showEvent(QShowEvent* event) override;

 private:
  void replot();
  /// Charts change slowly: five frames a second are enough for the eye and leave the time to training.
  void replotSoon();

  std::unique_ptr<MetricsCharts> m_charts;
  QTimer m_replot;
};

/// The same charts as strokes and text, which replayMetrics draws in any thread. The charts are a widget: GUI
/// thread only, and a QApplication is needed.
QPicture recordMetrics(const QSizeF& size, const QFont& font, const HistoryChunk& history, Theme theme);

/// Onto any painter, with vector lines and text. Any thread.
void replayMetrics(QPainter& painter, const QPointF& corner, QPicture charts);

}  // namespace monge::views
