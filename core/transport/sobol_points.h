// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstdint>
#include <vector>

#include "core/base/random.h"

namespace monge {

/// Sobol's low-discrepancy points with Joe and Kuo's direction numbers (2008), from Boost, scrambled as
/// Matousek 1998 proposed: each coordinate's binary digits go through a random lower triangular matrix and
/// are shifted by random digits. Each scrambling of the points is an unbiased sample on its own; of 2^m
/// points in a row from a multiple of 2^m on, every one of 2^m equal intervals of every coordinate holds one.
///
/// Immutable; any thread.
class SobolPoints {
 public:
  static constexpr int kPanel = 64;
  static constexpr int kBits = 32;  ///< 2^32 points, then they repeat

  /// @param dimension  1 to 3667
  explicit SobolPoints(int dimension);

  int dimension() const { return m_dimension; }
  /// The same points under fresh chance.
  SobolPoints scrambled(Random& random) const;
  /// Points 64 panel, ..., 64 panel + 63, coordinate by coordinate: d x 64 binary fractions of 2^32.
  void panel(std::int64_t panel, std::uint32_t* out) const;

 private:
  SobolPoints() = default;
  std::uint32_t& direction(int coordinate, int bit) { return m_directions[coordinate * kBits + bit]; }
  std::uint32_t direction(int coordinate, int bit) const { return m_directions[coordinate * kBits + bit]; }

  int m_dimension = 0;
  std::vector<std::uint32_t> m_directions;  ///< d x 32
  std::vector<std::uint32_t> m_shifts;      ///< d
};

}  // namespace monge
