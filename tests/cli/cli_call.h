// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <sstream>
#include <string>
#include <vector>

#include "app/cli/cli.h"

namespace monge {

/// What a call of monge-cli answered.
struct Answer {
  int status = 0;
  std::string out, err;
};

/// monge-cli in this process, as if it wrote to a file or, with `terminal`, to a terminal of 80 columns.
inline Answer callCli(const std::vector<std::string>& arguments, bool terminal = false) {
  std::ostringstream out, err;
  CliContext context{out, err, "monge-cli", terminal, 80, {}};
  const int status = runCli(arguments, context);
  return {status, out.str(), err.str()};
}

/// The same of one command.
inline Answer callCli(const char* command, std::vector<std::string> arguments, bool terminal = false) {
  arguments.insert(arguments.begin(), command);
  return callCli(arguments, terminal);
}

}  // namespace monge
