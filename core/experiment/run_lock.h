// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <filesystem>

namespace monge {

/// The right to write a run's folder, held as long as it lives. The system gives it up for a process that
/// dies in whatever way, so that none is ever stale. The file `lock` in the folder says who holds it. One
/// thread. Where a file system knows no locks there is none.
class RunLock {
 public:
  /// Waits up to a second for a writer that is just ending.
  /// @throws Error (Failed) naming the folder, and the process and machine that write it.
  explicit RunLock(const std::filesystem::path& folder);
  ~RunLock();
  RunLock(const RunLock&) = delete;
  RunLock& operator=(const RunLock&) = delete;

 private:
  int m_descriptor = -1;
};

}  // namespace monge
