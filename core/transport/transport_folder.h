// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <memory>

#include "core/base/thread_team.h"
#include "core/geometry/domain_2.h"
#include "core/geometry/power_cells_3.h"
#include "core/geometry/power_diagram_2.h"
#include "core/transport/transport_directory.h"

namespace monge {

/// What a folder of `monge-cli transport` holds, for points in the plane, measured by its density.
struct PlaneFolder {
  Domain2 domain;
  Density2Ptr density;
  PowerDiagram2 diagram;
};

/// @throws Error on points that are not in the plane, a density whose file cannot be read, or cells whose
///         masses are not those of the folder
PlaneFolder planeFolder(const TransportRecord& record, ThreadTeam& team);

/// The cells of a record in space under its weights, by its density.
/// @param team  outlives the cells
/// @throws Error on points that are not in space, a density whose file cannot be read, weights under which a
///         cell is empty, or cells whose masses are not those of the folder
std::unique_ptr<PowerCells3> spaceCells(const TransportRecord& record, ThreadTeam& team);

}  // namespace monge
