// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <filesystem>
#include <string>
#include <vector>

namespace monge {

/// A mass for each point, from a file of one column; empty without a file. @throws Error
std::vector<double> massesFrom(const std::string& file);

/// Before a solve, so that nobody waits for what cannot be written. @throws Error
void makeFolder(const std::filesystem::path& folder);

}  // namespace monge
