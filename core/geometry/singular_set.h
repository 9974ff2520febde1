// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <vector>

#include "core/geometry/power_complex_2.h"
#include "core/geometry/singular_facets.h"

namespace monge {

/// Where an optimal transport map is discontinuous, read off the power diagram of its discrete Brenier
/// potential: Sigma_1, where the subgradient is a segment, as curves; Sigma_2, where it has area, as points
/// (Lei et al. 2019, section 3, fig. 3 and 5). A value.
struct SingularSet2 {
  struct Point {
    enum class Kind {
      Branch,    ///< three or more curves meet
      End,       ///< a curve ends inside the domain
      Boundary,  ///< a curve ends on the domain's boundary
      Isolated   ///< no curve: a hole whose whole rim is sent apart from one spot
    };
    Kind kind = Kind::End;
    Point2 at;
    int curves = 0;                   ///< that end here
    std::vector<Point2> subgradient;  ///< corners of the convex hull of the sites that meet here, ccw
    double area = 0;                  ///< of that polygon
  };
  struct Curve {
    int from = -1, to = -1;                               ///< rows of `points`; -1 for a closed curve
    std::vector<int> facets;                              ///< rows of PowerDiagram2::facets, in order
    std::vector<Point2> path;                             ///< one more than facets, from `from` to `to`
    double length = 0;                                    ///< data units of the domain
    double measure = 0;                                   ///< integral of the density along it
    double leastJump = 0, meanJump = 0, largestJump = 0;  ///< of |y_i - y_j|; the mean is by length
    bool isClosed() const { return from < 0; }
  };
  std::vector<Point> points;
  std::vector<Curve> curves;

  int count(Point::Kind kind) const;
};

/// Chains singular facets into curves. The diagram knows no detail finer than its cells, so:
/// - a curve that ends inside and is shorter than the cells along it are wide, or tears less than chance
/// would, is a
///   spur of the place it hangs on; so is, of two curves from one branch point to the boundary, one that does
///   both;
/// - branch points nearer to each other than that are one;
/// - a curve with two ends inside, each half of it shorter than that, is an isolated point.
/// A cell is twice as wide as its farthest corner lies from its centroid. The subgradient of a point is that
/// of all that was drawn into it. Deterministic. Pure; any thread.
SingularSet2 singularSet(const PowerDiagram2& diagram, const PowerComplex2& complex,
                         const SingularFacets& facets);

/// With the facets that the rule selects. @throws Error as singularFacets does
SingularSet2 singularSet(const PowerDiagram2& diagram, const PowerComplex2& complex,
                         const SingularRule& rule = {});

}  // namespace monge
