// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <span>
#include <vector>

#include "core/geometry/power_complex_2.h"

namespace monge {

/// Which facets of a power diagram stand for discontinuities of the transport map rather than for the step
/// from one target point to the next.
struct SingularRule {
  enum class By {
    Spacing,  ///< jump |y_i - y_j| in units of the targets' spacing there
    Jump,     ///< jump, data units
    Angle     ///< angle between the normals of the graph of u, radians
  };
  By by = By::Spacing;
  /// A facet above it is singular. The default is 3.5 times the spacing: see docs/methods/brenier.md.
  double threshold = 3.5;
  /// With By::Spacing: what touching facets must tear open together, in squared spacings, to count, per ln n.
  /// In a convex target nothing is torn and chance is all there is; its largest piece grows as ln n.
  double leastTear = 6;
};

/// The jump across a facet, between two sites.
struct SiteJump {
  int first = 0, second = 0;
  double length = 0;
};

/// How far targets lie apart around each site: the mean of the shorter half of its jumps (three at most),
/// then the median of that over the site and its neighbours. The least jumps stay within the site's own part
/// of the target, also at a hole or gap; the median mends the few cells that touch hardly any of their own
/// side. 0 for a site without neighbours.
/// @param jumps  of all facets, in the plane or in space
std::vector<double> targetSpacing(std::size_t sites, std::span<const SiteJump> jumps);
std::vector<double> targetSpacing(const PowerDiagram2& diagram);

struct SingularFacets {
  std::vector<int> rows;  ///< of PowerDiagram2::facets, ascending
  /// Per vertex of the complex: area of its triangles, in squared spacings. Empty where the rule asks for no
  /// tear.
  std::vector<double> tear;
  double leastTear = 0;  ///< what a piece must tear to count
};

/// @throws Error on a threshold or a least tear that is not a number of at least 0
void requireValid(const SingularRule& rule);

/// Pure; any thread. @throws Error on a threshold or a least tear that is not a number of at least 0
SingularFacets singularFacets(const PowerDiagram2& diagram, const PowerComplex2& complex,
                              const SingularRule& rule = {});

}  // namespace monge
