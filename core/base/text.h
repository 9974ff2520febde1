// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <charconv>
#include <string>

namespace monge {

/// The shortest text that reads back as the same number, with a point in every locale. std::to_string and
/// printf write a comma where the user's language does, and a window sets that language.
template <class Real>
std::string numberText(Real value) {
  char digits[64];
  return {digits, std::to_chars(digits, digits + sizeof(digits), value).ptr};
}

}  // namespace monge
