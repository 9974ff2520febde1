// SPDX-License-Identifier: GPL-3.0-or-later
// The kernels, written once on GCC's vector types. Included by one source file per instruction set, which
// sets MONGE_WIDTH (floats in a register), MONGE_TILE (registers of batch in a tile) and MONGE_KERNELS_NAME.
// Everything is in an unnamed namespace: each file has its own copy.
#include "core/models/fused/kernels.h"

namespace monge::fused {
namespace {

constexpr int W = MONGE_WIDTH;
constexpr int kTile = MONGE_TILE;
constexpr int kOutputs = 4;

typedef float V __attribute__((vector_size(4 * W), aligned(4 * W), may_alias));
typedef std::int32_t I __attribute__((vector_size(4 * W), aligned(4 * W), may_alias));
typedef std::uint32_t U __attribute__((vector_size(4 * W), aligned(4 * W), may_alias));

inline V load(const float* p) {
  return *reinterpret_cast<const V*>(p);
}
inline void store(float* p, V v) {
  *reinterpret_cast<V*>(p) = v;
}
inline V splat(float s) {
  return s - V{};
}
inline V select(I mask, V a, V b) {
  return reinterpret_cast<V>((mask & reinterpret_cast<I>(a)) | (~mask & reinterpret_cast<I>(b)));
}
inline V leaky(V x, V slope) {
  return x > 0.0f ? x : x * slope;
}
inline int vectorsOf(int n) {
  return (n + W - 1) / W;
}

/// All bits set in the lanes of vector v that belong to a batch of n.
inline I laneMask(int v, int n) {
  I lane;
  for (int l = 0; l < W; ++l) lane[l] = l;
  return lane + v * W < n;
}

/// Sums of W vectors at once: lane l of the result is the sum of v[l]. A tree of pairwise interleaving, about
/// three instructions a vector, where W single sums would take 2 log2 W each.
template <int Count>
inline V sumAll(V* v) {
  if constexpr (Count == 1) {
    return v[0];
  } else {
    constexpr int half = Count / 2;
    V next[half];
#pragma GCC unroll 16
    for (int p = 0; p < half; ++p) {
      const V a = v[p], b = v[p + half];
      I even, odd;
      constexpr int group = half;  // blocks of so many lanes come from a and b in turn
      for (int l = 0; l < W; ++l) {
        const bool second = (l / group) & 1;
        even[l] = second ? W + l - group : l;
        odd[l] = second ? W + l : l + group;
      }
      next[p] = __builtin_shuffle(a, b, even) + __builtin_shuffle(a, b, odd);
    }
    return sumAll<half>(next);
  }
}

inline float sum(V v) {
  float total = 0;
  for (int l = 0; l < W; ++l) total += v[l];
  return total;
}

enum class Epilogue { Leaky, Mask };

template <int O, int T, Epilogue E>
inline void denseTile(const float* x, int inputs, const float* w, int outputStep, int inputStep,
                      const float* b, float* y, int stride, const float* mask, float slope) {
  V acc[O][T];
#pragma GCC unroll 8
  for (int o = 0; o < O; ++o) {
    const V start = b ? splat(b[o]) : V{};
#pragma GCC unroll 8
    for (int t = 0; t < T; ++t) acc[o][t] = start;
  }
  for (int i = 0; i < inputs; ++i) {
    V in[T];
#pragma GCC unroll 8
    for (int t = 0; t < T; ++t) in[t] = load(x + i * stride + t * W);
#pragma GCC unroll 8
    for (int o = 0; o < O; ++o) {
      const V weight = splat(w[o * outputStep + i * inputStep]);
#pragma GCC unroll 8
      for (int t = 0; t < T; ++t) acc[o][t] += weight * in[t];
    }
  }
  const V slopes = splat(slope);
#pragma GCC unroll 8
  for (int o = 0; o < O; ++o) {
#pragma GCC unroll 8
    for (int t = 0; t < T; ++t) {
      V value = acc[o][t];
      if constexpr (E == Epilogue::Leaky) {
        value = leaky(value, slopes);
      } else {
        if (mask) value = load(mask + o * stride + t * W) > 0.0f ? value : value * slopes;
      }
      store(y + o * stride + t * W, value);
    }
  }
}

template <int O, Epilogue E>
inline void denseRows(const float* x, int inputs, const float* w, int outputStep, int inputStep,
                      const float* b, float* y, int stride, const float* mask, int vectors, float slope) {
  int v = 0;
  for (; v + kTile <= vectors; v += kTile)
    denseTile<O, kTile, E>(x + v * W, inputs, w, outputStep, inputStep, b, y + v * W, stride,
                           mask ? mask + v * W : nullptr, slope);
  const auto rest = [&]<int T>() {
    denseTile<O, T, E>(x + v * W, inputs, w, outputStep, inputStep, b, y + v * W, stride,
                       mask ? mask + v * W : nullptr, slope);
  };
  switch (vectors - v) {
    case 3:
      rest.template operator()<3>();
      break;
    case 2:
      rest.template operator()<2>();
      break;
    case 1:
      rest.template operator()<1>();
      break;
    default:
      break;
  }
}

template <Epilogue E>
inline void denseAll(const float* x, int inputs, const float* w, int outputStep, int inputStep,
                     const float* b, float* y, int outputs, int stride, const float* mask, int n,
                     float slope) {
  const int vectors = vectorsOf(n);
  int o = 0;
  for (; o + kOutputs <= outputs; o += kOutputs)
    denseRows<kOutputs, E>(x, inputs, w + o * outputStep, outputStep, inputStep, b ? b + o : nullptr,
                           y + o * stride, stride, mask ? mask + o * stride : nullptr, vectors, slope);
  const auto rest = [&]<int O>() {
    denseRows<O, E>(x, inputs, w + o * outputStep, outputStep, inputStep, b ? b + o : nullptr, y + o * stride,
                    stride, mask ? mask + o * stride : nullptr, vectors, slope);
  };
  switch (outputs - o) {
    case 3:
      rest.template operator()<3>();
      break;
    case 2:
      rest.template operator()<2>();
      break;
    case 1:
      rest.template operator()<1>();
      break;
    default:
      break;
  }
}

void dense(const float* x, int inputs, const float* w, int outputStep, int inputStep, const float* b,
           float* y, int outputs, int stride, int n, float slope) {
  denseAll<Epilogue::Leaky>(x, inputs, w, outputStep, inputStep, b, y, outputs, stride, nullptr, n, slope);
}

void denseMasked(const float* x, int inputs, const float* w, int outputStep, int inputStep, float* y,
                 int outputs, const float* mask, int stride, int n, float slope) {
  denseAll<Epilogue::Mask>(x, inputs, w, outputStep, inputStep, nullptr, y, outputs, stride, mask, n, slope);
}

/// dw block of O outputs x C inputs, C * O <= 16: accumulate over the batch, then reduce all sums together.
template <int O, int C>
inline void gradientTile(const float* x, const float* dy, float* dw, int inputs, int stride, int vectors) {
  constexpr int total = O * C;
  constexpr int rounds = (total + W - 1) / W;
  V acc[rounds * W];
#pragma GCC unroll 32
  for (int a = 0; a < rounds * W; ++a) acc[a] = V{};
  for (int v = 0; v < vectors; ++v) {
    V in[C];
#pragma GCC unroll 8
    for (int c = 0; c < C; ++c) in[c] = load(x + c * stride + v * W);
#pragma GCC unroll 8
    for (int o = 0; o < O; ++o) {
      const V back = load(dy + o * stride + v * W);
#pragma GCC unroll 8
      for (int c = 0; c < C; ++c) acc[o * C + c] += back * in[c];
    }
  }
#pragma GCC unroll 8
  for (int r = 0; r < rounds; ++r) {
    const V sums = sumAll<W>(acc + r * W);
#pragma GCC unroll 16
    for (int l = 0; l < W; ++l) {
      const int a = r * W + l;
      if (a < total) dw[(a / C) * inputs + a % C] += sums[l];
    }
  }
}

template <int O>
inline void gradientRows(const float* x, int inputs, const float* dy, float* dw, int stride, int vectors) {
  int i = 0;
  for (; i + 4 <= inputs; i += 4) gradientTile<O, 4>(x + i * stride, dy, dw + i, inputs, stride, vectors);
  switch (inputs - i) {
    case 3:
      gradientTile<O, 3>(x + i * stride, dy, dw + i, inputs, stride, vectors);
      break;
    case 2:
      gradientTile<O, 2>(x + i * stride, dy, dw + i, inputs, stride, vectors);
      break;
    case 1:
      gradientTile<O, 1>(x + i * stride, dy, dw + i, inputs, stride, vectors);
      break;
    default:
      break;
  }
}

void denseGradient(const float* x, int inputs, const float* dy, int outputs, float* dw, float* db, int stride,
                   int n) {
  const int vectors = vectorsOf(n);
  int o = 0;
  for (; o + kOutputs <= outputs; o += kOutputs)
    gradientRows<kOutputs>(x, inputs, dy + o * stride, dw + o * inputs, stride, vectors);
  switch (outputs - o) {
    case 3:
      gradientRows<3>(x, inputs, dy + o * stride, dw + o * inputs, stride, vectors);
      break;
    case 2:
      gradientRows<2>(x, inputs, dy + o * stride, dw + o * inputs, stride, vectors);
      break;
    case 1:
      gradientRows<1>(x, inputs, dy + o * stride, dw + o * inputs, stride, vectors);
      break;
    default:
      break;
  }
  if (!db) return;
  for (o = 0; o < outputs; ++o) {
    V total{};
    for (int v = 0; v < vectors; ++v) total += load(dy + o * stride + v * W);
    db[o] += sum(total);
  }
}

/// Sums over the batch of W features at once would need a transposition; four features share the latency of
/// one.
void batchNorm(float* x, float* xhat, const float* gamma, const float* beta, int features, int stride, int n,
               float slope, float* inverseDeviation, float* mean, float* variance) {
  const int vectors = vectorsOf(n);
  const I last = laneMask(vectors - 1, n);
  const float inverse = 1.0f / static_cast<float>(n);
  const V slopes = splat(slope);
  for (int f = 0; f < features; ++f) {
    float* row = x + f * stride;
    V total{};
    for (int v = 0; v + 1 < vectors; ++v) total += load(row + v * W);
    total += select(last, load(row + (vectors - 1) * W), V{});
    const float m = sum(total) * inverse;
    const V center = splat(m);
    V squares{};
    for (int v = 0; v + 1 < vectors; ++v) {
      const V d = load(row + v * W) - center;
      squares += d * d;
    }
    const V d = select(last, load(row + (vectors - 1) * W) - center, V{});
    squares += d * d;
    const float var = sum(squares) * inverse;
    const float scale = 1.0f / __builtin_sqrtf(var + 1e-5f);
    mean[f] = m;
    variance[f] = var;
    inverseDeviation[f] = scale;
    const V scales = splat(scale), g = splat(gamma[f]), b = splat(beta[f]);
    float* hat = xhat + f * stride;
    for (int v = 0; v < vectors; ++v) {
      const V h = (load(row + v * W) - center) * scales;
      store(hat + v * W, h);
      store(row + v * W, leaky(h * g + b, slopes));
    }
  }
}

void batchNormFixed(float* x, const float* gamma, const float* beta, const float* mean, const float* variance,
                    int features, int stride, int n, float slope) {
  const int vectors = vectorsOf(n);
  const V slopes = splat(slope);
  for (int f = 0; f < features; ++f) {
    const float scale = gamma[f] / __builtin_sqrtf(variance[f] + 1e-5f);
    const V g = splat(scale), b = splat(beta[f] - mean[f] * scale);
    float* row = x + f * stride;
    for (int v = 0; v < vectors; ++v) store(row + v * W, leaky(load(row + v * W) * g + b, slopes));
  }
}

void batchNormBack(float* dy, const float* y, const float* xhat, const float* gamma,
                   const float* inverseDeviation, float* dgamma, float* dbeta, int features, int stride,
                   int n, float slope) {
  const int vectors = vectorsOf(n);
  const I last = laneMask(vectors - 1, n);
  const float inverse = 1.0f / static_cast<float>(n);
  const V slopes = splat(slope);
  for (int f = 0; f < features; ++f) {
    float* back = dy + f * stride;
    const float* hat = xhat + f * stride;
    V sumBack{}, sumHat{};
    for (int v = 0; v < vectors; ++v) {
      V d = load(back + v * W);
      d = load(y + f * stride + v * W) > 0.0f ? d : d * slopes;
      store(back + v * W, d);
      sumBack += d;  // gradients are 0 in the lanes beyond the batch
      sumHat += d * load(hat + v * W);
    }
    const float totalBack = sum(sumBack), totalHat = sum(sumHat);
    dbeta[f] += totalBack;
    dgamma[f] += totalHat;
    const V meanBack = splat(totalBack * inverse), meanHat = splat(totalHat * inverse);
    const V scale = splat(gamma[f] * inverseDeviation[f]);
    for (int v = 0; v < vectors; ++v)
      store(back + v * W, (load(back + v * W) - meanBack - load(hat + v * W) * meanHat) * scale);
    float* tail = back + (vectors - 1) * W;
    store(tail, select(last, load(tail), V{}));
  }
}

/// e^x within 2 ulp on [-87, 88] (Cephes' reduction and polynomial).
inline V exponential(V x) {
  x = x > 88.0f ? splat(88.0f) : x;
  x = x < -87.0f ? splat(-87.0f) : x;
  V t = x * 1.44269504f;
  const V magic = splat(12582912.0f);  // 1.5 * 2^23: adding it rounds to the nearest integer
  const V rounded = (t + magic) - magic;
  V r = x - rounded * 0.693359375f;
  r = r + rounded * 2.12194440e-4f;
  V p = splat(1.9875691500e-4f);
  p = p * r + 1.3981999507e-3f;
  p = p * r + 8.3334519073e-3f;
  p = p * r + 4.1665795894e-2f;
  p = p * r + 1.6666665459e-1f;
  p = p * r + 5.0000001201e-1f;
  p = p * r * r + r + 1.0f;
  const I exponent = (__builtin_convertvector(rounded, I) + 127) << 23;
  return p * reinterpret_cast<V>(exponent);
}

void sigmoidToBox(float* y, float* derivative, const float* lower, const float* extent, int features,
                  int stride, int n) {
  const int vectors = vectorsOf(n);
  for (int f = 0; f < features; ++f) {
    const V low = splat(lower[f]), size = splat(extent[f]);
    for (int v = 0; v < vectors; ++v) {
      const int at = f * stride + v * W;
      const V s = 1.0f / (1.0f + exponential(-load(y + at)));
      store(y + at, low + size * s);
      store(derivative + at, size * s * (1.0f - s));
    }
  }
}

void multiply(float* y, const float* x, int count) {
  for (int i = 0; i < count; i += W) store(y + i, load(y + i) * load(x + i));
}

inline V squareRoot(V x) {
  V r;
  for (int l = 0; l < W; ++l) r[l] = __builtin_sqrtf(x[l]);
  return r;
}

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

inline U rotate(U x, int bits) {
  return (x << bits) | (x >> (32 - bits));
}

/// ln x for x in (0, 1], Cephes' polynomial.
inline V logarithm(V x) {
  const I bits = reinterpret_cast<I>(x);
  I exponent = (bits >> 23) - 126;
  V mantissa = reinterpret_cast<V>((bits & 0x007fffff) | 0x3f000000);  // [0.5, 1)
  const I small = mantissa < 0.707106781f;
  exponent = exponent + small;  // true is -1
  mantissa = mantissa + select(small, mantissa, V{}) - 1.0f;
  V p = splat(7.0376836292e-2f);
  p = p * mantissa - 1.1514610310e-1f;
  p = p * mantissa + 1.1676998740e-1f;
  p = p * mantissa - 1.2420140846e-1f;
  p = p * mantissa + 1.4249322787e-1f;
  p = p * mantissa - 1.6668057665e-1f;
  p = p * mantissa + 2.0000714765e-1f;
  p = p * mantissa - 2.4999993993e-1f;
  p = p * mantissa + 3.3333331174e-1f;
  const V square = mantissa * mantissa;
  const V e = __builtin_convertvector(exponent, V);
  V y = p * mantissa * square + e * -2.12194440e-4f - 0.5f * square;
  return mantissa + y + e * 0.693359375f;
}

/// W of the 16 streams, in registers while numbers are drawn.
struct Streams {
  U s0, s1, s2, s3;
  NoiseState& state;
  int part;

  Streams(NoiseState& noise, int firstLane) : state(noise), part(firstLane) {
    s0 = *reinterpret_cast<U*>(state.words[0] + part);
    s1 = *reinterpret_cast<U*>(state.words[1] + part);
    s2 = *reinterpret_cast<U*>(state.words[2] + part);
    s3 = *reinterpret_cast<U*>(state.words[3] + part);
  }
  ~Streams() {
    *reinterpret_cast<U*>(state.words[0] + part) = s0;
    *reinterpret_cast<U*>(state.words[1] + part) = s1;
    *reinterpret_cast<U*>(state.words[2] + part) = s2;
    *reinterpret_cast<U*>(state.words[3] + part) = s3;
  }
  U next() {
    const U result = rotate(s0 + s3, 7) + s0;
    const U t = s1 << 9;
    s2 ^= s0;
    s3 ^= s1;
    s1 ^= s2;
    s0 ^= s3;
    s2 ^= t;
    s3 = rotate(s3, 11);
    return result;
  }
};

/// 24 bits as a float in [0, 2^24).
inline V upperBits(U bits) {
  return __builtin_convertvector(reinterpret_cast<I>(bits >> 8), V);
}

void uniforms(NoiseState& state, float* out, int count) {
  for (int part = 0; part < kLanes; part += W) {
    Streams streams(state, part);
    for (int i = 0; i < count; i += kLanes)
      store(out + i + part, (upperBits(streams.next()) + 0.5f) * 0x1p-24f);
  }
}

void normals(NoiseState& state, float* out, int count) {
  for (int part = 0; part < kLanes; part += W) {
    Streams streams(state, part);
    for (int i = 0; i < count; i += 2 * kLanes) {
      const U a = streams.next(), b = streams.next();
      // u in (0, 1]; a quarter turn either way from b's upper bits, the sign of the cosine from its lowest.
      const V u = (upperBits(a) + 1.0f) * 0x1p-24f;
      const V t = (upperBits(b) - 8388607.5f) * 1.8725879e-7f;  // pi / 2^24
      const V radius = squareRoot(-2.0f * logarithm(u));
      const V q = t * t;
      V sine = splat(-2.5052108e-8f);
      sine = sine * q + 2.7557319e-6f;
      sine = sine * q - 1.9841270e-4f;
      sine = sine * q + 8.3333333e-3f;
      sine = sine * q - 1.6666667e-1f;
      sine = sine * q * t + t;
      V cosine = splat(2.0876757e-9f);
      cosine = cosine * q - 2.7557319e-7f;
      cosine = cosine * q + 2.4801587e-5f;
      cosine = cosine * q - 1.3888889e-3f;
      cosine = cosine * q + 4.1666667e-2f;
      cosine = cosine * q - 0.5f;
      cosine = cosine * q + 1.0f;
      cosine = reinterpret_cast<V>(reinterpret_cast<U>(cosine) ^ ((b & 1u) << 31));
      store(out + i + part, radius * cosine);
      store(out + i + kLanes + part, radius * sine);
    }
  }
}

void clamp(float* p, int count, float bound) {
  const V top = splat(bound), bottom = splat(-bound);
  for (int i = 0; i < count; i += W) {
    V value = load(p + i);
    value = value > top ? top : value;
    store(p + i, value < bottom ? bottom : value);
  }
}

inline V absolute(V x) {
  return reinterpret_cast<V>(reinterpret_cast<I>(x) & 0x7fffffff);
}

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

void nearest(const float* x, int d, int stride, int n, const float* prototypes, int k, int* owner) {
  const int vectors = vectorsOf(n);
  for (int v = 0; v < vectors; ++v) {
    V best = splat(__builtin_inff());
    I who{};
    for (int j = 0; j < k; ++j) {
      V distance{};
      for (int c = 0; c < d; ++c) {
        const V delta = load(x + c * stride + v * W) - prototypes[j * d + c];
        distance += delta * delta;
      }
      const I nearer = distance < best;
      best = nearer ? distance : best;
      who = (nearer & j) | (~nearer & who);
    }
    for (int l = 0; l < W && v * W + l < n; ++l) owner[v * W + l] = who[l];
  }
}

constexpr Kernels kKernels{MONGE_KERNELS_NAME,
                           dense,
                           denseMasked,
                           denseGradient,
                           batchNorm,
                           batchNormFixed,
                           batchNormBack,
                           sigmoidToBox,
                           multiply,
                           adam,
                           average,
                           normals,
                           uniforms,
                           clamp,
                           pairTerm,
                           penaltyDirection,
                           totalOf,
                           nearest};

}  // namespace
}  // namespace monge::fused
