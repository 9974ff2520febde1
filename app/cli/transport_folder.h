// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <filesystem>

#include "core/base/thread_team.h"
#include "core/geometry/domain_2.h"
#include "core/geometry/power_diagram_2.h"

namespace monge {

/// What a folder of `monge-cli transport` holds, for points in the plane.
struct PlaneFolder {
  Domain2 domain;
  PowerDiagram2 diagram;
  /// Whether facets and cells were measured by the density. The folder names the density but keeps its values
  /// only where it is uniform; otherwise measures are areas and lengths over the domain's area.
  bool hasDensity = false;
};

/// @throws Error as readTransportDirectory does; on points that are not in the plane
PlaneFolder readPlaneFolder(const std::filesystem::path& folder, ThreadTeam& team);

}  // namespace monge
