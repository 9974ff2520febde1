// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstdint>
#include <filesystem>
#include <string>
#include <string_view>

namespace monge {

/// Writes the whole file or nothing: a temporary neighbour, fsync, rename, fsync of the folder. A symbolic
/// link is followed and the permissions of an existing file are kept; a device or pipe (/dev/stdout) is
/// written directly.
/// @throws Error (Failed) naming the file and the system's reason, e.g. a full disk; the old file stays.
void writeFileAtomically(const std::filesystem::path& file, std::string_view bytes);

/// @throws Error naming the file when it is missing, a folder, unreadable or larger than `limit`.
std::string readFile(const std::filesystem::path& file, std::uint64_t limit = 4ull << 30);

}  // namespace monge
