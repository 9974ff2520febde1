// SPDX-License-Identifier: GPL-3.0-or-later
// The kernels, written once on GCC's vector types. Included by one source file per instruction set, which
// sets MONGE_WIDTH (floats in a register), MONGE_KERNELS_NAME and, where there are bfloat16 products,
// MONGE_ENVELOPE_HALF. Everything is in an unnamed namespace: each file has its own copy.
#include <cstdint>
#include <limits>
#if defined(__x86_64__)
#include <immintrin.h>
#endif

#include "core/transport/envelope_kernels.h"

namespace monge::envelope {
namespace {

constexpr int W = MONGE_WIDTH;
/// Registers of samples in a tile. With kGroup planes they are 24 (12) sums, which hide the latency of the
/// products and leave room for the factors among 32 (16) registers.
constexpr int kVectors = W == 16 ? 4 : 2;

typedef float V __attribute__((vector_size(4 * W), aligned(4 * W), may_alias));
typedef std::int32_t I __attribute__((vector_size(4 * W), aligned(4 * W), may_alias));

inline V load(const float* p) {
  return *reinterpret_cast<const V*>(p);
}
inline void store(float* p, V v) {
  *reinterpret_cast<V*>(p) = v;
}
inline V everywhere(float x) {
  return x - V{};
}

#if MONGE_WIDTH == 16
inline unsigned lanesAbove(V a, V b) {
  return _mm512_cmp_ps_mask(a, b, _CMP_GT_OQ);
}
// With a mask of all ones: GCC 12 warns of the unmasked ones' undefined lanes.
inline V larger(V a, V b) {
  return _mm512_maskz_max_ps(0xffff, a, b);
}
#elif MONGE_WIDTH == 8
inline unsigned lanesAbove(V a, V b) {
  return static_cast<unsigned>(_mm256_movemask_ps(_mm256_cmp_ps(a, b, _CMP_GT_OQ)));
}
inline V larger(V a, V b) {
  return _mm256_max_ps(a, b);
}
#else
inline unsigned lanesAbove(V a, V b) {
  const I above = a > b;
  unsigned lanes = 0;
  for (int l = 0; l < W; ++l) lanes |= (static_cast<unsigned>(above[l]) & 1u) << l;
  return lanes;
}
inline V larger(V a, V b) {
  return a > b ? a : b;
}
#endif

/// Values of a group of planes at kVectors * W samples.
struct Tile {
  V value[kGroup][kVectors];

  V highest(int v) const {
    V highest = value[0][v];
    for (int g = 1; g < kGroup; ++g) highest = larger(highest, value[g][v]);
    return highest;
  }
};

inline Tile evaluate(const float* x, const float* y, const float* heights, int d) {
  Tile tile;
  for (int g = 0; g < kGroup; ++g)
    for (int v = 0; v < kVectors; ++v) tile.value[g][v] = everywhere(heights[g]);
  for (int k = 0; k < d; ++k, x += kPanel, y += kGroup) {
    V at[kVectors];
    for (int v = 0; v < kVectors; ++v) at[v] = load(x + v * W);
    for (int g = 0; g < kGroup; ++g) {
      const V slope = everywhere(y[g]);
      for (int v = 0; v < kVectors; ++v) tile.value[g][v] += at[v] * slope;
    }
  }
  return tile;
}

/// One register of samples of a tile: what the rare path is given, so that the tile itself stays in
/// registers.
struct Column {
  V value[kGroup];
};
inline Column column(const Tile& tile, int v) {
  Column values;
  for (int g = 0; g < kGroup; ++g) values.value[g] = tile.value[g][v];
  return values;
}

__attribute__((noinline)) void insert(const Column& column, int firstPlane, int at, TopTwo& top) {
  V best = load(top.value[0] + at), second = load(top.value[1] + at);
  I& bestPlane = *reinterpret_cast<I*>(top.plane[0] + at);
  I& secondPlane = *reinterpret_cast<I*>(top.plane[1] + at);
  for (int g = 0; g < kGroup; ++g) {
    const V value = column.value[g];
    if (!lanesAbove(value, second)) continue;
    const I plane = firstPlane + g - I{};
    const I aboveBest = value > best, aboveSecond = value > second;
    secondPlane = aboveBest ? bestPlane : (aboveSecond ? plane : secondPlane);
    second = aboveBest ? best : (aboveSecond ? value : second);
    bestPlane = aboveBest ? plane : bestPlane;
    best = aboveBest ? value : best;
  }
  store(top.value[0] + at, best);
  store(top.value[1] + at, second);
}

void search(const float* panel, const Planes& planes, int first, int last, TopTwo& top) {
  for (int at = 0; at < kPanel; at += kVectors * W) {
    for (int group = first; group < last; ++group) {
      const float* y = planes.coordinates + static_cast<long>(group) * planes.d * kGroup;
      const Tile tile = evaluate(panel + at, y, planes.heights + group * kGroup, planes.d);
      for (int v = 0; v < kVectors; ++v)
        if (lanesAbove(tile.highest(v), load(top.value[1] + at + v * W)))
          insert(column(tile, v), group * kGroup, at + v * W, top);
    }
  }
}

/// Drops the candidates that the second highest has left behind since.
inline void compact(Candidates& found, int sample) {
  const float least = found.value[1][sample] - found.margin[sample];
  int kept = 0;
  for (int c = 0; c < found.count[sample]; ++c) {
    if (found.rounded[sample][c] < least) continue;
    found.plane[sample][kept] = found.plane[sample][c];
    found.rounded[sample][kept++] = found.rounded[sample][c];
  }
  found.count[sample] = kept;
}

/// Values of `count` pairs of a sample and a plane, each in the order of `evaluate`; several at a time, since
/// each product waits for the one before.
inline void evaluatePairs(const float* panel, const Planes& planes, const int* samples, const int* planeOf,
                          int count, float* values) {
  constexpr int kAtOnce = 4;
  for (int first = 0; first < count; first += kAtOnce) {
    const float *x[kAtOnce], *y[kAtOnce];
    float sum[kAtOnce];
    for (int p = 0; p < kAtOnce; ++p) {
      const int pair = first + p < count ? first + p : first, plane = planeOf[pair];
      x[p] = panel + samples[pair];
      y[p] = planes.rows + static_cast<long>(plane) * planes.d;
      sum[p] = planes.heights[plane];
    }
    for (int k = 0; k < planes.d; ++k)
      for (int p = 0; p < kAtOnce; ++p) sum[p] += x[p][k * kPanel] * y[p][k];
    for (int p = 0; p < kAtOnce && first + p < count; ++p) values[first + p] = sum[p];
  }
}

inline void insertOne(int sample, int plane, float value, TopTwo& top) {
  if (value > top.value[0][sample]) {
    top.value[1][sample] = top.value[0][sample], top.plane[1][sample] = top.plane[0][sample];
    top.value[0][sample] = value, top.plane[0][sample] = plane;
  } else if (value > top.value[1][sample]) {
    top.value[1][sample] = value, top.plane[1][sample] = plane;
  }
}

void decide(const float* panel, const Planes& planes, Candidates& found, TopTwo& top) {
  constexpr int kSamples = 8;  // at a time, so that the lists stay small
  for (int begin = 0; begin < kPanel; begin += kSamples) {
    int samples[kSamples * Candidates::kMost], planeOf[kSamples * Candidates::kMost], pairs = 0;
    float values[kSamples * Candidates::kMost];
    for (int sample = begin; sample < begin + kSamples; ++sample) {
      if (found.count[sample] < 0) continue;
      compact(found, sample);
      for (int c = 0; c < found.count[sample]; ++c, ++pairs)
        samples[pairs] = sample, planeOf[pairs] = found.plane[sample][c];
    }
    evaluatePairs(panel, planes, samples, planeOf, pairs, values);
    for (int pair = 0; pair < pairs; ++pair) insertOne(samples[pair], planeOf[pair], values[pair], top);
  }
}

#ifdef MONGE_ENVELOPE_HALF

/// The bits of x rounded to bfloat16, to nearest even.
inline std::uint32_t roundedBits(float x) {
  std::uint32_t bits;
  __builtin_memcpy(&bits, &x, 4);
  return (bits + 0x7fffu + ((bits >> 16) & 1u)) & 0xffff0000u;
}

void roundPanel(const float* panel, int d, std::uint32_t* half, float* norm, float* error) {
  for (int s = 0; s < kPanel; ++s) norm[s] = error[s] = 0;
  for (int k = 0; k < d; ++k) {
    const float* x = panel + k * kPanel;
    std::uint32_t* pairs = half + k / 2 * kPanel;
    for (int s = 0; s < kPanel; ++s) {
      const std::uint32_t bits = roundedBits(x[s]);
      float rounded;
      __builtin_memcpy(&rounded, &bits, 4);
      const float difference = x[s] - rounded;
      norm[s] += x[s] * x[s];
      error[s] += difference * difference;
      pairs[s] = k % 2 == 0 ? bits >> 16 : pairs[s] | bits;
    }
  }
  for (int s = 0; s < kPanel; ++s) norm[s] = __builtin_sqrtf(norm[s]), error[s] = __builtin_sqrtf(error[s]);
}

inline Tile evaluateHalf(const std::uint32_t* x, const std::uint32_t* y, const float* heights, int pairs) {
  Tile tile;
  for (int g = 0; g < kGroup; ++g)
    for (int v = 0; v < kVectors; ++v) tile.value[g][v] = everywhere(heights[g]);
  for (int k = 0; k < pairs; ++k, x += kPanel, y += kGroup) {
    __m512i at[kVectors];
    for (int v = 0; v < kVectors; ++v) at[v] = _mm512_load_si512(x + v * W);
    for (int g = 0; g < kGroup; ++g) {
      const __m512i slope = _mm512_set1_epi32(static_cast<int>(y[g]));
      for (int v = 0; v < kVectors; ++v)
        tile.value[g][v] = _mm512_dpbf16_ps(tile.value[g][v], (__m512bh)at[v], (__m512bh)slope);
    }
  }
  return tile;
}

inline V smaller(V a, V b) {
  return _mm512_maskz_min_ps(0xffff, a, b);
}

inline void append(Candidates& found, int sample, int plane, float value) {
  if (found.count[sample] == Candidates::kMost) {
    compact(found, sample);
    if (found.count[sample] == Candidates::kMost) {
      found.count[sample] = -1;
      ++found.overflows;
    }
  }
  if (found.count[sample] < 0) return;
  found.plane[sample][found.count[sample]] = plane;
  found.rounded[sample][found.count[sample]++] = value;
}

/// @return the threshold from here on
__attribute__((noinline)) V insertHalf(const Column& column, int firstPlane, int at, Candidates& found) {
  V best = load(found.value[0] + at), second = load(found.value[1] + at);
  const V margin = load(found.margin + at);
  for (int g = 0; g < kGroup; ++g) {
    const V value = column.value[g];
    unsigned lanes = _mm512_cmp_ps_mask(value, second - margin, _CMP_GE_OQ);
    if (!lanes) continue;
    second = larger(second, smaller(best, value));
    best = larger(best, value);
    store(found.value[0] + at, best);
    store(found.value[1] + at, second);
    for (; lanes != 0; lanes &= lanes - 1) {
      const int lane = __builtin_ctz(lanes);
      append(found, at + lane, firstPlane + g, value[lane]);
    }
  }
  return second - margin;
}

void searchHalf(const std::uint32_t* half, const Planes& planes, int first, int last, Candidates& found) {
  static_assert(kPanel == kVectors * W);
  const int pairs = (planes.d + 1) / 2;
  V threshold[kVectors];
  for (int v = 0; v < kVectors; ++v) threshold[v] = load(found.value[1] + v * W) - load(found.margin + v * W);
  for (int group = first; group < last; ++group) {
    const std::uint32_t* y = planes.half + static_cast<long>(group) * pairs * kGroup;
    const Tile tile = evaluateHalf(half, y, planes.heights + group * kGroup, pairs);
    for (int v = 0; v < kVectors; ++v)
      if (_mm512_cmp_ps_mask(tile.highest(v), threshold[v], _CMP_GE_OQ))
        threshold[v] = insertHalf(column(tile, v), group * kGroup, v * W, found);
  }
}

const Kernels kKernels = {MONGE_KERNELS_NAME, search, searchHalf, roundPanel, decide};
#else
const Kernels kKernels = {MONGE_KERNELS_NAME, search, nullptr, nullptr, decide};
#endif

}  // namespace
}  // namespace monge::envelope
