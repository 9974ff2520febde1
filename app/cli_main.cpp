// SPDX-License-Identifier: GPL-3.0-or-later
#include <sys/ioctl.h>
#include <unistd.h>

#include <iostream>

#include "app/cli/cli.h"

namespace {

int terminalColumns() {
  winsize size{};
  return ::ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) == 0 && size.ws_col > 0 ? size.ws_col : 80;
}

}  // namespace

int main(int argc, char** argv) {
  monge::CliContext context{std::cout,
                            std::cerr,
                            argc > 0 ? argv[0] : "monge-cli",
                            ::isatty(STDOUT_FILENO) == 1,
                            terminalColumns(),
                            monge::defaultEngineFactory()};
  return monge::runCli({argv + std::min(argc, 1), argv + argc}, context);
}
