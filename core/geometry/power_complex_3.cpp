// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/geometry/power_complex_3.h"

#include <algorithm>
#include <limits>
#include <optional>
#include <utility>

#include "core/base/error.h"
#include "core/geometry/predicates_3.h"

namespace monge {
namespace {

using Tetrahedron = RegularMesh3::Tetrahedron;

/// A piece of a line, from + t along, t from low to high.
struct Stretch {
  Point3 from, along;
  double low = 0, high = 1;
  Point3 at(double t) const { return from + t * along; }
};

/// What of it lies in the domain; false for nothing.
bool clip(Stretch& stretch, const Domain3& domain) {
  for (const auto& [normal, offset] : domain.planes()) {
    const double slope = dot(normal, stretch.along), room = offset - dot(normal, stretch.from);
    if (slope == 0 && room < 0) return false;
    if (slope > 0) stretch.high = std::min(stretch.high, room / slope);
    if (slope < 0) stretch.low = std::max(stretch.low, room / slope);
  }
  return stretch.low <= stretch.high;
}

class ComplexBuilder {
 public:
  explicit ComplexBuilder(const PowerCells3& cells)
      : m_cells(cells), m_mesh(*cells.mesh()), m_tetrahedra(m_mesh.tetrahedra()) {
    listVertices();
    listEdges();
    listFacets();
  }

  PowerComplex3 take() { return std::move(m_complex); }

 private:
  bool isFinite(int at) const {
    return m_tetrahedra[at].vertex[0] != RegularMesh3::kHole && !m_mesh.isInfinite(at);
  }

  /// Sharp also where the triangulation's own centre is blurred.
  Point3 centreOf(const Tetrahedron& tetrahedron) const {
    constexpr double kSharp = 1e-10;
    if (tetrahedron.error <= kSharp * m_cells.domain().diameter()) return tetrahedron.centre;
    const auto weighted = [&](int at) {
      const int site = tetrahedron.vertex[at];
      return WeightedPoint3{m_mesh.sites()[site], m_mesh.weights()[site]};
    };
    return exact::powerCentre(weighted(0), weighted(1), weighted(2), weighted(3));
  }

  void listVertices() {
    m_centres.resize(m_tetrahedra.size());
    m_vertexOf.assign(m_tetrahedra.size(), -1);
    for (std::size_t at = 0; at < m_tetrahedra.size(); ++at) {
      if (!isFinite(static_cast<int>(at))) continue;
      m_centres[at] = centreOf(m_tetrahedra[at]);
      if (!m_cells.domain().contains(m_centres[at])) continue;
      m_vertexOf[at] = static_cast<int>(m_complex.vertices.size());
      const auto& vertex = m_tetrahedra[at].vertex;
      m_complex.vertices.push_back(
          {m_centres[at], {vertex[0], vertex[1], vertex[2], vertex[3]}, {-1, -1, -1, -1}});
    }
  }

  /// The line of the points of equal power distance to a triangle's corners, from its point next to the
  /// domain on; nothing where the corners are as good as on a line, and it as good as nowhere. Taken from the
  /// triangle, since the centres at its ends may be so far away that they say nothing of what is here.
  std::optional<Stretch> lineOf(const std::array<int, 3>& corners) const {
    const auto site = [&](int at) { return m_mesh.sites()[corners[at]]; };
    const auto weight = [&](int at) { return m_mesh.weights()[corners[at]]; };
    const Point3 p = site(1) - site(0), q = site(2) - site(0), normal = cross(p, q);
    const double pp = squaredNorm(p), qq = squaredNorm(q), pq = dot(p, q), squared = squaredNorm(normal);
    if (!(squared > 1e-24 * pp * qq)) return std::nullopt;
    const double alongP = (pp + weight(0) - weight(1)) / 2, alongQ = (qq + weight(0) - weight(2)) / 2;
    const Point3 on =
        site(0) + (alongP * qq - alongQ * pq) / squared * p + (alongQ * pp - alongP * pq) / squared * q;
    const Point3 along = 1 / std::sqrt(squared) * normal;
    return Stretch{on + dot(m_cells.domain().centroid() - on, along) * along, along, 0, 0};
  }

  /// From the centre of `at`, which is finite, to that of its neighbour, or outwards for ever.
  std::optional<Stretch> stretchFrom(int at, int opposite, const std::array<int, 3>& corners) const {
    std::optional<Stretch> line = lineOf(corners);
    if (!line) return line;
    const int there = m_tetrahedra[at].neighbour[opposite];
    const Point3 inwards = m_mesh.sites()[m_tetrahedra[at].vertex[opposite]] - m_mesh.sites()[corners[0]];
    const auto place = [&](int tetrahedron) { return dot(m_centres[tetrahedron] - line->from, line->along); };
    line->low = place(at);
    const bool isBackwards = isFinite(there) ? place(there) < line->low : dot(line->along, inwards) > 0;
    if (isBackwards) {
      line->along = -1.0 * line->along;
      line->low = -line->low;
    }
    line->high = isFinite(there) ? place(there) : std::numeric_limits<double>::infinity();
    return line;
  }

  void listEdges() {
    m_edgeOf.assign(4 * m_tetrahedra.size(), -1);
    for (int at = 0; at < static_cast<int>(m_tetrahedra.size()); ++at) {
      if (!isFinite(at)) continue;
      for (int opposite = 0; opposite < 4; ++opposite) {
        const int there = m_tetrahedra[at].neighbour[opposite];
        if (there > at || !isFinite(there)) addEdge(at, opposite, there);
      }
    }
  }

  void addEdge(int at, int opposite, int there) {
    PowerComplex3::Edge edge{{}, {-1, -1, -1}, {m_vertexOf[at], m_vertexOf[there]}, {}};
    for (int corner = 0, next = 0; corner < 4; ++corner)
      if (corner != opposite) edge.sites[next++] = m_tetrahedra[at].vertex[corner];
    std::optional<Stretch> stretch = stretchFrom(at, opposite, edge.sites);
    if (stretch && !clip(*stretch, m_cells.domain())) stretch.reset();
    if (!stretch && edge.ends[0] < 0 && edge.ends[1] < 0) return;
    // A vertex in the domain is an end whatever rounding makes of the line.
    const Point3 known = m_centres[edge.ends[0] >= 0 ? at : there];
    edge.path = {stretch ? stretch->at(stretch->low) : known, stretch ? stretch->at(stretch->high) : known};
    if (edge.ends[0] >= 0) edge.path[0] = m_centres[at];
    if (edge.ends[1] >= 0) edge.path[1] = m_centres[there];
    const int row = static_cast<int>(m_complex.edges.size());
    m_complex.edges.push_back(edge);
    m_startOf.push_back(at);
    noteEdge(at, opposite, row);
    const auto& back = m_tetrahedra[there].neighbour;
    noteEdge(there, static_cast<int>(std::find(back, back + 4, at) - back), row);
  }

  void noteEdge(int tetrahedron, int opposite, int row) {
    m_edgeOf[4 * static_cast<std::size_t>(tetrahedron) + opposite] = row;
    if (m_vertexOf[tetrahedron] >= 0) m_complex.vertices[m_vertexOf[tetrahedron]].edges[opposite] = row;
  }

  void listFacets() {
    CellWalk3 walk;
    std::vector<std::pair<int, int>> steps;
    for (int site = 0; site < m_mesh.siteCount(); ++site) {
      if (m_mesh.tetrahedronOf(site) < 0) continue;
      walk.visit(m_mesh, site);
      std::optional<ConvexPolyhedron3> cell;
      for (std::size_t side = 0; side < walk.neighbours().size(); ++side) {
        const int other = walk.neighbours()[side];
        if (other == m_mesh.infinite() || other < site) continue;
        walk.around(m_mesh, side, steps);
        addFacet(site, other, steps, cell);
      }
    }
  }

  /// A facet without edges is in the domain where the site's cell, which then is worked out, has it.
  void addFacet(int site, int other, const std::vector<std::pair<int, int>>& steps,
                std::optional<ConvexPolyhedron3>& cell) {
    const int start = static_cast<int>(m_complex.sides.size());
    const int row = static_cast<int>(m_complex.facets.size());
    for (const auto& [tetrahedron, behind] : steps) {
      const int edge = m_edgeOf[4 * static_cast<std::size_t>(tetrahedron) + behind];
      if (edge < 0) continue;
      m_complex.sides.push_back({edge, m_startOf[edge] != tetrahedron});
      auto& [sites, facets, ends, path] = m_complex.edges[edge];
      for (int at = 0; at < 3; ++at)
        if (sites[at] != site && sites[at] != other) facets[at] = row;
    }
    const int count = static_cast<int>(m_complex.sides.size()) - start;
    if (count == 0) {
      if (!cell) cell = m_cells.cell(site);
      if (std::find(cell->across.begin(), cell->across.end(), other) == cell->across.end()) return;
    }
    m_complex.facets.push_back({site, other, start, count});
  }

  const PowerCells3& m_cells;
  const RegularMesh3& m_mesh;
  const std::vector<Tetrahedron>& m_tetrahedra;
  std::vector<Point3> m_centres;
  std::vector<int> m_vertexOf;  ///< of each tetrahedron, or -1
  std::vector<int> m_edgeOf;    ///< of each triangle, by tetrahedron and vertex opposite to it, or -1
  std::vector<int> m_startOf;   ///< of each edge, the tetrahedron at its first end
  PowerComplex3 m_complex;
};

}  // namespace

PowerComplex3 powerComplex(const PowerCells3& cells) {
  if (!cells.mesh()) throw Error("sites", "all in one plane", "sites that span space");
  return ComplexBuilder(cells).take();
}

}  // namespace monge
