// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <string>

#include "app/cli/commands.h"
#include "core/geometry/singular_facets.h"

namespace monge {

std::string nameOf(SingularRule::By by);
/// With a threshold and no word on what it measures, the jump in data units.
/// @param dimension  of the sites: the threshold chosen from the data depends on it
/// @throws Error on a measure that needs a threshold and has none
SingularRule singularRuleFrom(const SingularRuleOptions& options, Eigen::Index dimension);

}  // namespace monge
