// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QString>
#include <filesystem>
#include <vector>

#include "core/transport/site_transport.h"

namespace monge {

/// A transport problem in space as it is opened in the window.
struct SpaceDocument {
  SpaceProblem problem;
  QString name;
  QString caption;  ///< what to look at
  QString id;       ///< what a command names: a preset, "two-balls", or a folder; empty for points
};

/// The plane's problems in space, on points that we draw ourselves: seeded, so that everybody sees the same.
const std::vector<SpaceDocument>& spacePresets();
/// The preset of that id or name, in any case; null for none.
const SpaceDocument* spacePreset(const QString& word);

/// Points of space from CSV, NPY or NPZ, equal masses, a uniform density: on the unit cube where that holds
/// all points, else on their bounding box with a tenth of air. Or the problem of a folder that
/// `monge-cli transport` wrote.
/// @throws Error naming the file, what was found and what was expected
SpaceDocument readSpaceDocument(const std::filesystem::path& path);

/// Coordinates to a point that the file or folder gives: 2, 3, or what else it has.
/// @throws Error when it cannot be read
int dimensionOf(const std::filesystem::path& path);

}  // namespace monge
