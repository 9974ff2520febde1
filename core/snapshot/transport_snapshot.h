// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <array>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "core/snapshot/arrays.h"

namespace monge {

/// Convex polygons in space, each for one thing.
struct SurfaceMesh {
  RowsD vertices;            ///< m x 3
  std::vector<int> starts;   ///< faces + 1: face f has corners [starts[f], starts[f + 1])
  std::vector<int> corners;  ///< rows of `vertices`, in order around the face
  std::vector<int> sites;    ///< per face: the site it belongs to, -1 for none

  int faces() const { return starts.empty() ? 0 : static_cast<int>(starts.size()) - 1; }
};

/// One step of a solver that is watched.
struct SolveStep {
  int iteration = 0;
  double residual = 0;      ///< largest relative mass error after the step
  double damping = 1;       ///< length of the step, in (0, 1]
  int trials = 0;           ///< lengths tried
  double smallestMass = 0;  ///< of any cell
  double seconds = 0;       ///< the step took
  double uniformShare = 0;  ///< of a uniform density, mixed into the one that is asked for
};

/// A density on a grid over a box, row 0 at yMin.
struct DensityField {
  Box2 box;
  int columns = 0, rows = 0;
  std::vector<float> values;  ///< rows * columns, mass per squared data unit; NaN outside of the domain
  double largest = 0;
};

/// Which walls are singular: those whose value is above the threshold.
struct WallRule {
  enum class By {
    Spacing,  ///< the jump in units of the sites' spacing there
    Jump,     ///< data units
    Angle     ///< radians
  };
  By by = By::Spacing;
  double threshold = 3.5;
  bool operator==(const WallRule&) const = default;
};

/// One moment of semi-discrete transport in the plane, as it is shown. A value, shared as
/// shared_ptr<const TransportSnapshot>; n sites, rows in the problem's order.
struct TransportSnapshot {
  std::string name;
  int revision = 0;        ///< grows when rows of the problem change their meaning
  std::string status;      ///< "running", "converged", "stalled", ...
  std::string undo, redo;  ///< what these would take back or do again: "move", "mass", ...; empty for none
  std::shared_ptr<const DensityField> density;  ///< null where it is constant
  WallRule rule;                                ///< that the singular set was made by
  std::vector<double> domain;                   ///< x0 y0 x1 y1 ..., convex, counter-clockwise
  Box2 box;                                     ///< of the domain and the sites

  RowsD sites;                      ///< n x 2, data units
  VectorD weights, heights;         ///< n: w_i; h_i = (w_i - |y_i|^2) / 2
  VectorD targets, masses;          ///< n: what the cells should hold, and do; sum 1
  std::vector<char> hidden;         ///< n: whether the cell is empty in the whole plane
  std::vector<int> cellStarts;      ///< n + 1
  std::vector<double> cellCorners;  ///< x y of all cells: cell i has corners [starts[i], starts[i + 1])
  RowsD centroids;                  ///< n x 2, of the density over each cell
  std::vector<std::array<int, 3>> triangles;  ///< of the weighted Delaunay triangulation, counter-clockwise

  /// A wall between two cells.
  struct Facet {
    int first = 0, second = 0;
    double fromX = 0, fromY = 0, toX = 0, toY = 0;
    double jump = 0;    ///< |y_first - y_second|
    double angle = 0;   ///< between the faces of the potential, radians
    double spread = 0;  ///< the jump in units of the sites' spacing there; 0 where nobody asked
    bool singular = false;
    double value(WallRule::By by) const {
      return by == WallRule::By::Spacing ? spread : by == WallRule::By::Jump ? jump : angle;
    }
  };
  std::vector<Facet> facets;
  double largestJump = 0;

  struct SingularPoint {
    std::string kind;  ///< "branch", "end", "boundary", "isolated"
    double x = 0, y = 0;
    std::vector<double> subgradient;  ///< x0 y0 x1 y1 ..., a polygon among the sites
    double area = 0;                  ///< of that polygon
  };
  struct SingularCurve {
    std::vector<double> path;  ///< x0 y0 x1 y1 ...
    double length = 0, meanJump = 0, largestJump = 0;
    int from = -1, to = -1;   ///< rows of `points`; -1 for a closed curve
    std::vector<int> facets;  ///< rows of `facets` that it runs along
  };
  std::vector<SingularCurve> curves;
  std::vector<SingularPoint> points;

  SurfaceMesh potential;  ///< graph of u_h over the cells; face i is site i's, empty cells have none
  SurfaceMesh dual;       ///< graph of u* over the triangulation; vertex i is site i

  std::vector<SolveStep> steps;
  double primal = 0, dualValue = 0, residual = 0;

  int count() const { return static_cast<int>(sites.rows()); }
  int cellSize(int site) const { return cellStarts[site + 1] - cellStarts[site]; }
};

using TransportSnapshotPtr = std::shared_ptr<const TransportSnapshot>;

}  // namespace monge
