// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <string>
#include <vector>

#include "core/data/npz_writer.h"
#include "core/snapshot/transport_snapshot.h"

namespace monge {

/// Numbers of a moment as CSV, in the shortest form that reads back to the same bits. Rows in the snapshot's
/// order.
/// site,x,y,weight,height,target,mass,centroid_x,centroid_y,hidden
std::string sitesCsv(const TransportSnapshot& moment);
/// first,second,from_x,from_y,to_x,to_y,jump,angle,singular
std::string facetsCsv(const TransportSnapshot& moment);
/// kind,x,y,area
std::string singularPointsCsv(const TransportSnapshot& moment);

/// All numbers of a moment; names and shapes are listed in docs/methods/brenier.md.
std::vector<NamedArray> transportArrays(const TransportSnapshot& moment);

}  // namespace monge
