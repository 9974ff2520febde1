// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/geometry/singular_set.h"

#include <algorithm>
#include <utility>

#include "core/geometry/convex_hull_2.h"
#include "core/geometry/singular_graph.h"

namespace monge {
namespace {

double widthOf(const PowerDiagram2::Cell& cell) {
  double farthest = 0;
  for (const Point2 corner : cell.outline.corners)
    farthest = std::max(farthest, norm(corner - cell.centroid));
  return 2 * farthest;
}

std::vector<SingularGraph::Edge> edgesOf(const PowerDiagram2& diagram, const PowerComplex2& complex,
                                         const std::vector<int>& facets) {
  std::vector<SingularGraph::Edge> edges;
  for (const int row : facets) {
    const auto& facet = diagram.facets[row];
    const auto [from, to] = complex.facetEnds[row];
    const double width = (widthOf(diagram.cells[facet.first]) + widthOf(diagram.cells[facet.second])) / 2;
    edges.push_back({from, to, norm(facet.to - facet.from), width});
  }
  return edges;
}

SingularSet2::Point pointAt(const SingularGraph::Node& node, const PowerDiagram2& diagram,
                            const PowerComplex2& complex) {
  using Kind = SingularSet2::Point::Kind;
  SingularSet2::Point point;
  point.at = complex.vertices[node.vertex].at;
  point.curves = static_cast<int>(node.branches.size());
  point.kind = point.curves == 0   ? Kind::Isolated
               : node.anchored     ? Kind::Boundary
               : point.curves == 1 ? Kind::End
                                   : Kind::Branch;
  std::vector<Point2> sites;
  for (const int vertex : node.absorbed)
    for (const int site : complex.sitesAt(diagram, vertex)) sites.push_back(diagram.sites[site]);
  point.subgradient = convexHull(std::move(sites));
  point.area = polygonArea(point.subgradient);
  return point;
}

SingularSet2::Curve curveAlong(const SingularGraph::Branch& branch, const std::vector<int>& facets,
                               const PowerDiagram2& diagram, const PowerComplex2& complex) {
  SingularSet2::Curve curve;
  const auto vertexAt = [&](int facet, bool end) {
    return complex.vertices[complex.facetEnds[facet][end]].at;
  };
  for (const auto& [edge, backwards] : branch.chain) {
    const auto& facet = diagram.facets[facets[edge]];
    const double jump = norm(diagram.sites[facet.second] - diagram.sites[facet.first]);
    const double length = norm(facet.to - facet.from);
    const bool first = curve.facets.empty();
    curve.leastJump = first ? jump : std::min(curve.leastJump, jump);
    curve.largestJump = std::max(curve.largestJump, jump);
    curve.meanJump += length * jump;
    curve.length += length;
    curve.measure += facet.measure;
    const Point2 start = vertexAt(facets[edge], backwards);
    if (first || curve.path.back() != start) curve.path.push_back(start);
    curve.path.push_back(vertexAt(facets[edge], !backwards));
    curve.facets.push_back(facets[edge]);
  }
  curve.meanJump /= curve.length;
  return curve;
}

}  // namespace

int SingularSet2::count(Point::Kind kind) const {
  return static_cast<int>(
      std::count_if(points.begin(), points.end(), [&](const Point& point) { return point.kind == kind; }));
}

SingularSet2 singularSet(const PowerDiagram2& diagram, const PowerComplex2& complex,
                         const SingularFacets& facets) {
  SingularGraph::Vertices vertices{{}, facets.tear, facets.leastTear};
  for (const auto& vertex : complex.vertices)
    vertices.anchored.push_back(vertex.place != PowerComplex2::Place::Inside);
  // Facets that rounding has shrunk to one vertex join nothing.
  std::vector<int> rows;
  for (const int row : facets.rows)
    if (complex.facetEnds[row][0] != complex.facetEnds[row][1]) rows.push_back(row);
  SingularGraph graph(edgesOf(diagram, complex, rows), std::move(vertices));
  graph.simplify();
  SingularSet2 set;
  std::vector<int> pointOf(graph.nodes().size(), -1);
  for (std::size_t row = 0; row < pointOf.size(); ++row) {
    const auto& node = graph.nodes()[row];
    const bool closes = node.branches.size() == 2 && node.branches[0] == node.branches[1] && !node.anchored;
    if (!node.alive || closes) continue;
    pointOf[row] = static_cast<int>(set.points.size());
    set.points.push_back(pointAt(node, diagram, complex));
  }
  for (const auto& branch : graph.branches()) {
    if (!branch.alive) continue;
    auto curve = curveAlong(branch, rows, diagram, complex);
    curve.from = pointOf[branch.from];
    curve.to = pointOf[branch.to];
    set.curves.push_back(std::move(curve));
  }
  return set;
}

SingularSet2 singularSet(const PowerDiagram2& diagram, const PowerComplex2& complex,
                         const SingularRule& rule) {
  return singularSet(diagram, complex, singularFacets(diagram, complex, rule));
}

}  // namespace monge
