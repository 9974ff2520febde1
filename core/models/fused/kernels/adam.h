// SPDX-License-Identifier: GPL-3.0-or-later
// Optimiser, average and clipping over the flat array of a network's parameters.
#pragma once

#include "core/models/fused/kernels/vectors.h"

namespace monge::fused {
namespace {

void adam(float* p, float* gradient, float* m, float* v, int count, const AdamRates& rates) {
  const float step = rates.rate / rates.correction1;
  const float root = 1.0f / __builtin_sqrtf(rates.correction2);
  const V keep1 = splat(rates.beta1), new1 = splat(1 - rates.beta1), keep2 = splat(rates.beta2),
          new2 = splat(1 - rates.beta2);
  for (int i = 0; i < count; i += W) {
    const V g = load(gradient + i);
    const V first = keep1 * load(m + i) + new1 * g;
    const V second = keep2 * load(v + i) + new2 * g * g;
    store(m + i, first);
    store(v + i, second);
    store(p + i, load(p + i) - step * first / (squareRoot(second) * root + rates.epsilon));
    store(gradient + i, V{});
  }
}

void average(float* mean, const float* p, int count, float decay) {
  const V part = splat(1 - decay);
  for (int i = 0; i < count; i += W) store(mean + i, load(mean + i) + part * (load(p + i) - load(mean + i)));
}

void clamp(float* p, int count, float bound) {
  const V top = splat(bound), bottom = splat(-bound);
  for (int i = 0; i < count; i += W) {
    V value = load(p + i);
    value = value > top ? top : value;
    store(p + i, value < bottom ? bottom : value);
  }
}

}  // namespace
}  // namespace monge::fused
