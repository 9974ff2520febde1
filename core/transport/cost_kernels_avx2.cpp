// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/transport/cost_kernels.h"

#ifdef __AVX2__
#define MONGE_WIDTH 4
#define MONGE_KERNELS_NAME "avx2"
#include "core/transport/cost_kernels_body.h"

namespace monge::costs {
const Kernels* avx2Kernels() {
  return &kKernels;
}
}  // namespace monge::costs
#else
namespace monge::costs {
const Kernels* avx2Kernels() {
  return nullptr;
}
}  // namespace monge::costs
#endif
