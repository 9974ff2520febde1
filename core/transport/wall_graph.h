// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstdint>
#include <vector>

#include "core/snapshot/arrays.h"
#include "core/transport/highest_planes.h"

namespace monge {

/// The Hessian of the transport energy from samples. Off the diagonal it is -mu(W_i ^ W_j) / |y_i - y_j| (Lei
/// et al. 2019, eq. (17)), the mass that changes from cell j to cell i when h_i rises, per height: what lies
/// in either cell with the other one second and less than t below counts for 2 t of it, so
///
///     L_ij = -#{samples with best and second in {i, j}, gap < t} / (2 t m).
///
/// No wall is ever computed, in any dimension.
class WallGraph {
 public:
  /// @param reach  t > 0
  WallGraph(int cells, double reach) : m_cells(cells), m_reach(reach) {}

  /// The reach within which about `share` of the samples lie; above 0.
  static double reachOf(const TopPlanes& found, double share);

  void add(const TopPlanes& found);

  /// Solves (L + D) x = right by conjugate gradients, to what chance leaves of it. D adds to each cell
  /// `damping` times the diagonal that is usual for its target, by its neighbours and by all cells, whichever
  /// is more, and half of that where the samples show less.
  /// @param samples  m, all that were searched
  /// @param targets, right  n; the targets' sum is 1
  struct Step {
    VectorD heights;  ///< x
    VectorD left;     ///< D x: what L x leaves of the right side
  };
  Step solve(std::int64_t samples, const VectorD& targets, const VectorD& right, double damping) const;

 private:
  int m_cells;
  double m_reach;
  std::vector<std::uint64_t> m_walls;  ///< one a sample: the lower cell in the upper half, the other below
};

}  // namespace monge
