// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/transport/cost_kernels.h"

#include <cstdlib>
#include <cstring>
#include <initializer_list>

namespace monge::costs {
namespace {

bool processorRuns(const Kernels* candidate) {
#if defined(__x86_64__)
  if (candidate == avx512Kernels())
    return __builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512dq") &&
           __builtin_cpu_supports("avx512vl");
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

}  // namespace

const Kernels& kernels() {
  static const Kernels& chosen = choose();
  return chosen;
}

}  // namespace monge::costs
