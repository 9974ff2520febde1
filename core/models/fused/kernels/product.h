// SPDX-License-Identifier: GPL-3.0-or-later
// The product W x of a fully connected layer, a tile of rows times registers of the batch at a time. What
// becomes of a tile while it is still in registers is the caller's business.
#pragma once

#include "core/models/fused/kernels/vectors.h"

namespace monge::fused {
namespace {

constexpr int kTile = MONGE_TILE;
constexpr int kTileRows = 4;

/// (W x + b)[row] = b[row] + sum_i w[row * rowStep + i * inputStep] x[i], all rows of a layer or those from
/// some row on. b may be null.
struct Product {
  const float* x;
  int inputs, stride;
  const float* w;
  int rowStep, inputStep;
  const float* b;

  Product from(int row) const {
    return {x, inputs, stride, w + row * rowStep, rowStep, inputStep, b ? b + row : nullptr};
  }
};

/// Calls out(values, row, v): values[r][t] is register v + t of row + r.
template <int R, int T, class Out>
inline void productTile(const Product& of, int row, int v, const Out& out) {
  V acc[R][T];
#pragma GCC unroll 8
  for (int r = 0; r < R; ++r) {
    const V start = of.b ? splat(of.b[row + r]) : V{};
#pragma GCC unroll 8
    for (int t = 0; t < T; ++t) acc[r][t] = start;
  }
  const float *x = of.x + v * W, *w = of.w + row * of.rowStep;
  for (int i = 0; i < of.inputs; ++i) {
    V in[T];
#pragma GCC unroll 8
    for (int t = 0; t < T; ++t) in[t] = load(x + i * of.stride + t * W);
#pragma GCC unroll 8
    for (int r = 0; r < R; ++r) {
      const V weight = splat(w[r * of.rowStep + i * of.inputStep]);
#pragma GCC unroll 8
      for (int t = 0; t < T; ++t) acc[r][t] += weight * in[t];
    }
  }
  out(acc, row, v);
}

/// Whether a tile is a function of its own: where much becomes of it, the compiler would else keep the
/// addresses for that in registers during the product and the sums in memory.
enum class Tile { Inline, Apart };

template <int R, int T, class Out>
__attribute__((noinline)) void productTileApart(const Product& of, int row, int v, const Out& out) {
  productTile<R, T>(of, row, v, out);
}

/// A rest of one register keeps the multipliers half idle, so one more than a tile is cut in the middle.
template <Tile Kind, int R, class Out>
inline void productRows(const Product& of, int row, int vectors, const Out& out) {
  int v = 0;
  const auto tile = [&]<int T>() {
    if constexpr (Kind == Tile::Apart)
      productTileApart<R, T>(of, row, v, out);
    else
      productTile<R, T>(of, row, v, out);
    v += T;
  };
  while (vectors - v >= kTile && vectors - v != kTile + 1) tile.template operator()<kTile>();
  if (vectors - v == kTile + 1) tile.template operator()<kTile / 2 + 1>();
  withCount<kTile - 1>(vectors - v, tile);
}

template <Tile Kind, class Out>
inline void product(const Product& of, int rows, int vectors, const Out& out) {
  int row = 0;
  for (; row + kTileRows <= rows; row += kTileRows) productRows<Kind, kTileRows>(of, row, vectors, out);
  withCount<kTileRows - 1>(rows - row, [&]<int R>() { productRows<Kind, R>(of, row, vectors, out); });
}

}  // namespace
}  // namespace monge::fused
