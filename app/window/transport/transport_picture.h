// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "core/geometry/domain_2.h"
#include "core/geometry/power_diagram_2.h"
#include "core/geometry/singular_facets.h"
#include "core/snapshot/transport_snapshot.h"
#include "core/transport/site_transport.h"

namespace monge {

/// What a picture of a moment leaves out to be made in time while the mouse moves.
enum class PictureDetail {
  Diagram,  ///< cells, walls, triangulation
  Whole     ///< and the potential, its dual, the singular set
};

/// One moment of transport in the plane as the views show it. Pure; any thread.
/// @param targets  n, sum 1
TransportSnapshot transportPicture(const PowerDiagram2& diagram, const Domain2& domain,
                                   const std::vector<double>& targets, const SingularRule& rule,
                                   PictureDetail detail);

/// A density as a picture over the domain; null where it is constant.
std::shared_ptr<const DensityField> densityField(const Density2& density, const Domain2& domain);

/// The picture of a folder that `monge-cli transport` wrote, measured by its density.
/// @throws Error as readTransportDirectory does; on points that are not in the plane
TransportSnapshotPtr readTransportPicture(const std::filesystem::path& folder, const SingularRule& rule);

/// The picture of a problem that is solved here and now.
/// @throws Error as SiteTransport does
TransportSnapshotPtr solvedPicture(const PlaneProblem& problem, const std::string& name,
                                   const SingularRule& rule);

/// Whether a folder is one of those.
bool isTransportFolder(const std::filesystem::path& folder);

}  // namespace monge
