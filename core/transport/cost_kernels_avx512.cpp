// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/transport/cost_kernels.h"

#ifdef __AVX512F__
#define MONGE_WIDTH 8
#define MONGE_KERNELS_NAME "avx512"
#include "core/transport/cost_kernels_body.h"

namespace monge::costs {
const Kernels* avx512Kernels() {
  return &kKernels;
}
}  // namespace monge::costs
#else
namespace monge::costs {
const Kernels* avx512Kernels() {
  return nullptr;
}
}  // namespace monge::costs
#endif
