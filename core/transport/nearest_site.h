// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <memory>
#include <span>

#include "core/base/thread_team.h"
#include "core/snapshot/arrays.h"

namespace monge {

/// The site y_j with the least |x - y_j|^2 - w_j, exactly as a look at every site in double precision finds
/// it, the lowest of equal ones. In few dimensions by a k-d tree: with one more coordinate
/// sqrt(max w - w_j) for the site and 0 for x it is the nearest neighbour (Aurenhammer 1987). Where a tree
/// does not help, every site is looked at.
///
/// Immutable; any thread.
class NearestSite {
 public:
  enum class Search { Choose, Tree, All };

  /// @param sites    n x d, finite, n >= 1, d >= 1
  /// @param weights  n, finite; empty: all 0
  /// @throws Error on other sizes or a value that is not finite
  explicit NearestSite(RowsD sites, VectorD weights = {}, Search search = Search::Choose);
  ~NearestSite();
  NearestSite(NearestSite&&) noexcept;

  int siteCount() const { return static_cast<int>(m_sites.rows()); }
  int dimension() const { return static_cast<int>(m_sites.cols()); }
  bool usesTree() const { return m_tree != nullptr; }

  /// @param point  d numbers, finite
  int operator()(std::span<const double> point) const;
  /// One for each of m x d points. Same answers with any team.
  IndicesI operator()(const RowsD& points, ThreadTeam& team) const;

 private:
  struct Tree;
  struct Scratch;
  int searchTree(const double* point, Scratch& scratch) const;
  double reduced(const double* point, int site) const;
  int lookAtAll(const double* point) const;

  RowsD m_sites;
  VectorD m_weights;
  std::unique_ptr<Tree> m_tree;
};

}  // namespace monge
