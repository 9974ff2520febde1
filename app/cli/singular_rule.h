// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <string>

#include "app/cli/commands.h"
#include "core/geometry/singular_facets.h"

namespace monge {

std::string nameOf(SingularRule::By by);
/// With a threshold and no word on what it measures, the jump in data units.
/// @throws Error on a measure that needs a threshold and has none
SingularRule singularRuleFrom(const SingularRuleOptions& options);

}  // namespace monge
