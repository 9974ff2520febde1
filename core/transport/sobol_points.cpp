// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/transport/sobol_points.h"

#include <bit>
#include <boost/random/sobol.hpp>

namespace monge {

SobolPoints::SobolPoints(int dimension)
    : m_dimension(dimension),
      m_directions(static_cast<std::size_t>(dimension) * kBits),
      m_shifts(static_cast<std::size_t>(dimension)) {
  // In the order of Gray codes point 2^b differs from the one before by direction number b. Boost leaves out
  // point 0, the origin: what it counts as 0 is point 1.
  boost::random::sobol engine(static_cast<std::size_t>(dimension));
  std::vector<std::uint64_t> before(static_cast<std::size_t>(dimension)), after = before;
  for (int bit = 0; bit < kBits; ++bit) {
    if (bit > 0) {
      engine.seed((std::uint64_t{1} << bit) - 2);
      for (std::uint64_t& value : before) value = engine();
    }
    for (std::uint64_t& value : after) value = engine();
    for (int k = 0; k < dimension; ++k)
      direction(k, bit) = static_cast<std::uint32_t>((before[k] ^ after[k]) >> 32);
  }
}

SobolPoints SobolPoints::scrambled(Random& random) const {
  SobolPoints result = *this;
  for (int k = 0; k < m_dimension; ++k) {
    // Row r of the matrix makes digit r (from the highest) of digits 0 to r, the last of them as it is.
    std::uint32_t rows[kBits];
    for (int r = 0; r < kBits; ++r) {
      const auto chance = static_cast<std::uint32_t>(random.next() >> 32);
      const std::uint32_t digit = 0x80000000u >> r;
      rows[r] = digit | (chance & ~(digit | (digit - 1)));
    }
    for (int bit = 0; bit < kBits; ++bit) {
      std::uint32_t mixed = 0;
      for (int r = 0; r < kBits; ++r)
        mixed |= (std::popcount(rows[r] & direction(k, bit)) & 1u) << (kBits - 1 - r);
      result.direction(k, bit) = mixed;
    }
    result.m_shifts[k] = static_cast<std::uint32_t>(random.next() >> 32);
  }
  return result;
}

void SobolPoints::panel(std::int64_t panel, std::uint32_t* out) const {
  for (int k = 0; k < m_dimension; ++k, out += kPanel) {
    out[0] = m_shifts[k];
    for (auto rest = static_cast<std::uint32_t>(panel) & ((1u << (kBits - 6)) - 1); rest != 0;
         rest &= rest - 1)
      out[0] ^= direction(k, std::countr_zero(rest) + 6);
    for (int bit = 0; bit < 6; ++bit)
      for (int at = 0; at < 1 << bit; ++at) out[(1 << bit) + at] = out[at] ^ direction(k, bit);
  }
}

}  // namespace monge
