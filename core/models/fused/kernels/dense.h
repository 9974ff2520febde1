// SPDX-License-Identifier: GPL-3.0-or-later
// Fully connected layers without batch normalisation.
#pragma once

#include "core/models/fused/kernels/product.h"

namespace monge::fused {
namespace {

/// Stores what f makes of each register of a tile; f(value, place).
template <int R, int T, class F>
inline void storeTile(const V (&values)[R][T], float* y, int stride, const F& f) {
#pragma GCC unroll 8
  for (int r = 0; r < R; ++r) {
#pragma GCC unroll 8
    for (int t = 0; t < T; ++t) store(y + r * stride + t * W, f(values[r][t], r * stride + t * W));
  }
}

void dense(const float* x, int inputs, const float* w, int outputStep, int inputStep, const float* b,
           float* y, int outputs, int stride, int n, float slope) {
  const Product of{x, inputs, stride, w, outputStep, inputStep, b};
  if (slope == 1.0f)
    return product<Tile::Inline>(of, outputs, vectorsOf(n), [=](const auto& values, int row, int v) {
      storeTile(values, y + row * stride + v * W, stride, [](V value, int) { return value; });
    });
  const V slopes = splat(slope);
  product<Tile::Inline>(of, outputs, vectorsOf(n), [=](const auto& values, int row, int v) {
    storeTile(values, y + row * stride + v * W, stride, [=](V value, int) { return leaky(value, slopes); });
  });
}

void denseMasked(const float* x, int inputs, const float* w, int outputStep, int inputStep, float* y,
                 int outputs, const float* mask, int stride, int n, float slope) {
  if (!mask) return dense(x, inputs, w, outputStep, inputStep, nullptr, y, outputs, stride, n, 1.0f);
  const V slopes = splat(slope);
  product<Tile::Inline>({x, inputs, stride, w, outputStep, inputStep, nullptr}, outputs, vectorsOf(n),
                        [=](const auto& values, int row, int v) {
                          const float* above = mask + row * stride + v * W;
                          storeTile(values, y + row * stride + v * W, stride, [=](V value, int at) {
                            return load(above + at) > 0.0f ? value : value * slopes;
                          });
                        });
}

}  // namespace
}  // namespace monge::fused
