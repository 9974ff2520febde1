// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstdint>

#include "core/snapshot/arrays.h"

namespace monge {

/// Lloyd's iteration from a k-means++ start (Arthur, Vassilvitskii 2007), the best of `restarts`, on at most
/// 20,000 rows. With fewer different points than k the surplus centres lie on points that others hold
/// already. Deterministic in the seed.
/// @param points  n x d
/// @return        k x d
RowsF kMeans(const RowsF& points, int k, std::uint64_t seed, int restarts = 8);

}  // namespace monge
