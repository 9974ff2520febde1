// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <nlohmann/json.hpp>
#include <string>
#include <string_view>

namespace monge {

/// JSON that came from outside. Nesting is bounded (64), so that what walks over the value cannot run out of
/// stack.
/// @throws Error naming `subject`, the line and the column where the text stops being JSON.
nlohmann::json parseJson(std::string_view text, const std::string& subject);

/// A value as JSON text for an error message: at most 80 characters, whatever it holds.
std::string shown(const nlohmann::json& value);

}  // namespace monge
