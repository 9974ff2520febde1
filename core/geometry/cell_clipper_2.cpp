// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/geometry/cell_clipper_2.h"

#include <algorithm>
#include <utility>

namespace monge {
void CellClipper2::start(const Domain2& domain) {
  m_cell.corners = domain.corners();
  m_cell.across.assign(m_cell.corners.size(), ClippedCell2::kDomain);
}

void CellClipper2::cut(Point2 site, double weight, Point2 other, double otherWeight, int otherSite) {
  const Point2 apart = other - site;
  const double scale = unitScale(std::max(std::abs(apart.x), std::abs(apart.y)));
  const Point2 to = scale * apart;
  // In coordinates about the site, so that sites far from the origin lose nothing.
  const double reach = (dot(to, apart) + scale * (weight - otherWeight)) / 2;
  const std::size_t count = m_cell.corners.size();
  m_side.resize(count);
  bool any = false;
  for (std::size_t at = 0; at < count; ++at) {
    m_side[at] = dot(to, m_cell.corners[at] - site) - reach;
    any = any || m_side[at] > 0;
  }
  if (!any) return;
  m_next.corners.clear();
  m_next.across.clear();
  const auto add = [&](Point2 corner, int across) {
    m_next.corners.push_back(corner);
    m_next.across.push_back(across);
  };
  for (std::size_t at = 0; at < count; ++at) {
    const std::size_t after = at + 1 == count ? 0 : at + 1;
    const double here = m_side[at], there = m_side[after];
    const Point2 from = m_cell.corners[at], towards = m_cell.corners[after];
    if (here <= 0) add(from, m_cell.across[at]);
    if (here <= 0 && there > 0) add(from + here / (here - there) * (towards - from), otherSite);
    if (here > 0 && there < 0) add(from + here / (here - there) * (towards - from), m_cell.across[at]);
  }
  if (m_next.corners.size() < 3) m_next.corners.clear(), m_next.across.clear();
  std::swap(m_cell, m_next);
}

}  // namespace monge
