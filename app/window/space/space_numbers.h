// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <string>
#include <vector>

#include "core/data/npz_writer.h"
#include "core/snapshot/space_snapshot.h"

namespace monge {

/// Numbers of a moment in space as CSV, in the shortest form that reads back to the same bits.
/// site,x,y,z,weight,height,target,mass,centroid_x,centroid_y,centroid_z,hidden
std::string spaceSitesCsv(const SpaceSnapshot& moment);

/// All numbers of a moment; names and shapes are listed in docs/methods/brenier.md.
std::vector<NamedArray> spaceArrays(const SpaceSnapshot& moment);

}  // namespace monge
