// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstdint>
#include <filesystem>
#include <string>
#include <string_view>

namespace monge {

/// A file of lines that only grows, open for one addition. A process that is killed while it adds leaves at
/// most one torn line.
/// @throws Error (Failed) naming the file and the system's reason, in every function. One thread.
class AppendFile {
 public:
  /// Opens or creates.
  explicit AppendFile(const std::filesystem::path& file);
  ~AppendFile();
  AppendFile(const AppendFile&) = delete;
  AppendFile& operator=(const AppendFile&) = delete;

  std::uint64_t size() const { return m_size; }
  /// Without its end; "" in an empty file.
  std::string firstLine() const;
  /// Cuts what follows the last line end.
  void dropTornLine();
  /// Adds the whole text; when that fails the file is cut back to what it was.
  void append(std::string_view text);
  void cut(std::uint64_t size);

 private:
  std::string read(std::uint64_t offset, std::size_t count) const;
  [[noreturn]] void fail(int code) const;

  std::filesystem::path m_file;
  int m_descriptor = -1;
  std::uint64_t m_size = 0;
};

}  // namespace monge
