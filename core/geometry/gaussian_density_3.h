// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/geometry/density_3.h"

namespace monge {

/// An isotropic Gaussian cut off at the domain's boundary and scaled to mass 1.
///
/// A cell is made of cones from the Gaussian's mean to its facets. In units of sigma, with h the height of a
/// facet's plane over the mean, theta the angle in that plane about the foot of the mean, rho the distance
/// from it and r^2 = h^2 + rho^2,
///   mass of the cone        = 1 / (2 pi) int (A(h) - h A(r) / r) d theta,   A(r) = erf(r / sqrt 2) / 2
///   integral over the facet = exp(-h^2 / 2) / (2 pi)^(3/2) int (1 - exp(-rho^2 / 2)) d theta
/// around the facet's sides (the divergence theorem for the radial field, twice). Along a side both are
/// integrals of entire functions of its length: by Gauss-Legendre of order 16 with panels of at most sigma
/// (order 6 on sides below sigma / 50) within 8.5 sigma of the mean, and in closed form beyond. Moments
/// follow from these, and from integrals along sides in closed form, by grad g = -u g.
/// All are off by less than 1e-12 of the whole mass.
/// @throws Error on a sigma that is not above 0 or below a millionth of the domain's extent, or a Gaussian so
///         far away that the domain holds less than 1e-6 of it
Density3Ptr gaussianDensity(const Domain3& domain, Point3 mean, double sigma);

}  // namespace monge
