// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/geometry/regular_mesh_3.h"

#include <algorithm>
#include <limits>
#include <utility>

#include "core/base/parallel_for.h"
#include "core/geometry/predicates_3.h"
#include "core/geometry/tetrahedron_corners.h"

namespace monge {
namespace {

constexpr std::int64_t kChunk = 4096;
/// No component of a cross product of edges, nor of a sum of three, is off by more than a quarter of this
/// times the product of the longest.
constexpr double kRounding = 64 * std::numeric_limits<double>::epsilon();
constexpr int kAhead = 6;  // tetrahedra between asking for memory and using it

/// No less than the length, and cheaper.
double length1(Point3 a) {
  return std::abs(a.x) + std::abs(a.y) + std::abs(a.z);
}

}  // namespace

RegularMesh3::RegularMesh3(std::span<const Point3> sites, std::span<const double> weights, ThreadTeam& team)
    : m_sites(sites.begin(), sites.end()),
      m_weights(weights.begin(), weights.end()),
      m_lastChange(sites.size() + 1, 0) {
  build(team);
  findCentres(team);
}

RegularMesh3::RegularMesh3(std::span<const Point3> sites, ThreadTeam& team,
                           const std::function<void()>& beside)
    : m_sites(sites.begin(), sites.end()), m_weights(sites.size(), 0), m_lastChange(sites.size() + 1, 0) {
  build(team, beside);
}

bool RegularMesh3::isInfinite(int tetrahedron) const {
  const auto& v = m_tetrahedra[tetrahedron].vertex;
  return v[0] == infinite() || v[1] == infinite() || v[2] == infinite() || v[3] == infinite();
}

/// Solves 2 <x - a, y_j - a> = |y_j - a|^2 - (w_j - w_a) by Cramer's rule, about the first vertex.
void RegularMesh3::findCentre(Tetrahedron& tetrahedron) const {
  tetrahedron.error = std::numeric_limits<double>::infinity();
  const auto [a, b, c, d] = tetrahedron.vertex;
  if (a == kHole || a == infinite() || b == infinite() || c == infinite() || d == infinite()) return;
  const Point3 p = m_sites[b] - m_sites[a], q = m_sites[c] - m_sites[a], r = m_sites[d] - m_sites[a];
  const double pSquared = squaredNorm(p), qSquared = squaredNorm(q), rSquared = squaredNorm(r);
  const double pWeight = m_weights[b] - m_weights[a], qWeight = m_weights[c] - m_weights[a],
               rWeight = m_weights[d] - m_weights[a];
  const Point3 qr = cross(q, r), rp = cross(r, p), pq = cross(p, q);
  const double scale = 0.5 / dot(p, qr);
  const Point3 centre =
      scale * ((pSquared - pWeight) * qr + (qSquared - qWeight) * rp + (rSquared - rWeight) * pq);
  // No component of a product of two edges is off by more than 4 u of the product of their lengths, and so
  // on: with L the longest length, numerators by 32 u (L^2 + w) L^2 and the volume by 16 u L^3. Twice that to
  // be safe.
  constexpr double u = std::numeric_limits<double>::epsilon() / 2;
  constexpr double kLeastSquared = 1e-60;  // below it L^4 has not all its digits
  const double squared = std::max(pSquared, std::max(qSquared, rSquared)), length = std::sqrt(squared);
  const double weight = std::max(std::abs(pWeight), std::max(std::abs(qWeight), std::abs(rWeight)));
  const double volumeError = 64 * u * squared * length * std::abs(scale);
  if (!(volumeError < 0.25) || squared < kLeastSquared) return;
  const double error = 256 * u * (squared + weight) * squared * std::abs(scale) +
                       2 * volumeError * length1(centre) + u * length1(m_sites[a]);
  if (!(error < std::numeric_limits<double>::infinity())) return;
  tetrahedron.centre = m_sites[a] + centre;
  tetrahedron.error = error;
}

void RegularMesh3::findCentres(ThreadTeam& team) {
  parallelChunks(team, static_cast<std::int64_t>(m_tetrahedra.size()), kChunk,
                 [&](std::int64_t begin, std::int64_t end, std::int64_t) {
                   for (std::int64_t at = begin; at < end; ++at) findCentre(m_tetrahedra[at]);
                 });
}

/// The sign of <c' - c, n> for the power centres c, c' of the two tetrahedra at a facet and its normal n
/// towards the second: both centres lie on the line of equal power distance to the facet's three sites, in
/// the order of the tetrahedra where the facet is regular. 0 where rounding leaves doubt.
int RegularMesh3::bend(int tetrahedron, int opposite) const {
  const Tetrahedron& here = m_tetrahedra[tetrahedron];
  const Tetrahedron& there = m_tetrahedra[here.neighbour[opposite]];
  const double blur = here.error + there.error;
  if (!(blur < std::numeric_limits<double>::infinity())) return 0;
  const auto& [k, l, m] = kOthers[opposite];
  const Point3 origin = m_sites[here.vertex[k]], p = m_sites[here.vertex[l]] - origin,
               q = m_sites[here.vertex[m]] - origin;
  const Point3 normal = cross(p, q), along = there.centre - here.centre;
  const double reach = dot(along, normal);
  const double bound = 2 * blur * length1(normal) + kRounding * length1(along) * length1(p) * length1(q);
  return reach > bound ? 1 : reach < -bound ? -1 : 0;
}

bool RegularMesh3::isIrregular(int tetrahedron, int opposite) const {
  if (const int sign = bend(tetrahedron, opposite)) return sign < 0;
  const Tetrahedron& other = m_tetrahedra[m_tetrahedra[tetrahedron].neighbour[opposite]];
  const int e = other.vertex[cornerOf(other.neighbour, tetrahedron)];
  const auto [a, b, c, d] = m_tetrahedra[tetrahedron].vertex;
  if (a == infinite() || b == infinite() || c == infinite() || d == infinite() || e == infinite())
    return false;
  const auto weighted = [&](int site) { return WeightedPoint3{m_sites[site], m_weights[site]}; };
  return powerSide(weighted(a), weighted(b), weighted(c), weighted(d), weighted(e)) > 0;
}

/// Bit i is set where bend() may not be 1 at the facet opposite to vertex i: all four at once and without
/// branches, since nearly all are regular. The normals about one vertex are cross products of its edges, and
/// all four add up to 0.
unsigned RegularMesh3::doubtfulFacets(const Tetrahedron& here) const {
  const Point3 origin = m_sites[here.vertex[0]], p = m_sites[here.vertex[1]] - origin,
               q = m_sites[here.vertex[2]] - origin, r = m_sites[here.vertex[3]] - origin;
  const Point3 rq = cross(r, q), pr = cross(p, r), qp = cross(q, p);
  const Point3 normals[4] = {-1.0 * (rq + pr + qp), rq, pr, qp};
  const double rounding = kRounding * std::max(squaredNorm(p), std::max(squaredNorm(q), squaredNorm(r)));
  unsigned doubtful = 0;
  for (int opposite = 0; opposite < 4; ++opposite) {
    const Tetrahedron& there = m_tetrahedra[here.neighbour[opposite]];
    const Point3 along = there.centre - here.centre;
    const double bound =
        2 * (here.error + there.error) * length1(normals[opposite]) + rounding * length1(along);
    doubtful |= static_cast<unsigned>(!(dot(along, normals[opposite]) > bound)) << opposite;
  }
  return doubtful;
}

std::vector<RegularMesh3::Facet> RegularMesh3::irregularFacets(ThreadTeam& team) const {
  const std::int64_t count = static_cast<std::int64_t>(m_tetrahedra.size());
  std::vector<std::vector<Facet>> found((count + kChunk - 1) / kChunk);
  parallelChunks(team, count, kChunk, [&](std::int64_t begin, std::int64_t end, std::int64_t chunk) {
    for (int at = static_cast<int>(begin); at < end; ++at) {
      for (const int soon : m_tetrahedra[std::min(at + kAhead, static_cast<int>(count) - 1)].neighbour)
        if (soon > at + kAhead) __builtin_prefetch(&m_tetrahedra[soon]);
      // Without a centre it is infinite, where it has no say, unused, or too flat.
      const bool isBlurred = m_tetrahedra[at].error == std::numeric_limits<double>::infinity();
      const unsigned doubtful = isBlurred ? 15 : doubtfulFacets(m_tetrahedra[at]);
      if (doubtful == 0 || m_tetrahedra[at].vertex[0] == kHole) continue;
      for (int opposite = 0; opposite < 4; ++opposite)
        if ((doubtful >> opposite & 1) && at < m_tetrahedra[at].neighbour[opposite] &&
            isIrregular(at, opposite))
          found[chunk].push_back({at, opposite});
    }
  });
  std::vector<Facet> facets;
  for (const auto& part : found) facets.insert(facets.end(), part.begin(), part.end());
  return facets;
}

std::optional<int> RegularMesh3::repair(std::span<const double> weights, ThreadTeam& team) {
  m_weights.assign(weights.begin(), weights.end());
  ++m_changes;
  findCentres(team);
  Work work{irregularFacets(team), {}};
  if (const auto hidden = flipAll(work)) return hidden;
  if (const auto hidden = freeStuck(work)) return hidden;
  if (work.stuck.empty()) return std::nullopt;
  ++m_rebuilds;
  if (const auto hidden = build(team)) return hidden;
  m_lastChange.assign(m_lastChange.size(), m_changes);
  findCentres(team);
  return std::nullopt;
}

}  // namespace monge
