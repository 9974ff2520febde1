// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <stop_token>
#include <string>
#include <vector>

#include "core/snapshot/arrays.h"

namespace monge {

enum class AssignmentStatus { Optimal, Infeasible, Cancelled };
std::string name(AssignmentStatus status);  ///< "optimal", "infeasible", "cancelled"

struct Assignment {
  AssignmentStatus status = AssignmentStatus::Optimal;
  std::vector<int> column;  ///< n: the column of each row, all different; empty unless optimal
  double cost = 0;          ///< sum of c_i,column(i); NaN unless optimal
  /// Dual potentials of an optimal assignment, n and m: u_i + v_j <= c_ij, equal where row i has column j;
  /// v_j <= 0, and 0 on columns that nobody has. So sum u + sum v = cost proves it optimal.
  VectorD u, v;
  /// When infeasible: rows that together may only go to fewer columns than they are (Hall's theorem).
  std::vector<int> blocked;
};

/// Gives each row a column of its own at the least total cost: shortest augmenting paths (Jonker, Volgenant
/// 1987; rectangular after Crouse 2016). O(n^2 m) at worst.
/// @param cost  n x m, n <= m, finite or +infinity for pairs that are forbidden
/// @throws Error for n > m, no rows, NaN and -infinity. Pure; any thread.
Assignment assign(const RowsD& cost, const std::stop_token& stop = {});

}  // namespace monge
