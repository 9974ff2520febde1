// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/geometry/power_cells_2.h"

#include <algorithm>
#include <string>
#include <utility>

#include "core/base/error.h"
#include "core/base/parallel_for.h"
#include "core/base/text.h"
#include "core/geometry/distinct_sites.h"
#include "core/geometry/predicates_2.h"

namespace monge {
namespace {

constexpr std::int64_t kTrianglesAChunk = 4096;

bool onOneLine(const std::vector<Point2>& sites) {
  const auto ends = std::minmax_element(sites.begin(), sites.end());
  const Point2 first = *ends.first, last = *ends.second;
  return std::all_of(sites.begin(), sites.end(),
                     [&](Point2 site) { return orientation(first, last, site) == 0; });
}

int indexOf(const int (&values)[3], int value) {
  return values[0] == value ? 0 : values[1] == value ? 1 : 2;
}

}  // namespace

PowerCells2::PowerCells2(std::vector<Point2> sites, Domain2 domain, Density2Ptr density, ThreadTeam& team)
    : m_sites(std::move(sites)), m_domain(std::move(domain)), m_density(std::move(density)), m_team(team) {
  if (m_sites.empty()) throw Error("sites", "none", "at least one");
  for (std::size_t row = 0; row < m_sites.size(); ++row)
    if (!isFinite(m_sites[row]))
      throw Error("site " + std::to_string(row + 1), "a coordinate that is not finite", "finite coordinates");
  requireDistinct(m_sites);
  if (onOneLine(m_sites)) m_line = lexicographicOrder(m_sites);
}

void PowerCells2::triangulate() {
  if (m_line.empty() && !m_mesh)
    m_mesh = std::make_unique<RegularMesh2>(m_sites, std::vector<double>(m_sites.size(), 0.0));
}

std::optional<int> PowerCells2::retriangulate(std::span<const double> weights) {
  m_weights.assign(weights.begin(), weights.end());
  triangulate();
  if (m_mesh) return m_mesh->repair(weights, m_team);
  for (std::size_t at = 1; at + 1 < m_line.size(); ++at) {
    const auto weighted = [&](int site) { return WeightedPoint2{m_sites[site], m_weights[site]}; };
    if (hidesBetween(weighted(m_line[at - 1]), weighted(m_line[at]), weighted(m_line[at + 1])))
      return m_line[at];
  }
  return std::nullopt;
}

/// Power centres of all triangles, and whether they lie in the domain.
void PowerCells2::findCentres() {
  const auto& triangles = m_mesh->triangles();
  m_centres.resize(triangles.size());
  m_inside.resize(triangles.size());
  const int infinite = m_mesh->infinite();
  parallelChunks(m_team, static_cast<std::int64_t>(triangles.size()), kTrianglesAChunk,
                 [&](std::int64_t begin, std::int64_t end, std::int64_t) {
                   for (std::int64_t at = begin; at < end; ++at) {
                     const auto [a, b, c] = triangles[at].vertex;
                     m_inside[at] = false;
                     if (a == infinite || b == infinite || c == infinite) continue;
                     const Point2 p = m_sites[b] - m_sites[a], q = m_sites[c] - m_sites[a];
                     const double pReach = squaredNorm(p) - (m_weights[b] - m_weights[a]);
                     const double qReach = squaredNorm(q) - (m_weights[c] - m_weights[a]);
                     const double scale = 0.5 / cross(p, q);
                     const Point2 centre = {scale * (q.y * pReach - p.y * qReach),
                                            scale * (p.x * qReach - q.x * pReach)};
                     m_centres[at] = m_sites[a] + centre;
                     m_inside[at] = isFinite(m_centres[at]) && m_domain.contains(m_centres[at]);
                   }
                 });
}

/// Follows the corners of a cell around its site; false, with nothing added, where one is outside the domain.
bool PowerCells2::integrateInside(int site, CellRows& rows, double& mass) const {
  const auto& triangles = m_mesh->triangles();
  const std::size_t start = rows.columns.size();
  const double density = m_density->constant();
  const int first = m_mesh->triangleOf(site);
  if (!m_inside[first]) return false;
  const Point2 centre = m_sites[site], origin = m_centres[first];
  double twice = 0;
  thread_local std::vector<Point2> polygon;
  polygon.clear();
  int triangle = first;
  do {
    const auto& [vertex, neighbour] = triangles[triangle];
    const int at = indexOf(vertex, site);
    const int other = vertex[at == 0 ? 2 : at - 1], after = neighbour[at == 2 ? 0 : at + 1];
    if (!m_inside[after]) {
      rows.columns.resize(start);
      rows.coupling.resize(start);
      return false;
    }
    const Point2 from = m_centres[triangle], to = m_centres[after], apart = m_sites[other] - centre;
    // The side runs at right angles to `apart`: its length times |apart| is a cross product.
    const double along = std::max(cross(apart, to - from), 0.0) / squaredNorm(apart);
    if (density > 0) {
      twice += cross(from - origin, to - origin);
      rows.coupling.push_back(density * along);
    } else {
      polygon.push_back(from);
      rows.coupling.push_back(m_density->alongSegment(from, to) / norm(apart));
    }
    rows.columns.push_back(other);
    triangle = after;
  } while (triangle != first);
  mass = density > 0 ? density * twice / 2 : m_density->mass(polygon);
  return true;
}

std::vector<int> PowerCells2::neighbours(int site) const {
  std::vector<int> found;
  if (!m_mesh) {
    const auto at = std::find(m_line.begin(), m_line.end(), site);
    if (at != m_line.begin()) found.push_back(at[-1]);
    if (at + 1 != m_line.end()) found.push_back(at[1]);
    return found;
  }
  const int first = m_mesh->triangleOf(site);
  int triangle = first;
  do {
    const auto& [vertex, neighbour] = m_mesh->triangles()[triangle];
    const int at = indexOf(vertex, site), other = vertex[at == 0 ? 2 : at - 1];
    if (other != m_mesh->infinite()) found.push_back(other);
    triangle = neighbour[at == 2 ? 0 : at + 1];
  } while (triangle != first);
  return found;
}

bool PowerCells2::outlineInside(int site, ClippedCell2& outline) const {
  if (!m_mesh) return false;
  const int first = m_mesh->triangleOf(site);
  int triangle = first;
  do {
    if (!m_inside[triangle]) return false;
    const auto& [vertex, neighbour] = m_mesh->triangles()[triangle];
    const int at = indexOf(vertex, site);
    outline.corners.push_back(m_centres[triangle]);
    outline.across.push_back(vertex[at == 0 ? 2 : at - 1]);
    triangle = neighbour[at == 2 ? 0 : at + 1];
  } while (triangle != first);
  return true;
}

ClippedCell2 PowerCells2::cell(int site) const {
  ClippedCell2 outline;
  if (outlineInside(site, outline)) return outline;
  thread_local CellClipper2 clipper;
  clipper.start(m_domain);
  for (const int other : neighbours(site)) {
    if (clipper.isEmpty()) break;
    clipper.cut(m_sites[site], m_weights[site], m_sites[other], m_weights[other], other);
  }
  return clipper.cell();
}

void PowerCells2::integrateClipped(int site, CellRows& rows, double& mass) const {
  const ClippedCell2 clipped = cell(site);
  mass = clipped.corners.empty() ? 0 : m_density->mass(clipped.corners);
  for (std::size_t side = 0; side < clipped.corners.size(); ++side) {
    const int other = clipped.across[side];
    if (other == ClippedCell2::kDomain) continue;
    const Point2 from = clipped.corners[side], to = clipped.corners[(side + 1) % clipped.corners.size()];
    rows.columns.push_back(other);
    rows.coupling.push_back(m_density->alongSegment(from, to) / norm(m_sites[other] - m_sites[site]));
  }
}

std::optional<int> PowerCells2::evaluate(std::span<const double> weights, CellSystem& system) {
  if (const auto hidden = retriangulate(weights)) return hidden;
  if (m_mesh) findCentres();
  return m_rows.fill(siteCount(), m_team, system, [&](int site, CellRows& rows) {
    double mass = 0;
    if (!m_mesh || !integrateInside(site, rows, mass)) integrateClipped(site, rows, mass);
    return mass;
  });
}

}  // namespace monge
