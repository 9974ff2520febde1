// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "core/data/readers.h"

namespace monge {

/// What a data file leaves to choose before it can be read as points.
struct DataChoices {
  std::vector<std::string> arrays;  ///< NPZ: arrays that can be points
  std::vector<std::string> labels;  ///< columns or arrays that can be labels
  ReadOptions suggested;

  /// Whether somebody should be asked: there are several arrays, or a column that looks like labels.
  bool isOpen() const { return arrays.size() > 1 || !suggested.labels.empty(); }
};

/// Looks at the names, shapes and first row only. A file of another kind, or one that cannot be read, leaves
/// nothing to choose: its reader says what is wrong with it. Any thread.
DataChoices dataChoices(const std::filesystem::path& file);

}  // namespace monge
