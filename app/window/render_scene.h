// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>

#include "views/figure.h"
#include "views/scene.h"

namespace monge {

/// A moment of a run folder as views paint it, without cells: the checkpoint of that iteration, else the
/// last.
/// @throws Error when this is no run, or it has no such checkpoint.
views::Scene readScene(const std::filesystem::path& run, std::optional<std::int64_t> iteration);

/// Replaces the scene's cells by those that cover the whole page of a figure of it: cells made for a window
/// end where that window ended. None where the prototypes do not live in the plane, or are no longer finite.
void addFigureCells(views::Scene& scene, const views::FigureSpec& spec);

}  // namespace monge
