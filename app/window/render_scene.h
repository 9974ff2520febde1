// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>

#include "views/scene.h"

namespace monge {

/// A moment of a run folder as views paint it, without cells: the checkpoint of that iteration, else the
/// last.
/// @throws Error when this is no run, or it has no such checkpoint.
views::Scene readScene(const std::filesystem::path& run, std::optional<std::int64_t> iteration);

/// Cells of the scene's prototypes over `box`, where they live in the plane.
void addCells(views::Scene& scene, const Box2& box);

}  // namespace monge
