// SPDX-License-Identifier: GPL-3.0-or-later
// Power diagrams in space for tests of what draws them.
#pragma once

#include <vector>

#include "app/window/space/space_picture.h"
#include "core/base/random.h"
#include "core/base/thread_team.h"
#include "core/geometry/singular_facets_3.h"

namespace monge::test {

inline SpaceSnapshot diagram(const std::vector<Point3>& sites, const std::vector<double>& weights,
                             const Domain3& domain = Domain3::cube(),
                             SpaceDetail detail = SpaceDetail::Cells) {
  ThreadTeam team(1);
  const std::vector<double> targets(sites.size(), 1.0 / static_cast<double>(sites.size()));
  SpacePictures pictures(sites, domain, uniformDensity(domain), targets, team);
  return pictures.at(weights, spaceRule(), detail);
}

/// Uniform sites; weights that make cells of many sizes and hide some sites.
inline SpaceSnapshot randomDiagram(int count, std::uint64_t seed, double spread = 0.05) {
  Random random(seed);
  std::vector<Point3> sites;
  std::vector<double> weights;
  for (int at = 0; at < count; ++at) {
    sites.push_back({random.uniform(), random.uniform(), random.uniform()});
    weights.push_back(random.uniform(0, spread));
  }
  return diagram(sites, weights);
}

/// 3 x 3 x 3 cubes.
inline SpaceSnapshot gridDiagram() {
  std::vector<Point3> sites;
  for (int at = 0; at < 27; ++at)
    sites.push_back({(at % 3 + 0.5) / 3, (at / 3 % 3 + 0.5) / 3, (at / 9 + 0.5) / 3});
  return diagram(sites, std::vector<double>(27, 0.0));
}

}  // namespace monge::test
