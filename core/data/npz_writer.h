// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstdint>
#include <string>
#include <variant>
#include <vector>

namespace monge {

/// An array as NumPy reads it from an NPZ.
struct NamedArray {
  std::string name;
  std::vector<std::int64_t> shape;  ///< C order; empty for a single number
  std::variant<std::vector<double>, std::vector<std::int32_t>, std::vector<char>>
      values;  ///< f8, i4, or b1 of 0 and 1
};

/// The bytes of an NPZ file, packed. The same arrays give the same bytes: no time of day is kept.
/// @throws Error naming the array whose values do not fill its shape, or whose name is taken
std::string npzBytes(const std::vector<NamedArray>& arrays);

}  // namespace monge
