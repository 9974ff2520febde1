// SPDX-License-Identifier: GPL-3.0-or-later
// Voronoi and Laguerre cells: whose a point is; costs of single sites.
#pragma once

#include "core/models/fused/kernels/random_lanes.h"
#include "core/models/fused/kernels/sigmoid.h"
#include "core/models/fused/kernels/vectors.h"

namespace monge::fused {
namespace {

/// |t|^power by exp(power ln |t|); 0 stays 0.
inline V powerOf(V t, float power) {
  const V positive = t < 1e-30f ? splat(1e-30f) : t;
  return t < 1e-30f ? V{} : exponential(power * logarithm(positive));
}

using Metric = CellSites::Metric;

template <Metric metric>
inline V partOf(V delta, [[maybe_unused]] float power) {
  if constexpr (metric == Metric::Absolute)
    return absolute(delta);
  else if constexpr (metric == Metric::Power)
    return powerOf(absolute(delta), power);
  else
    return delta * delta;
}

inline V thetaOf(const CellSites& cells, int at, int j) {
  const V point = load(cells.pointLabels + at);
  const float site = cells.siteLabels[j];
  const V theta = point == site ? splat(cells.same) : splat(cells.other);
  return (point < 0.0f) | (splat(site) < 0.0f) ? splat(1.0f) : theta;
}

/// theta c - weight of T registers of points, from place `at` on, for site j.
template <Metric metric, bool labels, int T>
inline void siteValues(const float* x, int at, int d, int stride, const CellSites& cells, int j,
                       V (&out)[T]) {
  const float* site = cells.sites + j * d;
  const V weight = splat(cells.weights ? cells.weights[j] : 0);
#pragma GCC unroll 8
  for (int t = 0; t < T; ++t) out[t] = V{};
  for (int c = 0; c < d; ++c) {
    const V place = splat(site[c]);
#pragma GCC unroll 8
    for (int t = 0; t < T; ++t)
      out[t] += partOf<metric>(load(x + c * stride + at + t * W) - place, cells.power);
  }
#pragma GCC unroll 8
  for (int t = 0; t < T; ++t) {
    if constexpr (metric == Metric::Distance) out[t] = squareRoot(out[t]);
    if constexpr (labels) out[t] *= thetaOf(cells, at + t * W, j);
    out[t] -= weight;
  }
}

/// Calls f.operator()<metric, labels>() for the cells'.
template <class F>
inline auto withLaw(const CellSites& cells, const F& f) {
  const auto labelled = [&]<Metric metric>() {
    return cells.pointLabels ? f.template operator()<metric, true>() : f.template operator()<metric, false>();
  };
  switch (cells.metric) {
    case Metric::Distance:
      return labelled.template operator()<Metric::Distance>();
    case Metric::Absolute:
      return labelled.template operator()<Metric::Absolute>();
    case Metric::Power:
      return labelled.template operator()<Metric::Power>();
    case Metric::Squared:
      break;
  }
  return labelled.template operator()<Metric::Squared>();
}

void nearest(const float* x, int d, int stride, int n, const CellSites& cells, int* owner) {
  withLaw(cells, [&]<Metric metric, bool labels>() {
    const int vectors = vectorsOf(n);
    for (int v = 0; v < vectors; ++v) {
      V best = splat(__builtin_inff());
      I who{};
      for (int j = 0; j < cells.k; ++j) {
        V value[1];
        siteValues<metric, labels>(x, v * W, d, stride, cells, j, value);
        const I nearer = value[0] < best;
        best = nearer ? value[0] : best;
        who = (nearer & j) | (~nearer & who);
      }
      for (int l = 0; l < W && v * W + l < n; ++l) owner[v * W + l] = who[l];
    }
  });
}

/// The least values of the sites [first, last); infinite where there is none.
template <Metric metric, bool labels, int T>
inline void leastValues(const float* x, int at, int d, int stride, const CellSites& cells, int first,
                        int last, V (&out)[T]) {
#pragma GCC unroll 8
  for (int t = 0; t < T; ++t) out[t] = splat(__builtin_inff());
  for (int j = first; j < last; ++j) {
    V value[T];
    siteValues<metric, labels>(x, at, d, stride, cells, j, value);
#pragma GCC unroll 8
    for (int t = 0; t < T; ++t) out[t] = value[t] < out[t] ? value[t] : out[t];
  }
}

/// -1 for points in the cell of site `own`, else 0.
template <Metric metric, bool labels, int T>
inline void insideCell(const float* x, int at, int d, int stride, const CellSites& cells, int own,
                       int* inside) {
  V mine[T], before[T], behind[T];
  siteValues<metric, labels>(x, at, d, stride, cells, own, mine);
  leastValues<metric, labels>(x, at, d, stride, cells, 0, own, before);
  leastValues<metric, labels>(x, at, d, stride, cells, own + 1, cells.k, behind);
#pragma GCC unroll 8
  for (int t = 0; t < T; ++t)
    *reinterpret_cast<I*>(inside + t * W) = (mine[t] < before[t]) & (mine[t] <= behind[t]);
}

template <Metric metric, bool labels>
int keepCellOf(const float* x, int d, int stride, int n, const CellSites& cells, int own, float* kept,
               int count, int limit) {
  const int vectors = vectorsOf(n);
  int v = 0;
  const auto tile = [&]<int T>() {
    alignas(4 * W) int inside[T * W];
    insideCell<metric, labels, T>(x, v * W, d, stride, cells, own, inside);
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

int keepCell(const float* x, int d, int stride, int n, const CellSites& cells, int own, float* kept,
             int count, int limit) {
  return withLaw(cells, [&]<Metric metric, bool labels>() {
    return keepCellOf<metric, labels>(x, d, stride, n, cells, own, kept, count, limit);
  });
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
