// SPDX-License-Identifier: GPL-3.0-or-later
// Fully connected layers with batch normalisation (Ioffe, Szegedy 2015) and the leaky ReLU behind it. The
// sums over the batch are begun while the product is in registers, and reduced for W features together; what
// is done once a feature is done for all of them in one register.
#pragma once

#include "core/models/fused/kernels/product.h"

namespace monge::fused {
namespace {

constexpr float kVarianceFloor = 1e-5f;

/// Two sums over the batch for each of W features, a register each until they are reduced, and what was
/// subtracted before.
struct Sums {
  V first[W], second[W];
  alignas(4 * W) float shift[W] = {};
  Sums() {
#pragma GCC unroll 16
    for (int r = 0; r < W; ++r) first[r] = second[r] = V{};
  }
};

typedef float Unaligned __attribute__((vector_size(4 * W), aligned(4), may_alias));

/// One value a feature for `count` features; 0 in the lanes beyond.
inline V gather(const float* values, int count) {
  if (count == W) return *reinterpret_cast<const Unaligned*>(values);
  V result{};
#pragma GCC unroll 16
  for (int r = 0; r < W; ++r)
    if (r < count) result[r] = values[r];
  return result;
}
inline void add(float* values, int count, V v) {
  if (count == W) {
    *reinterpret_cast<Unaligned*>(values) += v;
  } else {
    alignas(4 * W) float copy[W];
    store(copy, v);
    for (int r = 0; r < count; ++r) values[r] += copy[r];
  }
}

/// Calls f(first, count) for groups of at most W features.
template <class F>
inline void forGroups(int features, const F& f) {
  for (int first = 0; first < features; first += W) f(first, features - first < W ? features - first : W);
}

/// What normalises a feature, in all lanes: hat = x scale + shift, gamma hat + beta = x gain + offset.
struct Feature {
  V scale, shift, gain, offset;
  Feature(const NormLayer& layer, int f)
      : scale(splat(layer.scale[f])),
        shift(splat(layer.shift[f])),
        gain(splat(layer.gain[f])),
        offset(splat(layer.offset[f])) {}
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
    sums.shift[row + r] = at[0];
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

/// The layer's numbers from the shifted sums of `count` features from `first` on.
inline void finishMoments(const Sums& sums, int n, const NormLayer& layer, int first, int count) {
  const float inverse = 1.0f / static_cast<float>(n);
  const V fromShift = sumAll<W>(sums.first) * inverse;
  const V spread = sumAll<W>(sums.second) * inverse - fromShift * fromShift;
  const V variance = spread > 0.0f ? spread : V{};
  const V mean = load(sums.shift) + fromShift;
  const V scale = 1.0f / squareRoot(variance + kVarianceFloor);
  const V gain = scale * gather(layer.gamma + first, count);
  store(layer.mean + first, mean);
  store(layer.variance + first, variance);
  store(layer.scale + first, scale);
  store(layer.shift + first, -mean * scale);
  store(layer.gain + first, gain);
  store(layer.offset + first, gather(layer.beta + first, count) - mean * gain);
}

inline void normaliseRow(const float* x, float* y, V gain, V offset, V slope, int vectors) {
  for (int v = 0; v < vectors; ++v) store(y + v * W, leaky(load(x + v * W) * gain + offset, slope));
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
    finishMoments(sums, n, layer, first, count);
  });
  for (int f = 0; f < features;
       ++f)  // when all is known: one group's reduction hides behind the next's product
    normaliseRow(x + f * stride, y + f * stride, splat(layer.gain[f]), splat(layer.offset[f]), splat(slope),
                 vectors);
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

/// Takes a tile of gradients behind the leaky ReLU through it into dx, and adds to the sums of the results
/// and of their products with the normalised values.
template <int R, int T>
inline void backThroughReLU(const V (&values)[R][T], float* dx, const float* x, int stride, V slope,
                            const NormLayer& layer, int f, Sums& sums, int row) {
#pragma GCC unroll 8
  for (int r = 0; r < R; ++r) {
    const Feature feature(layer, f + r);
    V total{}, products{};  // gradients are 0 in the lanes beyond the batch
#pragma GCC unroll 8
    for (int t = 0; t < T; ++t) {
      const V in = load(x + r * stride + t * W);
      const V d = in * feature.gain + feature.offset > 0.0f ? values[r][t] : values[r][t] * slope;
      store(dx + r * stride + t * W, d);
      total += d;
      products += d * (in * feature.scale + feature.shift);
    }
    sums.first[row + r] += total;
    sums.second[row + r] += products;
  }
}

/// dx = (dx - mean - hat meanProduct) gain over a row.
inline void backThroughNorm(float* dx, const float* x, const Feature& feature, V mean, V meanProduct,
                            int vectors, I last) {
  const V share = -meanProduct * feature.gain * feature.scale;
  const V offset = -(mean + feature.shift * meanProduct) * feature.gain;
  const auto through = [&](int v) {
    return load(dx + v * W) * feature.gain + (load(x + v * W) * share + offset);
  };
  for (int v = 0; v + 1 < vectors; ++v) store(dx + v * W, through(v));
  store(dx + (vectors - 1) * W, select(last, through(vectors - 1), V{}));
}

void denseNormBack(const float* dy, int outputs, const float* w, float* dx, const float* x, int features,
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
    add(dbeta + first, count, total);
    add(dgamma + first, count, products);
    store(layer.meanBack + first, total * inverse);
    store(layer.meanProduct + first, products * inverse);
  });
  for (int f = 0; f < features; ++f)
    backThroughNorm(dx + f * stride, x + f * stride, Feature(layer, f), splat(layer.meanBack[f]),
                    splat(layer.meanProduct[f]), vectors, last);
}

}  // namespace
}  // namespace monge::fused
