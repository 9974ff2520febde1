// SPDX-License-Identifier: GPL-3.0-or-later
// Fully connected layers: y = W x, a tile of outputs times registers of the batch at a time.
#pragma once

#include "core/models/fused/kernels/vectors.h"

namespace monge::fused {
namespace {

constexpr int kTile = MONGE_TILE;
constexpr int kOutputs = 4;

enum class Epilogue { Plain, Leaky, Mask };

/// A layer, or the part of it that starts at some output and place in the batch.
struct Dense {
  const float* x;
  int inputs;
  const float* w;
  int outputStep, inputStep;
  const float* b;
  float* y;
  const float* mask;
  int stride;
  float slope;

  Dense fromOutput(int o) const {
    Dense part = *this;
    part.w += o * outputStep;
    if (b) part.b += o;
    part.y += o * stride;
    if (mask) part.mask += o * stride;
    return part;
  }
  Dense fromLane(int lane) const {
    Dense part = *this;
    part.x += lane;
    part.y += lane;
    if (mask) part.mask += lane;
    return part;
  }
};

template <int O, int T>
inline void accumulate(const Dense& of, V (&acc)[O][T]) {
#pragma GCC unroll 8
  for (int o = 0; o < O; ++o) {
    const V start = of.b ? splat(of.b[o]) : V{};
#pragma GCC unroll 8
    for (int t = 0; t < T; ++t) acc[o][t] = start;
  }
  for (int i = 0; i < of.inputs; ++i) {
    V in[T];
#pragma GCC unroll 8
    for (int t = 0; t < T; ++t) in[t] = load(of.x + i * of.stride + t * W);
#pragma GCC unroll 8
    for (int o = 0; o < O; ++o) {
      const V weight = splat(of.w[o * of.outputStep + i * of.inputStep]);
#pragma GCC unroll 8
      for (int t = 0; t < T; ++t) acc[o][t] += weight * in[t];
    }
  }
}

template <int O, int T, Epilogue E>
inline void denseTile(const Dense& of) {
  V acc[O][T];
  accumulate<O, T>(of, acc);
  const V slopes = splat(of.slope);
#pragma GCC unroll 8
  for (int o = 0; o < O; ++o) {
#pragma GCC unroll 8
    for (int t = 0; t < T; ++t) {
      const int at = o * of.stride + t * W;
      V value = acc[o][t];
      if constexpr (E == Epilogue::Leaky) value = leaky(value, slopes);
      if constexpr (E == Epilogue::Mask) value = load(of.mask + at) > 0.0f ? value : value * slopes;
      store(of.y + at, value);
    }
  }
}

/// A rest of one register keeps the multipliers half idle, so one more than a tile is cut in the middle.
template <int O, Epilogue E>
inline void denseRows(const Dense& of, int vectors) {
  int v = 0;
  for (; vectors - v >= kTile && vectors - v != kTile + 1; v += kTile)
    denseTile<O, kTile, E>(of.fromLane(v * W));
  if (vectors - v == kTile + 1) {
    denseTile<O, kTile / 2 + 1, E>(of.fromLane(v * W));
    v += kTile / 2 + 1;
  }
  withCount<kTile - 1>(vectors - v, [&]<int T>() { denseTile<O, T, E>(of.fromLane(v * W)); });
}

template <Epilogue E>
inline void denseAll(const Dense& of, int outputs, int n) {
  const int vectors = vectorsOf(n);
  int o = 0;
  for (; o + kOutputs <= outputs; o += kOutputs) denseRows<kOutputs, E>(of.fromOutput(o), vectors);
  withCount<kOutputs - 1>(outputs - o, [&]<int O>() { denseRows<O, E>(of.fromOutput(o), vectors); });
}

void dense(const float* x, int inputs, const float* w, int outputStep, int inputStep, const float* b,
           float* y, int outputs, int stride, int n, float slope) {
  const Dense all{x, inputs, w, outputStep, inputStep, b, y, nullptr, stride, slope};
  if (slope == 1.0f)
    denseAll<Epilogue::Plain>(all, outputs, n);
  else
    denseAll<Epilogue::Leaky>(all, outputs, n);
}

void denseMasked(const float* x, int inputs, const float* w, int outputStep, int inputStep, float* y,
                 int outputs, const float* mask, int stride, int n, float slope) {
  const Dense all{x, inputs, w, outputStep, inputStep, nullptr, y, mask, stride, slope};
  if (mask)
    denseAll<Epilogue::Mask>(all, outputs, n);
  else
    denseAll<Epilogue::Plain>(all, outputs, n);
}

}  // namespace
}  // namespace monge::fused
