// SPDX-License-Identifier: GPL-3.0-or-later
// Cells of PowerCells3 that reach across a few planes of the domain.
#include <Eigen/LU>
#include <algorithm>

#include "core/geometry/power_cells_3.h"

namespace monge {
namespace {

constexpr std::size_t kMostPlanes = 3;  // whose areas the closed surface tells apart

/// Sutherland and Hodgman's way; what of the polygon has <normal, x> <= offset.
void clip(std::vector<Point3>& polygon, const HalfSpace3& plane, std::vector<Point3>& scratch) {
  scratch.clear();
  for (std::size_t at = 0; at < polygon.size(); ++at) {
    const Point3 from = polygon[at], to = polygon[at + 1 == polygon.size() ? 0 : at + 1];
    const double here = dot(plane.normal, from) - plane.offset, there = dot(plane.normal, to) - plane.offset;
    if (here <= 0) scratch.push_back(from);
    if ((here < 0 && there > 0) || (here > 0 && there < 0))
      scratch.push_back(from + here / (here - there) * (to - from));
  }
  polygon.swap(scratch);
}

double twiceAreaAlong(const std::vector<Point3>& polygon, Point3 direction) {
  double twice = 0;
  for (std::size_t at = 1; at + 1 < polygon.size(); ++at)
    twice += dot(direction, cross(polygon[at] - polygon[0], polygon[at + 1] - polygon[0]));
  return twice;
}

}  // namespace

/// The planes that a cell's corners lie beyond; false for too many.
bool PowerCells3::addPlanes(const CellWalk3& walk, std::vector<int>& planes) const {
  planes.clear();
  for (const CellWalk3::Visit& visit : walk.visits()) {
    if (m_corners[visit.tetrahedron] != Corner::Outside) continue;
    const Point3 corner = m_mesh->tetrahedra()[visit.tetrahedron].centre;
    for (int plane = 0; plane < static_cast<int>(m_domain.planes().size()); ++plane) {
      const auto& [normal, offset] = m_domain.planes()[plane];
      if (dot(normal, corner) <= offset || std::find(planes.begin(), planes.end(), plane) != planes.end())
        continue;
      if (planes.size() == kMostPlanes) return false;
      planes.push_back(plane);
    }
  }
  return true;
}

/// The sides with a corner outside.
void PowerCells3::findCutSides(const CellWalk3& walk, std::vector<char>& isCut) const {
  isCut.assign(walk.neighbours().size(), false);
  for (const CellWalk3::Visit& visit : walk.visits()) {
    if (m_corners[visit.tetrahedron] != Corner::Outside) continue;
    isCut[visit.first] = isCut[visit.second] = isCut[visit.third] = true;
  }
}

/// As integrateInside with clipped facets; then the areas A_p of the domain's planes from the sum of all area
/// vectors, sum_p A_p n_p = -S, and the pyramids over them. False, with nothing added, where that does not
/// tell them apart.
bool PowerCells3::integrateAcross(const CellWalk3& walk, CellRows& rows, double& mass) const {
  thread_local std::vector<Point3> polygon, scratch;
  thread_local std::vector<int> planes;
  thread_local std::vector<char> isCut;
  if (walk.neighbours().size() > CellWalk3::kMostSides || !addPlanes(walk, planes)) return false;
  findCutSides(walk, isCut);
  Eigen::Matrix3d gram = Eigen::Matrix3d::Identity();
  for (std::size_t p = 0; p < planes.size(); ++p)
    for (std::size_t q = 0; q < planes.size(); ++q)
      gram(static_cast<int>(p), static_cast<int>(q)) =
          dot(m_domain.planes()[planes[p]].normal, m_domain.planes()[planes[q]].normal);
  if (gram.determinant() < 1e-3) return false;
  const Point3 site = m_sites[walk.site()];
  const double weight = m_weights[walk.site()], density = m_density->constant();
  Point3 sum;
  mass = 0;
  for (std::size_t side = 0; side < walk.neighbours().size(); ++side) {
    const int other = walk.neighbours()[side];
    const Point3 apart = m_sites[other] - site;
    const double squared = squaredNorm(apart);
    double twice = 0;
    if (isCut[side]) {
      walk.facet(*m_mesh, side, polygon);
      for (const int plane : planes) clip(polygon, m_domain.planes()[plane], scratch);
      twice = twiceAreaAlong(polygon, apart);
    } else {
      twice = dot(walk.twiceAreas()[side], apart);
    }
    const double coupling = density * std::max(twice, 0.0) / (2 * squared);
    if (coupling == 0) continue;
    rows.columns.push_back(other);
    rows.coupling.push_back(coupling);
    sum = sum + coupling * apart;
    mass += coupling * (squared + (weight - m_weights[other])) / 6;
  }
  Eigen::Vector3d right = Eigen::Vector3d::Zero();
  for (std::size_t p = 0; p < planes.size(); ++p)
    right(static_cast<int>(p)) = -dot(sum, m_domain.planes()[planes[p]].normal);
  const Eigen::Vector3d areas = gram.inverse() * right;
  for (std::size_t p = 0; p < planes.size(); ++p) {
    const auto& [normal, offset] = m_domain.planes()[planes[p]];
    mass += areas(static_cast<int>(p)) * (offset - dot(normal, site)) / 3;
  }
  return true;
}

}  // namespace monge
