// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <algorithm>
#include <array>
#include <set>
#include <vector>

#include "core/base/random.h"
#include "core/geometry/domain_3.h"

namespace monge {

/// Distinct sites of many layouts, the degenerate ones among them.
enum class Layout { Cube, Wide, Lattice, Line, Plane, Sphere, Cluster, FewCoordinates, PlaneAndOne };
constexpr int kLayouts = 9;

inline Point3 siteOf(Layout layout, Random& random) {
  const auto u = [&] { return random.uniform(); };
  const auto whole = [&](int n) { return static_cast<double>(random.below(static_cast<std::uint64_t>(n))); };
  switch (layout) {
    case Layout::Cube:
      return {u(), u(), u()};
    case Layout::Wide:
      return {4 * u() - 1.5, 4 * u() - 1.5, 4 * u() - 1.5};
    case Layout::Lattice:
      return {(whole(4) + 0.5) / 4, (whole(4) + 0.5) / 4, (whole(4) + 0.5) / 4};
    case Layout::Line: {
      const double t = whole(1000) / 1024;
      return {t, 0.25 + t / 2, 0.5};
    }
    case Layout::Plane:
      return {whole(64) / 64, whole(64) / 64, 0.375};
    case Layout::Sphere: {
      const Point3 p{u() - 0.5, u() - 0.5, u() - 0.5};
      return Point3{0.5, 0.5, 0.5} + 0.4 / std::max(norm(p), 1e-3) * p;
    }
    case Layout::Cluster:
      return {0.5 + 0.02 * random.normal(), 0.5 + 0.02 * random.normal(), 0.4 + 0.02 * random.normal()};
    case Layout::FewCoordinates:
      return {whole(10) / 10, whole(10) / 10, whole(3) / 10};
    case Layout::PlaneAndOne:
      return u() < 0.2 ? Point3{0.3, 0.4, 0.9} : Point3{whole(16) / 16, whole(16) / 16, 0.25};
  }
  return {};
}

/// Up to `count` of them.
inline std::vector<Point3> distinctSites(Layout layout, int count, Random& random) {
  std::set<std::array<double, 3>> known;
  std::vector<Point3> sites;
  for (int draw = 0; draw < 4 * count && static_cast<int>(sites.size()) < count; ++draw) {
    const Point3 site = siteOf(layout, random);
    if (known.insert({site.x, site.y, site.z}).second) sites.push_back(site);
  }
  return sites;
}

inline std::vector<Point3> uniformSites(int count, std::uint64_t seed) {
  Random random(seed);
  return distinctSites(Layout::Cube, count, random);
}

}  // namespace monge
