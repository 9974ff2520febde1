// SPDX-License-Identifier: GPL-3.0-or-later
// Sums over points and pairs of points: the critic's terms, the cells.
#pragma once

#include "core/models/fused/kernels/vectors.h"

namespace monge::fused {
namespace {

float pairTerm(const float* a, const float* b, int d, int stride, const float* fa, const float* fb, int n,
               float weight, bool slope, float* ga, float* gb) {
  V total{};
  const int vectors = vectorsOf(n);
  for (int v = 0; v < vectors; ++v) {
    const int at = v * W;
    V inverse = splat(1.0f);
    if (slope) {
      V squares = splat(1e-12f);  // two points on one spot: no slope, no gradient beyond the float range
      for (int c = 0; c < d; ++c) {
        const V delta = load(a + c * stride + at) - load(b + c * stride + at);
        squares += delta * delta;
      }
      inverse = 1.0f / squareRoot(squares);
    }
    const V delta = load(fa + at) - load(fb + at);
    const V excess = absolute(delta) * inverse - 1.0f;
    const I active = (excess > 0.0f) & laneMask(v, n);
    total += select(active, excess, V{});
    const V push = select(active, (delta > 0.0f ? splat(weight) : splat(-weight)) * inverse, V{});
    store(ga + at, load(ga + at) + push);
    store(gb + at, load(gb + at) - push);
  }
  return sum(total);
}

float penaltyDirection(float* g, int d, int stride, int n, float weight) {
  V total{};
  const int vectors = vectorsOf(n);
  for (int v = 0; v < vectors; ++v) {
    V squares = splat(1e-12f);
    for (int c = 0; c < d; ++c) {
      const V x = load(g + c * stride + v * W);
      squares += x * x;
    }
    const V norm = squareRoot(squares);
    const V excess = norm - 1.0f;
    const I inside = laneMask(v, n);
    total += select(inside, excess * excess, V{});
    const V factor = select(inside, 2.0f * weight * excess / norm, V{});
    for (int c = 0; c < d; ++c) store(g + c * stride + v * W, load(g + c * stride + v * W) * factor);
  }
  return sum(total);
}

float totalOf(const float* x, int n) {
  V total{};
  const int vectors = vectorsOf(n);
  for (int v = 0; v < vectors; ++v) total += select(laneMask(v, n), load(x + v * W), V{});
  return sum(total);
}

}  // namespace
}  // namespace monge::fused
