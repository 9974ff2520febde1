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

void PowerCells2::triangulate(const std::function<void()>& beside) {
  const auto make = [&] {
    if (m_line.empty() && !m_mesh)
      m_mesh = std::make_unique<RegularMesh2>(m_sites, std::vector<double>(m_sites.size(), 0.0));
  };
  if (!beside) return make();
  // Each of the two is the work of one thread.
  parallelChunks(m_team, 2, 1,
                 [&](std::int64_t task, std::int64_t, std::int64_t) { task == 0 ? make() : beside(); });
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

/// Blurred centres are not: their cells are clipped.
void PowerCells2::classifyCentres() {
  constexpr double kSharp = 1e-9;
  const auto& triangles = m_mesh->triangles();
  const Box2& bounds = m_domain.bounds();
  const double most = kSharp * std::max(bounds.width(), bounds.height());
  m_inside.resize(triangles.size());
  parallelChunks(m_team, static_cast<std::int64_t>(triangles.size()), kTrianglesAChunk,
                 [&](std::int64_t begin, std::int64_t end, std::int64_t) {
                   for (std::int64_t at = begin; at < end; ++at)
                     m_inside[at] = triangles[at].error < most && m_domain.contains(triangles[at].centre);
                 });
}

/// By what was found around the site before, where that has not changed. Good until the next call on the same
/// thread.
PowerCells2::Ring PowerCells2::ringAround(int site) const {
  if (m_stars.holds(*m_mesh, site)) return {m_stars.visits(site), m_stars.neighbours(site)};
  thread_local std::vector<int> triangles, neighbours;
  triangles.clear();
  neighbours.clear();
  const int first = m_mesh->triangleOf(site);
  int triangle = first;
  do {
    const auto& [vertex, neighbour, centre, error] = m_mesh->triangles()[triangle];
    const int at = indexOf(vertex, site);
    triangles.push_back(triangle);
    neighbours.push_back(vertex[at == 0 ? 2 : at - 1]);
    triangle = neighbour[at == 2 ? 0 : at + 1];
  } while (triangle != first);
  return {triangles, neighbours};
}

bool PowerCells2::isInside(const Ring& ring) const {
  return std::all_of(ring.triangles.begin(), ring.triangles.end(),
                     [&](int triangle) { return m_inside[triangle]; });
}

/// Follows the corners of a cell around its site.
double PowerCells2::integrateInside(int site, const Ring& ring, CellRows& rows) const {
  const auto& triangles = m_mesh->triangles();
  const double density = m_density->constant();
  const Point2 centre = m_sites[site], origin = triangles[ring.triangles.front()].centre;
  double twice = 0;
  thread_local std::vector<Point2> polygon;
  polygon.clear();
  Point2 from = origin;
  for (std::size_t side = 0; side < ring.triangles.size(); ++side) {
    const bool isLast = side + 1 == ring.triangles.size();
    const Point2 to = isLast ? origin : triangles[ring.triangles[side + 1]].centre;
    const Point2 apart = m_sites[ring.neighbours[side]] - centre;
    // The side runs at right angles to `apart`: its length times |apart| is a cross product.
    const double along = std::max(cross(apart, to - from), 0.0) / squaredNorm(apart);
    if (density > 0) {
      twice += cross(from - origin, to - origin);
      rows.coupling.push_back(density * along);
    } else {
      polygon.push_back(from);
      rows.coupling.push_back(m_density->alongSegment(from, to) / norm(apart));
    }
    rows.columns.push_back(ring.neighbours[side]);
    from = to;
  }
  return density > 0 ? density * twice / 2 : m_density->mass(polygon);
}

std::vector<int> PowerCells2::neighbours(int site) const {
  std::vector<int> found;
  if (!m_mesh) {
    const auto at = std::find(m_line.begin(), m_line.end(), site);
    if (at != m_line.begin()) found.push_back(at[-1]);
    if (at + 1 != m_line.end()) found.push_back(at[1]);
    return found;
  }
  for (const int other : ringAround(site).neighbours)
    if (other != m_mesh->infinite()) found.push_back(other);
  return found;
}

ClippedCell2 PowerCells2::cell(int site) const {
  if (m_mesh) {
    const Ring ring = ringAround(site);
    if (isInside(ring)) {
      ClippedCell2 outline;
      for (const int triangle : ring.triangles)
        outline.corners.push_back(m_mesh->triangles()[triangle].centre);
      outline.across.assign(ring.neighbours.begin(), ring.neighbours.end());
      return outline;
    }
  }
  thread_local CellClipper2 clipper;
  clipper.start(m_domain);
  for (const int other : neighbours(site)) {
    if (clipper.isEmpty()) break;
    clipper.cut(m_sites[site], m_weights[site], m_sites[other], m_weights[other], other);
  }
  return clipper.cell();
}

double PowerCells2::integrateClipped(int site, CellRows& rows) const {
  const ClippedCell2 clipped = cell(site);
  for (std::size_t side = 0; side < clipped.corners.size(); ++side) {
    const int other = clipped.across[side];
    if (other == ClippedCell2::kDomain) continue;
    const Point2 from = clipped.corners[side], to = clipped.corners[(side + 1) % clipped.corners.size()];
    rows.columns.push_back(other);
    rows.coupling.push_back(m_density->alongSegment(from, to) / norm(m_sites[other] - m_sites[site]));
  }
  return clipped.corners.empty() ? 0 : m_density->mass(clipped.corners);
}

double PowerCells2::integrate(int site, CellRows& rows) {
  if (!m_mesh) return integrateClipped(site, rows);
  const Ring ring = ringAround(site);
  if (!m_stars.holds(*m_mesh, site)) m_stars.keep(*m_mesh, site, ring.triangles, ring.neighbours);
  return isInside(ring) ? integrateInside(site, ring, rows) : integrateClipped(site, rows);
}

std::optional<int> PowerCells2::evaluate(std::span<const double> weights, CellSystem& system) {
  if (const auto hidden = retriangulate(weights)) return hidden;
  if (m_mesh) {
    m_stars.follow(*m_mesh);
    classifyCentres();
  }
  return m_rows.fill(siteCount(), m_team, system,
                     [&](int site, CellRows& rows) { return integrate(site, rows); });
}

}  // namespace monge
