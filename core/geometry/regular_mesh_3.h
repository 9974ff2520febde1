// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <array>
#include <functional>
#include <optional>
#include <span>
#include <vector>

#include "core/base/thread_team.h"
#include "core/geometry/point.h"

namespace monge {

/// The regular (weighted Delaunay) triangulation of sites in space, as flat arrays: the dual of their power
/// diagram, and the projection of the lower hull of the lifted points (y_i, |y_i|^2 - w_i) (Lei et al. 2019,
/// fig. 4). One more vertex, infinite(), closes it to a sphere: hull facets have a tetrahedron with it
/// outside.
///
/// Built anew, with CGAL unless all weights are equal; afterwards repair() follows a change of the weights by
/// bistellar flips, which costs far less than a new triangulation as long as no site gets hidden. All
/// decisions are exact: a floating-point filter first, CGAL's exact predicates where it cannot tell.
class RegularMesh3 {
 public:
  /// One cache line, since what asks for one part asks for the others.
  struct alignas(64) Tetrahedron {
    int vertex[4];     ///< positively oriented; one may be infinite(); vertex[0] is kHole in an unused place
    int neighbour[4];  ///< the tetrahedron opposite to vertex[i]
    /// The point of equal power distance to the four vertices, off by no more than `error`; that is infinite
    /// where there is no such point or rounding leaves nothing of it.
    Point3 centre;
    double error;
  };
  static constexpr int kHole = -1;

  /// Of distinct sites, at least four and not all in one plane. Sites hidden by others are in no tetrahedron.
  /// @param sites    data units, finite; order along a space-filling curve makes everything faster
  /// @param weights  as many, squared data units, finite
  RegularMesh3(std::span<const Point3> sites, std::span<const double> weights, ThreadTeam& team);
  /// Of weights 0 and without power centres, which only repair() finds then.
  /// @param beside  called once, by a member of the team that would have nothing to do else
  RegularMesh3(std::span<const Point3> sites, ThreadTeam& team, const std::function<void()>& beside = {});

  int siteCount() const { return static_cast<int>(m_sites.size()); }
  int infinite() const { return siteCount(); }
  const std::vector<Point3>& sites() const { return m_sites; }
  const std::vector<double>& weights() const { return m_weights; }
  const std::vector<Tetrahedron>& tetrahedra() const { return m_tetrahedra; }
  /// A tetrahedron around the site, or -1 for a hidden one.
  int tetrahedronOf(int site) const { return m_tetrahedronOf[site]; }
  bool isInfinite(int tetrahedron) const;
  /// Flips made by all repairs so far.
  long flips() const { return m_flips; }
  /// Repairs that flips alone could not finish.
  long rebuilds() const { return m_rebuilds; }

  /// How many times the triangulation was built or repaired so far, and the last time that tetrahedra around
  /// a site were changed.
  long changes() const { return m_changes; }
  long lastChange(int site) const { return m_lastChange[site]; }

  /// Makes the triangulation regular for new weights by flipping irregular facets. Where an irregular facet
  /// cannot be flipped because one of its vertices lies within the hull of the other vertices about it, that
  /// site is hidden. In space flips may also get stuck where nothing is hidden: then the
  /// triangulation is built anew. Must not be called where a site is hidden already.
  /// @return nothing when done; else a site that the new weights hide: the triangulation then is some valid
  /// one of
  ///         the sites, and may be repaired for other weights
  std::optional<int> repair(std::span<const double> weights, ThreadTeam& team);

 private:
  struct Facet {
    int tetrahedron, opposite;
  };
  /// The two tetrahedra (a, b, c, d) and (a, c, b, e) at a facet a, b, c.
  struct Pair {
    int first, second, a, b, c, d, e;
  };
  enum class Move { TwoToThree, ThreeToTwo, FourToFour, Stuck, Hidden };

  std::optional<int> build(ThreadTeam& team, const std::function<void()>& beside = {});
  void findCentres(ThreadTeam& team);
  void moveWeight(int site, double weight);
  void findCentre(Tetrahedron& tetrahedron) const;
  std::vector<Facet> irregularFacets(ThreadTeam& team) const;
  bool isIrregular(int tetrahedron, int opposite) const;
  unsigned doubtfulFacets(const Tetrahedron& here) const;
  int bend(int tetrahedron, int opposite) const;

  /// Facets that may be irregular, and those that cannot be flipped.
  struct Work {
    std::vector<Facet> facets, stuck;
  };
  std::optional<int> flipAll(Work& work);
  void flipFourToFour(const Pair& pair, std::array<int, 4>& made);
  std::optional<int> freeStuck(Work& work);
  std::vector<int> tetrahedraAround(int site) const;
  void addFacetsAround(int site, std::vector<Facet>& facets) const;
  std::vector<int> sitesAround(const std::vector<Facet>& facets) const;
  std::optional<int> hiddenAmong(const std::vector<int>& sites) const;
  Pair pairAt(int tetrahedron, int opposite) const;
  Move chooseMove(Pair& pair) const;
  void flipTwoToThree(const Pair& pair, std::array<int, 3>& made);
  void flipThreeToTwo(const Pair& pair, std::array<int, 2>& made);
  void set(int tetrahedron, std::array<int, 4> vertices, std::array<int, 4> neighbours);
  void relink(int tetrahedron, int from, int to);
  int neighbourOpposite(int tetrahedron, int vertex) const;
  int newTetrahedron();

  std::vector<Point3> m_sites;
  std::vector<double> m_weights;
  std::vector<Tetrahedron> m_tetrahedra;
  std::vector<int> m_tetrahedronOf, m_holes;
  std::vector<long> m_lastChange;  ///< of each site and infinite()
  long m_flips = 0, m_rebuilds = 0, m_changes = 0;
};

/// Neighbours in the regular triangulation of sites that may lie in one plane or on one line, or be fewer
/// than four.
struct SiteGraph {
  std::vector<int> offsets, columns;  ///< of site i: columns[offsets[i]] ... columns[offsets[i + 1] - 1]
  std::optional<int> hidden;          ///< the first site that is not in the triangulation
};
SiteGraph regularGraph(std::span<const Point3> sites, std::span<const double> weights);

}  // namespace monge
