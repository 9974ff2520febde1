// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <span>
#include <vector>

#include "core/geometry/density_2.h"
#include "core/geometry/density_3.h"

namespace monge {

/// Weights from which Newton may start: every site's power cell holds mass, and large displacements are made
/// already.
///
/// Takes a convex potential phi whose gradient carries the sites near where their cells belong, and heights
/// h_i = -phi(y_i): then x_i = grad phi(y_i) lies in the cell of y_i, since <x_i, y_j> - phi(y_j) is largest
/// for j = i by convexity. Here phi is separable, its derivative along each axis the monotone map of the
/// sites' distribution there onto the domain's extent (or, where the density is not constant, onto its own
/// distribution along the axis), through at most `knots` quantiles; points outside the domain are drawn in
/// towards its centroid, all by one factor.
/// @param masses  of the sites, above 0
std::vector<double> quantileStart(std::span<const Point2> sites, std::span<const double> masses,
                                  const Domain2& domain, const Density2& density, int knots = 64);
std::vector<double> quantileStart(std::span<const Point3> sites, std::span<const double> masses,
                                  const Domain3& domain, const Density3& density, int knots = 64);

}  // namespace monge
