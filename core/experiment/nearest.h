// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <string>
#include <vector>

namespace monge {

/// The known name with the fewest edits (insert, delete, replace) from `name`; the first of equals. Empty
/// when none is near enough to be what was meant: more than a third of the name, and more than two edits,
/// would have to change.
std::string nearest(const std::string& name, const std::vector<std::string>& known);

/// "one, two, three"
std::string joined(const std::vector<std::string>& names);

/// What to expect instead of an unknown name: "did you mean X?", or the list of all.
std::string suggestion(const std::string& name, const std::vector<std::string>& known);

}  // namespace monge
