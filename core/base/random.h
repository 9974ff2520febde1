// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <array>
#include <bit>
#include <cassert>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <initializer_list>
#include <numbers>
#include <utility>

namespace monge {

/// Seeded pseudo-random numbers: xoshiro256++ (Blackman, Vigna 2019), its state filled by splitmix64.
///
/// Our own rather than std::normal_distribution and its kin, which differ between standard libraries: one
/// seed gives one sequence everywhere (normal() up to the last bit of the platform's log and cos). The four
/// words of state are all there is (normal() keeps no spare value), so a checkpoint that holds state()
/// continues exactly. A value type; one thread at a time.
class Random {
 public:
  using State = std::array<std::uint64_t, 4>;

  explicit Random(std::uint64_t seed = 0) {
    for (std::uint64_t& word : m_state) word = splitmix64(seed);
  }

  /// The next 64 bits.
  std::uint64_t next() {
    const std::uint64_t result = std::rotl(m_state[0] + m_state[3], 23) + m_state[0];
    const std::uint64_t shifted = m_state[1] << 17;
    m_state[2] ^= m_state[0];
    m_state[3] ^= m_state[1];
    m_state[1] ^= m_state[2];
    m_state[0] ^= m_state[3];
    m_state[2] ^= shifted;
    m_state[3] = std::rotl(m_state[3], 45);
    return result;
  }

  /// Uniform in [0, 1), a multiple of 2^-53.
  double uniform() { return static_cast<double>(next() >> 11) * 0x1.0p-53; }
  /// Uniform in [lower, upper) up to rounding.
  double uniform(double lower, double upper) { return lower + (upper - lower) * uniform(); }

  /// Standard normal by Box and Muller; the second value of the pair is dropped, see above.
  double normal() {
    const double radius = std::sqrt(-2.0 * std::log(1.0 - uniform()));  // 1 - uniform() is never 0
    return radius * std::cos(2.0 * std::numbers::pi * uniform());
  }

  /// Unbiased integer in [0, n), n > 0. Draws below 2^64 mod n are refused, so that each remainder is equally
  /// likely.
  std::uint64_t below(std::uint64_t n) {
    assert(n > 0);
    const std::uint64_t refused = (0 - n) % n;
    std::uint64_t draw = next();
    while (draw < refused) draw = next();
    return draw % n;
  }

  /// Fills out with unbiased integers in [0, n), n > 0; two from each 64 bits, the first half being the
  /// upper. Lemire 2019, "Fast random integer generation in an interval": of the products of a draw and n the
  /// upper half is the integer, and those whose lower half is below 2^32 mod n are refused.
  void fillBelow(std::uint32_t n, std::uint32_t* out, std::size_t count) {
    assert(n > 0);
    const std::uint32_t refused = (0 - n) % n;
    Random local = *this;  // in registers
    for (std::size_t filled = 0; filled < count;) {
      const std::uint64_t bits = local.next();
      for (const std::uint64_t draw : {bits >> 32, bits & 0xffffffffu}) {
        const std::uint64_t product = draw * n;
        if (filled == count || static_cast<std::uint32_t>(product) < refused) continue;
        out[filled++] = static_cast<std::uint32_t>(product >> 32);
      }
    }
    *this = local;
  }

  const State& state() const { return m_state; }
  /// All zero is the one state that the generator never leaves; it is not allowed.
  void setState(const State& state) {
    assert(state != State{});
    m_state = state;
  }

 private:
  static std::uint64_t splitmix64(std::uint64_t& seed) {
    seed += 0x9e3779b97f4a7c15u;
    std::uint64_t z = seed;
    z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9u;
    z = (z ^ (z >> 27)) * 0x94d049bb133111ebu;
    return z ^ (z >> 31);
  }

  State m_state{};
};

/// Shuffles the first `count` places of a random-access range by Fisher and Yates: afterwards they hold a
/// uniform draw without repetition. std::shuffle's order is the library's own business, this one is fixed.
template <class Range>
void shuffleFirst(Range& range, std::size_t count, Random& random) {
  for (std::size_t i = 0; i < count && i + 1 < range.size(); ++i)
    std::swap(range[i], range[i + random.below(range.size() - i)]);
}

}  // namespace monge
