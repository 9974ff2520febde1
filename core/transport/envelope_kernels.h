// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstdint>

namespace monge::envelope {

/// Samples that are searched together, side by side; their coordinates lie kPanel floats apart.
constexpr int kPanel = 64;
/// Planes that are evaluated together; n is padded to a multiple with planes of height -infinity.
constexpr int kGroup = 6;

/// The two highest planes at each sample of a panel so far; before the first -infinity and -1.
struct alignas(64) TopTwo {
  float value[2][kPanel];
  std::int32_t plane[2][kPanel];
};

/// Planes that may be among the two highest at a sample, found with coordinates rounded to bfloat16 (8
/// significant bits). A value differs from the one of single precision by at most margin / 2.
struct alignas(64) Candidates {
  static constexpr int kMost = 48;
  float value[2][kPanel];  ///< the two highest, rounded
  float margin[kPanel];    ///< set by the caller
  std::int32_t count[kPanel];
  std::int32_t plane[kPanel][kMost];
  float rounded[kPanel][kMost];  ///< of each candidate
  std::int32_t overflows;        ///< samples with more than kMost candidates, their count is -1
};

/// Planes in groups, d x kGroup each: coordinate k of plane i at [i / kGroup][k][i % kGroup].
struct Planes {
  const float* coordinates;   ///< 64-byte aligned
  const std::uint32_t* half;  ///< the same as bfloat16, two coordinates (2 k, 2 k + 1) in one word; or null
  const float* rows;          ///< n x d as they are, for `decide`; or null
  const float* heights;       ///< by plane
  int d = 0;
};

/// The inner loop of the search for u_h(x) = max_i <x, y_i> + h_i, for one instruction set. Pure; any thread.
///
/// A value is h_i, then x_0 y_0, x_1 y_1, ... added one after the other, each with one rounding where the
/// processor fuses product and sum: it does not depend on which samples and planes are searched together.
struct Kernels {
  const char* name;
  /// Goes on over groups [first, last). Of equal planes the lowest index is first.
  /// @param panel  d x kPanel, 64-byte aligned
  void (*search)(const float* panel, const Planes& planes, int first, int last, TopTwo& top);
  /// As above for candidates. This and the next are null where the instruction set has no bfloat16 products.
  /// @param half  as panel, in pairs like Planes::half: ceil(d / 2) x kPanel
  void (*searchHalf)(const std::uint32_t* half, const Planes& planes, int first, int last, Candidates& found);
  /// Rounds a panel to `half`, and measures for each sample |x| and |x - rounded x| (Euclidean norms).
  void (*roundPanel)(const float* panel, int d, std::uint32_t* half, float* norm, float* error);
  /// The two highest of each sample's candidates in single precision, exactly as `search` finds them. The
  /// candidates in `found` are used up. Samples whose count is -1 are left as they are.
  void (*decide)(const float* panel, const Planes& planes, Candidates& found, TopTwo& top);
};

/// The widest that this processor runs; the environment's MONGE_KERNELS (generic, avx2, avx512) narrows it.
/// Those of avx512 have searchHalf and roundPanel where the processor has AVX512_BF16.
const Kernels& kernels();

const Kernels& genericKernels();
const Kernels* avx2Kernels();        ///< null where they were not compiled
const Kernels* avx512Kernels();      ///< as above
const Kernels* avx512HalfKernels();  ///< as above; with searchHalf

}  // namespace monge::envelope
