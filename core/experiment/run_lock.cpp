// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/experiment/run_lock.h"

#include <fcntl.h>
#include <sys/file.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <chrono>
#include <string>
#include <system_error>
#include <thread>

#include "core/base/error.h"

namespace monge {

namespace {

constexpr int kAttempts = 10;
constexpr std::chrono::milliseconds kBetween{100};

/// 0, or why not.
int tryLock(int descriptor) {
  for (int attempt = 0;; ++attempt) {
    if (::flock(descriptor, LOCK_EX | LOCK_NB) == 0) return 0;
    if (errno == EINTR) continue;
    if (errno != EWOULDBLOCK || attempt == kAttempts) return errno;
    std::this_thread::sleep_for(kBetween);
  }
}

/// "process 4711 on host"
std::string holder(int descriptor) {
  std::string text(256, '\0');
  const ssize_t got = ::pread(descriptor, text.data(), text.size(), 0);
  text.resize(got > 0 ? static_cast<std::size_t>(got) : 0);
  text.resize(std::min(text.find('\n'), text.size()));
  return text.empty() ? "another process" : text;
}

void signIn(int descriptor) {
  char host[256] = "";
  ::gethostname(host, sizeof host - 1);
  const std::string text = "process " + std::to_string(::getpid()) + " on " + host + "\n";
  // Only for people to read: what cannot be written is left out.
  if (::ftruncate(descriptor, 0) == 0 && ::pwrite(descriptor, text.data(), text.size(), 0) < 0) return;
}

}  // namespace

RunLock::RunLock(const std::filesystem::path& folder) {
  const std::filesystem::path file = folder / "lock";
  m_descriptor = ::open(file.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0666);
  if (m_descriptor < 0)
    throw Error::failed(file.string(), "cannot be written: " + std::generic_category().message(errno));
  const int code = tryLock(m_descriptor);
  if (code == EWOULDBLOCK) {
    const std::string who = holder(m_descriptor);
    ::close(m_descriptor);
    throw Error(folder.string(), "is being written by " + who, "to stop that one first, or another folder",
                Error::Kind::Failed);
  }
  if (code == 0) signIn(m_descriptor);
}

RunLock::~RunLock() {
  ::close(m_descriptor);
}

}  // namespace monge
