// SPDX-License-Identifier: GPL-3.0-or-later
// Cells and what fills them: tints, the critic's heat map, walls.
#include <QImage>
#include <QPainterPath>
#include <algorithm>
#include <array>
#include <cmath>
#include <limits>
#include <set>

#include "views/tessellation_layers.h"
#include "views/vector_pen.h"

namespace monge::views {
namespace {

bool hasCells(const LayerContext& context) {
  return context.scene.cells && context.scene.snapshot && context.scene.snapshot->prototypes.cols() == 2;
}

void addPolyline(const LayerContext& context, const std::vector<double>& line, bool closed,
                 QPainterPath& path) {
  for (std::size_t i = 0; i + 1 < line.size(); i += 2) {
    const QPointF point = context.point(line[i], line[i + 1]);
    i == 0 ? path.moveTo(point) : path.lineTo(point);
  }
  if (closed) path.closeSubpath();
}

bool isEmpty(const CellComplex::Cell& cell) {
  return cell.polygon.empty() && cell.loops.empty();
}

QPainterPath outlineOf(const LayerContext& context, const CellComplex::Cell& cell) {
  QPainterPath path;
  if (!cell.polygon.empty()) addPolyline(context, cell.polygon, true, path);
  for (const auto& loop : cell.loops) addPolyline(context, loop, true, path);
  return path;
}

/// Index of the generator whose critic fills the whole view, -1: each cell shows its own.
int selectedRow(const LayerContext& context) {
  return context.style.selected < 0 ? -1 : rowOfGenerator(*context.scene.snapshot, context.style.selected);
}

/// Row of the critic that fills the whole view, -1: each cell shows its own.
int fillingCritic(const LayerContext& context) {
  const auto critics = static_cast<int>(context.scene.snapshot->critic.values.rows());
  const int selected = selectedRow(context);
  if (selected < 0 && critics > 1 && hasCells(context)) return -1;
  return std::clamp(selected, 0, critics - 1);
}

/// Generator that owns each point of the critic's grid; 0 where there is no plane.
std::vector<int> gridOwners(const Scene& scene) {
  const CriticField& field = scene.snapshot->critic;
  std::vector<int> owners(static_cast<std::size_t>(field.columns) * static_cast<std::size_t>(field.rows), 0);
  if (scene.snapshot->prototypes.cols() != 2) return owners;
  const auto columns = static_cast<std::size_t>(field.columns);
  for (std::size_t i = 0; i < owners.size(); ++i) {
    const double point[] = {
        field.box.xMin + field.box.width() * static_cast<double>(i % columns) / (field.columns - 1),
        field.box.yMin + field.box.height() * static_cast<double>(i / columns) / (field.rows - 1)};
    owners[i] = std::max(scene.snapshot->law.owner(scene.snapshot->prototypes, point), 0);
  }
  return owners;
}

double finiteMean(const RowsF& values, Eigen::Index row, const std::vector<int>* owners) {
  double sum = 0;
  int count = 0;
  for (Eigen::Index i = 0; i < values.cols(); ++i) {
    if (owners && (*owners)[static_cast<std::size_t>(i)] != row) continue;
    if (!std::isfinite(values(row, i))) continue;
    sum += values(row, i);
    ++count;
  }
  return count > 0 ? sum / count : std::numeric_limits<double>::quiet_NaN();
}

std::vector<double> cellMeans(const RowsF& values, const std::vector<int>& owners) {
  std::vector<double> means;
  for (Eigen::Index j = 0; j < values.rows(); ++j) {
    double mean = finiteMean(values, j, &owners);
    if (!std::isfinite(mean)) mean = finiteMean(values, j, nullptr);
    means.push_back(std::isfinite(mean) ? mean : 0);
  }
  return means;
}

/// Value at a place of the grid given in steps of the grid, bilinear.
double criticAt(const CriticField& field, int generator, double column, double row) {
  const int c = std::clamp(static_cast<int>(column), 0, field.columns - 2);
  const int r = std::clamp(static_cast<int>(row), 0, field.rows - 2);
  const double u = std::clamp(column - c, 0.0, 1.0), v = std::clamp(row - r, 0.0, 1.0);
  const auto at = [&](int dc, int dr) {
    return static_cast<double>(
        field.values(generator, static_cast<Eigen::Index>(r + dr) * field.columns + c + dc));
  };
  return (1 - v) * ((1 - u) * at(0, 0) + u * at(1, 0)) + v * ((1 - u) * at(0, 1) + u * at(1, 1));
}

constexpr int kShades = 256;

std::array<QRgb, kShades> shades(Theme theme) {
  std::array<QRgb, kShades> table{};
  for (int i = 0; i < kShades; ++i)
    table[static_cast<std::size_t>(i)] = diverging(2.0 * i / (kShades - 1) - 1, theme).rgb();
  return table;
}

/// The heat map of one critic, upsampled four times: bands of the colour map then follow the field, not the
/// grid.
QImage criticImage(const LayerContext& context, int generator, const CriticScale& scale) {
  const CriticField& field = context.scene.snapshot->critic;
  constexpr int kFiner = 4;
  QImage image((field.columns - 1) * kFiner, (field.rows - 1) * kFiner, QImage::Format_RGB32);
  const auto table = shades(context.style.theme);
  const double mean = scale.means[static_cast<std::size_t>(generator)], extent = scale.extent;
  for (int y = 0; y < image.height(); ++y) {
    auto* line =
        reinterpret_cast<QRgb*>(image.scanLine(image.height() - 1 - y));  // row 0 of the field is at yMin
    for (int x = 0; x < image.width(); ++x) {
      const double value = criticAt(field, generator, (x + 0.5) / kFiner, (y + 0.5) / kFiner) - mean;
      const double t = std::isfinite(value) && extent > 0 ? std::clamp(value / extent, -1.0, 1.0) : 0;
      line[x] = table[static_cast<std::size_t>(std::lround((t + 1) / 2 * (kShades - 1)))];
    }
  }
  return image;
}

void drawCritic(const LayerContext& context, int generator, const CriticScale& scale) {
  const CriticField& field = context.scene.snapshot->critic;
  const QRectF box(context.point(field.box.xMin, field.box.yMax),
                   context.point(field.box.xMax, field.box.yMin));
  context.painter.setRenderHint(QPainter::SmoothPixmapTransform);
  context.painter.drawImage(box, criticImage(context, generator, scale));
}

/// What a translucent colour looks like on an opaque one.
QColor over(const QColor& color, const QColor& ground) {
  const float share = color.alphaF();
  return QColor::fromRgbF(share * color.redF() + (1 - share) * ground.redF(),
                          share * color.greenF() + (1 - share) * ground.greenF(),
                          share * color.blueF() + (1 - share) * ground.blueF());
}

using Point = std::pair<double, double>;

/// A wall belongs to two cells: it is found once, whichever way round it comes.
std::pair<Point, Point> wallKey(Point a, Point b, double grain) {
  const auto rounded = [grain](Point p) {
    return Point(std::round(p.first / grain), std::round(p.second / grain));
  };
  const Point first = rounded(a), second = rounded(b);
  return first < second ? std::pair(first, second) : std::pair(second, first);
}

bool onSameSide(const Box2& box, Point a, Point b, double grain) {
  const auto both = [grain](double p, double q, double side) {
    return std::abs(p - side) < grain && std::abs(q - side) < grain;
  };
  return both(a.first, b.first, box.xMin) || both(a.first, b.first, box.xMax) ||
         both(a.second, b.second, box.yMin) || both(a.second, b.second, box.yMax);
}

}  // namespace

void paintCellFills(const LayerContext& context) {
  if (!context.style.layers.has(Layer::Cells) || !hasCells(context)) return;
  context.painter.setPen(Qt::NoPen);
  // A plain fill takes a tenth of the time of one that is blended; its edges lie under the walls.
  const bool onScreen = context.kept && context.style.background;
  if (onScreen) context.painter.setRenderHint(QPainter::Antialiasing, false);
  for (const CellComplex::Cell& cell : context.scene.cells->cells) {
    if (isEmpty(cell)) continue;
    QColor fill = context.generator(cell.site);
    const auto& ids = context.scene.snapshot->ids;
    const auto site = static_cast<std::size_t>(cell.site);
    const bool hovered =
        context.style.hovered >= 0 && site < ids.size() && ids[site] == context.style.hovered;
    fill.setAlphaF((context.theme().cellFillPercent + (hovered ? 5 : 0)) / 100.0);
    context.painter.setBrush(onScreen ? over(fill, context.theme().canvas) : fill);
    context.painter.drawPath(outlineOf(context, cell));
  }
  if (onScreen) context.painter.setRenderHint(QPainter::Antialiasing);
}

bool hasCritic(const Scene& scene, const TessellationStyle& style) {
  if (!style.layers.has(Layer::Critic) || !scene.snapshot) return false;
  const CriticField& field = scene.snapshot->critic;
  return field.columns > 1 && field.rows > 1 && field.values.rows() > 0 &&
         field.values.cols() == static_cast<Eigen::Index>(field.columns) * field.rows;
}

CriticScale criticScale(const LayerContext& context) {
  CriticScale scale;
  if (!hasCritic(context.scene, context.style)) return scale;
  const RowsF& values = context.scene.snapshot->critic.values;
  const std::vector<int> owners = gridOwners(context.scene);
  scale.means = cellMeans(values, owners);
  const int filling = fillingCritic(context);
  std::vector<double> sizes;
  for (Eigen::Index i = 0; i < values.cols(); ++i) {
    const int shown = filling >= 0 ? filling : owners[static_cast<std::size_t>(i)];
    if (shown >= values.rows() || !std::isfinite(values(shown, i))) continue;
    sizes.push_back(std::abs(values(shown, i) - scale.means[static_cast<std::size_t>(shown)]));
  }
  if (sizes.empty()) return scale;
  const auto high = sizes.begin() + static_cast<std::ptrdiff_t>((sizes.size() - 1) * 98 / 100);
  std::nth_element(sizes.begin(), high, sizes.end());
  scale.extent = *high;
  return scale;
}

void paintCritic(const LayerContext& context) {
  if (!hasCritic(context.scene, context.style)) return;
  const CriticScale scale = criticScale(context);
  const int filling = fillingCritic(context);
  if (filling >= 0) return drawCritic(context, filling, scale);
  const auto generators = context.scene.snapshot->critic.values.rows();
  for (const CellComplex::Cell& cell : context.scene.cells->cells) {
    if (isEmpty(cell) || cell.site >= generators) continue;
    context.painter.save();
    context.painter.setClipPath(outlineOf(context, cell), Qt::IntersectClip);
    drawCritic(context, cell.site, scale);
    context.painter.restore();
  }
}

void paintCellWalls(const LayerContext& context) {
  if (!context.style.layers.has(Layer::Cells) || !hasCells(context)) return;
  const CellComplex& cells = *context.scene.cells;
  const double grain = 1e-9 * std::max(cells.box.width(), cells.box.height());
  std::set<std::pair<Point, Point>> drawn;
  QColor color = context.theme().text;
  // A line of one pixel is drawn, a wider one is stroked and filled, which takes many times as long.
  color.setAlphaF(context.kept ? 0.6f : 0.5f);
  const QPen pen(color, context.px(context.kept ? 1 : 1.25), Qt::SolidLine, Qt::RoundCap);
  context.painter.setPen(vectorPen(context.painter, pen));
  context.painter.setBrush(Qt::NoBrush);
  for (const auto& wall : cells.walls) {
    QPainterPath path;
    addPolyline(context, wall, false, path);
    context.painter.drawPath(path);
  }
  for (const CellComplex::Cell& cell : cells.cells) {
    const std::size_t corners = cell.polygon.size() / 2;
    for (std::size_t i = 0; i < corners; ++i) {
      const std::size_t j = (i + 1) % corners;
      const Point a(cell.polygon[2 * i], cell.polygon[2 * i + 1]),
          b(cell.polygon[2 * j], cell.polygon[2 * j + 1]);
      if (onSameSide(cells.box, a, b, grain) || !drawn.insert(wallKey(a, b, grain)).second) continue;
      context.painter.drawLine(context.point(a.first, a.second), context.point(b.first, b.second));
    }
  }
}

}  // namespace monge::views
