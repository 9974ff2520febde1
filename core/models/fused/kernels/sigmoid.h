// SPDX-License-Identifier: GPL-3.0-or-later
// The generator's last step: a sigmoid scaled to the box of the data.
#pragma once

#include "core/models/fused/kernels/vectors.h"

namespace monge::fused {
namespace {

/// e^x within 2 ulp on [-87, 88] (Cephes' reduction and polynomial).
inline V exponential(V x) {
  x = x > 88.0f ? splat(88.0f) : x;
  x = x < -87.0f ? splat(-87.0f) : x;
  V t = x * 1.44269504f;
  const V magic = splat(12582912.0f);  // 1.5 * 2^23: adding it rounds to the nearest integer
  const V rounded = (t + magic) - magic;
  V r = x - rounded * 0.693359375f;
  r = r + rounded * 2.12194440e-4f;
  V p = splat(1.9875691500e-4f);
  p = p * r + 1.3981999507e-3f;
  p = p * r + 8.3334519073e-3f;
  p = p * r + 4.1665795894e-2f;
  p = p * r + 1.6666665459e-1f;
  p = p * r + 5.0000001201e-1f;
  p = p * r * r + r + 1.0f;
  const I exponent = (__builtin_convertvector(rounded, I) + 127) << 23;
  return p * reinterpret_cast<V>(exponent);
}

void sigmoidToBox(float* y, float* derivative, const float* lower, const float* extent, int features,
                  int stride, int n) {
  const int vectors = vectorsOf(n);
  for (int f = 0; f < features; ++f) {
    const V low = splat(lower[f]), size = splat(extent[f]);
    for (int v = 0; v < vectors; ++v) {
      const int at = f * stride + v * W;
      const V s = 1.0f / (1.0f + exponential(-load(y + at)));
      store(y + at, low + size * s);
      store(derivative + at, size * s * (1.0f - s));
    }
  }
}

void multiply(float* y, const float* x, int count) {
  for (int i = 0; i < count; i += W) store(y + i, load(y + i) * load(x + i));
}

}  // namespace
}  // namespace monge::fused
