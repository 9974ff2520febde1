// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/base/append_file.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <system_error>

#include "core/base/error.h"

namespace monge {

AppendFile::AppendFile(const std::filesystem::path& file)
    : m_file(file), m_descriptor(::open(file.c_str(), O_RDWR | O_CREAT | O_APPEND | O_CLOEXEC, 0666)) {
  struct stat info {};
  if (m_descriptor < 0) fail(errno);
  if (::fstat(m_descriptor, &info) != 0) {
    const int code = errno;
    ::close(m_descriptor);
    fail(code);
  }
  m_size = static_cast<std::uint64_t>(info.st_size);
}

AppendFile::~AppendFile() {
  ::close(m_descriptor);
}

void AppendFile::fail(int code) const {
  throw Error::failed(m_file.string(), "cannot be written: " + std::generic_category().message(code));
}

std::string AppendFile::read(std::uint64_t offset, std::size_t count) const {
  std::string bytes(count, '\0');
  const ssize_t got = ::pread(m_descriptor, bytes.data(), count, static_cast<off_t>(offset));
  if (got < 0) fail(errno);
  bytes.resize(static_cast<std::size_t>(got));
  return bytes;
}

std::string AppendFile::firstLine() const {
  std::string line;
  while (line.size() < m_size) {
    const std::string block = read(line.size(), 4096);
    if (block.empty()) break;
    const std::size_t end = block.find('\n');
    line += block.substr(0, end);
    if (end != std::string::npos) break;
  }
  return line;
}

void AppendFile::dropTornLine() {
  std::uint64_t end = m_size;
  while (end > 0) {
    const std::size_t count = static_cast<std::size_t>(std::min<std::uint64_t>(end, 4096));
    const std::string block = read(end - count, count);
    const std::size_t lineEnd = block.rfind('\n');
    if (lineEnd != std::string::npos) {
      end = end - count + lineEnd + 1;
      break;
    }
    end -= count;
  }
  if (end < m_size) cut(end);
}

void AppendFile::append(std::string_view text) {
  const std::uint64_t before = m_size;
  while (!text.empty()) {
    const ssize_t written = ::write(m_descriptor, text.data(), text.size());
    if (written < 0 && errno == EINTR) continue;
    if (written < 0) {
      const int code = errno;
      cut(before);
      fail(code);
    }
    text.remove_prefix(static_cast<std::size_t>(written));
    m_size += static_cast<std::uint64_t>(written);
  }
}

void AppendFile::cut(std::uint64_t size) {
  if (::ftruncate(m_descriptor, static_cast<off_t>(size)) != 0) fail(errno);
  m_size = size;
}

}  // namespace monge
