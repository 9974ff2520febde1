// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstdint>
#include <functional>
#include <span>
#include <stop_token>
#include <vector>

#include "core/base/thread_team.h"
#include "core/snapshot/arrays.h"

namespace monge {

/// Where a path leaves one cell for the next.
struct PathCrossing {
  double at = 0;              ///< t in (0, 1) of a + t (b - a)
  int before = 0, after = 0;  ///< sites
  double jump = 0;            ///< |y_before - y_after|
  double angle = 0;           ///< between the normals of the graph of u, radians
};

/// All cells of a discrete Brenier potential that a straight path meets, in any dimension: along a + t (b -
/// a) the planes <x, y_i> + h_i are the lines (<a, y_i> + h_i) + t <b - a, y_i>, and the cells met are those
/// on their upper envelope (Lei et al. 2019, eq. (11), fig. 8b). O(n log n) after the inner products, and
/// O(n) where most lines stay far below, since those are dropped before the sort.
///
/// The lines are rounded once, when the inner products are taken; from there on the envelope is exact: it is
/// the upper hull of the points (slope, intercept) by the exact orientation predicate. Of parallel lines the
/// highest counts, of equal ones the lowest row; a line that only touches the envelope in a point meets no
/// length of its cell and is left out; at t = 0 the path is in the cell that it enters.
///
/// Immutable; all functions may run on any thread.
class PathCrossings {
 public:
  /// @param sites    n x d, finite, n >= 1, d >= 1
  /// @param heights  n, h_i = (w_i - |y_i|^2) / 2, finite
  /// @throws Error on other sizes or a value that is not finite
  PathCrossings(RowsD sites, VectorD heights);

  int dimension() const { return static_cast<int>(m_sites.cols()); }
  int siteCount() const { return static_cast<int>(m_sites.rows()); }

  struct Path {
    int first = 0;  ///< the site at t = 0
    std::vector<PathCrossing> crossings;
  };
  /// @param from, to  d numbers, finite. @throws Error on others
  Path along(std::span<const double> from, std::span<const double> to) const;

  /// The path whose lines, intercept + t slope, were found elsewhere.
  /// @param sites  whose lines they are, ascending: among them every one that is on the envelope between 0
  /// and 1; empty: all sites, in order
  Path throughLines(std::span<const double> intercepts, std::span<const double> slopes,
                    std::span<const int> sites) const;
  /// n x d, n: about their mean, where inner products lose less; and h_i.
  const RowsD& centredSites() const { return m_centred; }
  const VectorD& heights() const { return m_heights; }

  /// Fills in both ends of a path: d numbers each.
  using Ends = std::function<void(std::int64_t row, std::span<double> from, std::span<double> to)>;
  using Visit = std::function<void(std::int64_t row, const Path& path)>;
  /// Many paths: `ends` and `visit` are called on this thread, for rows 0, 1, 2, ..., a batch at a time, so
  /// that memory does not grow with their number. Same paths with any team.
  /// @return the paths visited: all, or those until a stop was asked for
  std::int64_t forEach(std::int64_t count, const Ends& ends, const Visit& visit, ThreadTeam& team,
                       std::stop_token stop = {}) const;

 private:
  void findPaths(const RowsD& rays, std::int64_t begin, std::int64_t end, std::vector<Path>& paths) const;
  PathCrossing crossing(double at, int before, int after) const;

  RowsD m_sites, m_centred;  ///< as given, and about their mean, where inner products lose less
  VectorD m_heights;
};

/// Wilson's interval for a share: what `hits` of `total` trials say of the chance of one, at 95 % unless
/// told.
struct ShareInterval {
  double share = 0, lower = 0, upper = 1;
};
ShareInterval wilsonInterval(std::int64_t hits, std::int64_t total, double z = 1.959963984540054);

}  // namespace monge
