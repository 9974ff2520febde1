// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <functional>
#include <memory>
#include <span>
#include <vector>

#include "core/geometry/cell_clipper_2.h"
#include "core/geometry/cell_rows.h"
#include "core/geometry/density_2.h"
#include "core/geometry/domain_2.h"
#include "core/geometry/kept_stars.h"
#include "core/geometry/power_system.h"
#include "core/geometry/regular_mesh_2.h"

namespace monge {

/// Power cells W_i = {x in the domain: |x - y_i|^2 - w_i <= |x - y_j|^2 - w_j for all j} in the plane.
///
/// Cells whose corners (the power centres of the triangles around the site) all lie inside the domain are
/// integrated along their dual edges; only the others are clipped.
class PowerCells2 final : public PowerSystem {
 public:
  /// @param sites    distinct, finite, data units; neighbours in the array should be neighbours in the plane
  /// @throws Error on a coordinate that is not finite or two sites on one spot
  PowerCells2(std::vector<Point2> sites, Domain2 domain, Density2Ptr density, ThreadTeam& team);

  /// Makes the first triangulation, as the first evaluation does otherwise.
  /// @param beside  called once, by a member of the team that would have nothing to do else; may be empty
  void triangulate(const std::function<void()>& beside = {});
  int siteCount() const override { return static_cast<int>(m_sites.size()); }
  std::optional<int> evaluate(std::span<const double> weights, CellSystem& system) override;

  const std::vector<Point2>& sites() const { return m_sites; }
  /// The triangulation of the last evaluation; null for sites on one line.
  const RegularMesh2* mesh() const { return m_mesh.get(); }
  /// The cell of a site under the weights of the last evaluation, one that found no hidden site. Any thread,
  /// while nothing is evaluated.
  ClippedCell2 cell(int site) const;

 private:
  /// The triangles around a site, counter-clockwise, and the neighbour between each and the next one.
  struct Ring {
    std::span<const int> triangles, neighbours;
  };

  std::optional<int> retriangulate(std::span<const double> weights);
  void classifyCentres();
  Ring ringAround(int site) const;
  bool isInside(const Ring& ring) const;
  double integrate(int site, CellRows& rows);
  double integrateInside(int site, const Ring& ring, CellRows& rows) const;
  double integrateClipped(int site, CellRows& rows) const;
  std::vector<int> neighbours(int site) const;

  std::vector<Point2> m_sites;
  std::vector<double> m_weights;
  Domain2 m_domain;
  Density2Ptr m_density;
  ThreadTeam& m_team;
  std::unique_ptr<RegularMesh2> m_mesh;
  std::vector<int> m_line;     ///< sites in order along their line, when they lie on one
  std::vector<char> m_inside;  ///< of each triangle, whether its power centre is in the domain
  KeptStars<int> m_stars;
  CellRowsBuilder m_rows;
};

}  // namespace monge
