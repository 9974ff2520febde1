// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/thread_team.h"
#include "core/geometry/domain_2.h"
#include "core/geometry/power_diagram_2.h"
#include "core/transport/transport_directory.h"

namespace monge {

/// What a folder of `monge-cli transport` holds, for points in the plane, measured by its density.
struct PlaneFolder {
  Domain2 domain;
  PowerDiagram2 diagram;
};

/// @throws Error on points that are not in the plane, or a density whose file cannot be read
PlaneFolder planeFolder(const TransportRecord& record, ThreadTeam& team);

}  // namespace monge
