// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstdint>
#include <functional>
#include <stop_token>
#include <string>

#include "core/snapshot/arrays.h"

namespace monge {

struct SinkhornProgress {
  std::int64_t iteration = 0;
  double epsilon = 0;        ///< of this stage, in units of cost
  double marginalError = 0;  ///< sum of |column mass - b_j|, as a share of the mass
};

struct SinkhornOptions {
  double epsilon = 1e-2;           ///< of the last stage, relative to the mean cost of all pairs; > 0
  double marginalError = 1e-3;     ///< stop when the last stage is that good; > 0
  std::int64_t iterations = 5000;  ///< at most, all stages; >= 1
  int threads = 0;                 ///< 0: all cores. The result is the same with any number.
  std::stop_token stop;
  std::function<void(const SinkhornProgress&)> progress;  ///< from the caller's thread, every iteration
};

enum class SinkhornStatus { Converged, IterationLimit, Cancelled };
std::string name(SinkhornStatus status);  ///< "converged", "iteration_limit", "cancelled"

/// Entropic estimate of a transport cost, between two bounds that hold whether it converged or not.
struct SinkhornEstimate {
  SinkhornStatus status = SinkhornStatus::Converged;
  double lower = 0;          ///< dual value of feasible potentials
  double upper = 0;          ///< cost of a feasible plan: the estimate
  double distance = 0;       ///< its root of order p, also where the cost is beyond all numbers
  double marginalError = 0;  ///< as in the progress, before rounding
  double epsilon = 0;        ///< reached, in units of cost
  std::int64_t iterations = 0;
  double seconds = 0;
  VectorD u, v;  ///< feasible potentials of the lower bound, n and m
};

/// Sinkhorn's iteration in the log domain (Cuturi 2013; Peyre, Cuturi 2019, eq. 4.43) for the cost |x - y|^p,
/// its epsilon halved from stage to stage. The plan is rounded to the exact marginals (Altschuler, Weed,
/// Rigollet 2017, Algorithm 2): the upper bound. The c-transform of the potentials is feasible: the lower
/// bound. Costs are computed by tiles; memory is O((n + m) d). When cancelled there are no bounds: 0 and
/// infinity, and no distance: NaN.
/// @param x  n x d; y: m x d; a, b, p as in exactTransport
/// @throws Error for what does not fit. The caller's thread and `threads - 1` more.
SinkhornEstimate sinkhornTransport(const RowsD& x, const VectorD& a, const RowsD& y, const VectorD& b,
                                   double p, const SinkhornOptions& options = {});

}  // namespace monge
