// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/engine/frame_pipe.h"

#include <fcntl.h>
#include <poll.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <string>
#include <utility>

#include "core/base/error.h"

namespace monge {

namespace {

using Deadline = std::optional<std::chrono::steady_clock::time_point>;

/// For poll(): -1 waits for ever.
int millisecondsTo(const Deadline& deadline) {
  if (!deadline) return -1;
  const auto left =
      std::chrono::ceil<std::chrono::milliseconds>(*deadline - std::chrono::steady_clock::now());
  return static_cast<int>(std::clamp<std::int64_t>(left.count(), 0, 3600 * 1000));
}

void poke(int fd) {
  const char byte = 0;
  // A full pipe has been poked before.
  [[maybe_unused]] const auto written = ::write(fd, &byte, 1);
}

}  // namespace

OwnedFd& OwnedFd::operator=(OwnedFd&& other) noexcept {
  if (this != &other) {
    reset();
    m_fd = other.release();
  }
  return *this;
}

int OwnedFd::release() {
  return std::exchange(m_fd, -1);
}

void OwnedFd::reset() {
  if (m_fd >= 0) ::close(m_fd);
  m_fd = -1;
}

Pipe makePipe() {
  int ends[2];
  if (::pipe2(ends, O_CLOEXEC) != 0) throw Error::failed("pipe", std::strerror(errno));
  return {OwnedFd(ends[0]), OwnedFd(ends[1])};
}

bool FrameInput::waitReadable(Deadline deadline) {
  pollfd watched[2] = {{m_fd, POLLIN, 0}, {m_wake.readEnd.get(), POLLIN, 0}};
  const int found = ::poll(watched, 2, millisecondsTo(deadline));
  if (found < 0) return errno == EINTR;
  if (watched[1].revents != 0) m_ended = true;
  return found > 0 && !m_ended;
}

std::optional<Message> FrameInput::next(Deadline deadline) {
  std::string block(1 << 16, '\0');
  while (!m_ended) {
    if (std::optional<Message> message = m_reader.next()) return message;
    if (!waitReadable(deadline)) return std::nullopt;
    const auto got = ::read(m_fd, block.data(), block.size());
    if (got > 0)
      m_reader.feed(std::string_view(block.data(), static_cast<std::size_t>(got)));
    else if (got == 0 || (errno != EINTR && errno != EAGAIN))
      m_ended = true;
  }
  return std::nullopt;
}

void FrameInput::wake() {
  poke(m_wake.writeEnd.get());
}

FrameOutput::FrameOutput(int fd) : m_fd(fd), m_flags(::fcntl(fd, F_GETFL)), m_hurry(makePipe()) {
  ::fcntl(m_fd, F_SETFL, m_flags | O_NONBLOCK);
}

FrameOutput::~FrameOutput() {
  ::fcntl(m_fd, F_SETFL, m_flags);
}

void FrameOutput::hurry(std::chrono::milliseconds grace) {
  const auto count = static_cast<std::uint32_t>(std::clamp<std::int64_t>(grace.count(), 0, 60000));
  [[maybe_unused]] const auto written = ::write(m_hurry.writeEnd.get(), &count, sizeof count);
}

bool FrameOutput::waitWritable() {
  pollfd watched[2] = {{m_fd, POLLOUT, 0}, {m_deadline ? -1 : m_hurry.readEnd.get(), POLLIN, 0}};
  const int found = ::poll(watched, 2, millisecondsTo(m_deadline));
  if (found < 0) return errno == EINTR;
  if (watched[1].revents != 0) {
    std::uint32_t grace = 0;
    if (::read(m_hurry.readEnd.get(), &grace, sizeof grace) == sizeof grace)
      m_deadline = std::chrono::steady_clock::now() + std::chrono::milliseconds(grace);
  }
  return found > 0;
}

bool FrameOutput::send(std::string_view bytes) {
  while (!bytes.empty()) {
    const auto written = ::write(m_fd, bytes.data(), bytes.size());
    if (written > 0) {
      bytes.remove_prefix(static_cast<std::size_t>(written));
    } else if (errno == EAGAIN) {
      if (!waitWritable()) return false;
    } else if (errno != EINTR) {
      return false;
    }
  }
  return true;
}

}  // namespace monge
