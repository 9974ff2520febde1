// SPDX-License-Identifier: GPL-3.0-or-later
// Fully connected layers with batch normalisation (Ioffe, Szegedy 2015) and the leaky ReLU behind it. The
// sums over the batch are begun while the product is in registers, and reduced for W features together; what
// is done once a feature is done for all of them in one register.
#pragma once

#include "core/models/fused/kernels/product.h"

namespace monge::fused {
namespace {

constexpr float kVarianceFloor = 1e-5f;

/// Two sums over the batch for each of W features, a register each until they are reduced.
struct Sums {
  V first[W], second[W];
  Sums() {
#pragma GCC unroll 16
    for (int r = 0; r < W; ++r) first[r] = second[r] = V{};
  }
};

/// One value a feature for `count` features, to and from a register; 0 in the lanes beyond.
inline V gather(const float* values, int count, int step = 1) {
  alignas(4 * W) float copy[W] = {};
  for (int r = 0; r < count; ++r) copy[r] = values[r * step];
  return load(copy);
}
inline void scatter(float* values, int count, V v) {
  alignas(4 * W) float copy[W];
  store(copy, v);
  for (int r = 0; r < count; ++r) values[r] = copy[r];
}

/// Calls f(first, count) for groups of at most W features.
template <class F>
inline void forGroups(int features, const F& f) {
  for (int first = 0; first < features; first += W) f(first, features - first < W ? features - first : W);
}

/// The numbers of one feature in all lanes.
struct Feature {
  V mean, inverseDeviation, gamma, beta;
  Feature(const NormLayer& layer, int f)
      : mean(splat(layer.mean[f])),
        inverseDeviation(splat(layer.inverseDeviation[f])),
        gamma(splat(layer.gamma[f])),
        beta(splat(layer.beta[f])) {}
  V normalised(V x) const { return (x - mean) * inverseDeviation; }
  V scaled(V hat) const { return hat * gamma + beta; }
};

/// Stores a tile of the product in x and adds to the sums of x - s and its square, s being the first point's
/// value: within the spread of the batch, so that nothing cancels as it would about 0.
template <int R, int T>
inline void addMoments(const V (&values)[R][T], float* x, int stride, int v, I last, Sums& sums, int row) {
#pragma GCC unroll 8
  for (int r = 0; r < R; ++r) {
    float* at = x + r * stride;
#pragma GCC unroll 8
    for (int t = 0; t < T; ++t) store(at + (v + t) * W, values[r][t]);
    const V shift = splat(at[0]);
    V total = select(last, values[r][T - 1] - shift, V{}), squares = total * total;
#pragma GCC unroll 8
    for (int t = 0; t + 1 < T; ++t) {
      const V d = values[r][t] - shift;
      total += d;
      squares += d * d;
    }
    sums.first[row + r] += total;
    sums.second[row + r] += squares;
  }
}

/// Mean, biased variance and inverse deviation from the shifted sums of `count` features.
inline void finishMoments(const Sums& sums, const float* x, int stride, int n, int count, float* mean,
                          float* variance, float* inverseDeviation) {
  const float inverse = 1.0f / static_cast<float>(n);
  const V offset = sumAll<W>(sums.first) * inverse;
  const V spread = sumAll<W>(sums.second) * inverse - offset * offset;
  const V biased = spread > 0.0f ? spread : V{};
  scatter(mean, count, gather(x, count, stride) + offset);
  scatter(variance, count, biased);
  scatter(inverseDeviation, count, 1.0f / squareRoot(biased + kVarianceFloor));
}

inline void normaliseRow(const float* x, float* y, const Feature feature, V slope, int vectors) {
  for (int v = 0; v < vectors; ++v)
    store(y + v * W, leaky(feature.scaled(feature.normalised(load(x + v * W))), slope));
}

void denseNorm(const float* below, int inputs, const float* w, float* x, float* y, int features, int stride,
               int n, float slope, const NormLayer& layer) {
  const int vectors = vectorsOf(n);
  const I last = laneMask(vectors - 1, n), all = laneMask(0, W);
  const Product of{below, inputs, stride, w, inputs, 1, nullptr};
  forGroups(features, [&](int first, int count) {
    Sums sums;
    float* rows = x + first * stride;
    product<Tile::Apart>(
        of.from(first), count, vectors, [&]<int R, int T>(const V(&values)[R][T], int row, int v) {
          addMoments(values, rows + row * stride, stride, v, v + T == vectors ? last : all, sums, row);
        });
    finishMoments(sums, rows, stride, n, count, layer.mean + first, layer.variance + first,
                  layer.inverseDeviation + first);
    for (int f = first; f < first + count; ++f)
      normaliseRow(x + f * stride, y + f * stride, Feature(layer, f), splat(slope), vectors);
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

/// Takes a tile of gradients behind the leaky ReLU through it into dx, leaves the normalised values in x, and
/// adds to the sums of the gradients and of their products with these.
template <int R, int T>
inline void backThroughReLU(const V (&values)[R][T], float* dx, float* x, int stride, V slope,
                            const NormLayer& layer, int f, Sums& sums, int row) {
#pragma GCC unroll 8
  for (int r = 0; r < R; ++r) {
    const Feature feature(layer, f + r);
    V total{}, products{};  // gradients are 0 in the lanes beyond the batch
#pragma GCC unroll 8
    for (int t = 0; t < T; ++t) {
      const int at = r * stride + t * W;
      const V hat = feature.normalised(load(x + at));
      const V d = feature.scaled(hat) > 0.0f ? values[r][t] : values[r][t] * slope;
      store(x + at, hat);
      store(dx + at, d);
      total += d;
      products += d * hat;
    }
    sums.first[row + r] += total;
    sums.second[row + r] += products;
  }
}

inline void backThroughNorm(float* dx, const float* hat, V mean, V meanProduct, V scale, int vectors,
                            I last) {
  const auto through = [=](int v) {
    return (load(dx + v * W) - mean - load(hat + v * W) * meanProduct) * scale;
  };
  for (int v = 0; v + 1 < vectors; ++v) store(dx + v * W, through(v));
  store(dx + (vectors - 1) * W, select(last, through(vectors - 1), V{}));
}

void denseNormBack(const float* dy, int outputs, const float* w, float* dx, float* x, int features,
                   int stride, int n, float slope, const NormLayer& layer, float* dgamma, float* dbeta) {
  const int vectors = vectorsOf(n);
  const I last = laneMask(vectors - 1, n);
  const float inverse = 1.0f / static_cast<float>(n);
  const V slopes = splat(slope);
  const Product of{dy, outputs, stride, w, 1, features, nullptr};
  forGroups(features, [&](int first, int count) {
    Sums sums;
    product<Tile::Apart>(
        of.from(first), count, vectors, [&]<int R, int T>(const V(&values)[R][T], int row, int v) {
          const int at = (first + row) * stride + v * W;
          backThroughReLU(values, dx + at, x + at, stride, slopes, layer, first + row, sums, row);
        });
    const V total = sumAll<W>(sums.first), products = sumAll<W>(sums.second);
    scatter(dbeta + first, count, gather(dbeta + first, count) + total);
    scatter(dgamma + first, count, gather(dgamma + first, count) + products);
    alignas(4 * W) float means[W], meanProducts[W];
    store(means, total * inverse);
    store(meanProducts, products * inverse);
    for (int r = 0, f = first; r < count; ++r, ++f)
      backThroughNorm(dx + f * stride, x + f * stride, splat(means[r]), splat(meanProducts[r]),
                      splat(layer.gamma[f] * layer.inverseDeviation[f]), vectors, last);
  });
}

}  // namespace
}  // namespace monge::fused
