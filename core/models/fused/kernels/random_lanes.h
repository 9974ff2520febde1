// SPDX-License-Identifier: GPL-3.0-or-later
// Random numbers from 16 independent streams, one a lane.
#pragma once

#include "core/models/fused/kernels/vectors.h"

namespace monge::fused {
namespace {

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

}  // namespace
}  // namespace monge::fused
