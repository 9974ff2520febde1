// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/geometry/point.h"

namespace monge {

/// Whether p is in the circumsphere of the positively oriented a, b, c, d. Exact, and points on the sphere
/// are told apart as if all points were shifted a little (Devillers and Teillaud 2011, "Perturbations for
/// Delaunay and weighted Delaunay 3D triangulations"), in the way of CGAL.
bool isInShiftedSphere(Point3 a, Point3 b, Point3 c, Point3 d, Point3 p);

/// The same of the half-space on the positive side of a, b, c: points in its plane belong to it within the
/// circle through the three.
bool isInShiftedHalfSpace(Point3 a, Point3 b, Point3 c, Point3 p);

}  // namespace monge
