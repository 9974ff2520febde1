// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstdint>
#include <functional>
#include <stop_token>
#include <string>
#include <vector>

#include "core/snapshot/arrays.h"

namespace monge {

/// How far an exact solve is. Points are merged into coarser and coarser sets, and solved from the coarsest
/// on.
struct DiscreteProgress {
  int level = 0;              ///< 0: the coarsest
  int levels = 1;             ///< the last is the problem itself
  int round = 0;              ///< of this level
  std::int64_t pivots = 0;    ///< of all levels
  std::int64_t violated = 0;  ///< arcs found in this round that still improve the plan
  double unplaced = 0;        ///< share of the mass that has no place yet
};

struct DiscreteOptions {
  int threads = 0;  ///< 0: all cores. The result is the same with any number.
  std::stop_token stop;
  std::function<void(const DiscreteProgress&)> progress;  ///< from the caller's thread, once a round
};

enum class DiscreteStatus { Optimal, Cancelled };
std::string name(DiscreteStatus status);  ///< "optimal", "cancelled"

struct PlanEntry {
  int row, column;
  double mass;
};

/// What shows that a plan is optimal, computed from the plan and the potentials alone. For every plan and
/// every u, v with u_i + v_j <= c_ij: sum a u + sum b v <= sum plan * c (Kantorovich 1942), so a gap of 0 (up
/// to rounding) is a proof.
struct DiscreteCertificate {
  double primal = 0;                ///< sum of mass * cost
  double dual = 0;                  ///< sum a_i u_i + sum b_j v_j
  double gap = 0;                   ///< primal - dual
  double largestInfeasibility = 0;  ///< max over all pairs of u_i + v_j - c_ij, 0 where none is positive
  double largestMarginalError = 0;  ///< of a row's or column's mass, in units of mass
};

struct ExactTransport {
  DiscreteStatus status = DiscreteStatus::Optimal;
  double cost = 0;  ///< the least total cost, not its root; infinity or 0 where no number is as large or as
                    ///< small; NaN when cancelled
  double distance = 0;  ///< its root of order p, W_p for masses of sum 1, also where the cost itself is
                        ///< beyond all numbers; NaN when cancelled and of a cost matrix
  std::vector<PlanEntry> plan;  ///< positive entries by row, then column; at most n + m - 1
  VectorD u, v;                 ///< dual potentials, n and m
  DiscreteCertificate certificate;
  std::int64_t iterations = 0;  ///< pivots of the network simplex, all levels
  double seconds = 0;
};

/// Optimal transport between sum a_i delta_{x_i} and sum b_j delta_{y_j} for the cost |x - y|^p: minimises
/// sum P_ij |x_i - y_j|^p over P >= 0 with row sums a and column sums b (Kantorovich 1942). The cost is
/// W_p^p.
///
/// Network simplex on a growing set of arcs, warmed by a coarser problem; every arc left out is priced, so
/// the result is optimal among all pairs. In one dimension the plan is the monotone one. Memory is O((n + m)
/// d).
/// @param x  n x d; y: m x d; finite, n, m, d >= 1
/// @param a  n; b: m; >= 0, finite, sums equal within 1e-9 relative (b is scaled to a's sum)
/// @param p  >= 1, up to 64
/// @throws Error for what does not fit. The caller's thread and `threads - 1` more.
ExactTransport exactTransport(const RowsD& x, const VectorD& a, const RowsD& y, const VectorD& b, double p,
                              const DiscreteOptions& options = {});

/// The same for any cost matrix, n x m, of finite entries up to 1e300.
ExactTransport exactTransport(const RowsD& cost, const VectorD& a, const VectorD& b,
                              const DiscreteOptions& options = {});

}  // namespace monge
