// SPDX-License-Identifier: GPL-3.0-or-later
#include "views/space/space_painter.h"

#include <Eigen/Geometry>
#include <algorithm>
#include <cmath>
#include <limits>
#include <numeric>

#include "views/space/space_frame.h"

namespace monge::views {
namespace {

constexpr double kHaloSize = 4;  ///< smaller dots would be all halo

/// A line or a dot that waits for its cell.
struct Waiting {
  int line = -1, side = 0;
  int dot = -1;
};

class SolidPainter {
 public:
  SolidPainter(QPainter& painter, const SpaceSnapshot& moment, const SpaceSolid& solid,
               const SpaceProjection& projection, const SpaceStyle& style)
      : m_painter(painter),
        m_moment(moment),
        m_solid(solid),
        m_projection(projection),
        m_style(style),
        m_regions(moment, style.explode) {}

  void paint() {
    const std::vector<int> cells = cellsBackToFront(m_moment, m_projection, m_style.explode);
    shareOut(cells);
    for (const int cell : cells) paintCell(static_cast<std::size_t>(cell));
  }

 private:
  double px(double units) const { return units * m_style.unit; }

  /// Which cell each line and dot is painted with.
  void shareOut(const std::vector<int>& cells) {
    std::vector<int> place(cells.size());
    for (std::size_t at = 0; at < cells.size(); ++at)
      place[static_cast<std::size_t>(cells[at])] = static_cast<int>(at);
    m_behind.resize(cells.size());
    m_inside.resize(cells.size());
    m_on.resize(cells.size());
    const auto nearest = [&](const std::vector<int>& sites) {
      return static_cast<std::size_t>(*std::max_element(sites.begin(), sites.end(), [&](int a, int b) {
        return place[static_cast<std::size_t>(a)] < place[static_cast<std::size_t>(b)];
      }));
    };
    for (std::size_t line = 0; line < m_solid.lines.size(); ++line)
      for (std::size_t side = 0; side < m_solid.lines[line].cells.size(); ++side)
        m_on[nearest(m_solid.lines[line].cells[side])].push_back(
            {static_cast<int>(line), static_cast<int>(side), -1});
    for (const int row : dotsBackToFront()) {
      const SpaceSolid::Dot& dot = m_solid.dots[static_cast<std::size_t>(row)];
      const Waiting waiting{-1, 0, row};
      if (!dot.cells.empty())
        m_on[nearest(dot.cells)].push_back(waiting);
      else
        placeFor(dot.at).push_back(waiting);
    }
  }

  std::vector<int> dotsBackToFront() const {
    std::vector<double> depths;
    for (const auto& dot : m_solid.dots) depths.push_back(m_projection.depth(dot.at));
    std::vector<int> rows(depths.size());
    std::iota(rows.begin(), rows.end(), 0);
    std::stable_sort(rows.begin(), rows.end(), [&](int a, int b) {
      return depths[static_cast<std::size_t>(a)] > depths[static_cast<std::size_t>(b)];
    });
    return rows;
  }

  /// Of something that may be anywhere: it keeps its place in the order with the region that it lies in.
  std::vector<Waiting>& placeFor(const Vec3& at) {
    const int region = m_regions.at(at);
    const CellHit hit = cellAlong(m_solid.bodies, region, {at, -m_projection.sight(at)},
                                  std::numeric_limits<double>::infinity());
    auto& list = hit.site < 0 ? m_on : hit.distance > 0 ? m_behind : m_inside;
    return list[static_cast<std::size_t>(region)];
  }

  void paintCell(std::size_t cell) {
    const int begin = m_solid.bodies.cellStarts[cell], end = m_solid.bodies.cellStarts[cell + 1];
    paintAll(m_behind[cell]);
    for (const bool away : {true, false}) {
      for (int row = begin; row < end; ++row) paintFace(static_cast<std::size_t>(row), away);
      if (away) paintAll(m_inside[cell]);
    }
    paintAll(m_on[cell]);
  }

  void paintFace(std::size_t row, bool away) {
    const CellBodies::Face& face = m_solid.bodies.faces[row];
    const bool isOutlined = m_solid.outlines[row] != SpaceSolid::Outline::None;
    const QColor fill = QColor::fromRgba(m_solid.fills[row]);
    if (fill.alpha() == 0 && !isOutlined) return;
    if (away && fill.alpha() == 255) return;  // behind the faces that look here
    const auto loop = m_solid.bodies.loop(face);
    const Vec3& on = m_solid.bodies.corners[static_cast<std::size_t>(loop[0])];
    if ((face.normal.dot(m_projection.sight(on)) > 0) != away) return;
    QPolygonF polygon;
    for (const int corner : loop)
      polygon << m_projection.onTarget(m_solid.bodies.corners[static_cast<std::size_t>(corner)]);
    m_painter.setBrush(fill.alpha() > 0 ? QBrush(fill) : QBrush(Qt::NoBrush));
    if (isOutlined)
      m_painter.setPen(
          QPen(m_solid.outline, px(m_solid.outlineWidth), Qt::SolidLine, Qt::RoundCap, Qt::RoundJoin));
    else  // a hairline closes the seam between opaque faces; of others it would be seen
      m_painter.setPen(fill.alpha() == 255 ? QPen(fill, px(0.35)) : QPen(Qt::NoPen));
    m_painter.drawPolygon(polygon);
  }

  void paintAll(const std::vector<Waiting>& things) {
    for (const Waiting& thing : things)
      if (thing.dot >= 0)
        paintDot(m_solid.dots[static_cast<std::size_t>(thing.dot)]);
      else
        paintSide(m_solid.lines[static_cast<std::size_t>(thing.line)], static_cast<std::size_t>(thing.side));
  }

  void paintSide(const SpaceSolid::Line& line, std::size_t side) {
    m_painter.setPen(QPen(line.colour, px(line.width), Qt::SolidLine, Qt::RoundCap));
    m_painter.drawLine(m_projection.onTarget(line.path[side]), m_projection.onTarget(line.path[side + 1]));
  }

  void paintDot(const SpaceSolid::Dot& dot) {
    const double radius = px(dot.size) / 2;
    const QColor canvas = colors(m_style.theme).canvas;
    m_painter.setPen(dot.ring               ? QPen(dot.colour, px(2))
                     : dot.size < kHaloSize ? QPen(Qt::NoPen)
                                            : QPen(canvas, px(0.6)));
    m_painter.setBrush(dot.ring ? canvas : dot.colour);
    m_painter.drawEllipse(m_projection.onTarget(dot.at), radius, radius);
  }

  QPainter& m_painter;
  const SpaceSnapshot& m_moment;
  const SpaceSolid& m_solid;

  const SpaceProjection& m_projection;
  const SpaceStyle& m_style;
  CellRegions m_regions;
  std::vector<std::vector<Waiting>> m_behind, m_inside, m_on;  ///< per site
};

}  // namespace

void paintSolid(QPainter& painter, const SpaceSnapshot& moment, const SpaceSolid& solid,
                const SpaceProjection& projection, const SpaceStyle& style) {
  SolidPainter(painter, moment, solid, projection, style).paint();
}

void paintSpace(QPainter& painter, const QRectF& target, const SpaceSnapshot& moment,
                const SpaceCamera& camera, const SpaceStyle& style) {
  painter.save();
  painter.setClipRect(target, Qt::IntersectClip);
  painter.setRenderHint(QPainter::Antialiasing);
  if (style.background) painter.fillRect(target, colors(style.theme).canvas);
  const SpaceProjection projection = spaceProjection(moment, style, camera, target);
  const auto cut = cutPlane(moment, style.clip, projection);
  const SpaceSolid solid = spaceSolid(moment, style, cut);
  paintSolid(painter, moment, solid, projection, style);
  paintSpaceFrame(painter, target, moment, projection, style);
  paintSpaceMarks(painter, target, solid.bodies, projection, style);
  painter.restore();
}

}  // namespace monge::views
