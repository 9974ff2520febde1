// SPDX-License-Identifier: GPL-3.0-or-later
// What the window's thread pays for a frame of its plane and of its charts, by software and without a
// display: bench_frames [FRAMES]; prints tables in Markdown.
#include <qcustomplot.h>

#include <QApplication>
#include <cstdio>
#include <cstdlib>

#include "tests/benchmarks/frame_times.h"
#include "tests/views/scenes.h"
#include "views/metrics_charts.h"
#include "views/tessellation_view.h"

using namespace monge;
using namespace monge::benchmarks;
using namespace monge::views;

namespace {

void print(int count, FrameTimes& times) {
  std::printf("| %d | %.1f | %.1f |\n", count, times.quantile(0.5), times.quantile(0.99));
}

FrameTimes planeFrames(int points, int frames) {
  TessellationView view;
  view.resize(800, 600);
  view.setScene(test::discScene(points, points));
  view.grab();
  FrameTimes times;
  for (int frame = 0; frame < frames; ++frame) {
    QElapsedTimer timer;
    timer.start();
    view.grab();
    times.add(timer);
  }
  return times;
}

/// A row arrives and is shown.
FrameTimes chartFrames(int rows, int frames) {
  QCustomPlot plot;
  plot.resize(1200, 160);
  MetricsCharts charts(plot, MetricsCharts::Medium::Screen, Theme::Light, 12);
  charts.append(test::history(rows));
  FrameTimes times;
  for (int frame = 0; frame < frames; ++frame) {
    HistoryChunk next = test::history(1);
    next.firstRow = rows + frame;
    next.rows(0, 0) = 100.0 * (rows + frame + 1);
    QElapsedTimer timer;
    timer.start();
    charts.append(next);
    charts.update();
    plot.replot();
    times.add(timer);
  }
  return times;
}

}  // namespace

int main(int count, char** values) {
  qputenv("QT_QPA_PLATFORM", "offscreen");
  QApplication application(count, values);
  const int frames = count > 1 ? std::max(1, std::atoi(values[1])) : 20;
  std::printf("| points and samples | p50, ms | p99, ms |\n|---|---|---|\n");
  for (const int points : {1000, 4000, 20000}) {
    FrameTimes times = planeFrames(points, frames);
    print(points, times);
  }
  std::printf("\n| rows of the history | p50, ms | p99, ms |\n|---|---|---|\n");
  for (const int rows : {1000, 10000, 100000}) {
    FrameTimes times = chartFrames(rows, frames);
    print(rows, times);
  }
  return 0;
}
