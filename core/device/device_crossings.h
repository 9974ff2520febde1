// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <memory>
#include <stop_token>
#include <string>
#include <vector>

#include "core/geometry/path_crossings.h"

namespace monge {

/// PathCrossings with the work of O(n) on a device: the inner products, and dropping the lines that stay
/// below the envelope. The few that are left come back, and the envelope is as exact as PathCrossings makes
/// it; inner products are rounded as the device rounds them, in double precision.
///
/// Not shared between threads.
class DeviceCrossings {
 public:
  /// @param cells   outlives this
  /// @param device  "cpu" or "cuda". @throws Error where there is no such device
  DeviceCrossings(const PathCrossings& cells, const std::string& device);
  ~DeviceCrossings();

  /// The paths a_i + t (b_i - a_i), a batch at a time, so that memory does not grow with their number.
  /// @param from, to  m x d, finite. @throws Error on others
  /// @return fewer when a stop was asked for
  std::vector<PathCrossings::Path> along(const RowsD& from, const RowsD& to, std::stop_token stop = {}) const;

  /// As PathCrossings::forEach(): `ends` and `visit` for rows 0, 1, 2, ..., a batch at a time.
  std::int64_t forEach(std::int64_t count, const PathCrossings::Ends& ends, const PathCrossings::Visit& visit,
                       std::stop_token stop = {}) const;

 private:
  struct Impl;
  std::unique_ptr<Impl> m_impl;
};

}  // namespace monge
