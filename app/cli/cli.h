// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <ostream>
#include <string>
#include <vector>

#include "core/engine/server.h"

namespace monge {

/// What a command needs of the world outside; tests bring their own.
struct CliContext {
  std::ostream& out;
  std::ostream& err;
  std::string program = "monge-cli";  ///< as it was called, for the commands that we print
  bool terminal = false;              ///< `out` is one: a bar that moves rather than lines
  int columns = 80;                   ///< of the terminal
  EngineFactory factory;
};

constexpr int kSuccess = 0;
constexpr int kFailed = 1;    ///< the machine said no, training diverged or was stopped
constexpr int kBadInput = 2;  ///< bad usage or bad input

/// The whole command line. Errors become one message on `context.err`; nothing is thrown.
/// @param arguments  without the program's name
/// @return           exit status
int runCli(const std::vector<std::string>& arguments, CliContext& context);

}  // namespace monge
