// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QString>
#include <vector>

#include "core/geometry/density_2.h"
#include "core/transport/density_source.h"

namespace monge {

/// A density on a grid over the domain's bounds to be painted on, row 0 at the top; beyond the domain as at
/// its boundary. Scaled as paintedDensity() has it. Pure.
RowsD densityCanvas(const Density2& density, const Domain2& domain);

/// The canvas with a stroke of a soft round brush: each dab adds half of the mean at its middle, or takes a
/// third of what is there. Nowhere below a fiftieth of the mean, so that every cell can be given mass. Whole
/// numbers up to 65,535, which a 16-bit picture keeps. Pure.
/// @param box     that the canvas covers
/// @param stroke  places of the dabs; data units, as the radius
RowsD paintedDensity(const RowsD& canvas, const Box2& box, const std::vector<Point2>& stroke, double radius,
                     bool erases);

/// Writes a painted density as a 16-bit grey PNG. @throws Error when it cannot be written
DensitySource writtenDensity(const RowsD& painted, const QString& file);

}  // namespace monge
