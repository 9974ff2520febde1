// SPDX-License-Identifier: GPL-3.0-or-later
// Registers of MONGE_WIDTH floats on GCC's vector types, their sums, and loops whose length the compiler
// knows.
#pragma once

#include "core/models/fused/kernels.h"

namespace monge::fused {
namespace {

constexpr int W = MONGE_WIDTH;

typedef float V __attribute__((vector_size(4 * W), aligned(4 * W), may_alias));
typedef std::int32_t I __attribute__((vector_size(4 * W), aligned(4 * W), may_alias));
typedef std::uint32_t U __attribute__((vector_size(4 * W), aligned(4 * W), may_alias));

inline V load(const float* p) {
  return *reinterpret_cast<const V*>(p);
}
inline void store(float* p, V v) {
  *reinterpret_cast<V*>(p) = v;
}
inline V splat(float s) {
  return s - V{};
}
inline V select(I mask, V a, V b) {
  return reinterpret_cast<V>((mask & reinterpret_cast<I>(a)) | (~mask & reinterpret_cast<I>(b)));
}
/// The slope is in [0, 1].
inline V leaky(V x, V slope) {
  const V leaked = x * slope;
  return x > leaked ? x : leaked;
}
inline V absolute(V x) {
  return reinterpret_cast<V>(reinterpret_cast<I>(x) & 0x7fffffff);
}
inline V squareRoot(V x) {
  V r;
  for (int l = 0; l < W; ++l) r[l] = __builtin_sqrtf(x[l]);
  return r;
}
inline int vectorsOf(int n) {
  return (n + W - 1) / W;
}

/// All bits set in the lanes of vector v that belong to a batch of n.
inline I laneMask(int v, int n) {
  I lane;
  for (int l = 0; l < W; ++l) lane[l] = l;
  return lane + v * W < n;
}

/// Sums of W vectors at once: lane l of the result is the sum of v[l]. A tree of pairwise interleaving, about
/// three instructions a vector, where W single sums would take 2 log2 W each.
template <int Count>
inline V sumAll(const V* v) {
  if constexpr (Count == 1) {
    return v[0];
  } else {
    constexpr int half = Count / 2;
    V next[half];
#pragma GCC unroll 16
    for (int p = 0; p < half; ++p) {
      const V a = v[p], b = v[p + half];
      I straight,
          crossed;  // blocks of `half` lanes come from a and b in turn; a straight one is a mere blend
      for (int l = 0; l < W; ++l) {
        const bool second = (l / half) & 1;
        straight[l] = second ? W + l : l;
        crossed[l] = second ? W + l - half : l + half;
      }
      next[p] = __builtin_shuffle(a, b, straight) + __builtin_shuffle(a, b, crossed);
    }
    return sumAll<half>(next);
  }
}

inline float sum(V v) {
#pragma GCC unroll 4
  for (int half = W / 2; half > 0; half /= 2) {
    I other;
    for (int l = 0; l < W; ++l) other[l] = l ^ half;
    v += __builtin_shuffle(v, other);
  }
  return v[0];
}

/// Calls f.operator()<count>() for a count in [0, Most]; nothing for 0.
template <int Most, class F>
inline void withCount(int count, const F& f) {
  if constexpr (Most > 0) {
    if (count == Most)
      f.template operator()<Most>();
    else
      withCount<Most - 1>(count, f);
  }
}

}  // namespace
}  // namespace monge::fused
