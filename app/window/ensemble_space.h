// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/thread_team.h"
#include "core/snapshot/snapshot.h"
#include "core/snapshot/space_snapshot.h"
#include "views/space/space_scene.h"

namespace monge {

/// The cells of generators trained on points in space, for the views of space: prototypes as sites, dual
/// weights as weights, cells clipped to a box around data and prototypes. Masses and targets are those of the
/// run's data, not volumes. Walls must be straight: in space only polyhedra are made.
/// @throws Error on data that are not in space, a cost with bent walls, two prototypes on one spot
SpaceSnapshotPtr ensembleInSpace(const SnapshotPtr& snapshot, const DataViewPtr& data, ThreadTeam& team);

/// How that is shown unless somebody says otherwise: prototypes as dots, and cells of so thin a glass that
/// the points among them are seen.
views::SpaceStyle ensembleSpaceStyle();

}  // namespace monge
