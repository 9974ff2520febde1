// SPDX-License-Identifier: GPL-3.0-or-later
#include "views/tessellation_painter.h"

#include <algorithm>
#include <cmath>
#include <limits>

#include "views/kept_layers.h"
#include "views/tessellation_layers.h"

namespace monge::views {
namespace {

Box2 united(const Box2& a, const Box2& b) {
  return {std::min(a.xMin, b.xMin), std::min(a.yMin, b.yMin), std::max(a.xMax, b.xMax),
          std::max(a.yMax, b.yMax)};
}

double coordinate(const RowsF& rows, Eigen::Index row, Eigen::Index column) {
  return column < rows.cols() ? rows(row, column) : 0;
}

bool contains(const std::vector<double>& polygon, double x, double y) {
  const std::size_t corners = polygon.size() / 2;
  for (std::size_t i = 0; i < corners; ++i) {
    const std::size_t j = (i + 1) % corners;
    const double ax = polygon[2 * i], ay = polygon[2 * i + 1];
    const double cross = (polygon[2 * j] - ax) * (y - ay) - (polygon[2 * j + 1] - ay) * (x - ax);
    if (cross < 0) return false;
  }
  return corners > 2;
}

/// Whether a point lies within closed outlines, holes left out: by how often a ray crosses them.
bool contains(const std::vector<std::vector<double>>& loops, double x, double y) {
  bool inside = false;
  for (const auto& loop : loops) {
    const std::size_t corners = loop.size() / 2;
    for (std::size_t i = 0; i < corners; ++i) {
      const std::size_t j = (i + 1) % corners;
      const double ay = loop[2 * i + 1], by = loop[2 * j + 1];
      if ((ay > y) == (by > y)) continue;
      if (x < loop[2 * i] + (y - ay) / (by - ay) * (loop[2 * j] - loop[2 * i])) inside = !inside;
    }
  }
  return inside;
}

}  // namespace

int rowOfGenerator(const EnsembleSnapshot& snapshot, int id) {
  const auto found = std::find(snapshot.ids.begin(), snapshot.ids.end(), id);
  return found == snapshot.ids.end() ? -1 : static_cast<int>(found - snapshot.ids.begin());
}

int cellAt(const Scene& scene, double x, double y) {
  if (!scene.snapshot || scene.snapshot->prototypes.cols() != 2) return -1;
  if (scene.cells) {
    for (const CellComplex::Cell& cell : scene.cells->cells) {
      if (scene.cells->bent ? contains(cell.loops, x, y) : contains(cell.polygon, x, y)) return cell.site;
    }
  }
  const double point[] = {x, y};
  return scene.snapshot->law.owner(scene.snapshot->prototypes, point);
}

Box2 initialBox(const Scene& scene) {
  constexpr double kInfinity = std::numeric_limits<double>::infinity();
  Box2 box{kInfinity, kInfinity, -kInfinity, -kInfinity};
  if (scene.data) {
    const DataView& data = *scene.data;
    if (data.lower.rows() > 0 && data.upper.rows() > 0 && data.lower.cols() > 0) {
      box = united(box, {coordinate(data.lower, 0, 0), coordinate(data.lower, 0, 1),
                         coordinate(data.upper, 0, 0), coordinate(data.upper, 0, 1)});
    }
    for (const Disc& disc : data.mask) {
      box = united(box,
                   {disc.x - disc.radius, disc.y - disc.radius, disc.x + disc.radius, disc.y + disc.radius});
    }
  }
  if (scene.snapshot) {
    const RowsF& prototypes = scene.snapshot->prototypes;
    for (Eigen::Index j = 0; j < prototypes.rows(); ++j) {
      const double x = coordinate(prototypes, j, 0), y = coordinate(prototypes, j, 1);
      if (std::isfinite(x) && std::isfinite(y)) box = united(box, {x, y, x, y});
    }
  }
  box = withExtent(box);
  const double air = 0.12 * std::max(box.width(), box.height());
  return {box.xMin - air, box.yMin - air, box.xMax + air, box.yMax + air};
}

void paintLayers(const LayerContext& context) {
  QPainter& painter = context.painter;
  const KeptLayers* kept = context.kept;
  painter.save();
  painter.setClipRect(context.target, Qt::IntersectClip);
  painter.setRenderHint(QPainter::Antialiasing);
  if (context.style.background) painter.fillRect(context.target, context.theme().canvas);
  if (context.scene.data && context.scene.data->image.isImage()) {
    paintThumbnails(context);
  } else {
    paintCellFills(context);
    paintCritic(context);
    kept ? kept->paintData(context) : paintData(context);
    paintSamples(context);
    paintLatentGrid(context);
    paintCellWalls(context);
    paintGradients(context);
    kept ? kept->paintTrails(context) : paintTrails(context);
    paintPrototypes(context);
    if (context.style.axes) kept ? kept->paintAxes(context) : paintAxes(context);
    paintCriticBar(context);
    paintDimensionNote(context);
  }
  painter.restore();
}

void paintTessellation(QPainter& painter, const QRectF& target, const Scene& scene, const PlaneMap& map,
                       const TessellationStyle& style) {
  paintLayers(LayerContext{painter, target, scene, map, style});
}

}  // namespace monge::views
