// SPDX-License-Identifier: GPL-3.0-or-later
// Voronoi and Laguerre cells: whose a point is; costs of single sites.
#pragma once

#include "core/models/fused/kernels/random_lanes.h"
#include "core/models/fused/kernels/sigmoid.h"
#include "core/models/fused/kernels/vectors.h"

namespace monge::fused {
namespace {

/// Squared distances of T registers of points to one prototype, less its weight.
template <int T>
inline void squaredDistances(const float* x, int d, int stride, const float* prototype, float weight,
                             V (&out)[T]) {
#pragma GCC unroll 8
  for (int t = 0; t < T; ++t) out[t] = V{};
  for (int c = 0; c < d; ++c) {
    const V place = splat(prototype[c]);
#pragma GCC unroll 8
    for (int t = 0; t < T; ++t) {
      const V delta = load(x + c * stride + t * W) - place;
      out[t] += delta * delta;
    }
  }
  const V less = splat(weight);
#pragma GCC unroll 8
  for (int t = 0; t < T; ++t) out[t] -= less;
}

inline float weightOf(const float* weights, int j) {
  return weights ? weights[j] : 0;
}

void nearest(const float* x, int d, int stride, int n, const float* prototypes, const float* weights, int k,
             int* owner) {
  const int vectors = vectorsOf(n);
  for (int v = 0; v < vectors; ++v) {
    V best = splat(__builtin_inff());
    I who{};
    for (int j = 0; j < k; ++j) {
      V distance[1];
      squaredDistances(x + v * W, d, stride, prototypes + j * d, weightOf(weights, j), distance);
      const I nearer = distance[0] < best;
      best = nearer ? distance[0] : best;
      who = (nearer & j) | (~nearer & who);
    }
    for (int l = 0; l < W && v * W + l < n; ++l) owner[v * W + l] = who[l];
  }
}

/// The least squared distances to the prototypes [first, last); infinite where there is none.
template <int T>
inline void leastDistances(const float* x, int d, int stride, const float* prototypes, const float* weights,
                           int first, int last, V (&out)[T]) {
#pragma GCC unroll 8
  for (int t = 0; t < T; ++t) out[t] = splat(__builtin_inff());
  for (int j = first; j < last; ++j) {
    V distance[T];
    squaredDistances(x, d, stride, prototypes + j * d, weightOf(weights, j), distance);
#pragma GCC unroll 8
    for (int t = 0; t < T; ++t) out[t] = distance[t] < out[t] ? distance[t] : out[t];
  }
}

/// -1 for points in the cell of prototype `own`, else 0.
template <int T>
inline void insideCell(const float* x, int d, int stride, const float* prototypes, const float* weights,
                       int k, int own, int* inside) {
  V mine[T], before[T], behind[T];
  squaredDistances(x, d, stride, prototypes + own * d, weightOf(weights, own), mine);
  leastDistances(x, d, stride, prototypes, weights, 0, own, before);
  leastDistances(x, d, stride, prototypes, weights, own + 1, k, behind);
#pragma GCC unroll 8
  for (int t = 0; t < T; ++t)
    *reinterpret_cast<I*>(inside + t * W) = (mine[t] < before[t]) & (mine[t] <= behind[t]);
}

int keepCell(const float* x, int d, int stride, int n, const float* prototypes, const float* weights, int k,
             int own, float* kept, int count, int limit) {
  const int vectors = vectorsOf(n);
  int v = 0;
  const auto tile = [&]<int T>() {
    alignas(4 * W) int inside[T * W];
    insideCell<T>(x + v * W, d, stride, prototypes, weights, k, own, inside);
    int places[T * W], found = 0;
    const int end = n - v * W < T * W ? n - v * W : T * W;
    for (int l = 0; l < end; ++l) {
      places[found] = l;
      found -= inside[l];
    }
    if (found > limit - count) found = limit - count;
    for (int c = 0; c < d; ++c) {
      const float* from = x + c * stride + v * W;
      float* to = kept + c * stride + count;
      if (found == end)
        __builtin_memcpy(to, from, static_cast<unsigned>(found) * sizeof(float));
      else
        for (int i = 0; i < found; ++i) to[i] = from[places[i]];
    }
    count += found;
    v += T;
  };
  while (vectors - v >= 4) tile.template operator()<4>();
  withCount<3>(vectors - v, tile);
  return count;
}

/// |t|^power by exp(power ln |t|); 0 stays 0.
inline V powerOf(V t, float power) {
  const V positive = t < 1e-30f ? splat(1e-30f) : t;
  return t < 1e-30f ? V{} : exponential(power * logarithm(positive));
}

void siteCost(const float* x, int d, int stride, int n, const float* y, float power, float* costs) {
  const int vectors = vectorsOf(n);
  for (int v = 0; v < vectors; ++v) {
    V total{};
    for (int c = 0; c < d; ++c) {
      const V apart = absolute(load(x + c * stride + v * W) - y[c]);
      total += power == 2 ? apart * apart : power == 1 ? apart : powerOf(apart, power);
    }
    store(costs + v * W, total);
  }
}

}  // namespace
}  // namespace monge::fused
