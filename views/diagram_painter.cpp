// SPDX-License-Identifier: GPL-3.0-or-later
#include "views/diagram_painter.h"

#include <QCoreApplication>
#include <QImage>
#include <QPaintEngine>
#include <QPainterPath>
#include <algorithm>
#include <cmath>

#include "views/dots.h"
#include "views/numbers.h"
#include "views/tessellation_layers.h"
#include "views/vector_pen.h"

namespace monge::views {
namespace {

constexpr int kHaloedSites = 300;  ///< beyond: markers without a rim
constexpr int kManySites = 2000;   ///< beyond: smaller markers

/// What every layer is painted with.
struct Diagram {
  QPainter& painter;
  const QRectF& target;
  const TransportSnapshot& moment;
  const PlaneMap& map;
  const DiagramStyle& style;
  std::vector<QColor> colours;

  const Colors& theme() const { return colors(style.theme); }
  double px(double pixels) const { return pixels * style.unit; }
  QPointF point(double x, double y) const { return map.toTarget(x, y, target); }
  QPointF site(int row) const { return point(moment.sites(row, 0), moment.sites(row, 1)); }
  QColor colour(int row) const { return colours[static_cast<std::size_t>(row)]; }
  bool has(DiagramLayer layer) const { return style.layers.has(layer); }
  QPen pen(QColor colour, double width, double opacity = 1) const {
    colour.setAlphaF(static_cast<float>(opacity));
    // A line of one pixel is drawn, a wider one stroked and filled, which takes many times as long.
    return vectorPen(painter, QPen(colour, style.fast && width <= 1.5 ? 0 : px(width), Qt::SolidLine,
                                   Qt::RoundCap, Qt::RoundJoin));
  }
  QPolygonF polygon(const std::vector<double>& numbers, int begin, int end) const {
    QPolygonF result;
    result.reserve(end - begin);
    for (int at = begin; at < end; ++at)
      result << point(numbers[2 * static_cast<std::size_t>(at)],
                      numbers[2 * static_cast<std::size_t>(at) + 1]);
    return result;
  }
  QPolygonF polygon(const std::vector<double>& numbers) const {
    return polygon(numbers, 0, static_cast<int>(numbers.size() / 2));
  }
  QPolygonF cell(int row) const {
    return polygon(moment.cellCorners, moment.cellStarts[row], moment.cellStarts[row + 1]);
  }
};

bool showsDensity(const Diagram& d) {
  return d.has(DiagramLayer::Density) && d.moment.density;
}

/// A quiet tint where the colour says which site, the value's own colour where it says how much.
double fillOpacity(const Diagram& d) {
  return d.style.colour == CellColour::Site ? (d.style.theme == Theme::Dark ? 0.5 : 0.55) : 0.9;
}

QColor over(const QColor& colour, double opacity, const QColor& ground) {
  const auto mix = [&](double a, double b) { return static_cast<float>(opacity * a + (1 - opacity) * b); };
  return QColor::fromRgbF(mix(colour.redF(), ground.redF()), mix(colour.greenF(), ground.greenF()),
                          mix(colour.blueF(), ground.blueF()));
}

/// How much of the text's colour stands for the largest density.
constexpr double kDarkest = 0.6;

/// The source's density in shades of grey, so that the colours of the cells can lie over it.
void paintDensity(const Diagram& d) {
  if (!showsDensity(d)) return;
  const DensityField& field = *d.moment.density;
  QImage image(field.columns, field.rows, QImage::Format_ARGB32_Premultiplied);
  QColor shade = d.theme().text;
  for (int row = 0; row < field.rows; ++row) {
    auto* line = reinterpret_cast<QRgb*>(image.scanLine(field.rows - 1 - row));
    for (int column = 0; column < field.columns; ++column) {
      const double value = field.values[static_cast<std::size_t>(row * field.columns + column)];
      shade.setAlphaF(std::isfinite(value) && field.largest > 0
                          ? static_cast<float>(kDarkest * value / field.largest)
                          : 0.0F);
      line[column] = qPremultiply(shade.rgba());
    }
  }
  const QRectF box(d.point(field.box.xMin, field.box.yMax), d.point(field.box.xMax, field.box.yMin));
  QPainterPath domain;
  domain.addPolygon(d.polygon(d.moment.domain));
  d.painter.save();
  d.painter.setClipPath(domain, Qt::IntersectClip);
  d.painter.setRenderHint(QPainter::SmoothPixmapTransform);
  d.painter.drawImage(box, image);
  d.painter.restore();
}

void paintCells(const Diagram& d) {
  if (!d.has(DiagramLayer::Cells)) return;
  const bool glazed = showsDensity(d);
  d.painter.setRenderHint(QPainter::Antialiasing, !d.style.fast);
  const double opacity = fillOpacity(d);
  for (int row = 0; row < d.moment.count(); ++row) {
    if (d.moment.cellSize(row) < 3) continue;
    const double share = row == d.style.hovered ? std::min(1.0, opacity + 0.2) : opacity;
    QColor fill = over(d.colour(row), share, d.theme().canvas);
    if (glazed) fill.setAlphaF(0.5F);
    d.painter.setBrush(fill);
    // Smooth edges of neighbours let the ground shine through between them; a hairline closes the seam.
    d.painter.setPen(d.style.fast || glazed ? QPen(Qt::NoPen) : QPen(fill, d.px(0.35)));
    d.painter.drawPolygon(d.cell(row));
  }
  d.painter.setRenderHint(QPainter::Antialiasing);
}

void paintWalls(const Diagram& d) {
  if (!d.has(DiagramLayer::Walls)) return;
  const bool many = d.moment.count() > kManySites;
  d.painter.setPen(d.pen(d.theme().text, many ? 0.4 : 0.8, many ? 0.35 : 0.55));
  std::vector<QLineF> lines;
  lines.reserve(d.moment.facets.size());
  for (const auto& facet : d.moment.facets)
    lines.emplace_back(d.point(facet.fromX, facet.fromY), d.point(facet.toX, facet.toY));
  if (d.style.fast && many) d.painter.setRenderHint(QPainter::Antialiasing, false);
  d.painter.drawLines(lines.data(), static_cast<int>(lines.size()));
  d.painter.setRenderHint(QPainter::Antialiasing);
}

void paintDomain(const Diagram& d) {
  d.painter.setBrush(Qt::NoBrush);
  d.painter.setPen(d.pen(d.theme().text, 1.25, 0.8));
  d.painter.drawPolygon(d.polygon(d.moment.domain));
}

void paintTriangulation(const Diagram& d) {
  if (!d.has(DiagramLayer::Triangulation)) return;
  std::vector<QLineF> lines;
  // Each side once: its triangle to the left names it, or, at the rim, the only one.
  std::vector<std::pair<int, int>> sides;
  for (const auto& triangle : d.moment.triangles)
    for (int corner = 0; corner < 3; ++corner)
      sides.push_back(std::minmax(triangle[static_cast<std::size_t>(corner)],
                                  triangle[static_cast<std::size_t>((corner + 1) % 3)]));
  std::sort(sides.begin(), sides.end());
  sides.erase(std::unique(sides.begin(), sides.end()), sides.end());
  for (const auto& [first, second] : sides) lines.emplace_back(d.site(first), d.site(second));
  d.painter.setPen(d.pen(d.theme().accent, 0.9, 0.7));
  d.painter.drawLines(lines.data(), static_cast<int>(lines.size()));
}

/// Discs of radius sqrt(w_i - min w): a common constant in the weights changes no cell.
void paintDiscs(const Diagram& d) {
  if (!d.has(DiagramLayer::Discs)) return;
  const double least = d.moment.weights.minCoeff();
  d.painter.setBrush(Qt::NoBrush);
  for (int row = 0; row < d.moment.count(); ++row) {
    const double radius = std::sqrt(d.moment.weights[row] - least) * d.map.scale;
    d.painter.setPen(d.pen(d.colour(row).darker(130), 1, 0.8));
    d.painter.drawEllipse(d.site(row), radius, radius);
  }
}

void paintRays(const Diagram& d) {
  if (!d.has(DiagramLayer::Rays)) return;
  std::vector<QLineF> lines;
  for (int row = 0; row < d.moment.count(); ++row)
    if (d.moment.cellSize(row) >= 3)
      lines.emplace_back(d.point(d.moment.centroids(row, 0), d.moment.centroids(row, 1)), d.site(row));
  d.painter.setPen(d.pen(d.theme().text, 0.8, 0.4));
  d.painter.drawLines(lines.data(), static_cast<int>(lines.size()));
}

void paintCentroids(const Diagram& d) {
  if (!d.has(DiagramLayer::Centroids)) return;
  const double arm = d.px(d.moment.count() > kManySites ? 1.5 : 3);
  std::vector<QLineF> lines;
  for (int row = 0; row < d.moment.count(); ++row) {
    if (d.moment.cellSize(row) < 3) continue;
    const QPointF at = d.point(d.moment.centroids(row, 0), d.moment.centroids(row, 1));
    lines.emplace_back(at - QPointF(arm, 0), at + QPointF(arm, 0));
    lines.emplace_back(at - QPointF(0, arm), at + QPointF(0, arm));
  }
  d.painter.setPen(d.pen(d.theme().text, 1));
  d.painter.drawLines(lines.data(), static_cast<int>(lines.size()));
}

double siteRadius(const Diagram& d) {
  return d.px(d.moment.count() > 20000        ? 0.8
              : d.moment.count() > kManySites ? 1.4
              : d.moment.count() > 200        ? 2.2
                                              : 4);
}

void paintSites(const Diagram& d) {
  if (!d.has(DiagramLayer::Sites)) return;
  const double radius = siteRadius(d);
  const bool haloed = d.moment.count() <= kHaloedSites;
  const bool asDots = !haloed && d.painter.paintEngine()->type() != QPaintEngine::Raster;
  std::vector<DotGroup> dots;
  for (int row = 0; row < d.moment.count(); ++row) {
    const QColor fill = d.style.colour == CellColour::Site ? d.colour(row).darker(115) : d.theme().text;
    // A hidden site has no cell: an open ring says so.
    const bool hidden = d.moment.hidden[static_cast<std::size_t>(row)];
    if (asDots && !hidden) {
      dots.push_back({fill, {d.site(row)}});
      continue;
    }
    d.painter.setPen(haloed ? d.pen(d.theme().canvas, 1.2) : QPen(Qt::NoPen));
    d.painter.setBrush(hidden ? QBrush(d.theme().canvas) : QBrush(fill));
    if (hidden) d.painter.setPen(d.pen(d.theme().bad, 1.5));
    d.painter.drawEllipse(d.site(row), radius, radius);
  }
  if (asDots) paintDots(d.painter, d.target, dots, radius);
}

void paintSubgradients(const Diagram& d) {
  if (!d.has(DiagramLayer::Subgradients)) return;
  QColor fill = singularColour(d.style.theme);
  fill.setAlphaF(0.18f);
  for (const auto& point : d.moment.points) {
    if (point.subgradient.size() < 6) continue;
    d.painter.setPen(d.pen(singularColour(d.style.theme), 1, 0.9));
    d.painter.setBrush(fill);
    d.painter.drawPolygon(d.polygon(point.subgradient));
  }
}

void paintSingular(const Diagram& d) {
  if (!d.has(DiagramLayer::Singular)) return;
  const QColor colour = singularColour(d.style.theme);
  d.painter.setBrush(Qt::NoBrush);
  d.painter.setPen(QPen(colour, d.px(2), Qt::SolidLine, Qt::RoundCap, Qt::RoundJoin));
  for (const auto& curve : d.moment.curves) d.painter.drawPolyline(d.polygon(curve.path));
  for (const auto& point : d.moment.points) {
    if (point.kind == "boundary") continue;
    const double radius = d.px(point.kind == "end" ? 2.5 : 4.5);
    d.painter.setBrush(point.kind == "end" ? colour : d.theme().canvas);
    d.painter.drawEllipse(d.point(point.x, point.y), radius, radius);
  }
}

void paintChosen(const Diagram& d) {
  QColor tint = d.theme().accent;
  tint.setAlphaF(0.3F);
  d.painter.setBrush(tint);
  d.painter.setPen(d.pen(d.theme().accent, 1.25, 0.9));
  for (const int row : d.style.chosen)
    if (row < d.moment.count() && d.moment.cellSize(row) >= 3) d.painter.drawPolygon(d.cell(row));
}

void paintSelection(const Diagram& d) {
  const int row = d.style.selected;
  if (row < 0 || row >= d.moment.count()) return;
  d.painter.setBrush(Qt::NoBrush);
  d.painter.setPen(QPen(d.theme().accent, d.px(2.5), Qt::SolidLine, Qt::RoundCap, Qt::RoundJoin));
  if (d.moment.cellSize(row) >= 3) d.painter.drawPolygon(d.cell(row));
  const double radius = siteRadius(d) + d.px(4);
  d.painter.drawEllipse(d.site(row), radius, radius);
}

QString tr(const char* text) {
  return QCoreApplication::translate("Diagram", text);
}

QString nameOf(CellColour by) {
  if (by == CellColour::Mass) return tr("Share of mass");
  return by == CellColour::Error ? tr("Mass error") : tr("Jump, data units");
}

/// The scale of the density, where the cells have none of their own.
void paintDensityBar(const Diagram& d, const LayerContext& context) {
  if (!showsDensity(d) || d.style.colour != CellColour::Site) return;
  const double largest = d.moment.density->largest;
  const QColor ground = d.theme().canvas, shade = d.theme().text;
  paintColourBar(context, {tr("Density"),
                           {numberText(largest), numberText(largest / 2), QStringLiteral("0")},
                           [=](double t) { return over(shade, kDarkest * t, ground); }});
}

void paintBar(const TransportSnapshot& moment, CellColour by, const LayerContext& context) {
  if (by == CellColour::Site) return;
  const ColourScale scale = colourScale(moment, by);
  if (!(scale.largest > scale.least)) return;
  const auto text = [&](double value) {
    return by == CellColour::Error ? percentText(value) : numberText(value);
  };
  const Theme theme = context.style.theme;
  paintColourBar(context, {nameOf(by),
                           {text(scale.largest), text((scale.least + scale.largest) / 2), text(scale.least)},
                           [theme, &scale](double t) {
                             return scale.signedValues ? diverging(2 * t - 1, theme) : viridis(t);
                           }});
}

/// As other figures have what stands at their edges.
TessellationStyle edgesOf(const DiagramStyle& style) {
  TessellationStyle edges;
  edges.theme = style.theme;
  edges.unit = style.unit;
  edges.textSize = style.textSize;
  return edges;
}

}  // namespace

void paintDiagram(QPainter& painter, const QRectF& target, const TransportSnapshot& moment,
                  const PlaneMap& map, const DiagramStyle& style) {
  const Diagram d{painter, target, moment, map, style, siteColours(moment, style.colour, style.theme)};
  painter.save();
  painter.setClipRect(target, Qt::IntersectClip);
  painter.setRenderHint(QPainter::Antialiasing);
  if (style.background) painter.fillRect(target, d.theme().canvas);
  paintDensity(d);
  paintCells(d);
  paintWalls(d);
  paintDomain(d);
  paintTriangulation(d);
  paintDiscs(d);
  paintRays(d);
  paintCentroids(d);
  paintSites(d);
  paintSubgradients(d);
  paintSingular(d);
  paintSelection(d);
  const Scene empty;
  const LayerContext context{painter, target, empty, map, edgesOf(style)};
  if (style.axes) paintAxes(context);
  if (d.has(DiagramLayer::Cells)) paintBar(moment, style.colour, context);
  paintDensityBar(d, context);
  painter.restore();
}

void paintCellBar(QPainter& painter, const QRectF& target, const TransportSnapshot& moment,
                  const DiagramStyle& style) {
  painter.save();
  painter.setRenderHint(QPainter::Antialiasing);
  const Scene empty;
  paintBar(moment, style.colour, {painter, target, empty, PlaneMap(), edgesOf(style)});
  painter.restore();
}

void paintDiagramMarks(QPainter& painter, const QRectF& target, const TransportSnapshot& moment,
                       const PlaneMap& map, const DiagramStyle& style) {
  const Diagram d{painter, target, moment, map, style, {}};
  painter.save();
  painter.setClipRect(target, Qt::IntersectClip);
  painter.setRenderHint(QPainter::Antialiasing);
  if (style.hovered >= 0 && style.hovered < moment.count() && style.hovered != style.selected) {
    painter.setBrush(Qt::NoBrush);
    painter.setPen(QPen(d.theme().text, d.px(1.5), Qt::SolidLine, Qt::RoundCap, Qt::RoundJoin));
    if (moment.cellSize(style.hovered) >= 3) painter.drawPolygon(d.cell(style.hovered));
  }
  paintChosen(d);
  paintSelection(d);
  painter.restore();
}

std::vector<int> diagramSitesIn(const TransportSnapshot& moment, const QPolygonF& region) {
  std::vector<int> found;
  const QRectF bounds = region.boundingRect();
  for (int row = 0; row < moment.count(); ++row) {
    const bool hasCell = moment.cellSize(row) >= 3;
    const RowsD& places = hasCell ? moment.centroids : moment.sites;
    const QPointF at(places(row, 0), places(row, 1));
    if (bounds.contains(at) && region.containsPoint(at, Qt::OddEvenFill)) found.push_back(row);
  }
  return found;
}

Box2 diagramBox(const TransportSnapshot& moment) {
  return moment.box;
}

int diagramSiteAt(const TransportSnapshot& moment, double x, double y) {
  // Convex, counter-clockwise: inside is to the left of every side.
  const auto isInside = [&](const std::vector<double>& numbers, int begin, int end) {
    for (int at = begin; at < end; ++at) {
      const auto i = 2 * static_cast<std::size_t>(at);
      const auto j = 2 * static_cast<std::size_t>(at + 1 == end ? begin : at + 1);
      if ((numbers[j] - numbers[i]) * (y - numbers[i + 1]) <
          (numbers[j + 1] - numbers[i + 1]) * (x - numbers[i]))
        return false;
    }
    return end - begin >= 3;
  };
  if (!isInside(moment.domain, 0, static_cast<int>(moment.domain.size() / 2))) return -1;
  int best = -1;
  double least = 0;
  for (int row = 0; row < moment.count(); ++row) {
    if (moment.cellSize(row) < 3) continue;
    const double dx = x - moment.sites(row, 0), dy = y - moment.sites(row, 1);
    const double power = dx * dx + dy * dy - moment.weights[row];
    if (best < 0 || power < least) best = row, least = power;
  }
  return best;
}

int diagramMarkerAt(const TransportSnapshot& moment, const QPointF& point, const QRectF& target,
                    const PlaneMap& map, double reach) {
  int best = -1;
  double least = reach * reach;
  for (int row = 0; row < moment.count(); ++row) {
    const QPointF offset = map.toTarget(moment.sites(row, 0), moment.sites(row, 1), target) - point;
    const double distance = QPointF::dotProduct(offset, offset);
    if (distance <= least) best = row, least = distance;
  }
  return best;
}

}  // namespace monge::views
