// SPDX-License-Identifier: GPL-3.0-or-later
// Real points, generated points, the generated manifold and the critic's gradients at the generated points.
#include <QPainterPath>
#include <algorithm>
#include <cmath>
#include <cstdint>

#include "views/dots.h"
#include "views/tessellation_layers.h"
#include "views/vector_pen.h"

namespace monge::views {
namespace {

constexpr double kDataRadius = 1.5, kSampleRadius = 2.1;
constexpr int kMostArrows = 400;
constexpr double kLongArrow = 18;  ///< pixels: length of the 95th percentile

bool finite(const QPointF& point) {
  return std::isfinite(point.x()) && std::isfinite(point.y());
}

void paintMask(const LayerContext& context) {
  QColor color = context.theme().text;
  color.setAlphaF(0.55);
  QPen pen(color, context.px(0.9));
  pen.setDashPattern({3.5, 3});
  context.painter.setPen(pen);
  context.painter.setBrush(Qt::NoBrush);
  for (const Disc& disc : context.scene.data->mask) {
    const double radius = disc.radius * context.map.scale;
    context.painter.drawEllipse(context.point(disc.x, disc.y), radius, radius);
  }
}

/// Lengths are scaled so that the 95th percentile is a fixed number of pixels: one outlier does not shrink
/// the rest.
double arrowScale(const RowsF& gradients) {
  std::vector<double> lengths;
  for (Eigen::Index i = 0; i < gradients.rows(); ++i) {
    const double length = std::hypot(gradients(i, 0), gradients(i, 1));
    if (std::isfinite(length)) lengths.push_back(length);
  }
  if (lengths.empty()) return 0;
  const auto high = lengths.begin() + static_cast<std::ptrdiff_t>((lengths.size() - 1) * 95 / 100);
  std::nth_element(lengths.begin(), high, lengths.end());
  return *high > 0 ? kLongArrow / *high : 0;
}

/// A scattered choice of about kMostArrows rows, the same at every moment: a fixed stride could fall in step
/// with the order of the generators. The multiplier is 2^32 over the golden ratio.
bool isPicked(Eigen::Index row, Eigen::Index count) {
  const auto scattered = static_cast<std::uint32_t>(row) * 2654435769u;
  return scattered < 4294967296.0 * kMostArrows / static_cast<double>(count);
}

void addArrow(QPainterPath& path, const QPointF& from, const QPointF& step, double head) {
  const double length = std::hypot(step.x(), step.y());
  if (length < head / 2) return;
  const QPointF to = from + step, along = step / length * std::min(head, length / 2),
                across(-along.y(), along.x());
  path.moveTo(from);
  path.lineTo(to);
  path.moveTo(to - along + across * 0.6);
  path.lineTo(to);
  path.lineTo(to - along - across * 0.6);
}

/// Lattice lines of one generator, along both latent axes.
QPainterPath latticeLines(const LayerContext& context, Eigen::Index first, int side) {
  const RowsF& points = context.scene.snapshot->latentGrid.points;
  QPainterPath path;
  for (int axis = 0; axis < 2; ++axis) {
    for (int i = 0; i < side; ++i) {
      for (int j = 0; j < side; ++j) {
        const int at = axis == 0 ? i * side + j : j * side + i;
        const QPointF point = context.point(points, first + at);
        if (j == 0) {
          path.moveTo(point);
        } else {
          path.lineTo(point);
        }
      }
    }
  }
  return path;
}

void paintQuads(const LayerContext& context, Eigen::Index first, int side, QColor color) {
  const RowsF& points = context.scene.snapshot->latentGrid.points;
  color.setAlphaF(0.10);
  context.painter.setPen(Qt::NoPen);
  context.painter.setBrush(color);
  for (int i = 0; i + 1 < side; ++i) {
    for (int j = 0; j + 1 < side; ++j) {
      const Eigen::Index corner = first + i * side + j;
      context.painter.drawPolygon(QPolygonF{context.point(points, corner), context.point(points, corner + 1),
                                            context.point(points, corner + side + 1),
                                            context.point(points, corner + side)});
    }
  }
}

QColor sampleColor(const LayerContext& context, int row) {
  QColor color = context.generator(row);
  color.setAlphaF(static_cast<float>(context.style.sampleOpacity));
  return color;
}

}  // namespace

QPointF LayerContext::point(const RowsF& rows, Eigen::Index row) const {
  return point(rows(row, 0), rows.cols() > 1 ? static_cast<double>(rows(row, 1)) : 0.0);
}

int LayerContext::id(int row) const {
  const auto& ids = scene.snapshot->ids;
  const auto index = static_cast<std::size_t>(row);
  return index < ids.size() ? ids[index] : row;
}

QFont LayerContext::font(double times, bool italic) const {
  QFont font = painter.font();
  font.setPixelSize(std::max(1, static_cast<int>(std::lround(times * style.textSize * style.unit))));
  font.setItalic(italic);
  return font;
}

void paintData(const LayerContext& context) {
  if (!context.style.layers.has(Layer::Data) || !context.scene.data || context.scene.data->points.cols() < 1)
    return;
  const RowsF& points = context.scene.data->points;
  DotGroup group{context.theme().realData, {}};
  group.points.reserve(static_cast<std::size_t>(points.rows()));
  for (Eigen::Index i = 0; i < points.rows(); ++i) group.points.push_back(context.point(points, i));
  paintDots(context.painter, context.target, {group}, context.px(kDataRadius));
  if (context.scene.data->dimension == 2) paintMask(context);
}

void paintSamples(const LayerContext& context) {
  if (!context.style.layers.has(Layer::Samples) || !context.scene.snapshot) return;
  const EnsembleSnapshot& snapshot = *context.scene.snapshot;
  if (snapshot.samples.cols() < 1) return;
  std::vector<DotGroup> groups;
  for (int j = 0; j < snapshot.prototypes.rows(); ++j) groups.push_back({sampleColor(context, j), {}});
  const auto count =
      std::min<Eigen::Index>(snapshot.samples.rows(), static_cast<Eigen::Index>(snapshot.sampleOwner.size()));
  for (Eigen::Index i = 0; i < count; ++i) {
    const auto owner = static_cast<std::size_t>(snapshot.sampleOwner[static_cast<std::size_t>(i)]);
    const QPointF point = context.point(snapshot.samples, i);
    if (owner < groups.size() && finite(point)) groups[owner].points.push_back(point);
  }
  paintDots(context.painter, context.target, groups, context.px(kSampleRadius * context.style.sampleScale));
}

void paintLatentGrid(const LayerContext& context) {
  if (!context.style.layers.has(Layer::LatentGrid) || !context.scene.snapshot) return;
  const LatentGrid& grid = context.scene.snapshot->latentGrid;
  const Eigen::Index lattice = static_cast<Eigen::Index>(grid.side) * grid.side;
  if (grid.side < 2 || grid.points.cols() < 1) return;
  for (int j = 0; (j + 1) * lattice <= grid.points.rows(); ++j) {
    paintQuads(context, j * lattice, grid.side, context.generator(j));
    context.painter.strokePath(latticeLines(context, j * lattice, grid.side),
                               QPen(gridColor(context.id(j), context.style.theme), context.px(1)));
  }
}

void paintGradients(const LayerContext& context) {
  if (!context.style.layers.has(Layer::Gradients) || !context.scene.snapshot) return;
  const EnsembleSnapshot& snapshot = *context.scene.snapshot;
  if (snapshot.gradients.cols() < 2 || snapshot.gradients.rows() != snapshot.samples.rows()) return;
  const double scale = context.px(arrowScale(snapshot.gradients));
  QPainterPath path;
  for (Eigen::Index i = 0; i < snapshot.samples.rows(); ++i) {
    if (!isPicked(i, snapshot.samples.rows())) continue;
    QPointF step(snapshot.gradients(i, 0) * scale, -snapshot.gradients(i, 1) * scale);  // y is up in data
    const QPointF from = context.point(snapshot.samples, i);
    if (!finite(step) || !finite(from)) continue;
    const double length = std::hypot(step.x(), step.y()), most = context.px(2 * kLongArrow);
    if (length > most) step *= most / length;
    addArrow(path, from, step, context.px(4));
  }
  QColor color = context.theme().text;
  color.setAlphaF(0.7);
  context.painter.strokePath(
      path, vectorPen(context.painter, QPen(color, context.px(0.8), Qt::SolidLine, Qt::RoundCap)));
}

}  // namespace monge::views
