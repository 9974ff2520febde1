// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <filesystem>

#include "core/snapshot/arrays.h"

namespace monge {

/// The grey values of a PNG picture, row 0 at the top, 0 black to 1 white as they stand in the file (no
/// gamma). 8 and 16 bits keep all their levels; fewer bits are widened; colours become their luminance, and
/// transparency is left out.
/// @throws Error naming the file when it is missing, no PNG, damaged, or larger than 100 million pixels
RowsD readGreyPng(const std::filesystem::path& file);

}  // namespace monge
