// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <span>

#include "core/geometry/convex_polyhedron_3.h"

namespace monge {

/// The convex hull of points by the exact predicate, its facets triangles that know nothing of what is
/// across; empty for points that span no volume. Finite points.
ConvexPolyhedron3 convexHull(std::span<const Point3> points);

}  // namespace monge
