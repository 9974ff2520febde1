// SPDX-License-Identifier: GPL-3.0-or-later
// Power diagrams in space for tests of what draws them.
#pragma once

#include <memory>
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

/// The same as of generators in training, with points anywhere in the unit cube.
inline SpaceSnapshot trained(SpaceSnapshot moment, int data, int samples) {
  Random random(11);
  const auto cloud = [&](int count) {
    RowsF points(count, 3);
    for (float& value : points.reshaped()) value = static_cast<float>(random.uniform());
    return points;
  };
  auto training = std::make_shared<EnsembleSnapshot>();
  auto view = std::make_shared<DataView>();
  training->prototypes = moment.sites.cast<float>();
  view->points = cloud(data);
  training->samples = cloud(samples);
  for (int site = 0; site < moment.count(); ++site) training->ids.push_back(site);
  for (int at = 0; at < samples; ++at) training->sampleOwner.push_back(at % moment.count());
  moment.training = training;
  moment.data = view;
  return moment;
}

/// 3 x 3 x 3 cubes.
inline SpaceSnapshot gridDiagram() {
  std::vector<Point3> sites;
  for (int at = 0; at < 27; ++at)
    sites.push_back({(at % 3 + 0.5) / 3, (at / 3 % 3 + 0.5) / 3, (at / 9 + 0.5) / 3});
  return diagram(sites, std::vector<double>(27, 0.0));
}

}  // namespace monge::test
