// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/geometry/singular_set_3.h"

#include <algorithm>
#include <map>
#include <numbers>
#include <utility>

#include "core/base/parallel_for.h"
#include "core/geometry/convex_hull_3.h"
#include "core/geometry/disjoint_sets.h"
#include "core/geometry/singular_graph.h"
#include "core/geometry/singular_sheets_3.h"

namespace monge {
namespace {

using Meeting = SingularSheets3::Meeting;
using Curve = SingularSet3::Curve;
using Point = SingularSet3::Point;

double widthOf(const ConvexPolyhedron3& cell) {
  if (cell.isEmpty()) return 0;
  const Point3 centre = centroid(cell);
  double farthest = 0;
  for (const Point3 corner : cell.corners) farthest = std::max(farthest, norm(corner - centre));
  return 2 * farthest;
}

/// Puts a singular set together from the complex, step by step.
class SetBuilder {
 public:
  SetBuilder(const PowerCells3& cells, const SingularRule& rule, ThreadTeam& team)
      : m_cells(cells),
        m_complex(powerComplex(cells)),
        m_facets(singularFacets(cells.sites(), m_complex, rule)) {
    measurePieces(team);
    m_sheets = singularSheets(m_complex, m_facets, m_sizes);
    closeHoles();
    addSurfaces();
    addCurves(Meeting::Junction, Curve::Kind::Junction);
    addCurves(Meeting::Border, Curve::Kind::Border);
    addIsolatedPoints();
  }

  SingularSet3 take() { return std::move(m_set); }

 private:
  /// Of all singular facets; cells are worked out in parallel, one at a time.
  void measurePieces(ThreadTeam& team) {
    std::vector<std::vector<int>> facetsOf(m_cells.sites().size());
    std::vector<char> isTouched(m_cells.sites().size(), false);
    for (int row = 0; row < static_cast<int>(m_complex.facets.size()); ++row) {
      if (!m_facets.isSingular[row]) continue;
      facetsOf[m_complex.facets[row].first].push_back(row);
      isTouched[m_complex.facets[row].first] = isTouched[m_complex.facets[row].second] = true;
    }
    m_pieces.resize(m_complex.facets.size());
    m_sizes.area.assign(m_complex.facets.size(), 0);
    m_sizes.width.assign(m_cells.sites().size(), 0);
    parallelChunks(team, static_cast<std::int64_t>(isTouched.size()), 64,
                   [&](std::int64_t begin, std::int64_t end, std::int64_t) {
                     for (int site = static_cast<int>(begin); site < end; ++site) {
                       if (!isTouched[site]) continue;
                       const ConvexPolyhedron3 cell = m_cells.cell(site);
                       m_sizes.width[site] = widthOf(cell);
                       for (const int row : facetsOf[site]) measurePiece(cell, row);
                     }
                   });
  }

  void measurePiece(const ConvexPolyhedron3& cell, int row) {
    const auto& [first, second, start, count] = m_complex.facets[row];
    SingularSet3::Piece& piece = m_pieces[row];
    piece.first = first, piece.second = second;
    piece.jump = norm(m_cells.sites()[second] - m_cells.sites()[first]);
    for (int facet = 0; facet < cell.facets(); ++facet) {
      if (cell.across[facet] != second) continue;
      for (const int corner : cell.loop(facet)) piece.polygon.push_back(cell.corners[corner]);
      piece.area = norm(facetArea(cell, facet));
      piece.measure = m_cells.density().overPolygon(piece.polygon);
    }
    m_sizes.area[row] = piece.area;
  }

  double widthAt(int edge) const {
    double sum = 0;
    for (const int site : m_complex.edges[edge].sites) sum += m_sizes.width[site] / 3;
    return sum;
  }

  /// Where a sheet has lost a few facets: closed as far as counts go.
  void closeHoles() {
    m_loops.assign(m_sheets.count, 0);
    m_closed.assign(m_sheets.count, 0);
    for (const SheetLoop3& loop : sheetLoops(m_complex, m_sheets)) {
      double length = 0, weightedWidth = 0;
      bool isHole = !loop.meetsDomain;
      for (const int edge : loop.edges) {
        length += m_complex.edges[edge].length();
        weightedWidth += m_complex.edges[edge].length() * widthAt(edge);
        isHole = isHole && m_sheets.meetings[edge] == Meeting::Border;
      }
      ++m_loops[loop.sheet];
      if (!isHole || length * length >= std::numbers::pi * weightedWidth) continue;
      ++m_closed[loop.sheet];
      m_holeEdges.insert(m_holeEdges.end(), loop.edges.begin(), loop.edges.end());
    }
  }

  void addSurfaces() {
    const std::vector<int> characteristics = eulerCharacteristics(m_complex, m_sheets);
    m_set.surfaces.resize(m_sheets.count);
    for (int row = 0; row < static_cast<int>(m_complex.facets.size()); ++row) {
      if (m_sheets.sheetOf[row] < 0) continue;
      const auto& piece = m_pieces[row];
      auto& surface = m_set.surfaces[m_sheets.sheetOf[row]];
      const bool isFirst = surface.pieces.empty();
      surface.leastJump = isFirst ? piece.jump : std::min(surface.leastJump, piece.jump);
      surface.largestJump = std::max(surface.largestJump, piece.jump);
      surface.meanJump += piece.area * piece.jump;
      surface.area += piece.area;
      surface.measure += piece.measure;
      surface.pieces.push_back(piece);
    }
    for (int sheet = 0; sheet < m_sheets.count; ++sheet) {
      auto& surface = m_set.surfaces[sheet];
      if (surface.area > 0) surface.meanJump /= surface.area;
      surface.eulerCharacteristic = characteristics[sheet] + m_closed[sheet];
      surface.boundaryLoops = m_loops[sheet] - m_closed[sheet];
    }
    for (const int edge : m_holeEdges) m_sheets.meetings[edge] = Meeting::None;
  }

  /// Chains the edges of one kind. Vertices of the graph: those of the complex and, after them, the ends that
  /// the domain cuts off.
  void addCurves(Meeting meeting, Curve::Kind kind) {
    std::vector<int> rows;
    std::vector<SingularGraph::Edge> edges;
    m_vertexOf.clear();
    m_graphSpots.clear();
    for (int row = 0; row < static_cast<int>(m_complex.edges.size()); ++row) {
      if (m_sheets.meetings[row] != meeting) continue;
      rows.push_back(row);
      edges.push_back({vertexAt(row, 0), vertexAt(row, 1), m_complex.edges[row].length(), widthAt(row)});
    }
    SingularGraph::Vertices vertices;
    for (const auto& [edge, end] : m_graphSpots)
      vertices.anchored.push_back(m_complex.edges[edge].ends[end] < 0);
    SingularGraph graph(std::move(edges), std::move(vertices));
    graph.simplify();
    std::vector<int> pointOf;
    for (const auto& node : graph.nodes()) pointOf.push_back(addPoint(node));
    for (const auto& branch : graph.branches())
      if (branch.alive) addCurve(branch, rows, kind, pointOf);
  }

  int vertexAt(int edge, int end) {
    const int vertex = m_complex.edges[edge].ends[end];
    const std::pair<int, int> name = vertex >= 0 ? std::pair(vertex, -1) : std::pair(edge, end);
    const auto [found, isNew] = m_vertexOf.try_emplace(name, static_cast<int>(m_graphSpots.size()));
    if (isNew) m_graphSpots.emplace_back(edge, end);
    return found->second;
  }

  std::vector<int> sitesAround(const std::vector<int>& spots) const {
    std::vector<int> sites;
    for (const int spot : spots) {
      const auto& [edge, end] = m_graphSpots[spot];
      const int vertex = m_complex.edges[edge].ends[end];
      const auto add = [&](const auto& some) { sites.insert(sites.end(), some.begin(), some.end()); };
      vertex >= 0 ? add(m_complex.vertices[vertex].sites) : add(m_complex.edges[edge].sites);
    }
    std::sort(sites.begin(), sites.end());
    sites.erase(std::unique(sites.begin(), sites.end()), sites.end());
    return sites;
  }

  double hullVolume(const std::vector<int>& sites) const {
    std::vector<Point3> points;
    for (const int site : sites) points.push_back(m_cells.sites()[site]);
    const ConvexPolyhedron3 hull = convexHull(points);
    return hull.isEmpty() ? 0 : volume(hull);
  }

  /// Row of the point that a node is, or -1 where it is none: gone, or some place of a closed curve.
  int addPoint(const SingularGraph::Node& node) {
    const bool closes = node.branches.size() == 2 && node.branches[0] == node.branches[1] && !node.anchored;
    if (!node.alive || closes || node.branches.empty()) return -1;
    const auto& [edge, end] = m_graphSpots[node.vertex];
    Point point;
    point.at = m_complex.edges[edge].path[end];
    point.curves = static_cast<int>(node.branches.size());
    point.kind = node.anchored       ? Point::Kind::Boundary
                 : point.curves == 1 ? Point::Kind::End
                                     : Point::Kind::Branch;
    point.sites = sitesAround(node.absorbed);
    point.volume = hullVolume(point.sites);
    m_set.points.push_back(std::move(point));
    return static_cast<int>(m_set.points.size()) - 1;
  }

  void addCurve(const SingularGraph::Branch& branch, const std::vector<int>& rows, Curve::Kind kind,
                const std::vector<int>& pointOf) {
    Curve curve;
    curve.kind = kind;
    curve.from = pointOf[branch.from];
    curve.to = pointOf[branch.to];
    for (const auto& [at, backwards] : branch.chain) {
      const auto& edge = m_complex.edges[rows[at]];
      const auto [a, b, c] = edge.sites;
      const auto& sites = m_cells.sites();
      const double area = norm(cross(sites[b] - sites[a], sites[c] - sites[a])) / 2;
      curve.leastArea = curve.segments.empty() ? area : std::min(curve.leastArea, area);
      curve.largestArea = std::max(curve.largestArea, area);
      curve.meanArea += edge.length() * area;
      curve.length += edge.length();
      curve.segments.push_back({edge.sites, edge.path[backwards], edge.path[!backwards], area});
      for (const int facet : edge.facets)
        if (m_sheets.sheetOf[facet] >= 0) curve.surfaces.push_back(m_sheets.sheetOf[facet]);
    }
    if (curve.length > 0) curve.meanArea /= curve.length;
    std::sort(curve.surfaces.begin(), curve.surfaces.end());
    curve.surfaces.erase(std::unique(curve.surfaces.begin(), curve.surfaces.end()), curve.surfaces.end());
    m_set.curves.push_back(std::move(curve));
  }

  /// Pieces of touching facets of which no sheet is left.
  void addIsolatedPoints() {
    if (m_facets.tear.empty()) return;
    DisjointSets pieces = touchingFacets(m_complex, m_facets.isSingular);
    std::map<int, std::vector<int>> gone;
    std::vector<char> isLeft(m_complex.facets.size(), false);
    for (int row = 0; row < static_cast<int>(m_complex.facets.size()); ++row) {
      if (m_sheets.sheetOf[row] >= 0) isLeft[pieces.find(row)] = true;
      if (m_facets.isSingular[row]) gone[pieces.find(row)].push_back(row);
    }
    for (const auto& [name, rows] : gone)
      if (!isLeft[name]) addIsolatedPoint(rows);
  }

  void addIsolatedPoint(const std::vector<int>& rows) {
    Point point;
    point.kind = Point::Kind::Isolated;
    double whole = 0;
    for (const int row : rows) {
      const auto& piece = m_pieces[row];
      point.sites.insert(point.sites.end(), {piece.first, piece.second});
      Point3 middle;
      for (const Point3 corner : piece.polygon)
        middle = middle + 1.0 / static_cast<double>(piece.polygon.size()) * corner;
      point.at = point.at + piece.area * middle;
      whole += piece.area;
    }
    if (!(whole > 0)) return;
    point.at = 1 / whole * point.at;
    std::sort(point.sites.begin(), point.sites.end());
    point.sites.erase(std::unique(point.sites.begin(), point.sites.end()), point.sites.end());
    point.volume = hullVolume(point.sites);
    m_set.points.push_back(std::move(point));
  }

  const PowerCells3& m_cells;
  PowerComplex3 m_complex;
  SingularFacets3 m_facets;
  std::vector<SingularSet3::Piece> m_pieces;  ///< per facet; of singular ones
  SingularSizes3 m_sizes;
  SingularSheets3 m_sheets;
  std::vector<int> m_loops, m_closed;             ///< per sheet: ways around it, and those that are holes
  std::vector<int> m_holeEdges;                   ///< around holes
  std::map<std::pair<int, int>, int> m_vertexOf;  ///< of a graph, by vertex, or by edge and its cut end
  std::vector<std::pair<int, int>> m_graphSpots;  ///< an edge and its end, per vertex of a graph
  SingularSet3 m_set;
};

}  // namespace

int SingularSet3::count(Curve::Kind kind) const {
  return static_cast<int>(
      std::count_if(curves.begin(), curves.end(), [&](const Curve& curve) { return curve.kind == kind; }));
}

int SingularSet3::count(Point::Kind kind) const {
  return static_cast<int>(
      std::count_if(points.begin(), points.end(), [&](const Point& point) { return point.kind == kind; }));
}

SingularSet3 singularSet(const PowerCells3& cells, const SingularRule& rule, ThreadTeam& team) {
  return SetBuilder(cells, rule, team).take();
}

}  // namespace monge
