// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cmath>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <cstring>

namespace monge {

/// Numbers out of bytes: mostly few distinct ones, so that sites fall together, on lines and on circles.
class Numbers {
 public:
  Numbers(const std::uint8_t* bytes, std::size_t size) : m_bytes(bytes), m_size(size) {}
  bool empty() const { return m_size == 0; }

  std::uint8_t byte() {
    if (m_size == 0) return 0;
    --m_size;
    return *m_bytes++;
  }

  double next() {
    const std::uint8_t kind = byte();
    if (kind < 160) return (kind % 16) / 16.0;
    if (kind < 200) return (byte() + 256.0 * byte()) / 65536;
    if (kind < 220) return std::ldexp(byte() - 128.0, -(byte() % 60));
    if (kind < 235) return std::ldexp(byte() - 128.0, byte() % 40);
    double any = 0;
    std::uint8_t raw[sizeof any];
    for (auto& part : raw) part = byte();
    std::memcpy(&any, raw, sizeof any);
    return any;
  }

 private:
  const std::uint8_t* m_bytes;
  std::size_t m_size;
};

inline void require(bool holds, const char* what) {
  if (holds) return;
  std::fprintf(stderr, "broken: %s\n", what);
  std::abort();
}

inline bool isTame(double value) {
  return std::isfinite(value) && std::abs(value) < 1e6;
}

}  // namespace monge
