// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/geometry/delaunay_3.h"

#include <algorithm>
#include <array>
#include <bit>
#include <cmath>
#include <cstdint>
#include <limits>
#include <optional>
#include <unordered_map>
#include <utility>

#include "core/geometry/delaunay_ties_3.h"
#include "core/geometry/predicates_3.h"
#include "core/geometry/tetrahedron_corners.h"

namespace monge {
namespace {

constexpr double kNoSphere = std::numeric_limits<double>::infinity();
/// Of uniform points in space one has 6.77 tetrahedra for itself.
constexpr std::size_t kTetrahedraAPoint = 7;
/// Around nearly every new point; 15 on average.
constexpr int kFewCorners = 256;
/// Visits between asking for memory and using it.
constexpr std::size_t kAhead = 3;

/// With the apex at place a, the facet opposite to place i holds it and the edge from j to k, which is turned
/// as a, i, j, k are an even permutation.
struct Side {
  signed char i, j, k;
};
constexpr Side kSides[4][3] = {{{1, 2, 3}, {2, 3, 1}, {3, 1, 2}},
                               {{0, 3, 2}, {3, 2, 0}, {2, 0, 3}},
                               {{0, 1, 3}, {1, 3, 0}, {3, 0, 1}},
                               {{0, 2, 1}, {2, 1, 0}, {1, 0, 2}}};

/// No less than the length, and cheaper.
double length1(Point3 a) {
  return std::abs(a.x) + std::abs(a.y) + std::abs(a.z);
}

class Insertion {
 public:
  explicit Insertion(std::span<const Point3> points);
  std::vector<DelaunayTetrahedron> run();

 private:
  /// A facet of what gives way, whose cone to the new point becomes a tetrahedron.
  struct Cone {
    int from, apex;  ///< the place of the point in it
  };
  struct Vertex {
    int tetrahedron = -1;  ///< one around it once it is in
    unsigned round = 0;    ///< the last insertion that touched it
    int corner = 0;        ///< its number among those touched then
  };

  bool start();
  void insert(int point);
  int tetrahedronNear(int point) const;
  int locate(Point3 target, int from) const;
  bool containsExactly(const DelaunayTetrahedron& tetrahedron, Point3 point) const;
  void clear(Point3 place, int first);
  void fill(int point);
  void makeRoom();
  void takeVertices(int point, std::size_t cone);
  void link();
  void linkMany();
  void findCentre(DelaunayTetrahedron& tetrahedron) const;

  int m_infinite;
  std::vector<Point3> m_points;  ///< and one for infinity, which is read but not used
  std::vector<Vertex> m_vertices;
  std::vector<DelaunayTetrahedron> m_tetrahedra;
  std::vector<int> m_holes;
  unsigned m_round = 0;
  // What the insertion at hand needs: lists longer than their use.
  std::vector<int> m_cavity;
  std::vector<Cone> m_cones;
  std::vector<int> m_made;
  std::vector<std::array<int, 4>> m_corners;
  std::size_t m_cavitySize = 0, m_coneCount = 0;
  int m_cornerCount = 0;
  std::vector<int> m_table;  ///< the tetrahedron left of the edge from a corner to another
};

Insertion::Insertion(std::span<const Point3> points)
    : m_infinite(static_cast<int>(points.size())),
      m_points(points.begin(), points.end()),
      m_vertices(points.size() + 1),
      m_cavity(64),
      m_cones(64),
      m_table(kFewCorners * kFewCorners) {
  m_points.emplace_back();
}

/// Every other point of the order is one of the last half to be inserted, and so on with the rest: early ones
/// are far apart, so that no cavity is large because a side is still empty, and each has near ones before it.
std::vector<DelaunayTetrahedron> Insertion::run() {
  if (!start()) return {};
  for (long step = std::bit_floor(static_cast<unsigned>(m_infinite)); step > 0; step /= 2)
    for (long point = step - 1; point < m_infinite; point += 2 * step)
      if (m_vertices[point].tetrahedron < 0) insert(static_cast<int>(point));
  for (const int hole : m_holes) m_tetrahedra[hole].error = -1;
  return std::move(m_tetrahedra);
}

/// With one tetrahedron and what is outside of its facets; false for points in one plane.
bool Insertion::start() {
  const Point3 a = m_points[0], b = m_points[1];
  int c = 2, d = 2;
  while (c < m_infinite && areCollinear(a, b, m_points[c])) ++c;
  if (c >= m_infinite) return false;
  while (d < m_infinite && orientation(a, b, m_points[c], m_points[d]) == 0) ++d;
  if (d == m_infinite) return false;
  if (orientation(a, b, m_points[c], m_points[d]) < 0) std::swap(c, d);
  m_tetrahedra.reserve(kTetrahedraAPoint * m_points.size());
  m_tetrahedra.push_back({{0, 1, c, d}, {1, 2, 3, 4}, {}, kNoSphere});
  for (int facet = 0; facet < 4; ++facet) {
    DelaunayTetrahedron outer = m_tetrahedra[0];
    outer.vertex[facet] = m_infinite;
    outer.neighbour[facet] = 0;
    const auto [i, j, k] = kSides[facet][0];  // mirrored, it is positive
    std::swap(outer.vertex[i], outer.vertex[j]);
    std::swap(outer.neighbour[i], outer.neighbour[j]);
    m_tetrahedra.push_back(outer);
  }
  findCentre(m_tetrahedra[0]);
  for (const int vertex : m_tetrahedra[0].vertex) m_vertices[vertex].tetrahedron = 0;
  return true;
}

void Insertion::insert(int point) {
  clear(m_points[point], locate(m_points[point], tetrahedronNear(point)));
  fill(point);
}

/// Around the nearer of the two points that are next to it in the order of those before.
int Insertion::tetrahedronNear(int point) const {
  const int step = (point + 1) & -(point + 1);
  int near = 0;  // is in since the start
  double least = std::numeric_limits<double>::infinity();
  for (const long other : {static_cast<long>(point) - step, static_cast<long>(point) + step}) {
    if (other < 0 || other >= m_infinite || m_vertices[other].tetrahedron < 0) continue;
    const double squared = squaredNorm(m_points[other] - m_points[point]);
    if (squared < least) near = static_cast<int>(other), least = squared;
  }
  return m_vertices[near].tetrahedron;
}

/// Walks through facets that the target is beyond, which comes to an end in a Delaunay triangulation: at the
/// tetrahedron that holds it, or at an infinite one whose facet it sees.
int Insertion::locate(Point3 target, int from) const {
  if (m_tetrahedra[from].has(m_infinite))
    from = m_tetrahedra[from].neighbour[cornerOf(m_tetrahedra[from].vertex, m_infinite)];
  for (int previous = -1;;) {
    const DelaunayTetrahedron& here = m_tetrahedra[from];
    if (here.has(m_infinite)) return from;
    Point3 corners[4];
    for (int i = 0; i < 4; ++i) corners[i] = m_points[here.vertex[i]];
    int next = -1;
    for (int i = 0; i < 4 && next < 0; ++i) {
      if (here.neighbour[i] == previous) continue;
      const Point3 corner = std::exchange(corners[i], target);
      if (orientation(corners[0], corners[1], corners[2], corners[3]) < 0) next = here.neighbour[i];
      corners[i] = corner;
    }
    if (next < 0) return from;
    previous = std::exchange(from, next);
  }
}

/// Whether the circumsphere does; for an infinite one, the half-space beyond its facet.
bool Insertion::containsExactly(const DelaunayTetrahedron& tetrahedron, Point3 point) const {
  const auto [a, b, c, d] = tetrahedron.vertex;
  const auto& at = m_points;
  if (a == m_infinite) return isInShiftedHalfSpace(at[c], at[b], at[d], point);
  if (b == m_infinite) return isInShiftedHalfSpace(at[a], at[c], at[d], point);
  if (c == m_infinite) return isInShiftedHalfSpace(at[b], at[a], at[d], point);
  if (d == m_infinite) return isInShiftedHalfSpace(at[a], at[b], at[c], point);
  return isInShiftedSphere(at[a], at[b], at[c], at[d], point);
}

/// Finds what gives way, from one of them on, and the cones from its boundary. What does gets a negative
/// error. No branch can foretell which do: both lists are written to, and one of them grows.
void Insertion::clear(Point3 place, int first) {
  std::size_t cavity = 1, cones = 0;
  m_cavity[0] = first;
  m_tetrahedra[first].error = -m_tetrahedra[first].error;
  for (std::size_t next = 0; next < cavity; ++next) {
    if (cavity + 4 > m_cavity.size()) m_cavity.resize(2 * m_cavity.size());
    if (cones + 4 > m_cones.size()) m_cones.resize(2 * m_cones.size());
    if (next + kAhead < cavity)
      for (const int soon : m_tetrahedra[m_cavity[next + kAhead]].neighbour)
        __builtin_prefetch(&m_tetrahedra[soon]);
    const int at = m_cavity[next];
    for (int i = 0; i < 4; ++i) {
      DelaunayTetrahedron& beyond = m_tetrahedra[m_tetrahedra[at].neighbour[i]];
      // With e the place seen from the first vertex and x the centre, it is within where |e|^2 < 2 <x, e>.
      const Point3 to = place - m_points[beyond.vertex[0]];
      const double squared = squaredNorm(to), length = length1(to);
      const double depth = 2 * dot(beyond.centre, to) - squared;
      const double bound =
          2 * length * std::abs(beyond.error) + 1e-15 * (squared + 4 * length * length1(beyond.centre));
      const auto error = std::bit_cast<std::uint64_t>(beyond.error), known = error >> 63;
      std::uint64_t inside = known | static_cast<std::uint64_t>(depth > 0);
      if (!(std::abs(depth) > bound)) [[unlikely]]
        inside = known != 0 || containsExactly(beyond, place);
      m_cavity[cavity] = m_tetrahedra[at].neighbour[i];
      cavity += inside & ~known;
      m_cones[cones] = {at, i};
      cones += inside ^ 1;
      beyond.error = std::bit_cast<double>(error | inside << 63);
    }
  }
  m_cavitySize = cavity, m_coneCount = cones;
}

/// Makes tetrahedra of the cones. They take the place of what gave way to points before, and leave alone what
/// gives way to this one, which they are made from.
void Insertion::fill(int point) {
  makeRoom();
  ++m_round, m_cornerCount = 0;
  for (std::size_t cone = 0; cone < m_coneCount; ++cone) {
    const auto [from, apex] = m_cones[cone];
    const int at = m_made[cone];
    const int beyond = m_tetrahedra[from].neighbour[apex];
    DelaunayTetrahedron& outside = m_tetrahedra[beyond];
    outside.neighbour[cornerOf(outside.neighbour, from)] = at;
    m_tetrahedra[at].neighbour[apex] = beyond;
    takeVertices(point, cone);
    findCentre(m_tetrahedra[at]);
  }
  m_cornerCount <= kFewCorners ? link() : linkMany();
  m_holes.insert(m_holes.end(), m_cavity.begin(), m_cavity.begin() + static_cast<long>(m_cavitySize));
}

void Insertion::makeRoom() {
  while (m_holes.size() < m_coneCount) {
    m_holes.push_back(static_cast<int>(m_tetrahedra.size()));
    m_tetrahedra.emplace_back();
  }
  m_made.assign(m_holes.end() - static_cast<long>(m_coneCount), m_holes.end());
  m_holes.resize(m_holes.size() - m_coneCount);
  if (m_corners.size() < m_coneCount) m_corners.resize(2 * m_coneCount);
}

void Insertion::takeVertices(int point, std::size_t cone) {
  const auto [from, apex] = m_cones[cone];
  const auto [a, b, c, d] = m_tetrahedra[from].vertex;
  std::array<int, 4> taken{a, b, c, d};
  taken[apex] = point;
  for (int i = 0; i < 4; ++i) {
    Vertex& vertex = m_vertices[taken[i]];
    const bool isNew = vertex.round != m_round;
    const int corner = isNew ? m_cornerCount : vertex.corner;
    vertex = {m_made[cone], m_round, corner};
    m_corners[cone][i] = corner;
    m_cornerCount += isNew;
    m_tetrahedra[m_made[cone]].vertex[i] = taken[i];
  }
}

/// Two cones meet at each edge of the cavity's boundary, which has them on its two sides.
void Insertion::link() {
  for (std::size_t cone = 0; cone < m_coneCount; ++cone)
    for (const auto [i, j, k] : kSides[m_cones[cone].apex])
      m_table[m_corners[cone][j] * kFewCorners + m_corners[cone][k]] = m_made[cone];
  for (std::size_t cone = 0; cone < m_coneCount; ++cone)
    for (const auto [i, j, k] : kSides[m_cones[cone].apex])
      m_tetrahedra[m_made[cone]].neighbour[i] =
          m_table[m_corners[cone][k] * kFewCorners + m_corners[cone][j]];
}

void Insertion::linkMany() {
  const auto edge = [&](int from, int to) { return static_cast<long>(from) * m_cornerCount + to; };
  std::unordered_map<long, int> left;
  for (std::size_t cone = 0; cone < m_coneCount; ++cone)
    for (const auto [i, j, k] : kSides[m_cones[cone].apex])
      left[edge(m_corners[cone][j], m_corners[cone][k])] = m_made[cone];
  for (std::size_t cone = 0; cone < m_coneCount; ++cone)
    for (const auto [i, j, k] : kSides[m_cones[cone].apex])
      m_tetrahedra[m_made[cone]].neighbour[i] = left.at(edge(m_corners[cone][k], m_corners[cone][j]));
}

/// Solves 2 <x, e> = |e|^2 for the three edges e from the first vertex, by Cramer's rule.
void Insertion::findCentre(DelaunayTetrahedron& tetrahedron) const {
  tetrahedron.error = kNoSphere;
  tetrahedron.centre = {};
  if (tetrahedron.has(m_infinite)) return;
  const auto [a, b, c, d] = tetrahedron.vertex;
  const Point3 p = m_points[b] - m_points[a], q = m_points[c] - m_points[a], r = m_points[d] - m_points[a];
  const double pSquared = squaredNorm(p), qSquared = squaredNorm(q), rSquared = squaredNorm(r);
  const Point3 qr = cross(q, r), rp = cross(r, p), pq = cross(p, q);
  const double scale = 0.5 / dot(p, qr);
  // No component of a product of two edges is off by more than 4 u of the product of their lengths, and so
  // on: with L the longest length, numerators by 32 u L^4 and the volume by 16 u L^3. Twice that to be safe.
  constexpr double u = std::numeric_limits<double>::epsilon() / 2;
  constexpr double kLeastSquared = 1e-60;  // below it L^4 has not all its digits
  const double squared = std::max(pSquared, std::max(qSquared, rSquared));
  const double volumeError = 64 * u * squared * std::sqrt(squared) * std::abs(scale);
  if (!(volumeError < 0.25) || squared < kLeastSquared) return;
  const Point3 centre = scale * (pSquared * qr + qSquared * rp + rSquared * pq);
  const double error = 256 * u * squared * squared * std::abs(scale) + 2 * volumeError * length1(centre);
  if (!(error < kNoSphere)) return;  // beyond all numbers, or none
  tetrahedron.centre = centre;
  tetrahedron.error = error;
}

}  // namespace

std::vector<DelaunayTetrahedron> delaunayTetrahedra(std::span<const Point3> points) {
  if (points.size() < 4) return {};
  return Insertion(points).run();
}

}  // namespace monge
