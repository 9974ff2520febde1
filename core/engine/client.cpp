// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/engine/client.h"

#include <signal.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <thread>
#include <utility>

#include "core/base/error.h"

extern char** environ;

namespace monge {

namespace {

using Clock = std::chrono::steady_clock;

Clock::time_point after(double seconds) {
  return Clock::now() + std::chrono::duration_cast<Clock::duration>(std::chrono::duration<double>(seconds));
}

pid_t spawn(const std::vector<std::string>& command, int input, int output) {
  std::vector<char*> arguments;
  for (const std::string& word : command) arguments.push_back(const_cast<char*>(word.c_str()));
  arguments.push_back(nullptr);
  posix_spawn_file_actions_t actions;
  ::posix_spawn_file_actions_init(&actions);
  ::posix_spawn_file_actions_adddup2(&actions, input, STDIN_FILENO);
  ::posix_spawn_file_actions_adddup2(&actions, output, STDOUT_FILENO);
  pid_t child = -1;
  const int failure = ::posix_spawnp(&child, arguments[0], &actions, nullptr, arguments.data(), environ);
  ::posix_spawn_file_actions_destroy(&actions);
  if (failure != 0) throw Error(command[0], std::strerror(failure), "a program that can be started");
  return child;
}

}  // namespace

std::unique_ptr<EngineClient> EngineClient::launch(const std::vector<std::string>& command) {
  if (command.empty()) throw Error("command", "is empty", "the engine's command");
  Pipe in = makePipe(), out = makePipe();
  const pid_t child = spawn(command, in.readEnd.get(), out.writeEnd.get());
  auto client = std::make_unique<EngineClient>(std::move(out.readEnd), std::move(in.writeEnd));
  client->m_child = child;
  return client;
}

EngineClient::EngineClient(OwnedFd fromEngine, OwnedFd toEngine)
    : m_fromEngine(std::move(fromEngine)), m_toEngine(std::move(toEngine)), m_input(m_fromEngine.get()) {}

EngineClient::~EngineClient() {
  m_toEngine.reset();
  m_fromEngine.reset();
  if (m_child < 0 || waitForEnd(5)) return;
  ::kill(m_child, SIGKILL);
  waitForEnd(5);
}

bool EngineClient::send(const std::string& type, nlohmann::json fields) {
  Message message(type);
  message.fields = std::move(fields);
  return send(message);
}

bool EngineClient::sendBytes(std::string_view bytes) {
  // A dead engine is an answer, not the end of this program.
  struct sigaction ignore {
  }, before{};
  ignore.sa_handler = SIG_IGN;
  ::sigaction(SIGPIPE, &ignore, &before);
  bool sent = true;
  while (!bytes.empty() && sent) {
    const auto written = ::write(m_toEngine.get(), bytes.data(), bytes.size());
    if (written > 0)
      bytes.remove_prefix(static_cast<std::size_t>(written));
    else
      sent = errno == EINTR;
  }
  ::sigaction(SIGPIPE, &before, nullptr);
  return sent;
}

std::optional<Message> EngineClient::receive(double seconds) {
  return m_input.next(after(seconds));
}

std::optional<int> EngineClient::waitForEnd(double seconds) {
  const Clock::time_point deadline = after(seconds);
  while (m_child >= 0) {
    int status = 0;
    if (::waitpid(m_child, &status, WNOHANG) == m_child) {
      m_child = -1;
      return WIFSIGNALED(status) ? 128 + WTERMSIG(status) : WEXITSTATUS(status);
    }
    if (Clock::now() >= deadline) return std::nullopt;
    std::this_thread::sleep_for(std::chrono::milliseconds(5));
  }
  return std::nullopt;
}

}  // namespace monge
