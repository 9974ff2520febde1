// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/geometry/density_2.h"
#include "core/snapshot/arrays.h"

namespace monge {

/// A picture as a density: its pixels' values at their centres, bilinear between them, constant beyond the
/// outermost centres; spread over the domain's bounding box and scaled to mass 1 on the domain.
///
/// All integrals are exact: along x from prefix sums, along a polygon's side by Gauss-Legendre on each piece
/// between two lines of pixel centres, where the integrand is a polynomial of degree 5 at most.
/// @param values  H x W, row 0 at the top, finite, at least 0
/// @throws Error on a value below 0 or not finite, on no pixels, on a picture without mass in the domain
Density2Ptr imageDensity(const Domain2& domain, const RowsD& values);

}  // namespace monge
