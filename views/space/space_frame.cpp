// SPDX-License-Identifier: GPL-3.0-or-later
#include "views/space/space_frame.h"

#include <QCoreApplication>
#include <QFontMetricsF>
#include <algorithm>
#include <array>
#include <cmath>
#include <optional>

#include "views/numbers.h"
#include "views/tessellation_layers.h"

namespace monge::views {
namespace {

constexpr double kTick = 4, kGap = 3, kApart = 36;  ///< units; kApart: between two numbers, at least

QString tr(const char* text) {
  return QCoreApplication::translate("Space", text);
}

struct Edge {
  Vec3 from, to;
  QPointF start, end;  ///< on the target
  double length() const { return std::hypot(end.x() - start.x(), end.y() - start.y()); }
  QPointF middle() const { return (start + end) / 2; }
};

/// Of the four edges of the box along an axis the one that carries the numbers: on the outline, so that it
/// hides nothing, and as low as can be; upright ones as far left as can be. None where it is seen end on.
std::optional<Edge> edgeAlong(int axis, const SpaceBox& box, const SpaceProjection& projection,
                              double shortest) {
  const int u = (axis + 1) % 3, v = (axis + 2) % 3;
  const auto facesEye = [&](int across, bool high) {
    Vec3 normal = Vec3::Zero(), on = (box.low + box.high) / 2;
    normal[across] = high ? 1 : -1;
    on[across] = high ? box.high[across] : box.low[across];
    return normal.dot(projection.sight(on).normalized()) < -1e-6;
  };
  std::optional<Edge> best;
  double least = 0;
  for (int corner = 0; corner < 4; ++corner) {
    const bool highU = corner & 1, highV = corner & 2;
    if (facesEye(u, highU) == facesEye(v, highV)) continue;
    Edge edge;
    edge.from[u] = edge.to[u] = highU ? box.high[u] : box.low[u];
    edge.from[v] = edge.to[v] = highV ? box.high[v] : box.low[v];
    edge.from[axis] = box.low[axis], edge.to[axis] = box.high[axis];
    edge.start = projection.onTarget(edge.from), edge.end = projection.onTarget(edge.to);
    if (edge.length() < shortest) continue;
    const QPointF along = edge.end - edge.start;
    const bool upright = std::abs(along.y()) > 2 * std::abs(along.x());
    const double rank = upright ? edge.middle().x() : -edge.middle().y();
    if (!best || rank < least) best = edge, least = rank;
  }
  return best;
}

class Frame {
 public:
  Frame(QPainter& painter, const SpaceProjection& projection, const SpaceStyle& style)
      : m_painter(painter), m_projection(projection), m_style(style) {
    m_font = painter.font();
    m_font.setPixelSize(std::max(1, static_cast<int>(std::lround(style.textSize * style.unit))));
    m_painter.setFont(m_font);
  }

  void paintAxes(const SpaceBox& box) {
    const QPointF middle = m_projection.onTarget((box.low + box.high) / 2);
    static const std::array<QString, 3> names{QStringLiteral("x"), QStringLiteral("y"), QStringLiteral("z")};
    for (int axis = 0; axis < 3; ++axis)
      if (const auto edge = edgeAlong(axis, box, m_projection, px(24)))
        paintAxis(*edge, axis, box, middle, names[static_cast<std::size_t>(axis)]);
  }

  /// A bar of a round length; in perspective there is none that holds for all depths.
  void paintScale(const QRectF& target) {
    if (m_projection.perspective()) return;
    const double length = roundStep(px(50) / m_projection.scale());
    if (!(length > 0)) return;
    const double width = length * m_projection.scale();
    const QPointF right(target.right() - px(14), target.bottom() - px(12)), left = right - QPointF(width, 0);
    m_painter.setPen(pen());
    m_painter.drawLine(left, right);
    for (const QPointF& end : {left, right}) m_painter.drawLine(end, end - QPointF(0, px(kTick)));
    paintText(numberText(length, 3), (left + right) / 2, QPointF(0, -1));
  }

 private:
  double px(double units) const { return units * m_style.unit; }
  QPen pen() const { return QPen(colors(m_style.theme).muted, px(1), Qt::SolidLine, Qt::RoundCap); }

  void paintAxis(const Edge& edge, int axis, const SpaceBox& box, const QPointF& middle,
                 const QString& name) {
    QPointF along = (edge.end - edge.start) / edge.length(), out(-along.y(), along.x());
    if (QPointF::dotProduct(out, edge.middle() - middle) < 0) out = -out;
    m_painter.setPen(pen());
    m_painter.drawLine(edge.start, edge.end);
    const int most = std::clamp(static_cast<int>(edge.length() / px(kApart)), 2, 6);
    double reach = 0;
    for (const double value : roundTicks(box.low[axis], box.high[axis], most)) {
      Vec3 at = edge.from;
      at[axis] = value;
      const QPointF on = m_projection.onTarget(at);
      m_painter.setPen(pen());
      m_painter.drawLine(on, on + px(kTick) * out);
      reach = std::max(reach, paintText(numberText(value, 4), on + px(kTick) * out, out));
    }
    QFont italic = m_font;
    italic.setItalic(true);
    m_painter.setFont(italic);
    paintText(name, edge.middle() + (px(kTick + 6) + reach) * out, out);
    m_painter.setFont(m_font);
  }

  /// Beyond a point in a direction; answers how far the text reaches from it.
  double paintText(const QString& text, const QPointF& from, const QPointF& out) {
    const QFontMetricsF metrics(m_painter.font());
    const QSizeF size(metrics.horizontalAdvance(text), metrics.capHeight());
    const double half = std::abs(out.x()) * size.width() / 2 + std::abs(out.y()) * size.height() / 2;
    const QPointF centre = from + (half + px(kGap)) * out;
    m_painter.setPen(colors(m_style.theme).muted);
    m_painter.drawText(QPointF(centre.x() - size.width() / 2, centre.y() + size.height() / 2), text);
    return 2 * half + px(kGap);
  }

  QPainter& m_painter;
  const SpaceProjection& m_projection;
  const SpaceStyle& m_style;
  QFont m_font;
};

QString nameOf(CellColour by) {
  if (by == CellColour::Mass) return tr("Mass");
  return by == CellColour::Error ? tr("Mass error") : tr("Largest jump");
}

void paintBar(QPainter& painter, const QRectF& target, const SpaceSnapshot& moment, const SpaceStyle& style) {
  if (style.colour == CellColour::Site || !style.layers.has(SpaceLayer::Cells)) return;
  const ColourScale scale = colourScale(moment, style.colour);
  if (!(scale.largest > scale.least)) return;
  const auto text = [&](double value) {
    return style.colour == CellColour::Error ? percentText(value) : numberText(value);
  };
  TessellationStyle look;
  look.theme = style.theme;
  look.unit = style.unit;
  look.textSize = style.textSize;
  const Scene empty;
  const PlaneMap map;
  paintColourBar(
      {painter, target, empty, map, look},
      {nameOf(style.colour),
       {text(scale.largest), text((scale.least + scale.largest) / 2), text(scale.least)},
       [&](double t) { return scale.signedValues ? diverging(2 * t - 1, style.theme) : viridis(t); }});
}

/// All sides of a cell: those that are seen in front as lines on faces of `light`, the others thinner.
void paintCellOutline(QPainter& painter, const CellBodies& bodies, int site,
                      const SpaceProjection& projection, QPen pen, const QBrush& light) {
  QPainterPath front, back;
  for (int row = bodies.cellStarts[static_cast<std::size_t>(site)];
       row < bodies.cellStarts[static_cast<std::size_t>(site) + 1]; ++row) {
    const auto& face = bodies.faces[static_cast<std::size_t>(row)];
    QPolygonF polygon;
    for (const int corner : bodies.loop(face))
      polygon << projection.onTarget(bodies.corners[static_cast<std::size_t>(corner)]);
    polygon << polygon.first();
    const Vec3& on = bodies.corners[static_cast<std::size_t>(bodies.loop(face)[0])];
    (face.normal.dot(projection.sight(on)) < 0 ? front : back).addPolygon(polygon);
  }
  painter.setBrush(light);
  painter.setPen(pen);
  painter.drawPath(front);
  painter.setBrush(Qt::NoBrush);
  pen.setWidthF(0.45 * pen.widthF());
  painter.setPen(pen);
  painter.drawPath(back);
}

}  // namespace

void paintSpaceFrame(QPainter& painter, const QRectF& target, const SpaceSnapshot& moment,
                     const SpaceProjection& projection, const SpaceStyle& style) {
  painter.save();
  painter.setClipRect(target, Qt::IntersectClip);
  painter.setRenderHint(QPainter::Antialiasing);
  if (style.layers.has(SpaceLayer::Axes)) {
    Frame frame(painter, projection, style);
    // Cells that have moved are no longer where the numbers would say.
    if (style.explode == 0) frame.paintAxes(domainBox(moment));
    frame.paintScale(target);
  }
  paintBar(painter, target, moment, style);
  painter.restore();
}

void paintSpaceMarks(QPainter& painter, const QRectF& target, const CellBodies& bodies,
                     const SpaceProjection& projection, const SpaceStyle& style) {
  painter.save();
  painter.setClipRect(target, Qt::IntersectClip);
  painter.setRenderHint(QPainter::Antialiasing);
  const auto mark = [&](int site, const QColor& colour, double width, const QBrush& light) {
    if (site < 0 || site + 1 >= static_cast<int>(bodies.cellStarts.size())) return;
    paintCellOutline(painter, bodies, site, projection,
                     QPen(colour, width * style.unit, Qt::SolidLine, Qt::RoundCap, Qt::RoundJoin), light);
  };
  QColor light = colors(style.theme).accent;
  light.setAlphaF(0.16f);
  if (style.hovered != style.selected) mark(style.hovered, colors(style.theme).text, 1.5, light);
  mark(style.selected, colors(style.theme).accent, 2.5, Qt::NoBrush);
  painter.restore();
}

}  // namespace monge::views
