// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/geometry/density_2.h"

namespace monge {

/// An isotropic Gaussian cut off at the domain's boundary and scaled to mass 1.
///
/// Integrals over polygons go around their sides (Green's theorem): along x in closed form by erf, along a
/// side by Gauss-Legendre with panels short against sigma, of what is within 8.5 sigma of the mean; off by
/// less than 1e-12 of the whole mass. Along segments exact.
/// @throws Error on a sigma that is not above 0 or below a millionth of the domain's extent, or a Gaussian so
/// far away that the domain holds less than 1e-6 of it
Density2Ptr gaussianDensity(const Domain2& domain, Point2 mean, double sigma);

}  // namespace monge
