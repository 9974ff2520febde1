// SPDX-License-Identifier: GPL-3.0-or-later
// The kernels, written once on GCC's vector types. Included by one source file per instruction set, which
// sets MONGE_WIDTH (doubles in a register) and MONGE_KERNELS_NAME. Everything is in an unnamed namespace:
// each file has its own copy.
#include <limits>

#include "core/transport/cost_kernels.h"

namespace monge::costs {
namespace {

constexpr int W = MONGE_WIDTH;

typedef double V __attribute__((vector_size(8 * W), aligned(8 * W), may_alias));

inline V load(const double* p) {
  return *reinterpret_cast<const V*>(p);
}
inline void store(double* p, V v) {
  *reinterpret_cast<V*>(p) = v;
}
inline V root(V x) {
  V y;
  for (int l = 0; l < W; ++l) y[l] = __builtin_sqrt(x[l]);
  return y;
}
inline double least(V x) {
  double value = x[0];
  for (int l = 1; l < W; ++l) value = x[l] < value ? x[l] : value;
  return value;
}

/// Squared distances of x to kBlock * W points from `y` on.
template <int kBlock>
inline void squares(const double* x, const double* y, long stride, int d, V (&sum)[kBlock]) {
  for (int b = 0; b < kBlock; ++b) sum[b] = V{};
  for (int k = 0; k < d; ++k, y += stride)
    for (int b = 0; b < kBlock; ++b) {
      const V difference = x[k] - load(y + b * W);
      sum[b] += difference * difference;
    }
}

/// s^(quarters / 4) by square roots and products.
inline V quarterPower(V s, int quarters) {
  if (quarters == 4) return s;
  V base = s;
  while (quarters % 4 != 0) {  // s^(q/4) = (sqrt s)^(2q/4)
    base = root(base);
    quarters *= 2;
  }
  int exponent = quarters / 4;
  V power = V{} + 1.0;
  while (true) {
    if (exponent & 1) power *= base;
    exponent >>= 1;
    if (exponent == 0) return power;
    base *= base;
  }
}

template <int kBlock, class Power>
inline double reduceBlocks(const double* x, const double* y, long stride, int d, const double* v, int begin,
                           int end, double* out, const Power& power) {
  V smallest = V{} + std::numeric_limits<double>::infinity();
  for (int j = begin; j < end; j += kBlock * W) {
    V sum[kBlock];
    squares<kBlock>(x, y + j, stride, d, sum);
    for (int b = 0; b < kBlock; ++b) {
      const V reduced = power(sum[b]) - load(v + j + b * W);
      store(out + j + b * W, reduced);
      smallest = reduced < smallest ? reduced : smallest;
    }
  }
  return least(smallest);
}

template <class Power>
inline double reduce(const double* x, const double* y, long stride, int d, const double* v, int count,
                     double* out, const Power& power) {
  constexpr int kBlock = 4;
  const int whole = count - count % (kBlock * W);
  const double first = reduceBlocks<kBlock>(x, y, stride, d, v, 0, whole, out, power);
  const double second = reduceBlocks<1>(x, y, stride, d, v, whole, count, out, power);
  return second < first ? second : first;
}

double reducedPowers(const double* x, const double* y, long stride, int d, int quarters, const double* v,
                     int count, double* out) {
  if (quarters == 4) return reduce(x, y, stride, d, v, count, out, [](V s) { return s; });
  if (quarters == 2) return reduce(x, y, stride, d, v, count, out, [](V s) { return root(s); });
  return reduce(x, y, stride, d, v, count, out, [quarters](V s) { return quarterPower(s, quarters); });
}

double reducedPower(const double* x, const double* y, long stride, int d, double power, const double* v,
                    int count, double* out) {
  return reduce(x, y, stride, d, v, count, out, [power](V s) {
    V result;
    for (int l = 0; l < W; ++l) result[l] = __builtin_pow(s[l], power / 2);
    return result;
  });
}

const Kernels kKernels = {MONGE_KERNELS_NAME, reducedPowers, reducedPower};

}  // namespace
}  // namespace monge::costs
