// SPDX-License-Identifier: GPL-3.0-or-later
// How long a dragged site takes to be seen: solve or diagram, picture of the moment, painting; and how long
// the potential takes to turn, painted or drawn by OpenGL.
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
#include "views/space/solid_renderer.h"
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

/// The potential over its base, as the painter has it, for OpenGL.
std::shared_ptr<views::SpaceSolid> solidOf(const TransportSnapshot& moment) {
  const SurfaceMesh& mesh = moment.potential;
  const double low = mesh.vertices.col(2).minCoeff(), high = mesh.vertices.col(2).maxCoeff();
  const double stretch = views::SurfaceStyle().height / (high - low);
  auto solid = std::make_shared<views::SpaceSolid>();
  views::CellBodies& bodies = solid->bodies;
  for (const bool isBase : {true, false})
    for (int row = 0; row < mesh.faces(); ++row) {
      views::CellBodies::Face face;
      face.site = mesh.sites[row];
      face.normal = {0, 0, 1};
      face.first = static_cast<int>(bodies.loops.size());
      face.corners = mesh.starts[row + 1] - mesh.starts[row];
      for (int at = mesh.starts[row]; at < mesh.starts[row + 1]; ++at) {
        const auto corner = mesh.vertices.row(mesh.corners[at]);
        bodies.loops.push_back(static_cast<int>(bodies.corners.size()));
        bodies.corners.push_back({corner[0], corner[1], isBase ? -0.3 : stretch * (corner[2] - low)});
      }
      bodies.faces.push_back(face);
      solid->fills.push_back(QColor::fromHsv(row % 360, 90, 220).rgba());
    }
  bodies.cellStarts.push_back(static_cast<int>(bodies.faces.size()));
  solid->twins.assign(bodies.faces.size(), -1);
  solid->outlines.assign(bodies.faces.size(), views::SpaceSolid::Outline::Own);
  solid->outline = Qt::darkGray;
  return solid;
}

/// The same turn by both.
void timeTurning(const TransportSnapshot& moment, int frames) {
  const views::SolidRenderer::Frame still{{800, 600}, 1, Qt::white};
  const auto solid = solidOf(moment);
  views::SolidRenderer renderer;
  FrameTimes painted, moving, bare, resting;
  QElapsedTimer timer;
  timer.start();
  renderer.setSolid(solid);
  for (int frame = 0; frame < frames; ++frame) {
    views::SpaceCamera camera;
    camera.orbit.azimuth = 3.0 * frame;
    const views::SpaceProjection seen({0.5, 0.5, 0.2}, 0.8, camera, still.target());
    views::SolidRenderer::Frame rough = still;
    rough.samples = 0;
    if (frame == 0) renderer.render(seen, rough);  // hands the solid over
    for (FrameTimes* times : {&moving, &bare}) {
      rough.outlines = times == &moving;
      timer.start();
      renderer.render(seen, rough);
      times->add(timer);
    }
    timer.start();
    renderer.render(seen, still);
    resting.add(timer);
    timePainting(painted, [&](QPainter& painter, const QRectF& target) {
      views::paintSurface(painter, target, moment, views::Surface::Potential, camera.orbit, {});
    });
  }
  print("potential turned by the painter, smooth edges", painted);
  print("by OpenGL, rough edges", moving);
  print("by OpenGL, rough edges, no outlines", bare);
  print("by OpenGL, four samples a pixel", resting);
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
  TransportSnapshot last;
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
    last = full;
  }
  std::printf("%d sites, %d edits\n\n| step | p50, ms | p99, ms |\n|---|---|---|\n", sites, edits);
  print("solve to 1e-3", solve);
  print("power diagram", diagram);
  print("moment, cells alone", quick);
  print("moment with surfaces and singular set", whole);
  print("painting the cells", cells);
  print("painting the potential", surface);
  timeTurning(last, edits);
  return 0;
}
