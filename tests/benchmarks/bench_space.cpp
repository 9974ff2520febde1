// SPDX-License-Identifier: GPL-3.0-or-later
// How long a frame takes while a diagram in space is turned: by OpenGL (here Mesa's in software, where there
// is no card) and by the painter; opaque cells, whose outside alone is drawn, and cells that shine through,
// all of whose faces are sorted.
//
// usage: bench_space [SITES=1000] [FRAMES=40]
#include <QGuiApplication>
#include <QImage>
#include <QPainter>
#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <vector>

#include "app/window/space/space_picture.h"
#include "core/base/random.h"
#include "core/base/thread_team.h"
#include "core/geometry/singular_facets_3.h"
#include "tests/benchmarks/frame_times.h"
#include "views/space/solid_renderer.h"
#include "views/space/space_painter.h"
#include "views/space/wall_order.h"

using namespace monge;
using benchmarks::FrameTimes;
using namespace monge::views;

namespace {

void print(const char* what, std::size_t faces, FrameTimes& times) {
  std::printf("| %s | %zu | %.1f | %.1f |\n", what, faces, times.quantile(0.5), times.quantile(0.99));
}

SpaceSnapshot diagram(int sites) {
  Random random(1);
  std::vector<Point3> places;
  for (int at = 0; at < sites; ++at) places.push_back({random.uniform(), random.uniform(), random.uniform()});
  ThreadTeam team(ThreadTeam::availableCores());
  const Domain3 cube = Domain3::cube();
  SpacePictures pictures(places, cube, uniformDensity(cube), std::vector<double>(places.size(), 1.0 / sites),
                         team);
  return pictures.at(std::vector<double>(places.size(), 0.0), spaceRule(), SpaceDetail::Cells);
}

SpaceCamera turned(int frame) {
  SpaceCamera camera;
  camera.orbit.azimuth += 3.0 * frame;
  camera.orbit.elevation += 0.5 * frame;
  return camera;
}

std::size_t drawn(const SpaceSolid& solid) {
  std::size_t count = 0;
  for (std::size_t row = 0; row < solid.fills.size(); ++row)
    count += qAlpha(solid.fills[row]) > 0 && solid.twins[row] < static_cast<int>(row);  // of twins one
  return count;
}

void benchmark(const SpaceSnapshot& moment, double opacity, int frames) {
  SpaceStyle style;
  style.opacity = opacity;
  const SolidRenderer::Frame frame{{800, 600}, 1, Qt::white};
  SolidRenderer renderer;
  FrameTimes build, turn, coarse, sort, still, painter, find;
  std::shared_ptr<SpaceSolid> solid;
  for (int at = 0; at < frames; ++at) {
    QElapsedTimer timer;
    const SpaceProjection seen = spaceProjection(moment, style, turned(at), frame.target());
    if (at % 10 == 0) {  // as when a slider moves
      timer.start();
      solid = std::make_shared<SpaceSolid>(spaceSolid(moment, style, std::nullopt));
      renderer.setSolid(solid);
      build.add(timer);
      renderer.render(seen, frame);
    }
    timer.start();
    if (solid->blends) renderer.setOrder(wallsBackToFront(*solid, cellsBackToFront(moment, seen, 0), seen));
    sort.add(timer);
    const double sorted = static_cast<double>(timer.nsecsElapsed()) / 1e6;
    renderer.render(seen, SolidRenderer::moving(frame, *solid, false));
    turn.add(timer);
    const SolidRenderer::Frame half = SolidRenderer::moving(frame, *solid, true);
    timer.start();
    renderer.render(spaceProjection(moment, style, turned(at), half.target()), half);
    coarse.add(timer);
    coarse.values.back() += sorted;
    timer.start();
    renderer.render(seen, frame);
    still.add(timer);
    timer.start();
    firstCellAlong(solid->bodies, seen.rayAt(frame.target().center() + QPointF(5 * (at % 9), -20)));
    find.add(timer);
    if (at % 10 != 0) continue;
    QImage image(frame.pixels, QImage::Format_ARGB32_Premultiplied);
    image.fill(Qt::white);
    timer.start();
    QPainter onImage(&image);
    onImage.setRenderHint(QPainter::Antialiasing);
    paintSolid(onImage, moment, *solid, seen, style);
    onImage.end();
    painter.add(timer);
  }
  std::printf("| opacity %.1f: | | | |\n", opacity);
  print("solid made and handed over", drawn(*solid), build);
  print("faces sorted", drawn(*solid), sort);
  print("turned, by OpenGL", drawn(*solid), turn);
  print("turned with half the pixels a side", drawn(*solid), coarse);
  print("at rest, by OpenGL, 4 samples", drawn(*solid), still);
  print("cell under the mouse found", drawn(*solid), find);
  print("turned, by the painter", drawn(*solid), painter);
}

}  // namespace

int main(int argc, char** argv) {
  qputenv("QT_QPA_PLATFORM", "offscreen");
  const QGuiApplication application(argc, argv);
  const int sites = argc > 1 ? std::atoi(argv[1]) : 1000, frames = argc > 2 ? std::atoi(argv[2]) : 40;
  if (sites < 1 || frames < 1) {
    std::fprintf(stderr, "usage: bench_space [SITES=1000] [FRAMES=40]\n");
    return 2;
  }
  const SpaceSnapshot moment = diagram(sites);
  std::printf("%d sites, %d frames of 800 x 600\n\n| step | faces | p50, ms | p99, ms |\n|---|---|---|---|\n",
              sites, frames);
  for (const double opacity : {1.0, 0.3}) benchmark(moment, opacity, frames);
  return 0;
}
