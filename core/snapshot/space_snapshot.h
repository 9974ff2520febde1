// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <array>
#include <memory>
#include <string>
#include <vector>

#include "core/snapshot/snapshot.h"
#include "core/snapshot/transport_snapshot.h"

namespace monge {

/// One moment of semi-discrete transport in space, as it is shown: the twin of TransportSnapshot. A value,
/// shared as shared_ptr<const SpaceSnapshot>; n sites, rows in the problem's order; data units.
struct SpaceSnapshot {
  std::string name;
  int revision = 0;    ///< grows when rows of the problem change their meaning
  std::string status;  ///< "running", "converged", "stalled", ...
  std::string note;    ///< what could not be made, in a sentence; empty for nothing
  SurfaceMesh domain;  ///< a convex polyhedron, its faces counter-clockwise from outside; they have no site

  RowsD sites;               ///< n x 3
  VectorD weights, heights;  ///< n: w_i; h_i = (w_i - |y_i|^2) / 2
  VectorD targets, masses;   ///< n: what the cells should hold, and do; sum 1
  RowsD centroids;           ///< n x 3, of the density over each cell; the site's own place where it has none

  /// The cells' faces one cell after the other, `sites` names the cell. Counter-clockwise from outside; no
  /// corner belongs to two cells.
  SurfaceMesh cells;
  std::vector<int>
      cellStarts;           ///< n + 1: cell i has faces [starts[i], starts[i + 1]); none where it is empty
  std::vector<int> across;  ///< per face: the site beyond it, -1 on the domain's boundary
  std::vector<int>
      facetOf;  ///< per face: row of `facets`, -1 on the domain's boundary and for a face without area

  /// A wall between two cells.
  struct Facet {
    int first = 0, second = 0;
    double area = 0;
    double jump = 0;   ///< |y_first - y_second|
    double angle = 0;  ///< between the planes of the potential, radians
    int surface = -1;  ///< row of `surfaces` where it is singular
    bool isSingular() const { return surface >= 0; }
  };
  std::vector<Facet> facets;
  double largestJump = 0;

  struct SingularSurface {
    int facets = 0;
    double area = 0, measure = 0;  ///< measure: the density's integral over it
    double leastJump = 0, meanJump = 0, largestJump = 0;
    int eulerCharacteristic = 0;
    std::array<double, 3> middle{};  ///< on or near it: what a view flies to
    std::vector<double> rim;  ///< x y z of the two ends of each side that lies on the domain's boundary
    std::vector<std::array<int, 2>> rimSites;  ///< per side: whose cells meet there
  };
  struct SingularCurve {
    std::string kind;  ///< "junction", "border"
    bool closed = false;
    std::vector<double> path;  ///< x y z of its corners in order; a closed one ends where it began
    std::vector<std::array<int, 3>> sites;  ///< per side of the path: whose cells meet there
    double length = 0, meanArea = 0;        ///< meanArea: of the subgradients
  };
  struct SingularPoint {
    std::string kind;  ///< "branch", "end", "boundary", "isolated"
    std::array<double, 3> at{};
    std::vector<int> sites;  ///< the subgradient is their hull
    double volume = 0;       ///< of that hull
  };
  std::vector<SingularSurface> surfaces;
  std::vector<SingularCurve> curves;
  std::vector<SingularPoint> points;

  std::vector<SolveStep> steps;
  double primal = 0, dualValue = 0, residual = 0;

  /// Of generators in training what they learn, and the moment of theirs whose prototypes the sites are, row
  /// by row; null in transport.
  SnapshotPtr training;
  DataViewPtr data;

  int count() const { return static_cast<int>(sites.rows()); }
  bool hasCell(int site) const { return cellStarts[site] < cellStarts[site + 1]; }
};

using SpaceSnapshotPtr = std::shared_ptr<const SpaceSnapshot>;

}  // namespace monge
