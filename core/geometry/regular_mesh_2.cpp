// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/geometry/regular_mesh_2.h"

#include <algorithm>
#include <utility>

#include "core/base/parallel_for.h"
#include "core/geometry/predicates_2.h"

namespace monge {
namespace {

int next(int i) {
  return i == 2 ? 0 : i + 1;
}
int previous(int i) {
  return i == 0 ? 2 : i - 1;
}

int indexOf(const int (&values)[3], int value) {
  return values[0] == value ? 0 : values[1] == value ? 1 : 2;
}

/// No less than the length, and cheaper.
double length1(Point2 a) {
  return std::abs(a.x) + std::abs(a.y);
}

/// How far cross(along, edge) may be off, where the ends of `along` are by `blur` together.
double boundOf(double blur, Point2 along, Point2 edge) {
  constexpr double kRounding = 8 * std::numeric_limits<double>::epsilon();
  return (2 * blur + kRounding * length1(along)) * length1(edge);
}

constexpr std::int64_t kChunk = 4096;

}  // namespace

RegularMesh2::RegularMesh2(std::span<const Point2> sites, std::span<const double> weights)
    : m_sites(sites.begin(), sites.end()),
      m_weights(weights.begin(), weights.end()),
      m_lastChange(sites.size() + 1, 0) {
  buildWithCgal();
  m_hidden = static_cast<int>(std::count(m_triangleOf.begin(), m_triangleOf.end(), -1));
  findFlatHullSites();
}

bool RegularMesh2::isInfinite(int triangle) const {
  const auto& v = m_triangles[triangle].vertex;
  return v[0] == infinite() || v[1] == infinite() || v[2] == infinite();
}

void RegularMesh2::findFlatHullSites() {
  for (const Triangle& triangle : m_triangles) {
    const int at = indexOf(triangle.vertex, infinite());
    if (triangle.vertex[at] != infinite()) continue;
    // The infinite triangle (infinite, u, v) lies beyond the hull edge; the one after v continues the hull.
    const int u = triangle.vertex[next(at)], v = triangle.vertex[previous(at)];
    const Triangle& after = m_triangles[triangle.neighbour[next(at)]];
    const int w = after.vertex[previous(indexOf(after.vertex, infinite()))];
    if (w == v) continue;
    if (orientation(m_sites[u], m_sites[v], m_sites[w]) == 0) m_flatHullSites.push_back(v);
  }
}

/// The triangle (site, w, infinite), counter-clockwise, of a site on the hull; w is its neighbour there.
int RegularMesh2::hullTriangle(int site) const {
  int triangle = m_triangleOf[site];
  while (true) {
    const auto& [vertex, neighbour, centre, error] = m_triangles[triangle];
    const int at = indexOf(vertex, site);
    if (vertex[previous(at)] == infinite()) return triangle;
    triangle = neighbour[next(at)];
  }
}

std::optional<int> RegularMesh2::hiddenOnHull() const {
  const auto weighted = [&](int site) { return WeightedPoint2{m_sites[site], m_weights[site]}; };
  for (const int site : m_flatHullSites) {
    const Triangle& before = m_triangles[hullTriangle(site)];
    const int at = indexOf(before.vertex, site);
    const Triangle& after = m_triangles[before.neighbour[next(at)]];
    const int u = before.vertex[next(at)], w = after.vertex[previous(indexOf(after.vertex, site))];
    if (hidesBetween(weighted(u), weighted(site), weighted(w))) return site;
  }
  return std::nullopt;
}

int RegularMesh2::mirror(int triangle, int opposite) const {
  return indexOf(m_triangles[m_triangles[triangle].neighbour[opposite]].neighbour, triangle);
}

/// Solves 2 <x - a, y_j - a> = |y_j - a|^2 - (w_j - w_a) by Cramer's rule, about the first vertex.
void RegularMesh2::findCentre(Triangle& triangle) const {
  triangle.error = std::numeric_limits<double>::infinity();
  const auto [a, b, c] = triangle.vertex;
  if (a == infinite() || b == infinite() || c == infinite()) return;
  const Point2 p = m_sites[b] - m_sites[a], q = m_sites[c] - m_sites[a];
  const double pSquared = squaredNorm(p), qSquared = squaredNorm(q);
  const double pWeight = m_weights[b] - m_weights[a], qWeight = m_weights[c] - m_weights[a];
  const double scale = 0.5 / cross(p, q);
  const double pReach = pSquared - pWeight, qReach = qSquared - qWeight;
  const Point2 centre = {scale * (q.y * pReach - p.y * qReach), scale * (p.x * qReach - q.x * pReach)};
  // With L the longest length, twice the area is off by no more than 8 u L^2, and the numerators by
  // 16 u (L^2 + w) L. Twice that and more to be safe.
  constexpr double u = std::numeric_limits<double>::epsilon() / 2;
  constexpr double kLeastSquared = 1e-60;  // below it products may not have all their digits
  const double squared = std::max(pSquared, qSquared), length = std::sqrt(squared);
  const double weight = std::max(std::abs(pWeight), std::abs(qWeight));
  const double areaError = 32 * u * squared * std::abs(scale);
  if (!(areaError < 0.25) || squared < kLeastSquared) return;
  const double error = 64 * u * (squared + weight) * length * std::abs(scale) +
                       2 * areaError * length1(centre) + u * length1(m_sites[a]);
  if (!(error < std::numeric_limits<double>::infinity())) return;
  triangle.centre = m_sites[a] + centre;
  triangle.error = error;
}

void RegularMesh2::findCentres(ThreadTeam& team) {
  parallelChunks(team, static_cast<std::int64_t>(m_triangles.size()), kChunk,
                 [&](std::int64_t begin, std::int64_t end, std::int64_t) {
                   for (std::int64_t at = begin; at < end; ++at) findCentre(m_triangles[at]);
                 });
}

/// The sign of <c' - c, n> for the power centres c, c' of the two triangles at an edge and its normal n
/// towards the second: both centres lie on the line of equal power distance to the edge's two sites, in the
/// order of the triangles where the edge is regular. 0 where rounding leaves doubt.
int RegularMesh2::bend(int triangle, int opposite) const {
  const Triangle& here = m_triangles[triangle];
  const Triangle& there = m_triangles[here.neighbour[opposite]];
  const double blur = here.error + there.error;
  if (!(blur < std::numeric_limits<double>::infinity())) return 0;
  const Point2 edge = m_sites[here.vertex[previous(opposite)]] - m_sites[here.vertex[next(opposite)]];
  const Point2 along = there.centre - here.centre;
  const double reach = cross(along, edge), bound = boundOf(blur, along, edge);
  return reach > bound ? 1 : reach < -bound ? -1 : 0;
}

/// Bit i is set where bend() is not 1 at the edge opposite to vertex i: all three at once and without
/// branches, since nearly all are regular.
unsigned RegularMesh2::doubtfulEdges(const Triangle& here) const {
  const Point2 corners[3] = {m_sites[here.vertex[0]], m_sites[here.vertex[1]], m_sites[here.vertex[2]]};
  unsigned doubtful = 0;
  for (int opposite = 0; opposite < 3; ++opposite) {
    const Triangle& there = m_triangles[here.neighbour[opposite]];
    const Point2 edge = corners[previous(opposite)] - corners[next(opposite)];
    const Point2 along = there.centre - here.centre;
    const bool isRegular = cross(along, edge) > boundOf(here.error + there.error, along, edge);
    doubtful |= static_cast<unsigned>(!isRegular) << opposite;
  }
  return doubtful;
}

bool RegularMesh2::isIrregular(int triangle, int opposite) const {
  if (const int sign = bend(triangle, opposite)) return sign < 0;
  const auto& [vertex, neighbour, centre, error] = m_triangles[triangle];
  const int d = m_triangles[neighbour[opposite]].vertex[mirror(triangle, opposite)];
  const auto [a, b, c] = vertex;
  if (a == infinite() || b == infinite() || c == infinite() || d == infinite()) return false;
  return powerSide({m_sites[a], m_weights[a]}, {m_sites[b], m_weights[b]}, {m_sites[c], m_weights[c]},
                   {m_sites[d], m_weights[d]}) > 0;
}

std::vector<RegularMesh2::Edge> RegularMesh2::irregularEdges(ThreadTeam& team) const {
  const std::int64_t count = static_cast<std::int64_t>(m_triangles.size());
  std::vector<std::vector<Edge>> found((count + kChunk - 1) / kChunk);
  parallelChunks(team, count, kChunk, [&](std::int64_t begin, std::int64_t end, std::int64_t chunk) {
    for (int triangle = static_cast<int>(begin); triangle < end; ++triangle) {
      // Without a centre it is infinite, where it has no say, or too flat.
      const Triangle& here = m_triangles[triangle];
      const bool isBlurred = here.error == std::numeric_limits<double>::infinity();
      const unsigned doubtful = isBlurred ? 7 : doubtfulEdges(here);
      for (int opposite = 0; doubtful != 0 && opposite < 3; ++opposite)
        if ((doubtful >> opposite & 1) && triangle < here.neighbour[opposite] &&
            isIrregular(triangle, opposite))
          found[chunk].push_back({triangle, opposite});
    }
  });
  std::vector<Edge> edges;
  for (const auto& part : found) edges.insert(edges.end(), part.begin(), part.end());
  return edges;
}

void RegularMesh2::relink(int triangle, int from, int to) {
  auto& neighbours = m_triangles[triangle].neighbour;
  neighbours[indexOf(neighbours, from)] = to;
}

/// (a, b, c) and (d, c, b) share the edge b c and become (a, b, d) and (d, c, a).
void RegularMesh2::flip(int first, int opposite) {
  Triangle& one = m_triangles[first];
  const int second = one.neighbour[opposite];
  Triangle& two = m_triangles[second];
  const int far = mirror(first, opposite);
  const int a = one.vertex[opposite], b = one.vertex[next(opposite)], c = one.vertex[previous(opposite)];
  const int d = two.vertex[far];
  const int overCa = one.neighbour[next(opposite)], overAb = one.neighbour[previous(opposite)];
  const int overBd = two.neighbour[next(far)], overDc = two.neighbour[previous(far)];
  one = {{a, b, d}, {overBd, second, overAb}, {}};
  two = {{d, c, a}, {overCa, first, overDc}, {}};
  findCentre(one);
  findCentre(two);
  relink(overBd, second, first);
  relink(overCa, first, second);
  m_triangleOf[a] = first;
  m_triangleOf[b] = first;
  m_triangleOf[c] = second;
  m_triangleOf[d] = second;
  for (const int vertex : {a, b, c, d}) m_lastChange[vertex] = m_changes;
  ++m_flips;
}

std::optional<int> RegularMesh2::flipAll(std::vector<Edge>& edges) {
  while (!edges.empty()) {
    const auto [first, opposite] = edges.back();
    edges.pop_back();
    if (!isIrregular(first, opposite)) continue;
    const Triangle& triangle = m_triangles[first];
    const int second = triangle.neighbour[opposite];
    const int a = triangle.vertex[opposite], b = triangle.vertex[next(opposite)],
              c = triangle.vertex[previous(opposite)];
    const int d = m_triangles[second].vertex[mirror(first, opposite)];
    if (orientation(m_sites[a], m_sites[b], m_sites[d]) <= 0) return b;
    if (orientation(m_sites[a], m_sites[d], m_sites[c]) <= 0) return c;
    flip(first, opposite);
    edges.push_back({first, 0});
    edges.push_back({first, 2});
    edges.push_back({second, 0});
    edges.push_back({second, 2});
  }
  return std::nullopt;
}

std::optional<int> RegularMesh2::repair(std::span<const double> weights, ThreadTeam& team) {
  m_weights.assign(weights.begin(), weights.end());
  ++m_changes;
  if (const auto hidden = hiddenOnHull()) return hidden;
  findCentres(team);
  std::vector<Edge> edges = irregularEdges(team);
  return flipAll(edges);
}

}  // namespace monge
