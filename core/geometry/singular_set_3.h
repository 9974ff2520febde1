// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <array>
#include <vector>

#include "core/geometry/power_cells_3.h"
#include "core/geometry/singular_facets_3.h"

namespace monge {

/// Where an optimal transport map in space is discontinuous, read off the power diagram of its discrete
/// Brenier potential: surfaces, where the subgradient is a segment; curves, where it is a polygon; points,
/// where it is a polyhedron (Lei et al. 2019, section 3). A value.
struct SingularSet3 {
  /// A facet of the diagram; its subgradient is the segment from site to site.
  struct Piece {
    int first = 0, second = 0;    ///< sites
    std::vector<Point3> polygon;  ///< in the domain, counter-clockwise as `second` sees it; may be none
    double jump = 0, area = 0, measure = 0;  ///< |y_i - y_j|; data units; integral of the density over it
  };
  struct Surface {
    std::vector<Piece> pieces;
    double area = 0;                                      ///< data units
    double measure = 0;                                   ///< integral of the density over it
    double leastJump = 0, meanJump = 0, largestJump = 0;  ///< of |y_i - y_j|; the mean is by area
    /// Of the surface cut open along curves: 1 and 1 for a disc, 0 and 2 for a ring, 2 and 0 for a sphere.
    int eulerCharacteristic = 0, boundaryLoops = 0;
  };
  /// An edge of the diagram; its subgradient is the triangle of the three sites.
  struct Segment {
    std::array<int, 3> sites{};
    Point3 from, to;
    double subgradientArea = 0;
  };
  struct Curve {
    enum class Kind {
      Junction,  ///< three surfaces meet, or one meets itself
      Border     ///< a surface ends inside the domain
    };
    Kind kind = Kind::Junction;
    int from = -1, to = -1;                               ///< rows of `points`; -1 for a closed curve
    std::vector<Segment> segments;                        ///< in order, from `from` to `to`
    double length = 0;                                    ///< data units
    std::vector<int> surfaces;                            ///< that meet in it or end in it, ascending
    double leastArea = 0, meanArea = 0, largestArea = 0;  ///< of the subgradients; the mean is by length
    bool isClosed() const { return from < 0; }
  };
  struct Point {
    enum class Kind {
      Branch,    ///< three or more curves meet
      End,       ///< a curve ends inside the domain
      Boundary,  ///< a curve ends on the domain's boundary
      Isolated   ///< no curve and no surface: a cavity whose whole wall is sent apart from one spot
    };
    Kind kind = Kind::End;
    Point3 at;
    int curves = 0;          ///< that end here
    std::vector<int> sites;  ///< that were drawn together here, ascending: the subgradient is their hull
    double volume = 0;       ///< of that hull; 0 where it is flat
  };

  std::vector<Surface> surfaces;
  std::vector<Curve> curves;
  std::vector<Point> points;

  int count(Curve::Kind kind) const;
  int count(Point::Kind kind) const;
};

/// Joins the singular facets of the last evaluation's cells into surfaces, the edges where these meet or end
/// into curves. The diagram knows no detail finer than its cells: small sheets go as singularSheets() says,
/// holes in a surface that are no longer around than a circle as wide as the cells there are closed, and
/// curves are cleaned as in the plane. What has gone but tears more than chance would is an isolated point.
/// Deterministic. Pure but for the team.
/// @throws Error on sites in one plane, and as singularFacets() does
SingularSet3 singularSet(const PowerCells3& cells, const SingularRule& rule, ThreadTeam& team);

}  // namespace monge
