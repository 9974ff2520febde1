// SPDX-License-Identifier: GPL-3.0-or-later
// How long a dragged site takes to be seen: solve or diagram, picture of the moment, painting.
//
// usage: bench_diagram [SITES=10000] [EDITS=40]
#include <QGuiApplication>
#include <QImage>
#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <vector>

#include "app/window/transport/transport_picture.h"
#include "core/base/random.h"
#include "core/transport/site_transport.h"
#include "tests/benchmarks/frame_times.h"
#include "views/diagram_painter.h"
#include "views/surface_painter.h"

using namespace monge;
using benchmarks::FrameTimes;

namespace {

void print(const char* what, FrameTimes& times) {
  std::printf("| %s | %.1f | %.1f |\n", what, times.quantile(0.5), times.quantile(0.99));
}

/// A painting of 800 x 600 pixels, as on screen.
template <class Paint>
void timePainting(FrameTimes& times, Paint paint) {
  QImage image(800, 600, QImage::Format_ARGB32_Premultiplied);
  QElapsedTimer timer;
  timer.start();
  QPainter painter(&image);
  paint(painter, QRectF(image.rect()));
  painter.end();
  times.add(timer);
}

}  // namespace

int main(int argc, char** argv) {
  qputenv("QT_QPA_PLATFORM", "offscreen");
  const QGuiApplication application(argc, argv);
  const int sites = argc > 1 ? std::atoi(argv[1]) : 10000, edits = argc > 2 ? std::atoi(argv[2]) : 40;
  if (sites < 3 || edits < 1) {
    std::fprintf(stderr, "usage: bench_diagram [SITES=10000] [EDITS=40]\n");
    return 2;
  }
  Random random(1);
  PlaneProblem problem{Domain2::square(), uniformDensity(Domain2::square()), {}, {}};
  for (int at = 0; at < sites; ++at) problem.sites.push_back({random.uniform(0, 1), random.uniform(0, 1)});
  ThreadTeam team(ThreadTeam::availableCores());
  const std::vector<double> targets(static_cast<std::size_t>(sites), 1.0 / sites);
  FrameTimes solve, diagram, quick, whole, cells, surface;
  std::vector<double> weights;
  for (int edit = 0; edit < edits; ++edit) {
    problem.sites[0] = {random.uniform(0, 1), random.uniform(0, 1)};
    QElapsedTimer timer;
    timer.start();
    PlaneTransport solver(problem, {1e-3, 60});
    solver.run();
    solve.add(timer);
    timer.start();
    const PowerDiagram2 now =
        powerDiagram(problem.sites, solver.weights(), problem.domain, *problem.density, team);
    diagram.add(timer);
    timer.start();
    const TransportSnapshot fast = transportPicture(now, problem.domain, targets, {}, PictureDetail::Diagram);
    quick.add(timer);
    timer.start();
    const TransportSnapshot full = transportPicture(now, problem.domain, targets, {}, PictureDetail::Whole);
    whole.add(timer);
    timePainting(cells, [&](QPainter& painter, const QRectF& target) {
      views::DiagramStyle style;
      style.fast = true;
      views::paintDiagram(painter, target, fast, views::PlaneMap::fitted(views::diagramBox(fast), target),
                          style);
    });
    timePainting(surface, [&](QPainter& painter, const QRectF& target) {
      views::paintSurface(painter, target, full, views::Surface::Potential, {}, {});
    });
  }
  std::printf("%d sites, %d edits\n\n| step | p50, ms | p99, ms |\n|---|---|---|\n", sites, edits);
  print("solve to 1e-3", solve);
  print("power diagram", diagram);
  print("moment, cells alone", quick);
  print("moment with surfaces and singular set", whole);
  print("painting the cells", cells);
  print("painting the potential", surface);
  return 0;
}
