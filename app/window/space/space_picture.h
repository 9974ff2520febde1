// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <filesystem>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include "core/geometry/power_cells_3.h"
#include "core/geometry/singular_facets.h"
#include "core/snapshot/space_snapshot.h"
#include "core/transport/site_transport.h"

namespace monge {

/// What a picture of a moment leaves out to be made in time while a solver runs.
enum class SpaceDetail {
  Cells,  ///< cells and walls
  Whole   ///< and the singular set
};

/// Makes pictures of one problem under weights that change. Not shared between threads; works on its team.
class SpacePictures {
 public:
  /// @param targets  n, sum 1
  /// @throws Error on sites that are not finite or not distinct
  SpacePictures(std::vector<Point3> sites, Domain3 domain, Density3Ptr density, std::vector<double> targets,
                ThreadTeam& team);

  /// The moment under these weights. Cells that are hidden or outside the domain have no faces. Of sites in
  /// one plane there is no singular set, and the snapshot's note says so.
  /// @throws Error when rounding leaves no cell at all
  SpaceSnapshot at(std::span<const double> weights, const SingularRule& rule, SpaceDetail detail);

 private:
  ThreadTeam& m_team;
  Domain3 m_domain;
  Density3Ptr m_density;
  std::vector<Point3> m_sites;
  std::vector<double> m_targets;
  std::vector<int> m_order;              ///< row of the problem of each row of the cells
  std::unique_ptr<PowerCells3> m_cells;  ///< of all sites
};

/// The picture of a folder that `monge-cli transport` wrote, measured by its density.
/// @throws Error as readTransportDirectory does; on points that are not in space
SpaceSnapshotPtr readSpacePicture(const std::filesystem::path& folder, const SingularRule& rule);

/// The picture of a problem that is solved here and now. @throws Error as SiteTransport does
SpaceSnapshotPtr solvedSpacePicture(const SpaceProblem& problem, const std::string& name,
                                    const SingularRule& rule);

}  // namespace monge
