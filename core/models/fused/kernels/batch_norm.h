// SPDX-License-Identifier: GPL-3.0-or-later
// Batch normalisation (Ioffe, Szegedy 2015) with the leaky ReLU behind it. W features at a time: their sums
// over the batch are reduced together, and what is done once a feature is done for all of them in a register.
#pragma once

#include "core/models/fused/kernels/vectors.h"

namespace monge::fused {
namespace {

constexpr float kVarianceFloor = 1e-5f;

/// A group of features: `count` rows of a layer, at most W.
struct Group {
  int first, count;
};

template <class F>
inline void forGroups(int features, const F& f) {
  for (int first = 0; first < features; first += W)
    f(Group{first, features - first < W ? features - first : W});
}

/// One register for each row of a group, to be summed together.
struct Partial {
  V rows[W];
  Partial() {
#pragma GCC unroll 16
    for (V& row : rows) row = V{};
  }
  V sums() const {
    return sumAll<W>(rows);
  }
};

/// One value a feature, to and from a register.
inline V loadGroup(const float* values, Group group) {
  alignas(4 * W) float copy[W] = {};
  for (int r = 0; r < group.count; ++r) copy[r] = values[group.first + r];
  return load(copy);
}
inline void storeGroup(float* values, Group group, V v) {
  alignas(4 * W) float copy[W];
  store(copy, v);
  for (int r = 0; r < group.count; ++r) values[group.first + r] = copy[r];
}

/// The sum over v of value(v); of the last register only the lanes that belong to the batch.
template <class F>
inline V sumRow(int vectors, I last, const F& value) {
  V total = select(last, value(vectors - 1), V{});
  for (int v = 0; v + 1 < vectors; ++v) total += value(v);
  return total;
}

inline V sumOf(const float* row, int vectors, I last) {
  return sumRow(vectors, last, [row](int v) { return load(row + v * W); });
}

inline V squaresOf(const float* row, float mean, int vectors, I last) {
  const V center = splat(mean);
  return sumRow(vectors, last, [row, center](int v) {
    const V d = load(row + v * W) - center;
    return d * d;
  });
}

/// The numbers that normalise a feature.
struct Feature {
  V mean, inverseDeviation, gamma, beta;
  V normalised(V x) const { return (x - mean) * inverseDeviation; }
};

inline void normaliseRow(const float* x, float* y, Feature feature, V slope, int vectors) {
  for (int v = 0; v < vectors; ++v) {
    const V hat = feature.normalised(load(x + v * W));
    store(y + v * W, leaky(hat * feature.gamma + feature.beta, slope));
  }
}

void batchNorm(const float* x, float* y, const float* gamma, const float* beta, int features, int stride,
               int n, float slope, float* inverseDeviation, float* mean, float* variance) {
  const int vectors = vectorsOf(n);
  const I last = laneMask(vectors - 1, n);
  const float inverse = 1.0f / static_cast<float>(n);
  forGroups(features, [=](Group group) {
    Partial totals, squares;
    const float* rows = x + group.first * stride;
    for (int r = 0; r < group.count; ++r) totals.rows[r] = sumOf(rows + r * stride, vectors, last);
    storeGroup(mean, group, totals.sums() * inverse);
    for (int r = 0; r < group.count; ++r)
      squares.rows[r] = squaresOf(rows + r * stride, mean[group.first + r], vectors, last);
    const V biased = squares.sums() * inverse;
    storeGroup(variance, group, biased);
    storeGroup(inverseDeviation, group, 1.0f / squareRoot(biased + kVarianceFloor));
    for (int f = group.first; f < group.first + group.count; ++f)
      normaliseRow(x + f * stride, y + f * stride,
                   {splat(mean[f]), splat(inverseDeviation[f]), splat(gamma[f]), splat(beta[f])},
                   splat(slope), vectors);
  });
}

void batchNormFixed(float* x, const float* gamma, const float* beta, const float* mean, const float* variance,
                    int features, int stride, int n, float slope) {
  const int vectors = vectorsOf(n);
  const V slopes = splat(slope);
  for (int f = 0; f < features; ++f) {
    const float scale = gamma[f] / __builtin_sqrtf(variance[f] + kVarianceFloor);
    const V g = splat(scale), b = splat(beta[f] - mean[f] * scale);
    float* row = x + f * stride;
    for (int v = 0; v < vectors; ++v) store(row + v * W, leaky(load(row + v * W) * g + b, slopes));
  }
}

/// Leaves in dy the gradient before the leaky ReLU and in x the normalised values, and sums the first and the
/// product of both.
inline void backThroughReLU(float* dy, float* x, Feature feature, V slope, int vectors, V& sum, V& product) {
  V total{}, totalProduct{};  // gradients are 0 in the lanes beyond the batch
  for (int v = 0; v < vectors; ++v) {
    const V hat = feature.normalised(load(x + v * W));
    const V behind = load(dy + v * W);
    const V d = hat * feature.gamma + feature.beta > 0.0f ? behind : behind * slope;
    store(x + v * W, hat);
    store(dy + v * W, d);
    total += d;
    totalProduct += d * hat;
  }
  sum = total;
  product = totalProduct;
}

inline void backThroughNorm(float* dy, const float* hat, V mean, V meanProduct, V scale, int vectors,
                            I last) {
  const auto through = [=](int v) {
    return (load(dy + v * W) - mean - load(hat + v * W) * meanProduct) * scale;
  };
  for (int v = 0; v + 1 < vectors; ++v) store(dy + v * W, through(v));
  store(dy + (vectors - 1) * W, select(last, through(vectors - 1), V{}));
}

void batchNormBack(float* dy, float* x, const float* gamma, const float* beta, const float* mean,
                   const float* inverseDeviation, float* dgamma, float* dbeta, int features, int stride,
                   int n, float slope) {
  const int vectors = vectorsOf(n);
  const I last = laneMask(vectors - 1, n);
  const float inverse = 1.0f / static_cast<float>(n);
  forGroups(features, [=](Group group) {
    Partial sums, products;
    for (int r = 0, f = group.first; r < group.count; ++r, ++f)
      backThroughReLU(dy + f * stride, x + f * stride,
                      {splat(mean[f]), splat(inverseDeviation[f]), splat(gamma[f]), splat(beta[f])},
                      splat(slope), vectors, sums.rows[r], products.rows[r]);
    const V sum = sums.sums(), product = products.sums();
    storeGroup(dbeta, group, loadGroup(dbeta, group) + sum);
    storeGroup(dgamma, group, loadGroup(dgamma, group) + product);
    alignas(4 * W) float means[W], meanProducts[W];
    store(means, sum * inverse);
    store(meanProducts, product * inverse);
    for (int r = 0, f = group.first; r < group.count; ++r, ++f)
      backThroughNorm(dy + f * stride, x + f * stride, splat(means[r]), splat(meanProducts[r]),
                      splat(gamma[f] * inverseDeviation[f]), vectors, last);
  });
}

}  // namespace
}  // namespace monge::fused
