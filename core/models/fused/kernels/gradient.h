// SPDX-License-Identifier: GPL-3.0-or-later
// Gradients of a fully connected layer's weights: products of rows, summed over the batch.
#pragma once

#include "core/models/fused/kernels/vectors.h"

namespace monge::fused {
namespace {

/// A tile has as many sums as there are registers to hold them, in blocks of four neighbours in memory.
constexpr int kGradientOutputs = W == 16 ? 4 : 2;
constexpr int kGradientInputs = 4;

typedef float Quad __attribute__((vector_size(16), aligned(4), may_alias));

/// Adds sums[first, first + count) of all that were reduced together to to[0, count).
template <int Count>
inline void addSums(const float* sums, float* to) {
  if constexpr (Count == 4) {
    Quad& quad = *reinterpret_cast<Quad*>(to);
    quad += *reinterpret_cast<const Quad*>(sums);
  } else {
    for (int c = 0; c < Count; ++c) to[c] += sums[c];
  }
}

/// dw block of O outputs x C inputs: accumulate over the batch, then reduce all sums together.
template <int O, int C>
inline void gradientTile(const float* x, const float* dy, float* dw, int inputs, int stride, int vectors) {
  constexpr int rounds = (O * C + W - 1) / W;
  V acc[rounds * W];
#pragma GCC unroll 32
  for (int a = 0; a < rounds * W; ++a) acc[a] = V{};
  for (int v = 0; v < vectors; ++v) {
    V in[C];
#pragma GCC unroll 8
    for (int c = 0; c < C; ++c) in[c] = load(x + c * stride + v * W);
#pragma GCC unroll 16
    for (int o = 0; o < O; ++o) {
      const V back = load(dy + o * stride + v * W);
#pragma GCC unroll 8
      for (int c = 0; c < C; ++c) acc[o * C + c] += back * in[c];
    }
  }
  alignas(4 * W) float sums[rounds * W];
#pragma GCC unroll 8
  for (int r = 0; r < rounds; ++r) store(sums + r * W, sumAll<W>(acc + r * W));
#pragma GCC unroll 16
  for (int o = 0; o < O; ++o) addSums<C>(sums + o * C, dw + o * inputs);
}

/// C columns of dw, O rows at a time.
template <int O, int C>
inline void gradientColumns(const float* x, const float* dy, int outputs, float* dw, int inputs, int stride,
                            int vectors) {
  int o = 0;
  for (; o + O <= outputs; o += O)
    gradientTile<O, C>(x, dy + o * stride, dw + o * inputs, inputs, stride, vectors);
  withCount<O - 1>(outputs - o, [&]<int R>() {
    gradientTile<R, C>(x, dy + o * stride, dw + o * inputs, inputs, stride, vectors);
  });
}

/// to[r] += the sum of row r, W rows at a time.
inline void addRowSums(const float* x, int rows, float* to, int stride, int vectors) {
  for (int first = 0; first < rows; first += W) {
    const int count = rows - first < W ? rows - first : W;
    V partial[W] = {};
    for (int r = 0; r < count; ++r)
      for (int v = 0; v < vectors; ++v) partial[r] += load(x + (first + r) * stride + v * W);
    const V sums = sumAll<W>(partial);
    for (int r = 0; r < count; ++r) to[first + r] += sums[r];
  }
}

/// Few columns are taken with the more rows, so that there are as many sums.
void denseGradient(const float* x, int inputs, const float* dy, int outputs, float* dw, float* db, int stride,
                   int n) {
  constexpr int step = kGradientInputs;
  const int vectors = vectorsOf(n);
  int i = 0;
  for (; i + step <= inputs; i += step)
    gradientColumns<kGradientOutputs, step>(x + i * stride, dy, outputs, dw + i, inputs, stride, vectors);
  withCount<step - 1>(inputs - i, [&]<int C>() {
    constexpr int rows = C == 3 ? kGradientOutputs : step / C * kGradientOutputs;
    gradientColumns<rows, C>(x + i * stride, dy, outputs, dw + i, inputs, stride, vectors);
  });
  if (db) addRowSums(dy, outputs, db, stride, vectors);
}

}  // namespace
}  // namespace monge::fused
