// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/models/fused/kernels.h"

#include <cmath>

#include "core/base/choose_kernels.h"

namespace monge::fused {
namespace {

std::uint64_t splitMix(std::uint64_t& state) {
  std::uint64_t z = (state += 0x9e3779b97f4a7c15u);
  z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9u;
  z = (z ^ (z >> 27)) * 0x94d049bb133111ebu;
  return z ^ (z >> 31);
}

}  // namespace

const Kernels& kernels() {
  static const Kernels& chosen = chooseKernels(avx512Kernels(), avx2Kernels(), genericKernels());
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
