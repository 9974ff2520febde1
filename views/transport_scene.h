// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QColor>
#include <vector>

#include "core/snapshot/space_snapshot.h"
#include "core/snapshot/transport_snapshot.h"
#include "views/palette.h"

namespace monge::views {

/// Layers of the power diagram view; keys 1-9 and 0 toggle them in this order.
enum class DiagramLayer {
  Cells,
  Walls,
  Triangulation,
  Discs,
  Rays,
  Centroids,
  Sites,
  Singular,
  Subgradients,
  Density
};
constexpr int kDiagramLayerCount = 10;

class DiagramLayers {
 public:
  bool has(DiagramLayer layer) const { return m_bits & bit(layer); }
  void set(DiagramLayer layer, bool on) { m_bits = on ? (m_bits | bit(layer)) : (m_bits & ~bit(layer)); }
  bool operator==(const DiagramLayers&) const = default;

 private:
  static unsigned bit(DiagramLayer layer) { return 1u << static_cast<int>(layer); }
  unsigned m_bits = bit(DiagramLayer::Cells) | bit(DiagramLayer::Walls) | bit(DiagramLayer::Sites) |
                    bit(DiagramLayer::Singular);
};

/// What decides the colour of a cell.
enum class CellColour {
  /// Where its target lies: the map is continuous where the colour is; height in space is lightness. Of a
  /// generator its own.
  Site,
  Mass,   ///< what it holds
  Error,  ///< (mass - target) / target
  Jump    ///< the largest jump across its walls
};

/// Colours of all cells, and of their faces and dual vertices: one colour means one site in every view.
std::vector<QColor> siteColours(const TransportSnapshot& moment, CellColour by, Theme theme);
std::vector<QColor> siteColours(const SpaceSnapshot& moment, CellColour by, Theme theme);

/// The numbers behind the colours, for a colour bar: least, largest, and whether 0 is their middle.
struct ColourScale {
  double least = 0, largest = 1;
  bool signedValues = false;
};
ColourScale colourScale(const TransportSnapshot& moment, CellColour by);
ColourScale colourScale(const SpaceSnapshot& moment, CellColour by);

/// The house's colour of singular sets.
QColor singularColour(Theme theme);

}  // namespace monge::views
