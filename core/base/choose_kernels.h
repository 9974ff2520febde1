// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstdlib>
#include <cstring>

namespace monge {

/// Whether this processor runs what is compiled with the flags of the AVX2 and AVX-512 sources.
inline bool runsAvx2() {
#if defined(__x86_64__)
  return __builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma");
#else
  return false;
#endif
}
inline bool runsAvx512() {
#if defined(__x86_64__)
  return __builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512dq") &&
         __builtin_cpu_supports("avx512bw") && __builtin_cpu_supports("avx512vl");
#else
  return false;
#endif
}
/// Products of bfloat16, besides.
inline bool runsAvx512Half() {
#if defined(__x86_64__)
  return runsAvx512() && __builtin_cpu_supports("avx512bf16");
#else
  return false;
#endif
}

/// The widest of a set of kernels that this processor runs, or the ones that the environment variable
/// MONGE_KERNELS names (avx512, avx2, generic), if it runs them. Kernels have a member `name`.
/// @param avx512, avx2  null where they were not compiled
template <class Kernels>
const Kernels& chooseKernels(const Kernels* avx512, const Kernels* avx2, const Kernels& generic) {
  const char* wanted = std::getenv("MONGE_KERNELS");
  const auto serves = [&](const Kernels* candidate) {
    return candidate && (!wanted || std::strcmp(wanted, candidate->name) == 0);
  };
  if (runsAvx512() && serves(avx512)) return *avx512;
  if (runsAvx2() && serves(avx2)) return *avx2;
  return generic;
}

}  // namespace monge
