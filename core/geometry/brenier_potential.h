// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <vector>

#include "core/geometry/mesh_files.h"
#include "core/geometry/power_complex_2.h"
#include "core/geometry/power_diagram_2.h"

namespace monge {

/// The discrete Brenier potential of the plane, u_h(x) = max_i <x, y_i> + h_i, h_i = (w_i - |y_i|^2) / 2:
/// convex, piecewise linear, with gradient y_i on the cell W_i (Lei et al. 2019, eq. (10) to (12)). It is the
/// whole plane's; its graph is drawn over the domain of the diagram.
///
/// A value, never changed after it is made; all functions may run on any thread.
class BrenierPotential2 {
 public:
  /// A side of two faces of the graph, over a facet of the diagram.
  struct Ridge {
    int facet = 0;         ///< row of PowerDiagram2::facets
    int from = 0, to = 0;  ///< rows of graph().vertices
    double jump = 0;       ///< |y_i - y_j|, the jump of the gradient across it
    double angle = 0;      ///< between the faces' normals, radians; the dihedral angle is pi less that
  };

  explicit BrenierPotential2(PowerDiagram2 diagram);

  const PowerDiagram2& diagram() const { return m_diagram; }
  const PowerComplex2& complex() const { return m_complex; }
  double height(int site) const { return m_heights[site]; }
  /// The plane of one site at x, <x, y_i> + h_i.
  double plane(int site, Point2 x) const { return dot(x, m_diagram.sites[site]) + m_heights[site]; }

  /// A site that attains u(x), found by walking uphill between neighbours: on a regular triangulation a local
  /// maximum is the global one. O(sqrt(n)) steps from anywhere, few from a site near by.
  /// @param hint  a site to begin at, or -1
  int siteAt(Point2 x, int hint = -1) const;
  double value(Point2 x, int hint = -1) const { return plane(siteAt(x, hint), x); }
  Point2 gradient(Point2 x, int hint = -1) const { return m_diagram.sites[siteAt(x, hint)]; }
  /// Sites that attain u(x) up to the rounding of u(x), ascending.
  std::vector<int> sitesAt(Point2 x, int hint = -1) const;
  /// Their convex hull, counter-clockwise: one corner in a cell, two on a facet, a polygon at a vertex.
  std::vector<Point2> subgradient(Point2 x, int hint = -1) const;
  /// At a vertex of complex(), from the sites that meet there by the exact predicates.
  std::vector<Point2> subgradientAtVertex(int vertex) const;

  /// The graph over the cells: vertex k is vertex k of complex() with u as its third coordinate; a convex
  /// face for each cell, with its "site".
  PolygonMesh graph() const;
  /// One for each facet, in the facets' order.
  std::vector<Ridge> ridges() const;

 private:
  void linkNeighbours();
  bool isVisible(int site) const { return !m_diagram.cells[site].hidden; }

  PowerDiagram2 m_diagram;
  PowerComplex2 m_complex;
  std::vector<double> m_heights;
  std::vector<int> m_starts, m_neighbours;  ///< of visible sites in the whole plane
  int m_first = 0;                          ///< a visible site
};

}  // namespace monge
