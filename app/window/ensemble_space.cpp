// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/window/ensemble_space.h"

#include <algorithm>
#include <string>

#include "app/window/space/space_picture.h"
#include "core/base/error.h"
#include "core/geometry/singular_facets_3.h"
#include "core/snapshot/snapshot_message.h"

namespace monge {
namespace {

constexpr double kAir = 0.05;  ///< around data and prototypes, as a share of the longest side

void requireCells(const EnsembleSnapshot& snapshot) {
  if (snapshot.dimension != 3 || snapshot.image.isImage())
    throw Error("cells in space", "data of " + std::to_string(snapshot.dimension) + " columns", "3 columns");
  if (!snapshot.law.hasStraightWalls())
    throw Error("cells in space", std::string("the bent cells of the cost ") + toString(snapshot.law.cost),
                "l2_squared, l2 with free masses, or power with p = 2, and no labels");
}

Domain3 surroundingBox(const EnsembleSnapshot& snapshot, const DataView& data) {
  Eigen::Array3d low = data.lower.row(0).cast<double>().transpose().array();
  Eigen::Array3d high = data.upper.row(0).cast<double>().transpose().array();
  for (const auto& prototype : snapshot.prototypes.rowwise()) {
    low = low.min(prototype.cast<double>().transpose().array());
    high = high.max(prototype.cast<double>().transpose().array());
  }
  const double air = kAir * std::max((high - low).maxCoeff(), 1e-6);
  low -= air;
  high += air;
  return Domain3::box({{low[0], low[1], low[2]}, {high[0], high[1], high[2]}});
}

}  // namespace

SpaceSnapshotPtr ensembleInSpace(const SnapshotPtr& training, const DataViewPtr& data, ThreadTeam& team) {
  const EnsembleSnapshot& snapshot = *training;
  requireCells(snapshot);
  std::vector<Point3> sites;
  for (const auto& prototype : snapshot.prototypes.cast<double>().rowwise())
    sites.push_back({prototype[0], prototype[1], prototype[2]});
  std::vector<double> weights = snapshot.law.powerWeights();
  weights.resize(sites.size());
  const std::vector<double>& targets = snapshot.law.targets.empty() ? snapshot.masses : snapshot.law.targets;
  const Domain3 box = surroundingBox(snapshot, *data);
  SpacePictures pictures(std::move(sites), box, uniformDensity(box), targets, team);
  auto moment = std::make_shared<SpaceSnapshot>(pictures.at(weights, spaceRule(), SpaceDetail::Cells));
  moment->name = data->name;
  moment->training = training;
  moment->data = data;
  moment->status = toString(snapshot.progress.status);
  moment->masses = Eigen::Map<const VectorD>(snapshot.masses.data(), std::ssize(snapshot.masses));
  return moment;
}

views::SpaceStyle ensembleSpaceStyle() {
  views::SpaceStyle style;
  style.layers.set(views::SpaceLayer::Sites, true);
  style.opacity = 0.12;
  return style;
}

}  // namespace monge
