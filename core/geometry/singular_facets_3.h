// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <vector>

#include "core/geometry/disjoint_sets.h"
#include "core/geometry/power_complex_3.h"
#include "core/geometry/singular_facets.h"

namespace monge {

/// The rule's defaults in space, where a site's neighbours lie farther apart by chance: see
/// docs/methods/brenier.md.
SingularRule spaceRule();

/// Singular facets of a power diagram in space.
struct SingularFacets3 {
  std::vector<char> isSingular;  ///< per facet of the complex
  /// Per vertex: volume of its tetrahedron, in cubed spacings. Empty where the rule asks for no tear.
  std::vector<double> tear;
  double leastTear = 0;  ///< what a piece must tear to count
};

/// As singularFacets() in the plane; facets touch where they share an edge.
/// Pure; any thread. @throws Error on a threshold or a least tear that is not a number of at least 0
SingularFacets3 singularFacets(const std::vector<Point3>& sites, const PowerComplex3& complex,
                               const SingularRule& rule);

/// Per facet of the complex: the piece of singular facets that touch each other which it belongs to.
DisjointSets touchingFacets(const PowerComplex3& complex, const std::vector<char>& isSingular);

}  // namespace monge
