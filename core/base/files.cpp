// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/base/files.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <cerrno>
#include <cstdio>
#include <system_error>
#include <utility>

#include "core/base/error.h"

namespace monge {
namespace {

namespace fs = std::filesystem;

std::string reason(int code) {
  return std::generic_category().message(code);
}

/// An open file descriptor that is closed when its owner goes.
class Descriptor {
 public:
  explicit Descriptor(int fd) : m_fd(fd) {}
  Descriptor(const Descriptor&) = delete;
  Descriptor& operator=(const Descriptor&) = delete;
  ~Descriptor() {
    if (m_fd >= 0) ::close(m_fd);
  }
  int get() const { return m_fd; }
  bool isOpen() const { return m_fd >= 0; }
  /// Network file systems report a full disk only here, so that the result counts.
  bool close() { return ::close(std::exchange(m_fd, -1)) == 0; }

 private:
  int m_fd;
};

bool writeAll(int fd, std::string_view bytes) {
  while (!bytes.empty()) {
    const ssize_t written = ::write(fd, bytes.data(), std::min<std::size_t>(bytes.size(), 1u << 30));
    if (written < 0 && errno == EINTR) continue;
    if (written < 0) return false;
    bytes.remove_prefix(static_cast<std::size_t>(written));
  }
  return true;
}

/// A name in the same folder (rename() does not cross file systems) that no other writer uses.
fs::path temporaryNeighbour(const fs::path& file) {
  static std::atomic<unsigned> counter{0};
  return file.parent_path() / ("." + file.filename().string() + "." + std::to_string(::getpid()) + "." +
                               std::to_string(counter++) + ".tmp");
}

[[noreturn]] void failWriting(const fs::path& file, int code) {
  throw Error::failed(file.string(), "cannot be written: " + reason(code));
}

void writeDirectly(const fs::path& file, std::string_view bytes) {
  Descriptor out(::open(file.c_str(), O_WRONLY | O_CLOEXEC));
  if (!out.isOpen() || !writeAll(out.get(), bytes) || !out.close()) failWriting(file, errno);
}

/// After a rename the new name itself is on disk only when its folder is. Some file systems cannot sync a
/// folder; the file is whole all the same.
void syncFolder(const fs::path& folder) {
  Descriptor opened(::open(folder.empty() ? "." : folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  if (opened.isOpen()) ::fsync(opened.get());
}

void replaceFile(const fs::path& file, std::string_view bytes, const struct stat* old) {
  const fs::path temporary = temporaryNeighbour(file);
  Descriptor out(::open(temporary.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0666));
  if (!out.isOpen()) failWriting(file, errno);
  const bool done = (!old || ::fchmod(out.get(), old->st_mode & 07777) == 0) && writeAll(out.get(), bytes) &&
                    ::fsync(out.get()) == 0 && out.close() &&
                    std::rename(temporary.c_str(), file.c_str()) == 0;
  if (!done) {
    const int code = errno;
    ::unlink(temporary.c_str());
    failWriting(file, code);
  }
  syncFolder(file.parent_path());
}

}  // namespace

void writeFileAtomically(const fs::path& file, std::string_view bytes) {
  struct stat old {};
  const bool exists = ::stat(file.c_str(), &old) == 0;
  if (!exists) return replaceFile(file, bytes, nullptr);
  if (S_ISDIR(old.st_mode)) failWriting(file, EISDIR);
  if (!S_ISREG(old.st_mode)) return writeDirectly(file, bytes);
  std::error_code code;
  const fs::path target = fs::canonical(file, code);
  if (code) failWriting(file, code.value());
  replaceFile(target, bytes, &old);
}

std::string readFile(const fs::path& file, std::uint64_t limit) {
  Descriptor in(::open(file.c_str(), O_RDONLY | O_CLOEXEC));
  struct stat info {};
  if (!in.isOpen() || ::fstat(in.get(), &info) != 0) {
    throw Error(file.string(), "cannot be opened: " + reason(errno), "a readable file");
  }
  if (S_ISDIR(info.st_mode)) throw Error(file.string(), "is a folder", "a file");
  std::string bytes;
  if (info.st_size > 0)
    bytes.reserve(std::min<std::uint64_t>(static_cast<std::uint64_t>(info.st_size), limit));
  std::string block(1u << 20, '\0');
  for (;;) {
    const ssize_t got = ::read(in.get(), block.data(), block.size());
    if (got < 0 && errno == EINTR) continue;
    if (got < 0) throw Error(file.string(), "cannot be read: " + reason(errno), "a readable file");
    if (got == 0) return bytes;
    if (bytes.size() + static_cast<std::uint64_t>(got) > limit) {
      throw Error(file.string(), "is larger than " + std::to_string(limit) + " bytes", "a smaller file");
    }
    bytes.append(block.data(), static_cast<std::size_t>(got));
  }
}

}  // namespace monge
