// SPDX-License-Identifier: GPL-3.0-or-later
#include <sys/ioctl.h>
#include <unistd.h>

#include <iostream>

#include "app/cli/cli.h"
#include "app/cli/engine_environment.h"

namespace {

int terminalColumns() {
  winsize size{};
  return ::ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) == 0 && size.ws_col > 0 ? size.ws_col : 80;
}

std::vector<char*> pointersTo(std::vector<std::string>& words) {
  std::vector<char*> pointers;
  for (std::string& word : words) pointers.push_back(word.data());
  pointers.push_back(nullptr);
  return pointers;
}

bool hasAvx512() {
#if defined(__x86_64__)
  __builtin_cpu_init();
  return __builtin_cpu_supports("avx512f");
#else
  return false;
#endif
}

/// Begins the same process again in the environment that training wants: same streams, same id. Where that
/// fails it goes on in this one.
void chooseEnvironment(int argc, char** argv, char** envp) {
  if (argc < 1) return;
  std::vector<std::string> environment;
  for (char** entry = envp; *entry; ++entry) environment.emplace_back(*entry);
  auto better = monge::trainingEnvironment({argv + 1, argv + argc}, environment, hasAvx512());
  if (better) ::execve("/proc/self/exe", argv, pointersTo(*better).data());
}

// OpenMP and OpenBLAS read the environment as they are loaded, which takes half a second with LibTorch: this
// is called before that. The sanitizers are not ready so early.
#if !defined(__SANITIZE_ADDRESS__) && !defined(__SANITIZE_THREAD__)
[[gnu::section(".preinit_array"), gnu::used]] void (*const g_beforeLibraries)(int, char**,
                                                                              char**) = chooseEnvironment;
#endif

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
