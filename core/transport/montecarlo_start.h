// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/snapshot/arrays.h"
#include "core/transport/source_measure.h"

namespace monge {

/// A convex potential phi at the sites whose gradient carries them about to where their cells belong: the sum
/// over the axes of one whose derivative is the monotone map of the sites' distribution there to the
/// source's, relative to its centre. Heights -phi(y_i) then put the point grad phi(y_i) into the cell of y_i
/// (see newton_start.h). In high dimension cells are decided by the largest of many planes far from there,
/// and a fraction of phi serves better.
/// @param sites  n x d
/// @return       n
VectorD quantilePotential(const RowsD& sites, const VectorD& masses, const SourceMeasure& source);

}  // namespace monge
