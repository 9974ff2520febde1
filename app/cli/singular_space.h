// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "app/cli/commands.h"
#include "core/geometry/singular_facets.h"
#include "core/transport/transport_directory.h"

namespace monge {

/// `singular` for points in space: writes singular.csv (facet by facet), singular_curves.csv (edge by edge),
/// singular.vtp and singular.ply (surfaces), singular_curves.vtp and singular_curves.ply, singular.json.
/// @throws Error as singularSet() does, or when a file cannot be written
int singularInSpace(const TransportRecord& record, const SingularRule& rule, const SingularOptions& options,
                    ThreadTeam& team, CliContext& context);

}  // namespace monge
