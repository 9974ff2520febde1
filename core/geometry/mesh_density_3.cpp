// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/geometry/mesh_density_3.h"

#include <algorithm>
#include <cmath>
#include <memory>
#include <string>
#include <utility>

#include "core/base/error.h"
#include "core/base/text.h"
#include "core/geometry/distinct_sites.h"
#include "core/geometry/predicates_3.h"
#include "core/geometry/regular_mesh_3.h"

namespace monge {
namespace {

using Corners = std::array<Point3, 4>;

/// Which tetrahedra may meet a box: those whose bounds share one of the tiles of a grid with it.
class TetrahedronTiles {
 public:
  explicit TetrahedronTiles(const TetrahedralMesh3& mesh) {
    m_low = m_high = mesh.vertices[mesh.tetrahedra[0][0]];
    for (const auto& corners : mesh.tetrahedra)
      for (const int corner : corners) widen(mesh.vertices[corner], m_low, m_high);
    m_side = std::max(1, static_cast<int>(std::cbrt(static_cast<double>(mesh.tetrahedra.size()))));
    m_tiles.resize(static_cast<std::size_t>(m_side) * m_side * m_side);
    for (std::size_t at = 0; at < mesh.tetrahedra.size(); ++at) {
      Point3 low = mesh.vertices[mesh.tetrahedra[at][0]], high = low;
      for (const int corner : mesh.tetrahedra[at]) widen(mesh.vertices[corner], low, high);
      overTiles(low, high, [&](std::size_t tile) { m_tiles[tile].push_back(static_cast<int>(at)); });
    }
  }

  /// Calls task(tetrahedron) once for each.
  template <class Task>
  void near(std::span<const Point3> points, const Task& task) const {
    thread_local std::vector<int> found;
    Point3 low = points[0], high = low;
    for (const Point3 point : points) widen(point, low, high);
    found.clear();
    overTiles(low, high, [&](std::size_t tile) {
      found.insert(found.end(), m_tiles[tile].begin(), m_tiles[tile].end());
    });
    std::sort(found.begin(), found.end());
    found.erase(std::unique(found.begin(), found.end()), found.end());
    for (const int tetrahedron : found) task(tetrahedron);
  }

 private:
  static void widen(Point3 point, Point3& low, Point3& high) {
    low = {std::min(low.x, point.x), std::min(low.y, point.y), std::min(low.z, point.z)};
    high = {std::max(high.x, point.x), std::max(high.y, point.y), std::max(high.z, point.z)};
  }
  int place(double at, double low, double high) const {
    return static_cast<int>(std::clamp((at - low) / (high - low), 0.0, 1.0) * (m_side - 1e-9));
  }
  std::array<int, 3> tile(Point3 p) const {
    return {place(p.x, m_low.x, m_high.x), place(p.y, m_low.y, m_high.y), place(p.z, m_low.z, m_high.z)};
  }
  template <class Task>
  void overTiles(Point3 low, Point3 high, const Task& task) const {
    const std::array<int, 3> from = tile(low), to = tile(high);
    for (int i = from[0]; i <= to[0]; ++i)
      for (int j = from[1]; j <= to[1]; ++j)
        for (int k = from[2]; k <= to[2]; ++k) task((static_cast<std::size_t>(i) * m_side + j) * m_side + k);
  }

  int m_side = 1;
  Point3 m_low, m_high;
  std::vector<std::vector<int>> m_tiles;
};

/// Six times the volume.
double determinant(const Corners& c) {
  return dot(c[1] - c[0], cross(c[2] - c[0], c[3] - c[0]));
}

/// The facet opposite to a corner, its normal away from the corner.
std::array<Point3, 3> facetOf(const Corners& c, int opposite) {
  constexpr int kFacets[4][3] = {{1, 2, 3}, {0, 3, 2}, {0, 1, 3}, {0, 2, 1}};
  const auto& [i, j, k] = kFacets[opposite];
  return {c[i], c[j], c[k]};
}

/// Of the facets that have a direction: slivers, which rounding leaves where corners coincide, bound
/// nothing.
std::vector<HalfSpace3> planesOf(const ConvexPolyhedron3& polyhedron) {
  std::vector<HalfSpace3> planes;
  double largest = 0;
  for (int facet = 0; facet < polyhedron.facets(); ++facet)
    largest = std::max(largest, norm(facetArea(polyhedron, facet)));
  for (int facet = 0; facet < polyhedron.facets(); ++facet) {
    const Point3 area = facetArea(polyhedron, facet);
    if (norm(area) > 1e-10 * largest)
      planes.push_back({area, dot(area, polyhedron.corners[polyhedron.loop(facet)[0]])});
  }
  return planes;
}

/// Adds the integrals over a tetrahedron of f, of f times the coordinates and their products, f linear.
void add(const Corners& c, const std::array<double, 4>& f, double scale, Moments3& sum) {
  const double volume = scale * determinant(c) / 6;
  double x[3][4], wholeF = 0, whole[3] = {}, withF[3] = {};
  for (int i = 0; i < 4; ++i) {
    x[0][i] = c[i].x, x[1][i] = c[i].y, x[2][i] = c[i].z;
    wholeF += f[i];
    for (int axis = 0; axis < 3; ++axis) whole[axis] += x[axis][i], withF[axis] += f[i] * x[axis][i];
  }
  const auto first = [&](int a) { return volume / 20 * (wholeF * whole[a] + withF[a]); };
  const auto second = [&](int a, int b) {
    double both = 0, all = 0;
    for (int i = 0; i < 4; ++i) both += x[a][i] * x[b][i], all += f[i] * x[a][i] * x[b][i];
    return volume / 120 *
           (wholeF * whole[a] * whole[b] + wholeF * both + whole[a] * withF[b] + whole[b] * withF[a] +
            2 * all);
  };
  sum.mass += volume / 4 * wholeF;
  sum.x += first(0), sum.y += first(1), sum.z += first(2);
  sum.xx += second(0, 0), sum.xy += second(0, 1), sum.xz += second(0, 2);
  sum.yy += second(1, 1), sum.yz += second(1, 2), sum.zz += second(2, 2);
}

class MeshDensity3 final : public Density3 {
 public:
  MeshDensity3(const Domain3& domain, TetrahedralMesh3 mesh) : m_mesh(std::move(mesh)), m_tiles(m_mesh) {
    const double whole = mass(domain.polyhedron());
    if (!(whole > 0))
      throw Error("density", "a mesh without mass in the domain", "some values above 0 in the domain");
    m_scale = 1 / whole;
  }

  std::string name() const override { return "mesh"; }
  double quadratureError() const override { return 1e-13; }

  double at(Point3 point) const override {
    double value = 0;
    m_tiles.near({&point, 1}, [&](int row) {
      const Corners c = corners(row);
      bool isIn = true;
      for (int opposite = 0; opposite < 4; ++opposite) {
        const auto [p, q, r] = facetOf(c, opposite);
        isIn = isIn && dot(cross(q - p, r - p), point - p) <= 0;
      }
      if (isIn) value = m_scale * valueIn(row, c, point);
    });
    return value;
  }

  double mass(const ConvexPolyhedron3& polyhedron) const override { return moments(polyhedron).mass; }

  Moments3 moments(const ConvexPolyhedron3& polyhedron) const override {
    Moments3 sum;
    if (polyhedron.isEmpty()) return sum;
    const std::vector<HalfSpace3> planes = planesOf(polyhedron);
    m_tiles.near(polyhedron.corners, [&](int row) { addCommon(polyhedron, planes, row, sum); });
    return sum;
  }

  double overPolygon(std::span<const Point3> polygon) const override {
    double sum = 0;
    if (polygon.size() < 3) return sum;
    m_tiles.near(polygon, [&](int row) { sum += overPart(polygon, row); });
    return m_scale * sum;
  }

 private:
  Corners corners(int row) const {
    const auto [a, b, c, d] = m_mesh.tetrahedra[row];
    return {m_mesh.vertices[a], m_mesh.vertices[b], m_mesh.vertices[c], m_mesh.vertices[d]};
  }

  /// Of a tetrahedron's linear function, without m_scale.
  double valueIn(int row, const Corners& c, Point3 point) const {
    double sum = 0;
    for (int opposite = 0; opposite < 4; ++opposite) {
      const auto [p, q, r] = facetOf(c, opposite);
      sum += dot(cross(q - p, r - p), p - point) * m_mesh.values[m_mesh.tetrahedra[row][opposite]];
    }
    return sum / determinant(c);
  }

  /// What a tetrahedron and the polyhedron have in common: all, nothing, or what clipping leaves.
  void addCommon(const ConvexPolyhedron3& polyhedron, const std::vector<HalfSpace3>& planes, int row,
                 Moments3& sum) const {
    const Corners c = corners(row);
    bool isInside = true;
    for (const auto& [normal, offset] : planes) {
      int outside = 0;
      for (const Point3 corner : c) outside += dot(normal, corner) >= offset;
      if (outside == 4) return;
      isInside = isInside && outside == 0;
    }
    if (isInside) {
      const auto [i, j, k, l] = m_mesh.tetrahedra[row];
      const auto& values = m_mesh.values;
      return add(c, {values[i], values[j], values[k], values[l]}, m_scale, sum);
    }
    thread_local PolyhedronClipper3 clipper;
    clipper.start(polyhedron);
    for (int opposite = 0; opposite < 4 && !clipper.polyhedron().isEmpty(); ++opposite) {
      const auto [p, q, r] = facetOf(c, opposite);
      clipper.cut(p, cross(q - p, r - p), 0, -1);
    }
    addFan(clipper.polyhedron(), row, c, sum);
  }

  void addFan(const ConvexPolyhedron3& part, int row, const Corners& c, Moments3& sum) const {
    for (int facet = 0; facet < part.facets(); ++facet) {
      const std::span<const int> loop = part.loop(facet);
      for (std::size_t at = 1; at + 1 < loop.size(); ++at) {
        const Corners piece = {part.corners[0], part.corners[loop[0]], part.corners[loop[at]],
                               part.corners[loop[at + 1]]};
        std::array<double, 4> values;
        for (int i = 0; i < 4; ++i) values[i] = valueIn(row, c, piece[i]);
        add(piece, values, m_scale, sum);
      }
    }
  }

  double overPart(std::span<const Point3> polygon, int row) const {
    thread_local std::vector<Point3> part, scratch;
    const Corners c = corners(row);
    part.assign(polygon.begin(), polygon.end());
    double share = 1;
    for (int opposite = 0; opposite < 4 && part.size() > 2; ++opposite) {
      const auto [p, q, r] = facetOf(c, opposite);
      const bool isFlat =
          std::all_of(polygon.begin(), polygon.end(),
                      [&, a = p, b = q, d = r](Point3 corner) { return orientation(a, b, d, corner) == 0; });
      if (isFlat)
        share = 0.5;
      else
        keepBelow(part, cross(q - p, r - p), p, scratch);
    }
    double sum = 0;
    for (std::size_t at = 1; at + 1 < part.size(); ++at) {
      const double area = norm(cross(part[at] - part[0], part[at + 1] - part[0])) / 2;
      sum += area * valueIn(row, c, 1.0 / 3 * (part[0] + part[at] + part[at + 1]));
    }
    return share * sum;
  }

  /// What of a convex polygon has <normal, x - origin> <= 0.
  static void keepBelow(std::vector<Point3>& polygon, Point3 normal, Point3 origin,
                        std::vector<Point3>& scratch) {
    scratch.clear();
    for (std::size_t at = 0; at < polygon.size(); ++at) {
      const Point3 from = polygon[at], to = polygon[at + 1 == polygon.size() ? 0 : at + 1];
      const double here = dot(normal, from - origin), there = dot(normal, to - origin);
      if (here <= 0) scratch.push_back(from);
      if ((here < 0 && there > 0) || (here > 0 && there < 0))
        scratch.push_back(from + here / (here - there) * (to - from));
    }
    polygon.swap(scratch);
  }

  TetrahedralMesh3 m_mesh;
  TetrahedronTiles m_tiles;
  double m_scale = 1;
};

/// Flat up to rounding, as the exact triangulation of a lattice that is turned has them: no volume to speak
/// of, and no linear function that could be told from its corners.
bool isSliver(const Corners& c) {
  double longest = 0;
  for (int i = 0; i < 4; ++i)
    for (int j = i + 1; j < 4; ++j) longest = std::max(longest, squaredNorm(c[j] - c[i]));
  return determinant(c) <= 1e-12 * longest * std::sqrt(longest);
}

bool spanSpace(const std::vector<Point3>& points) {
  const auto off = [&](const auto& condition) {
    return std::find_if(points.begin(), points.end(), condition);
  };
  if (points.size() < 4) return false;
  const auto c = off([&](Point3 p) { return !areCollinear(points[0], points[1], p); });
  return c != points.end() &&
         off([&](Point3 p) { return orientation(points[0], points[1], *c, p) != 0; }) != points.end();
}

}  // namespace

TetrahedralMesh3 delaunayMesh(std::vector<Point3> points, std::vector<double> values, ThreadTeam& team) {
  if (points.size() != values.size())
    throw Error("density", std::to_string(values.size()) + " values",
                std::to_string(points.size()) + ", one a point");
  for (std::size_t row = 0; row < points.size(); ++row) {
    const std::string where = "density, point " + std::to_string(row + 1);
    if (!isFinite(points[row])) throw Error(where, "a coordinate that is not finite", "finite coordinates");
    if (!(values[row] >= 0) || !std::isfinite(values[row]))
      throw Error(where, numberText(values[row]), "a finite number of at least 0");
  }
  requireDistinct(points);
  if (!spanSpace(points)) throw Error("density", "points in one plane", "points that span space");
  const RegularMesh3 delaunay(points, std::vector<double>(points.size(), 0.0), team);
  TetrahedralMesh3 mesh{std::move(points), std::move(values), {}};
  for (int at = 0; at < static_cast<int>(delaunay.tetrahedra().size()); ++at) {
    const auto& vertex = delaunay.tetrahedra()[at].vertex;
    if (vertex[0] == RegularMesh3::kHole || delaunay.isInfinite(at)) continue;
    if (!isSliver({mesh.vertices[vertex[0]], mesh.vertices[vertex[1]], mesh.vertices[vertex[2]],
                   mesh.vertices[vertex[3]]}))
      mesh.tetrahedra.push_back({vertex[0], vertex[1], vertex[2], vertex[3]});
  }
  return mesh;
}

Density3Ptr meshDensity(const Domain3& domain, TetrahedralMesh3 mesh) {
  if (mesh.tetrahedra.empty())
    throw Error("density", "a mesh without tetrahedra", "at least one that is not flat");
  return std::make_shared<MeshDensity3>(domain, std::move(mesh));
}

}  // namespace monge
