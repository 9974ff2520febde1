// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <vector>

#include "core/base/thread_team.h"
#include "core/transport/ground_cost.h"

namespace monge {

/// For each line the few lines across with the least c - potential, in ascending order (ties: lowest index).
struct NearestLines {
  int most = 0;                 ///< entries per line
  std::vector<int> across;      ///< lines x most; -1 where there are fewer
  std::vector<double> reduced;  ///< as across: c - potential
};

/// One pass over all pairs. Keeps what is below the line's `bound` (empty: everything). The result does not
/// depend on the team.
/// @param potential  of the lines across, padded with -infinity
NearestLines nearestLines(const GroundCost& cost, GroundCost::Line line, const Lanes& potential,
                          const std::vector<double>& bound, int most, ThreadTeam& team);

/// min over the lines across of c - potential: the c-transform. Same terms.
std::vector<double> cTransform(const GroundCost& cost, GroundCost::Line line, const Lanes& potential,
                               ThreadTeam& team);

}  // namespace monge
