// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/geometry/regular_mesh_3.h"

#include <algorithm>
#include <limits>
#include <utility>

#include "core/base/parallel_for.h"
#include "core/geometry/predicates_3.h"

namespace monge {
namespace {

constexpr std::int64_t kChunk = 4096;
constexpr int kAhead = 6;  // tetrahedra between asking for memory and using it

int indexOf(const int (&values)[4], int value) {
  return values[0] == value ? 0 : values[1] == value ? 1 : values[2] == value ? 2 : 3;
}

/// No less than the length, and cheaper.
double length1(Point3 a) {
  return std::abs(a.x) + std::abs(a.y) + std::abs(a.z);
}

}  // namespace

RegularMesh3::RegularMesh3(std::span<const Point3> sites, std::span<const double> weights)
    : m_sites(sites.begin(), sites.end()), m_weights(weights.begin(), weights.end()) {
  buildWithCgal();
}

RegularMesh3::RegularMesh3(std::span<const Point3> sites, std::span<const double> weights, ThreadTeam& team)
    : RegularMesh3(sites, weights) {
  findCentres(team, false);
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
  const double squared = std::max(pSquared, std::max(qSquared, rSquared)), length = std::sqrt(squared);
  const double weight = std::max(std::abs(pWeight), std::max(std::abs(qWeight), std::abs(rWeight)));
  const double volumeError = 64 * u * squared * length * std::abs(scale);
  if (!(volumeError < 0.25)) return;
  tetrahedron.centre = m_sites[a] + centre;
  tetrahedron.error = 256 * u * (squared + weight) * squared * std::abs(scale) +
                      2 * volumeError * length1(centre) + u * length1(m_sites[a]);
}

void RegularMesh3::findCentres(ThreadTeam& team, bool onlyStale) {
  parallelChunks(team, static_cast<std::int64_t>(m_tetrahedra.size()), kChunk,
                 [&](std::int64_t begin, std::int64_t end, std::int64_t) {
                   for (std::int64_t at = begin; at < end; ++at)
                     if (!onlyStale || m_tetrahedra[at].error == kStale) findCentre(m_tetrahedra[at]);
                 });
}

bool RegularMesh3::isIrregular(int tetrahedron, int opposite) const {
  const Tetrahedron& other = m_tetrahedra[m_tetrahedra[tetrahedron].neighbour[opposite]];
  const int e = other.vertex[indexOf(other.neighbour, tetrahedron)];
  const auto [a, b, c, d] = m_tetrahedra[tetrahedron].vertex;
  if (a == infinite() || b == infinite() || c == infinite() || d == infinite() || e == infinite())
    return false;
  const auto weighted = [&](int site) { return WeightedPoint3{m_sites[site], m_weights[site]}; };
  return powerSide(weighted(a), weighted(b), weighted(c), weighted(d), weighted(e)) > 0;
}

/// By the power centre x of a tetrahedron with vertex a: e lies outside of its power sphere where
/// |e - a|^2 - (w_e - w_a) > 2 <x - a, e - a>. False where rounding leaves doubt.
bool RegularMesh3::isSurelyRegular(int tetrahedron, int opposite) const {
  const Tetrahedron& here = m_tetrahedra[tetrahedron];
  if (here.error == std::numeric_limits<double>::infinity()) return false;
  const Tetrahedron& there = m_tetrahedra[here.neighbour[opposite]];
  const int e = there.vertex[indexOf(there.neighbour, tetrahedron)], a = here.vertex[0];
  if (e == infinite()) return true;
  const Point3 to = m_sites[e] - m_sites[a], x = here.centre - m_sites[a];
  const double squared = squaredNorm(to), weight = m_weights[e] - m_weights[a], length = length1(to);
  const double bound =
      2 * length * here.error + 1e-15 * (squared + std::abs(weight) + 4 * length * length1(x));
  return squared - weight - 2 * dot(x, to) > bound;
}

std::vector<RegularMesh3::Facet> RegularMesh3::irregularFacets(ThreadTeam& team) const {
  const std::int64_t count = static_cast<std::int64_t>(m_tetrahedra.size());
  std::vector<std::vector<Facet>> found((count + kChunk - 1) / kChunk);
  parallelChunks(team, count, kChunk, [&](std::int64_t begin, std::int64_t end, std::int64_t chunk) {
    for (int at = static_cast<int>(begin); at < end; ++at) {
      for (const int soon : m_tetrahedra[std::min(at + kAhead, static_cast<int>(count) - 1)].neighbour)
        if (soon > at + kAhead) __builtin_prefetch(&m_tetrahedra[soon]);
      if (m_tetrahedra[at].vertex[0] == kHole) continue;
      for (int opposite = 0; opposite < 4; ++opposite)
        if (at < m_tetrahedra[at].neighbour[opposite] && !isSurelyRegular(at, opposite) &&
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
  findCentres(team, false);
  Work work{irregularFacets(team), {}};
  if (const auto hidden = flipAll(work)) return hidden;
  if (const auto hidden = freeStuck(work)) return hidden;
  if (!work.stuck.empty()) {
    ++m_rebuilds;
    if (const auto hidden = buildWithCgal()) return hidden;
  }
  findCentres(team, true);
  return std::nullopt;
}

}  // namespace monge
