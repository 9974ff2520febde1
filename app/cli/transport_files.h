// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <filesystem>

namespace monge {

/// Before a solve, so that nobody waits for what cannot be written. @throws Error
void makeFolder(const std::filesystem::path& folder);

}  // namespace monge
