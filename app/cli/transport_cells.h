// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <filesystem>
#include <set>
#include <string>

#include "core/transport/site_transport.h"

namespace monge {

inline const std::set<std::string> kCellFiles = {"cells.csv", "cells.vtp", "cells.ply"};

/// Writes the cells of a solved problem: cells.csv (corner by corner, or facet by facet), cells.vtp and
/// cells.ply, with the site, mass and weight of each polygon.
/// @throws Error when a file cannot be written
void writeCells(const std::filesystem::path& folder, PlaneTransport& solver);
void writeCells(const std::filesystem::path& folder, SpaceTransport& solver);

}  // namespace monge
