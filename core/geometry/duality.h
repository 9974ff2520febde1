// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstdint>

#include "core/geometry/brenier_potential.h"
#include "core/geometry/legendre_dual.h"

namespace monge {

/// How far a potential and its dual are from what convex duality says of them. Differences are relative to
/// the size of the terms they are made of, so that rounding alone is some 1e-15.
struct DualityCheck {
  /// Largest |u(x) + u*(y) - <x, y>| over pairs that match: x in the cell of y, or at a vertex and y in its
  /// triangle.
  double matchingError = 0;
  /// Least u(x) + u*(y) - <x, y> over random pairs; nowhere below 0 but for rounding.
  double leastSlack = 0;
  int pairs = 0;
  int convexityFaults = 0;  ///< edges where the lower hull is not convex, by the exact predicate; 0
  int hiddenFaults = 0;     ///< hidden sites below the lower hull by more than rounding; 0
  /// Places where the diagram in its domain and the triangulation are not dual to each other; 0. Site and
  /// cell, edge and facet, triangle and vertex, and at the domain's boundary: a facet that ends there is dual
  /// to an edge, the cells around a vertex are the sites of its triangles.
  int complexFaults = 0;

  bool holds(double tolerance = 1e-12) const {
    return matchingError <= tolerance && leastSlack >= -tolerance && convexityFaults == 0 &&
           hiddenFaults == 0 && complexFaults == 0;
  }
};

/// @param randomPairs  for the inequality; x in the domain, y in the sites' hull
/// Deterministic for a seed. Pure; any thread.
DualityCheck checkDuality(const BrenierPotential2& potential, const LegendreDual2& dual,
                          int randomPairs = 1000, std::uint64_t seed = 1);

}  // namespace monge
