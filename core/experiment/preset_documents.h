// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <string_view>
#include <vector>

namespace monge {

/// A file of resources/presets, compiled in.
struct PresetDocument {
  std::string_view name;  ///< the file's name without its ending
  std::string_view text;  ///< an experiment as JSON
};

/// Defined in a source that the build makes from the files; see presets.cmake.
const std::vector<PresetDocument>& presetDocuments();

}  // namespace monge
