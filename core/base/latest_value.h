// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <memory>
#include <mutex>
#include <utility>

namespace monge {

/// A slot that keeps only the newest value: the producer never waits, the consumer never sees an old one
/// twice.
template <class T>
class LatestValue {
 public:
  void put(std::shared_ptr<const T> value) {
    std::lock_guard lock(m_mutex);
    m_value = std::move(value);
  }
  /// The newest value that was not taken yet, or null.
  std::shared_ptr<const T> take() {
    std::lock_guard lock(m_mutex);
    return std::exchange(m_value, nullptr);
  }
  bool empty() const {
    std::lock_guard lock(m_mutex);
    return m_value == nullptr;
  }

 private:
  mutable std::mutex m_mutex;
  std::shared_ptr<const T> m_value;
};

}  // namespace monge
