// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <vector>

#include "core/geometry/graph_laplacian.h"

namespace monge {

/// Solves L x = b, b of mean 0, by a sparse Cholesky factorisation (CHOLMOD) with row 0 held at 0; x comes
/// back with mean 0. What is left to do when an iterative solve does not get there.
/// @return false when the factorisation fails: a row without couplings, or no memory
bool solveDirectly(const GraphLaplacian& laplacian, const std::vector<double>& b, std::vector<double>& x);

}  // namespace monge
