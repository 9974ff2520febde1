// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <functional>
#include <memory>
#include <vector>

#include "core/geometry/cell_rows.h"
#include "core/geometry/cell_walk_3.h"
#include "core/geometry/convex_polyhedron_3.h"
#include "core/geometry/density_3.h"
#include "core/geometry/domain_3.h"
#include "core/geometry/kept_stars.h"
#include "core/geometry/power_system.h"
#include "core/geometry/regular_mesh_3.h"

namespace monge {

/// Power cells W_i = {x in the domain: |x - y_i|^2 - w_i <= |x - y_j|^2 - w_j for all j} in space.
///
/// Under a constant density, cells whose corners (the power centres of the tetrahedra around the site) all
/// lie inside the domain are integrated along their dual edges. Of those that reach out, the facets are
/// clipped by the planes they reach across, and what the domain's facets have of the cell follows from the
/// closed surface: the areas of all facets, as vectors, add up to 0. Only unbounded cells, those at a corner
/// that rounding blurs, and those across four planes or more are cut out of the domain, one bisector at a
/// time.
class PowerCells3 final : public PowerSystem {
 public:
  /// @param sites    distinct, finite, data units; neighbours in the array should be neighbours in space
  /// @throws Error on a coordinate that is not finite or two sites on one spot
  PowerCells3(std::vector<Point3> sites, Domain3 domain, Density3Ptr density, ThreadTeam& team);

  /// Makes the first triangulation, as the first evaluation does otherwise.
  /// @param beside  called once, by a member of the team that would have nothing to do else; may be empty
  void triangulate(const std::function<void()>& beside = {});
  int siteCount() const override { return static_cast<int>(m_sites.size()); }
  std::optional<int> evaluate(std::span<const double> weights, CellSystem& system) override;

  const std::vector<Point3>& sites() const { return m_sites; }
  const Domain3& domain() const { return m_domain; }
  const Density3& density() const { return *m_density; }
  /// The triangulation of the last evaluation; null for sites in one plane.
  const RegularMesh3* mesh() const { return m_mesh.get(); }
  /// The cell of a site under the weights of the last evaluation. Its `across` is a site, or for the domain's
  /// facet f it is domainFacet(f).
  ConvexPolyhedron3 cell(int site) const;
  static constexpr int domainFacet(int facet) { return -1 - facet; }

 private:
  enum class Corner : char { Inside, Outside, Unsure };

  std::optional<int> retriangulate(std::span<const double> weights);
  Corner classify(const RegularMesh3::Tetrahedron& tetrahedron) const;
  void classifyCentres();
  double integrate(int site, CellRows& rows);
  void walkTo(int site, CellWalk3& walk);
  double integrateInside(const CellWalk3& walk, CellRows& rows) const;
  bool integrateAcross(const CellWalk3& walk, CellRows& rows, double& mass) const;
  bool addPlanes(const CellWalk3& walk, std::vector<int>& planes) const;
  void findCutSides(const CellWalk3& walk, std::vector<char>& isCut) const;
  double integrateCut(int site, std::span<const int> neighbours, CellRows& rows) const;
  const ConvexPolyhedron3& cutCell(int site, std::span<const int> neighbours) const;

  std::vector<Point3> m_sites;
  std::vector<double> m_weights;
  Domain3 m_domain;
  ConvexPolyhedron3 m_whole;  ///< the domain, its facets named as in cells
  Density3Ptr m_density;
  ThreadTeam& m_team;
  bool m_flat = false;  ///< all in one plane
  std::unique_ptr<RegularMesh3> m_mesh;
  SiteGraph m_graph;              ///< of flat sites
  std::vector<Corner> m_corners;  ///< of each tetrahedron
  std::vector<char> m_reaches;    ///< of each site and infinite(): whether a corner of its cell is not inside
  KeptStars<CellWalk3::Visit> m_stars;
  CellRowsBuilder m_rows;
};

}  // namespace monge
