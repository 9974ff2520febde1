// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <array>
#include <span>
#include <vector>

#include "core/base/thread_team.h"
#include "core/geometry/cell_clipper_2.h"
#include "core/geometry/density_2.h"
#include "core/geometry/domain_2.h"
#include "core/geometry/point.h"

namespace monge {

/// A power diagram as it is shown, saved and probed; a value. Site i has the cell
/// W_i = {x in the domain: |x - y_i|^2 - w_i <= |x - y_j|^2 - w_j for all j}, which is where
/// u_h(x) = max_j <x, y_j> + h_j is attained by i, h_i = (w_i - |y_i|^2) / 2 (Lei et al. 2019, eq. (11),
/// (12)).
struct PowerDiagram2 {
  struct Cell {
    ClippedCell2 outline;  ///< no corners for an empty cell
    double mass = 0;
    Point2 centroid;          ///< of the density over the cell; the site where the cell is empty
    double secondMoment = 0;  ///< integral of |x - y_i|^2 over the cell
    bool hidden = false;      ///< empty in the whole plane, not only in the domain
  };
  /// A side between two cells, dual to the edge y_i y_j of the weighted Delaunay triangulation.
  struct Facet {
    int first = 0, second = 0;  ///< first < second
    Point2 from, to;            ///< the cell of `first` to the left
    double measure = 0;         ///< integral of the density along it
  };

  std::vector<Point2> sites;
  std::vector<double> weights;
  std::vector<Cell> cells;    ///< one per site
  std::vector<Facet> facets;  ///< those of positive length in the domain, by first, then second
  std::vector<std::array<int, 3>>
      triangles;  ///< weighted Delaunay, counter-clockwise; none for sites on a line

  double height(int site) const { return (weights[site] - squaredNorm(sites[site])) / 2; }
  /// Sites that are not hidden, by x, then y: along their line, where they lie on one.
  std::vector<int> visibleInOrder() const;
};

/// Of several sites on one spot the one of the largest weight (the first of equal ones) has the cell; the
/// others are hidden. One site, two, sites on a line, sites outside the domain: all answered.
/// @param sites    finite, data units
/// @param weights  as many, finite, squared data units
/// @throws Error on no sites, other lengths, a value that is not finite
PowerDiagram2 powerDiagram(std::span<const Point2> sites, std::span<const double> weights,
                           const Domain2& domain, const Density2& density, ThreadTeam& team);

}  // namespace monge
