// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/transport/exact_discrete.h"

namespace monge {

/// Optimal transport on the line for |x - y|^p, p >= 1: quantiles go to quantiles, in O((n + m) log (n + m)).
/// The staircase of the sorted sets is a dual feasible basis because the cost is a Monge array (Hoffman
/// 1963). Arguments as exactTransport's, checked by the caller; sums of a and b equal. Pure; any thread.
/// @param x  n values; y: m values
ExactTransport monotoneTransport(const VectorD& x, const VectorD& a, const VectorD& y, const VectorD& b,
                                 double p);

/// Its cost alone. Same terms.
double monotoneCost(const VectorD& x, const VectorD& a, const VectorD& y, const VectorD& b, double p);

}  // namespace monge
