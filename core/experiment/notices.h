// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "core/experiment/experiment.h"

namespace monge {

/// What a person should know before training, though nothing is wrong: sentences for people. Pure; any
/// thread.
/// @param points  rows of the data set
std::vector<std::string> notices(const Experiment& experiment, std::int64_t points);

}  // namespace monge
