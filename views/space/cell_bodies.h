// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <optional>
#include <span>
#include <vector>

#include "core/snapshot/space_snapshot.h"
#include "views/space/space_camera.h"

namespace monge::views {

/// Keeps the half-space <normal, x> <= offset.
struct CutPlane {
  Vec3 normal{1, 0, 0};
  double offset = 0;
};

/// The cells of a moment as closed convex bodies, cut and moved. Value; data units.
struct CellBodies {
  struct Face {
    int site = 0;
    int across = kBoundary;      ///< the site beyond it, kBoundary or kCap
    int facet = -1;              ///< row of the moment's facets; -1 for none
    Vec3 normal{0, 0, 0};        ///< unit, outwards; 0 for a face without area
    int first = 0, corners = 0;  ///< range in `loops`
  };
  static constexpr int kBoundary = -1, kCap = -2;

  std::vector<Vec3> corners;  ///< each cell has its own
  std::vector<int> loops;     ///< rows of `corners`, counter-clockwise from outside
  std::vector<Face> faces;
  std::vector<int> cellStarts{0};  ///< n + 1: cell i has faces [starts[i], starts[i + 1])

  std::span<const int> loop(const Face& face) const {
    return {loops.data() + face.first, static_cast<std::size_t>(face.corners)};
  }
};

/// Clips every cell and closes it with a cap: what is kept of the cells adds up to what is kept of the
/// domain. Then moves cell i by explode (y_i - mean y), along the gradient of the potential, which opens
/// gaps but lets no two cells meet. Pure.
CellBodies cellBodies(const SpaceSnapshot& moment, const std::optional<CutPlane>& cut, double explode);

/// Where cell `site` is moved to by `explode`.
Vec3 explodedBy(const SpaceSnapshot& moment, int site, double explode);

/// Sites from the farthest cell to the nearest: where one cell hides a part of another, it comes later.
///
/// The plane between two cells has the normal y_i - y_j. Seen along v, sorting by <y_i, v> is therefore an
/// exact painter's order, and from an eye e sorting by the power distance |e - y_i|^2 - w_i is. Cells moved
/// by x -> x + t y_i lie in the cells of the sites' power diagram under the weights w_i - t |y_i|^2, so that
/// the same holds of them: the key is (1 + t) |y_i|^2 - w_i - 2 <e + t mean y, y_i>.
std::vector<int> cellsBackToFront(const SpaceSnapshot& moment, const SpaceProjection& projection,
                                  double explode);

/// All of space, parted by the planes that the order above rests on: the region of a site holds its cell as
/// it is moved and no other, hidden sites included. argmin_i (1 + t) |y_i|^2 - w_i - 2 <x + t mean y, y_i>.
class CellRegions {
 public:
  CellRegions(const SpaceSnapshot& moment, double explode);
  int at(const Vec3& place) const;  ///< a site

 private:
  const RowsD& m_sites;
  Vec3 m_shift;
  VectorD m_keys;
};

/// Site of the first cell that a ray meets, and how far away in units of `along`; 0 where it begins inside.
struct CellHit {
  int site = -1;
  double distance = 0;
};
/// The same of one cell alone. @param before  what is farther is not met
CellHit cellAlong(const CellBodies& bodies, int site, const SpaceProjection::Ray& ray, double before);
CellHit firstCellAlong(const CellBodies& bodies, const SpaceProjection::Ray& ray);

}  // namespace monge::views
