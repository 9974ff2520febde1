// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstdint>
#include <functional>
#include <stop_token>

#include "core/snapshot/arrays.h"

namespace monge {

struct SlicedOptions {
  int projections = 500;  ///< >= 2
  std::uint64_t seed = 0;
  int threads = 0;  ///< 0: all cores. The result is the same with any number.
  std::stop_token stop;
  std::function<void(int done)> progress;  ///< from the caller's thread, after each few projections
};

struct SlicedEstimate {
  bool cancelled = false;
  double cost = 0;      ///< estimate of SW_p^p, infinity where that is beyond all numbers; NaN when cancelled
  double distance = 0;  ///< its root of order p, SW_p, also where the cost is not to be had
  double standardError = 0;  ///< of `cost`
  int projections = 0;
  double seconds = 0;
};

/// Sliced Wasserstein distance (Rabin, Peyre, Delon, Bernot 2012): SW_p^p is the mean of W_p^p between the
/// projections of both sets onto a direction, over uniformly random directions; estimated from `projections`
/// of them. Each is solved by sorting. SW_p <= W_p; with d = 1 they are equal.
/// @param x  n x d; y: m x d; a, b, p as in exactTransport
/// @throws Error for what does not fit. The caller's thread and `threads - 1` more.
SlicedEstimate slicedWasserstein(const RowsD& x, const VectorD& a, const RowsD& y, const VectorD& b, double p,
                                 const SlicedOptions& options = {});

}  // namespace monge
