// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QCoreApplication>
#include <QSizeF>
#include <QString>
#include <array>
#include <vector>

#include "views/extremes.h"
#include "views/palette.h"
#include "views/scene.h"

class QCPAxisRect;
class QCPGraph;
class QCPItemText;
class QCPTextElement;
class QCustomPlot;

namespace monge::views {

/// The three charts of the metrics view inside a QCustomPlot, on screen or in a figure.
///
/// On screen lines are one pixel wide, which is drawn many times as fast as the stroke of a figure, and have
/// no more points than the chart has columns. Each curve is kept as its extremes, about one pair a pixel
/// column, so that a frame costs the same after a hundred thousand rows as after a thousand.
class MetricsCharts {
  Q_DECLARE_TR_FUNCTIONS(Metrics)

 public:
  enum class Medium { Screen, Figure };
  MetricsCharts(QCustomPlot& plot, Medium medium, Theme theme, int textSize);

  void clear();
  void append(const HistoryChunk& chunk);
  /// Puts what was appended into the plot, to be called before it is drawn.
  void update();
  void setTheme(Theme theme);
  /// One row of charts where `size` (in the units of the text) is wide enough for their titles, else one
  /// below the other where it is high enough for that.
  void arrangeFor(const QSizeF& size);
  bool empty() const { return m_lines.empty(); }

 private:
  struct Line {
    QString column, label;
    int chart = 0;
    bool percent = false;
    bool inPlaceOfQuality = false;  ///< shown while coverage and precision have no value
    QCPGraph* graph = nullptr;
    QCPItemText* text = nullptr;
    Extremes curve;
  };
  struct Chart {
    QCPAxisRect* rect = nullptr;
    QCPTextElement* title = nullptr;
  };

  void buildChart(int index);
  void arrange(bool stacked);
  void chooseLines(const std::vector<std::string>& columns);
  void addLine(const std::string& column, const QString& label, int chart, bool percent, const QColor& color);
  void addRows(const HistoryChunk& chunk);
  void chooseQuality();
  bool isShown(const Line& line) const;
  void setRanges();
  void nameCharts();
  void setLabels();
  void placeLabels();
  QString labelText(const Line& line) const;

  QCustomPlot& m_plot;
  Medium m_medium;
  Theme m_theme;
  int m_textSize;
  std::array<Chart, 3> m_charts;
  std::vector<Line> m_lines;
  std::vector<std::string> m_columns;
  QCPItemText* m_invitation = nullptr;
  bool m_quality = false;  ///< coverage or precision have a value
  bool m_stale = false;    ///< the plot lacks what was appended
  double m_lastIteration = 0;
  bool m_stacked = false;
};

}  // namespace monge::views
