// SPDX-License-Identifier: GPL-3.0-or-later
#include "views/space/wall_order.h"

#include <algorithm>
#include <cmath>

namespace monge::views {
namespace {

/// What decides which faces of a solid are drawn, seen from one place.
class WallOrder {
 public:
  WallOrder(const SpaceSolid& solid, const std::vector<int>& cells, const SpaceProjection& projection)
      : m_solid(solid),
        m_cells(cells),
        m_projection(projection),
        m_turn(cells.size()),
        m_light(cells.size(), 0) {
    for (std::size_t at = 0; at < cells.size(); ++at)
      m_turn[static_cast<std::size_t>(cells[at])] = static_cast<int>(at);
    for (auto cell = cells.rbegin(); cell != cells.rend(); ++cell) lightUp(static_cast<std::size_t>(*cell));
  }

  std::vector<int> backToFront() const {
    std::vector<int> order, facing;
    order.reserve(m_solid.bodies.faces.size());
    for (const int cell : m_cells) {
      facing.clear();
      for (int row = first(cell); row < first(cell + 1); ++row) {
        const bool looksHere = facesEye(row);
        const bool isTwin = m_solid.twins[static_cast<std::size_t>(row)] >= 0;
        if (isTwin && !looksHere) continue;
        // A face that looks here without a twin is on the outside: nothing is before it.
        const int within = isTwin ? face(row).across : cell;
        if ((isTwin || !looksHere) && m_light[static_cast<std::size_t>(within)] < kNoLight) continue;
        (looksHere ? facing : order).push_back(row);
      }
      order.insert(order.end(), facing.begin(), facing.end());
    }
    return order;
  }

 private:
  /// Half a step of a colour, of white on black.
  static constexpr double kNoLight = 0.5 / 255;

  int first(int cell) const { return m_solid.bodies.cellStarts[static_cast<std::size_t>(cell)]; }
  const CellBodies::Face& face(int row) const { return m_solid.bodies.faces[static_cast<std::size_t>(row)]; }
  double passes(int row) const { return 1 - qAlpha(m_solid.fills[static_cast<std::size_t>(row)]) / 255.0; }

  /// Of twins whichever cell has the later turn is nearer.
  bool facesEye(int row) const {
    const auto& it = face(row);
    if (m_solid.twins[static_cast<std::size_t>(row)] >= 0)
      return m_turn[static_cast<std::size_t>(it.across)] > m_turn[static_cast<std::size_t>(it.site)];
    const Vec3& on = m_solid.bodies.corners[static_cast<std::size_t>(m_solid.bodies.loop(it)[0])];
    return it.normal.dot(m_projection.sight(on)) <= 0;
  }

  /// How much of the light in a cell reaches the eye at most: it leaves by a face that looks there.
  void lightUp(std::size_t cell) {
    double& light = m_light[cell];
    for (int row = first(static_cast<int>(cell)); row < first(static_cast<int>(cell) + 1); ++row) {
      if (!facesEye(row)) continue;
      const int twin = m_solid.twins[static_cast<std::size_t>(row)];
      const double beyond = twin < 0 ? 1 : passes(twin) * m_light[static_cast<std::size_t>(face(row).across)];
      light = std::max(light, passes(row) * beyond);
    }
  }

  const SpaceSolid& m_solid;
  const std::vector<int>& m_cells;
  const SpaceProjection& m_projection;
  std::vector<int> m_turn;      ///< per site, in the order of the cells
  std::vector<double> m_light;  ///< per site
};

}  // namespace

std::vector<int> wallsBackToFront(const SpaceSolid& solid, const std::vector<int>& cells,
                                  const SpaceProjection& projection) {
  return WallOrder(solid, cells, projection).backToFront();
}

QRgb twinsFill(const SpaceSolid& solid, int face) {
  const auto row = static_cast<std::size_t>(face);
  if (solid.twins[row] < 0) return solid.fills[row];
  const QRgb under = solid.fills[row], over = solid.fills[static_cast<std::size_t>(solid.twins[row])];
  const double near = qAlpha(over) / 255.0, far = qAlpha(under) / 255.0 * (1 - near), both = near + far;
  const auto mix = [&](int (*channel)(QRgb)) {
    return static_cast<int>(std::lround((near * channel(over) + far * channel(under)) / both));
  };
  return qRgba(mix(qRed), mix(qGreen), mix(qBlue), static_cast<int>(std::lround(255 * both)));
}

}  // namespace monge::views
