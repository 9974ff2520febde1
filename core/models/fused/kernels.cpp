// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/models/fused/kernels.h"

#include <cmath>
#include <cstdlib>
#include <cstring>
#include <initializer_list>

namespace monge::fused {
namespace {

bool processorRuns(const Kernels* candidate) {
#if defined(__x86_64__)
  if (candidate == avx512Kernels())
    return __builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512dq") &&
           __builtin_cpu_supports("avx512bw") && __builtin_cpu_supports("avx512vl");
  if (candidate == avx2Kernels()) return __builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma");
#endif
  return candidate == &genericKernels();
}

const Kernels& choose() {
  const char* wanted = std::getenv("MONGE_KERNELS");
  for (const Kernels* candidate : {avx512Kernels(), avx2Kernels(), &genericKernels()}) {
    if (!candidate || !processorRuns(candidate)) continue;
    if (!wanted || std::strcmp(wanted, candidate->name) == 0) return *candidate;
  }
  return genericKernels();
}

std::uint64_t splitMix(std::uint64_t& state) {
  std::uint64_t z = (state += 0x9e3779b97f4a7c15u);
  z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9u;
  z = (z ^ (z >> 27)) * 0x94d049bb133111ebu;
  return z ^ (z >> 31);
}

}  // namespace

const Kernels& kernels() {
  static const Kernels& chosen = choose();
  return chosen;
}

double adamCorrection(double beta, std::int64_t t) {
  const double steps = static_cast<double>(t);
  return steps * (1 - beta) > 40 ? 1.0 : 1.0 - std::pow(beta, steps);
}

NoiseState seedNoise(std::uint64_t seed) {
  NoiseState state{};
  for (int lane = 0; lane < kLanes; ++lane)
    for (int word = 0; word < 4; word += 2) {
      const std::uint64_t bits = splitMix(seed);
      state.words[word][lane] = static_cast<std::uint32_t>(bits);
      state.words[word + 1][lane] = static_cast<std::uint32_t>(bits >> 32) | 1u;  // never all zero
    }
  return state;
}

}  // namespace monge::fused
