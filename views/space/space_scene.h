// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QColor>
#include <QString>
#include <optional>
#include <vector>

#include "views/space/cell_bodies.h"
#include "views/transport_scene.h"

namespace monge::views {

/// Layers of the view of space; in the window of transport keys 1-6 toggle them in this order, in the main
/// window the keys of the plane's do. Data and Samples are generators' alone.
enum class SpaceLayer { Cells, Walls, Surfaces, Curves, Sites, Axes, Data, Samples };
constexpr int kTransportSpaceLayers = 6, kSpaceLayerCount = 8;

class SpaceLayers {
 public:
  bool has(SpaceLayer layer) const { return m_bits & bit(layer); }
  void set(SpaceLayer layer, bool on) { m_bits = on ? (m_bits | bit(layer)) : (m_bits & ~bit(layer)); }
  bool operator==(const SpaceLayers&) const = default;

 private:
  static unsigned bit(SpaceLayer layer) { return 1u << static_cast<int>(layer); }
  unsigned m_bits = bit(SpaceLayer::Cells) | bit(SpaceLayer::Walls) | bit(SpaceLayer::Surfaces) |
                    bit(SpaceLayer::Curves) | bit(SpaceLayer::Axes) | bit(SpaceLayer::Data) |
                    bit(SpaceLayer::Samples);
};

/// What is cut away: beyond a plane across an axis, or nearer to the eye than a plane across the sight.
struct SpaceClip {
  enum class Across { X, Y, Z, Sight };
  Across across = Across::X;
  bool flipped = false;  ///< the other side is cut away
  double offset = 0;     ///< data units; across the sight from the middle of the domain, towards the eye
  bool operator==(const SpaceClip&) const = default;
};

struct SpaceStyle {
  Theme theme = Theme::Light;
  SpaceLayers layers;
  CellColour colour = CellColour::Site;
  double opacity = 0.3;  ///< of the cells' faces, in [0, 1]
  double explode = 0;    ///< as in cellBodies()
  std::optional<SpaceClip> clip;
  double unit = 1, textSize = 12;  ///< as in DiagramStyle
  bool background = true;
  int selected = -1, hovered = -1;  ///< site
  bool operator==(const SpaceStyle&) const = default;
};

/// The plane of a clip; that across the sight turns with the camera.
std::optional<CutPlane> cutPlane(const SpaceSnapshot& moment, const std::optional<SpaceClip>& clip,
                                 const SpaceProjection& projection);

/// What is to be seen of a moment, before it is looked at. Colours are the same in OpenGL and on paper:
/// the light comes from one far lamp that stands still, over half of it from everywhere.
struct SpaceSolid {
  struct Line {
    std::vector<Vec3> path;
    std::vector<std::vector<int>> cells;  ///< per side of the path: the sites whose cells it bounds
    QColor colour;
    double width = 1;  ///< in units of the style
  };
  struct Dot {
    Vec3 at;
    std::vector<int> cells;  ///< the sites whose cells it bounds; none for what may be anywhere
    QColor colour;
    double size = 6;  ///< across, in units of the style
    bool ring = false;
  };
  CellBodies bodies;
  std::vector<QRgb> fills;  ///< per face of the bodies, unshaded alpha in it; alpha 0 where it is not drawn
  /// Per face the row of the same wall as the cell across has it, where both are drawn and let others shine
  /// through; -1 elsewhere.
  std::vector<int> twins;
  enum class Outline : char { None, Own, Shared };  ///< Shared: the face across has the same sides
  std::vector<Outline> outlines;                    ///< per face of the bodies
  std::vector<Line> lines;
  std::vector<Dot> dots;
  QColor outline;           ///< of the faces
  double outlineWidth = 1;  ///< in units of the style
  bool blends = false;      ///< some face lets others shine through
};
SpaceSolid spaceSolid(const SpaceSnapshot& moment, const SpaceStyle& style,
                      const std::optional<CutPlane>& cut);

/// Box around the domain.
struct SpaceBox {
  Vec3 low, high;
};
SpaceBox domainBox(const SpaceSnapshot& moment);

/// Ball around what is shown, about the middle of the domain's box: what the camera is fitted to. It does not
/// depend on the clip.
struct SpaceBall {
  Vec3 middle;
  double radius = 0;
};
SpaceBall spaceBall(const SpaceSnapshot& moment, const SpaceStyle& style);
SpaceProjection spaceProjection(const SpaceSnapshot& moment, const SpaceStyle& style,
                                const SpaceCamera& camera, const QRectF& target);

}  // namespace monge::views
