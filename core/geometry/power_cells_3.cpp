// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/geometry/power_cells_3.h"

#include <algorithm>
#include <atomic>
#include <string>
#include <utility>

#include "core/base/error.h"
#include "core/base/parallel_for.h"
#include "core/geometry/distinct_sites.h"
#include "core/geometry/predicates_3.h"

namespace monge {
namespace {

constexpr std::int64_t kTetrahedraAChunk = 4096;

bool inOnePlane(const std::vector<Point3>& sites) {
  const auto off = [&](const auto& condition) { return std::find_if(sites.begin(), sites.end(), condition); };
  if (sites.size() < 4) return true;
  const Point3 a = sites[0], b = sites[1];
  const auto c = off([&](Point3 site) { return !areCollinear(a, b, site); });
  if (c == sites.end()) return true;
  return off([&](Point3 site) { return orientation(a, b, *c, site) != 0; }) == sites.end();
}

}  // namespace

PowerCells3::PowerCells3(std::vector<Point3> sites, Domain3 domain, Density3Ptr density, ThreadTeam& team)
    : m_sites(std::move(sites)), m_domain(std::move(domain)), m_density(std::move(density)), m_team(team) {
  if (m_sites.empty()) throw Error("sites", "none", "at least one");
  for (std::size_t row = 0; row < m_sites.size(); ++row)
    if (!isFinite(m_sites[row]))
      throw Error("site " + std::to_string(row + 1), "a coordinate that is not finite", "finite coordinates");
  requireDistinct(m_sites);
  m_flat = inOnePlane(m_sites);
  m_whole = m_domain.polyhedron();
  for (int& facet : m_whole.across) facet = domainFacet(facet);
}

void PowerCells3::triangulate(const std::function<void()>& beside) {
  if (!m_flat && !m_mesh)
    m_mesh = std::make_unique<RegularMesh3>(m_sites, m_team, beside);
  else if (beside)
    beside();
}

std::optional<int> PowerCells3::retriangulate(std::span<const double> weights) {
  m_weights.assign(weights.begin(), weights.end());
  if (m_flat) {
    m_graph = regularGraph(m_sites, m_weights);
    return m_graph.hidden;
  }
  triangulate();
  return m_mesh->repair(weights, m_team);
}

/// Finds which power centres are in the domain, and which are blurred or so far away that no precision is
/// left.
PowerCells3::Corner PowerCells3::classify(const RegularMesh3::Tetrahedron& tetrahedron) const {
  constexpr double kSharp = 1e-9, kFar = 100;
  const double diameter = m_domain.diameter(), reach = kFar * diameter;
  const auto& [vertex, neighbour, centre, error] = tetrahedron;
  if (!(error < kSharp * reach)) return Corner::Unsure;
  const double squared = squaredNorm(centre - m_sites[vertex[0]]), blur = error * error;
  // Of a site far away the cell is the difference of pyramids as high as that.
  const double most = kSharp * diameter * diameter;
  if (blur * squared > most * most || blur > kSharp * kSharp * squared) return Corner::Unsure;
  if (squaredNorm(centre - m_domain.centroid()) > reach * reach) return Corner::Unsure;
  return m_domain.contains(centre) ? Corner::Inside : Corner::Outside;
}

void PowerCells3::classifyCentres() {
  const auto& tetrahedra = m_mesh->tetrahedra();
  m_corners.resize(tetrahedra.size());
  m_reaches.assign(m_sites.size() + 1, false);
  parallelChunks(m_team, static_cast<std::int64_t>(tetrahedra.size()), kTetrahedraAChunk,
                 [&](std::int64_t begin, std::int64_t end, std::int64_t) {
                   for (std::int64_t at = begin; at < end; ++at) {
                     m_corners[at] = classify(tetrahedra[at]);
                     if (m_corners[at] == Corner::Inside || tetrahedra[at].vertex[0] == RegularMesh3::kHole)
                       continue;
                     for (const int vertex : tetrahedra[at].vertex)
                       std::atomic_ref(m_reaches[vertex]).store(true, std::memory_order_relaxed);
                   }
                 });
}

/// A facet at height d over the site, of area A towards the site z: c = density A / |z - y| couples the two,
/// and the pyramid over the facet has the mass density A d / 3 = c (|z - y|^2 + w_y - w_z) / 6.
double PowerCells3::integrateInside(const CellWalk3& walk, CellRows& rows) const {
  const auto neighbours = walk.neighbours();
  const auto twiceAreas = walk.twiceAreas();
  const Point3 centre = m_sites[walk.site()];
  const double weight = m_weights[walk.site()], density = m_density->constant();
  double mass = 0;
  for (std::size_t side = 0; side < neighbours.size(); ++side) {
    const int other = neighbours[side];
    const Point3 apart = m_sites[other] - centre;
    const double squared = squaredNorm(apart);
    const double coupling = density * std::max(dot(twiceAreas[side], apart), 0.0) / (2 * squared);
    rows.columns.push_back(other);
    rows.coupling.push_back(coupling);
    mass += coupling * (squared + (weight - m_weights[other])) / 6;
  }
  return mass;
}

/// By what was found around the site before, where that has not changed.
void PowerCells3::walkTo(int site, CellWalk3& walk) {
  if (m_stars.holds(*m_mesh, site)) {
    walk.recall(*m_mesh, site, m_stars.visits(site), m_stars.neighbours(site));
    return;
  }
  walk.visit(*m_mesh, site);
  if (walk.neighbours().size() <= CellWalk3::kMostSides)
    m_stars.keep(*m_mesh, site, walk.visits(), walk.neighbours());
}

double PowerCells3::integrate(int site, CellRows& rows) {
  thread_local CellWalk3 walk;
  thread_local std::vector<int> neighbours;
  if (!m_mesh) {
    const auto begin = m_graph.columns.begin();
    return integrateCut(site, {begin + m_graph.offsets[site], begin + m_graph.offsets[site + 1]}, rows);
  }
  walkTo(site, walk);
  if (m_density->constant() > 0) {
    if (!m_reaches[site]) return integrateInside(walk, rows);
    Corner worst = Corner::Inside;
    for (const CellWalk3::Visit& visit : walk.visits()) worst = std::max(worst, m_corners[visit.tetrahedron]);
    double mass = 0;
    if (worst == Corner::Outside && integrateAcross(walk, rows, mass)) return mass;
  }
  neighbours.clear();
  for (const int other : walk.neighbours())
    if (other != m_mesh->infinite()) neighbours.push_back(other);
  return integrateCut(site, neighbours, rows);
}

const ConvexPolyhedron3& PowerCells3::cutCell(int site, std::span<const int> neighbours) const {
  thread_local PolyhedronClipper3 clipper;
  clipper.start(m_whole);
  for (const int other : neighbours) {
    if (clipper.polyhedron().isEmpty()) break;
    // In coordinates about the site, so that sites far from the origin lose nothing.
    const Point3 apart = m_sites[other] - m_sites[site];
    const double scale = unitScale(std::max({std::abs(apart.x), std::abs(apart.y), std::abs(apart.z)}));
    const Point3 normal = scale * apart;
    const double reach = (dot(normal, apart) + scale * (m_weights[site] - m_weights[other])) / 2;
    clipper.cut(m_sites[site], normal, reach, other);
  }
  return clipper.polyhedron();
}

double PowerCells3::integrateCut(int site, std::span<const int> neighbours, CellRows& rows) const {
  thread_local std::vector<double> facets;
  const ConvexPolyhedron3& cell = cutCell(site, neighbours);
  const double mass = m_density->massAndFacets(cell, facets);
  for (int facet = 0; facet < cell.facets(); ++facet) {
    const int other = cell.across[facet];
    if (other < 0) continue;
    rows.columns.push_back(other);
    rows.coupling.push_back(facets[facet] / norm(m_sites[other] - m_sites[site]));
  }
  return mass;
}

ConvexPolyhedron3 PowerCells3::cell(int site) const {
  std::vector<int> neighbours;
  if (m_mesh) {
    CellWalk3 walk;
    walk.visit(*m_mesh, site);
    for (const int other : walk.neighbours())
      if (other != m_mesh->infinite()) neighbours.push_back(other);
  } else {
    neighbours.assign(m_graph.columns.begin() + m_graph.offsets[site],
                      m_graph.columns.begin() + m_graph.offsets[site + 1]);
  }
  return cutCell(site, neighbours);
}

std::optional<int> PowerCells3::evaluate(std::span<const double> weights, CellSystem& system) {
  if (const auto hidden = retriangulate(weights)) return hidden;
  if (m_mesh) m_stars.follow(*m_mesh);
  if (m_mesh && m_density->constant() > 0) classifyCentres();
  return m_rows.fill(siteCount(), m_team, system,
                     [&](int site, CellRows& rows) { return integrate(site, rows); });
}

}  // namespace monge
