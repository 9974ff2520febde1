// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <algorithm>

#include "core/transport/exact_discrete.h"

namespace monge {

/// Sorts the plan and fills cost and certificate from plan, potentials and masses; all but
/// largestInfeasibility, which takes a pass over all pairs. `cost` is called with (row, column).
template <class Cost>
void certify(ExactTransport& result, const VectorD& a, const VectorD& b, const Cost& cost) {
  std::sort(result.plan.begin(), result.plan.end(), [](const PlanEntry& s, const PlanEntry& t) {
    return s.row < t.row || (s.row == t.row && s.column < t.column);
  });
  VectorD rows = a, columns = b;
  result.cost = 0;
  for (const PlanEntry& entry : result.plan) {
    result.cost += entry.mass * cost(entry.row, entry.column);
    rows[entry.row] -= entry.mass;
    columns[entry.column] -= entry.mass;
  }
  DiscreteCertificate& certificate = result.certificate;
  certificate.primal = result.cost;
  certificate.dual = a.dot(result.u) + b.dot(result.v);
  certificate.gap = certificate.primal - certificate.dual;
  certificate.largestMarginalError = std::max(rows.cwiseAbs().maxCoeff(), columns.cwiseAbs().maxCoeff());
}

}  // namespace monge
