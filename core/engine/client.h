// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <sys/types.h>

#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/engine/frame_pipe.h"

namespace monge {

/// The other end of docs/protocol.md without Qt: starts an engine as a child process, or speaks over two
/// descriptors. Blocking and simple, for tests and scripts; the window has its own. One thread.
class EngineClient {
 public:
  /// Starts the command (looked for in PATH) with its input and output connected; its standard error stays
  /// ours.
  /// @throws Error when it cannot be started.
  static std::unique_ptr<EngineClient> launch(const std::vector<std::string>& command);

  EngineClient(OwnedFd fromEngine, OwnedFd toEngine);
  /// Closes the link; a child is waited for, and killed when it is not gone within five seconds.
  ~EngineClient();

  /// False when the engine does not read any more.
  bool send(const Message& message) { return sendBytes(encode(message)); }
  bool send(const std::string& type, nlohmann::json fields = nlohmann::json::object());
  bool sendBytes(std::string_view bytes);
  /// The next message; nothing when the seconds passed or the link ended. @throws Error on nonsense.
  std::optional<Message> receive(double seconds);
  bool ended() const { return m_input.ended(); }
  void closeInput() { m_toEngine.reset(); }  ///< the engine's

  pid_t pid() const { return m_child; }
  /// Exit status, or 128 + the signal; nothing when it still runs after `seconds` (or there is no child).
  std::optional<int> waitForEnd(double seconds);

 private:
  OwnedFd m_fromEngine, m_toEngine;
  FrameInput m_input;
  pid_t m_child = -1;
};

}  // namespace monge
