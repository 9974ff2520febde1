// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/geometry/mesh_density_2.h"

#include <algorithm>
#include <cmath>
#include <memory>
#include <set>
#include <string>
#include <utility>

#include "core/base/error.h"
#include "core/base/text.h"
#include "core/geometry/predicates_2.h"

namespace monge {
namespace {

/// Which triangles may meet a box: those whose bounds share one of the tiles of a grid with it.
class TriangleTiles {
 public:
  explicit TriangleTiles(const TriangleMesh2& mesh) : m_count(static_cast<int>(mesh.triangles.size())) {
    m_low = m_high = mesh.vertices[mesh.triangles[0][0]];
    for (const auto& corners : mesh.triangles)
      for (const int corner : corners) widen(mesh.vertices[corner], m_low, m_high);
    m_side = std::max(1, static_cast<int>(std::sqrt(m_count)));
    m_tiles.resize(static_cast<std::size_t>(m_side) * m_side);
    for (int at = 0; at < m_count; ++at) {
      Point2 low = mesh.vertices[mesh.triangles[at][0]], high = low;
      for (const int corner : mesh.triangles[at]) widen(mesh.vertices[corner], low, high);
      overTiles(low, high, [&](std::size_t tile) { m_tiles[tile].push_back(at); });
    }
  }

  /// Calls task(triangle) once for each.
  template <class Task>
  void near(std::span<const Point2> points, const Task& task) const {
    thread_local std::vector<int> found;
    Point2 low = points[0], high = low;
    for (const Point2 point : points) widen(point, low, high);
    found.clear();
    overTiles(low, high, [&](std::size_t tile) {
      found.insert(found.end(), m_tiles[tile].begin(), m_tiles[tile].end());
    });
    std::sort(found.begin(), found.end());
    found.erase(std::unique(found.begin(), found.end()), found.end());
    for (const int triangle : found) task(triangle);
  }

 private:
  static void widen(Point2 point, Point2& low, Point2& high) {
    low = {std::min(low.x, point.x), std::min(low.y, point.y)};
    high = {std::max(high.x, point.x), std::max(high.y, point.y)};
  }
  int tile(double at, double low, double high) const {
    return static_cast<int>(std::clamp((at - low) / (high - low), 0.0, 1.0) * (m_side - 1e-9));
  }
  template <class Task>
  void overTiles(Point2 low, Point2 high, const Task& task) const {
    for (int row = tile(low.y, m_low.y, m_high.y); row <= tile(high.y, m_low.y, m_high.y); ++row)
      for (int column = tile(low.x, m_low.x, m_high.x); column <= tile(high.x, m_low.x, m_high.x); ++column)
        task(static_cast<std::size_t>(row) * m_side + column);
  }

  int m_count, m_side = 1;
  Point2 m_low, m_high;
  std::vector<std::vector<int>> m_tiles;
};

/// What of a convex polygon lies to the left of the line from a to b.
void keepLeft(std::vector<Point2>& polygon, Point2 a, Point2 b, std::vector<Point2>& scratch) {
  scratch.clear();
  for (std::size_t at = 0; at < polygon.size(); ++at) {
    const Point2 from = polygon[at], to = polygon[at + 1 == polygon.size() ? 0 : at + 1];
    const double here = cross(b - a, from - a), there = cross(b - a, to - a);
    if (here >= 0) scratch.push_back(from);
    if ((here < 0 && there > 0) || (here > 0 && there < 0))
      scratch.push_back(from + here / (here - there) * (to - from));
  }
  polygon.swap(scratch);
}

class MeshDensity2 final : public Density2 {
 public:
  MeshDensity2(const Domain2& domain, TriangleMesh2 mesh) : m_mesh(std::move(mesh)), m_tiles(m_mesh) {
    const double whole = mass(domain.corners());
    if (!(whole > 0))
      throw Error("density", "a mesh without mass in the domain", "some values above 0 in the domain");
    m_scale = 1 / whole;
  }

  std::string name() const override { return "mesh"; }
  double quadratureError() const override { return 1e-14; }

  double at(Point2 point) const override {
    double value = 0;
    m_tiles.near({&point, 1}, [&](int triangle) {
      const auto [a, b, c] = corners(triangle);
      if (cross(b - a, point - a) >= 0 && cross(c - b, point - b) >= 0 && cross(a - c, point - c) >= 0)
        value = m_scale * valueIn(triangle, point);
    });
    return value;
  }

  double mass(std::span<const Point2> polygon) const override {
    double sum = 0;
    overPieces(polygon, [&](int triangle, Point2 a, Point2 b, Point2 c) {
      sum += cross(b - a, c - a) / 2 * valueIn(triangle, 1.0 / 3 * (a + b + c));
    });
    return m_scale * sum;
  }

  Moments2 moments(std::span<const Point2> polygon, Point2 about) const override {
    Moments2 sum;
    overPieces(polygon, [&](int triangle, Point2 a, Point2 b, Point2 c) {
      const double area = m_scale * cross(b - a, c - a) / 2;
      const auto add = [&](Point2 x, double weight) {
        const double m = weight * area * valueIn(triangle, x);
        const Point2 d = x - about;
        sum.mass += m, sum.x += m * d.x, sum.y += m * d.y;
        sum.xx += m * d.x * d.x, sum.xy += m * d.x * d.y, sum.yy += m * d.y * d.y;
      };
      for (const Point2 corner : {a, b, c}) add(corner, 1.0 / 20);
      for (const Point2 middle : {0.5 * (a + b), 0.5 * (b + c), 0.5 * (c + a)}) add(middle, 2.0 / 15);
      add(1.0 / 3 * (a + b + c), 9.0 / 20);
    });
    return sum;
  }

  double alongSegment(Point2 a, Point2 b) const override {
    double sum = 0;
    const Point2 ends[] = {a, b};
    m_tiles.near(ends, [&](int triangle) {
      double low = 0, high = 1, share = 1;
      const auto corner = corners(triangle);
      for (int side = 0; side < 3; ++side) {
        const Point2 from = corner[side], to = corner[(side + 1) % 3];
        const double here = cross(to - from, a - from), there = cross(to - from, b - from);
        if (orientation(from, to, a) == 0 && orientation(from, to, b) == 0) {
          share = 0.5;
        } else if (here < there) {
          low = std::max(low, here / (here - there));
        } else if (here > there) {
          high = std::min(high, here / (here - there));
        } else if (here < 0) {
          high = low;
        }
      }
      if (low < high) sum += share * (high - low) * valueIn(triangle, a + (low + high) / 2 * (b - a));
    });
    return m_scale * norm(b - a) * sum;
  }

 private:
  std::array<Point2, 3> corners(int triangle) const {
    const auto [a, b, c] = m_mesh.triangles[triangle];
    return {m_mesh.vertices[a], m_mesh.vertices[b], m_mesh.vertices[c]};
  }

  /// Without m_scale.
  double valueIn(int triangle, Point2 point) const {
    const auto [a, b, c] = corners(triangle);
    const auto& rows = m_mesh.triangles[triangle];
    const double area = cross(b - a, c - a), first = cross(b - point, c - point) / area,
                 second = cross(c - point, a - point) / area;
    return first * m_mesh.values[rows[0]] + second * m_mesh.values[rows[1]] +
           (1 - first - second) * m_mesh.values[rows[2]];
  }

  /// Calls task(triangle, a, b, c) for each triangle of a fan over what a triangle of the mesh and the
  /// polygon have in common.
  template <class Task>
  void overPieces(std::span<const Point2> polygon, const Task& task) const {
    if (polygon.size() < 3) return;
    thread_local std::vector<Point2> piece, scratch;
    m_tiles.near(polygon, [&](int triangle) {
      piece.assign(polygon.begin(), polygon.end());
      const auto [a, b, c] = corners(triangle);
      keepLeft(piece, a, b, scratch);
      if (piece.size() > 2) keepLeft(piece, b, c, scratch);
      if (piece.size() > 2) keepLeft(piece, c, a, scratch);
      for (std::size_t at = 1; at + 1 < piece.size(); ++at)
        task(triangle, piece[0], piece[at], piece[at + 1]);
    });
  }

  TriangleMesh2 m_mesh;
  TriangleTiles m_tiles;
  double m_scale = 1;
};

void requireValues(const TriangleMesh2& mesh) {
  if (mesh.triangles.empty()) throw Error("density", "a mesh without triangles", "at least one");
  for (std::size_t row = 0; row < mesh.values.size(); ++row) {
    if (!isFinite(mesh.vertices[row]))
      throw Error("density, vertex " + std::to_string(row + 1), "a coordinate that is not finite",
                  "finite coordinates");
    if (!(mesh.values[row] >= 0) || !std::isfinite(mesh.values[row]))
      throw Error("density, vertex " + std::to_string(row + 1), numberText(mesh.values[row]),
                  "a finite number of at least 0");
  }
}

/// Turns all triangles counter-clockwise; then no two may go along an edge in the same direction.
void orient(TriangleMesh2& mesh) {
  std::set<std::pair<int, int>> edges;
  const int count = static_cast<int>(mesh.vertices.size());
  for (std::size_t row = 0; row < mesh.triangles.size(); ++row) {
    auto& corners = mesh.triangles[row];
    const std::string where = "density, triangle " + std::to_string(row + 1);
    for (const int corner : corners)
      if (corner < 0 || corner >= count)
        throw Error(where, "the corner " + std::to_string(corner + 1),
                    "a row of the vertices, 1 to " + std::to_string(count));
    const int turn =
        orientation(mesh.vertices[corners[0]], mesh.vertices[corners[1]], mesh.vertices[corners[2]]);
    if (turn == 0) throw Error(where, "no area", "three corners that are not on one line");
    if (turn < 0) std::swap(corners[1], corners[2]);
    for (int at = 0; at < 3; ++at)
      if (!edges.emplace(corners[at], corners[(at + 1) % 3]).second)
        throw Error(where, "another triangle on the same side of one of its edges",
                    "triangles that do not overlap");
  }
}

}  // namespace

Density2Ptr meshDensity(const Domain2& domain, TriangleMesh2 mesh) {
  if (mesh.values.size() != mesh.vertices.size())
    throw Error("density", std::to_string(mesh.values.size()) + " values",
                std::to_string(mesh.vertices.size()) + ", one a vertex");
  requireValues(mesh);
  orient(mesh);
  return std::make_shared<MeshDensity2>(domain, std::move(mesh));
}

}  // namespace monge
