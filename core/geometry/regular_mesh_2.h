// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <limits>
#include <optional>
#include <span>
#include <vector>

#include "core/base/thread_team.h"
#include "core/geometry/point.h"

namespace monge {

/// The regular (weighted Delaunay) triangulation of sites in the plane, as flat arrays: the dual of their
/// power diagram, and the projection of the lower hull of the lifted points (y_i, |y_i|^2 - w_i) (Lei et al.
/// 2019, fig. 4). One more vertex, infinite(), closes it to a sphere: hull edges have a triangle with it
/// outside.
///
/// Built with CGAL; afterwards repair() follows a change of the weights by edge flips, which costs far less
/// than a new triangulation as long as no site gets hidden. All decisions are exact: a floating-point filter
/// first, CGAL's exact predicates where it cannot tell.
class RegularMesh2 {
 public:
  /// One cache line, since what asks for one part asks for the others.
  struct alignas(64) Triangle {
    int vertex[3];     ///< counter-clockwise; one may be infinite()
    int neighbour[3];  ///< the triangle opposite to vertex[i]
    /// The point of equal power distance to the three vertices, off by no more than `error`; that is infinite
    /// where there is no such point, rounding leaves nothing of it, or repair() has not found it yet.
    Point2 centre;
    double error = std::numeric_limits<double>::infinity();
  };

  /// Of distinct sites, at least three and not all on one line. Sites hidden by others are in no triangle.
  /// @param sites    data units, finite; order along a space-filling curve makes everything faster
  /// @param weights  as many, squared data units, finite
  RegularMesh2(std::span<const Point2> sites, std::span<const double> weights);

  int siteCount() const { return static_cast<int>(m_sites.size()); }
  int infinite() const { return siteCount(); }
  const std::vector<Point2>& sites() const { return m_sites; }
  const std::vector<double>& weights() const { return m_weights; }
  const std::vector<Triangle>& triangles() const { return m_triangles; }
  bool isInfinite(int triangle) const;
  /// A triangle around the site, or -1 for a hidden one.
  int triangleOf(int site) const { return m_triangleOf[site]; }
  bool hasHidden() const { return m_hidden > 0; }
  /// Flips made by all repairs so far.
  long flips() const { return m_flips; }

  /// How many times the triangulation was repaired so far, and the last time that triangles around a site
  /// were changed.
  long changes() const { return m_changes; }
  long lastChange(int site) const { return m_lastChange[site]; }

  /// Makes the triangulation regular for new weights by flipping irregular edges. An irregular edge that
  /// cannot be flipped has a reflex end whose lifted point lies above the triangle of the three others: that
  /// site is hidden, and so flipping needs no other move. Must not be called where a site is hidden already.
  /// @return nothing when done; else a site that the new weights hide: the triangulation then is some valid
  /// one of
  ///         the sites, and may be repaired for other weights
  std::optional<int> repair(std::span<const double> weights, ThreadTeam& team);

 private:
  struct Edge {
    int triangle, opposite;
  };

  void buildWithCgal();
  void findFlatHullSites();
  std::optional<int> hiddenOnHull() const;
  std::vector<Edge> irregularEdges(ThreadTeam& team) const;
  std::optional<int> flipAll(std::vector<Edge>& edges);
  void findCentres(ThreadTeam& team);
  void findCentre(Triangle& triangle) const;
  unsigned doubtfulEdges(const Triangle& here) const;
  int bend(int triangle, int opposite) const;
  bool isIrregular(int triangle, int opposite) const;
  int hullTriangle(int site) const;
  int mirror(int triangle, int opposite) const;
  void flip(int triangle, int opposite);
  void relink(int triangle, int from, int to);

  std::vector<Point2> m_sites;
  std::vector<double> m_weights;
  std::vector<Triangle> m_triangles;
  std::vector<int> m_triangleOf;
  std::vector<int> m_flatHullSites;  ///< on the hull, on the line through their two neighbours there
  int m_hidden = 0;
  std::vector<long> m_lastChange;  ///< of each site and infinite()
  long m_flips = 0, m_changes = 0;
};

}  // namespace monge
