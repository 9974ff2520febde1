// SPDX-License-Identifier: GPL-3.0-or-later
// The kernels, written once on GCC's vector types. Included by one source file per instruction set, which
// sets MONGE_WIDTH (doubles in a register) and MONGE_KERNELS_NAME. Everything is in an unnamed namespace:
// each file has its own copy.
#include <cstdint>
#include <limits>

#include "core/transport/cost_kernels.h"

namespace monge::costs {
namespace {

constexpr int W = MONGE_WIDTH;

typedef double V __attribute__((vector_size(8 * W), aligned(8 * W), may_alias));
typedef std::int64_t I __attribute__((vector_size(8 * W), aligned(8 * W), may_alias));

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

/// exp(x) for x < 700, 0 below -700. x = k ln 2 + r with |r| <= ln 2 / 2, exp(r) by its series to r^13: the
/// next term is under 5e-18.
inline V exponential(V x) {
  constexpr double kRounder = 0x1.8p52;  // adding it leaves the rounded value in the lowest bits
  const V limited = x < -700.0 ? V{} - 700.0 : x;
  const V shifted = limited * 1.4426950408889634 + kRounder;
  const V k = shifted - kRounder;
  const V r = (limited - k * 0x1.62e42fefa38p-1) - k * 0x1.ef35793c7673p-45;
  V sum = V{} + 1.0 / 6227020800;
  constexpr double kInverseFactorials[] = {
      1.0 / 479001600, 1.0 / 39916800, 1.0 / 3628800, 1.0 / 362880, 1.0 / 40320, 1.0 / 5040, 1.0 / 720,
      1.0 / 120,       1.0 / 24,       1.0 / 6,       0.5,          1.0,         1.0};
  for (const double coefficient : kInverseFactorials) sum = sum * r + coefficient;
  const I power = reinterpret_cast<I>(sum) + (reinterpret_cast<I>(shifted) << 52);
  return x < -700.0 ? V{} : reinterpret_cast<V>(power);
}

inline double total(V x) {
  double sum = 0;
  for (int l = 0; l < W; ++l) sum += x[l];
  return sum;
}

void exponentialSums(const double* reduced, const double* v, double shift, double scale, int count,
                     double* sum, double* costSum) {
  V first{}, second{};
  for (int j = 0; j < count; j += W) {
    const V at = load(reduced + j);
    const V term = exponential((shift - at) * scale);
    first += term;
    if (v) second += term > 0.0 ? term * (at + load(v + j)) : V{};  // not 0 * infinity in the padding
  }
  *sum = total(first);
  *costSum = total(second);
}

const Kernels kKernels = {MONGE_KERNELS_NAME, reducedPowers, reducedPower, exponentialSums};

}  // namespace
}  // namespace monge::costs
