// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <chrono>
#include <optional>
#include <string_view>

#include "core/snapshot/message.h"

namespace monge {

/// A file descriptor that is closed when its owner goes.
class OwnedFd {
 public:
  explicit OwnedFd(int fd = -1) : m_fd(fd) {}
  OwnedFd(OwnedFd&& other) noexcept : m_fd(other.release()) {}
  OwnedFd& operator=(OwnedFd&& other) noexcept;
  ~OwnedFd() { reset(); }
  int get() const { return m_fd; }
  int release();
  void reset();

 private:
  int m_fd;
};

struct Pipe {
  OwnedFd readEnd, writeEnd;
};
/// Both ends close on exec. @throws Error when the system has none left.
Pipe makePipe();

/// Messages from a descriptor that may be woken: wake() from any thread ends the reading.
class FrameInput {
 public:
  explicit FrameInput(int fd, MessageLimits limits = {}) : m_fd(fd), m_wake(makePipe()), m_reader(limits) {}
  /// The next message; nothing at the end of the input, after wake() or (when given) at the deadline; ended()
  /// tells which.
  /// @throws Error when the bytes are no message: the stream is lost then.
  std::optional<Message> next(std::optional<std::chrono::steady_clock::time_point> deadline = std::nullopt);
  bool ended() const { return m_ended; }
  void wake();

 private:
  bool waitReadable(std::optional<std::chrono::steady_clock::time_point> deadline);

  int m_fd;
  Pipe m_wake;
  MessageReader m_reader;
  bool m_ended = false;
};

/// Messages to a descriptor, which is made non-blocking meanwhile, so that a reader who stopped reading
/// cannot hold the writer for ever. send() from one thread; hurry() from any.
class FrameOutput {
 public:
  explicit FrameOutput(int fd);
  ~FrameOutput();
  FrameOutput(const FrameOutput&) = delete;
  FrameOutput& operator=(const FrameOutput&) = delete;

  /// False when the other side is gone, or did not take the bytes within the grace after hurry().
  bool send(std::string_view bytes);
  /// The end is near: what is not taken within `grace` is given up.
  void hurry(std::chrono::milliseconds grace);

 private:
  bool waitWritable();

  int m_fd;
  int m_flags;
  Pipe m_hurry;
  std::optional<std::chrono::steady_clock::time_point> m_deadline;
};

}  // namespace monge
