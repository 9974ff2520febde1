// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/models/fused/kernels.h"

#ifdef __AVX2__
#define MONGE_WIDTH 8
#define MONGE_TILE 3
#define MONGE_KERNELS_NAME "avx2"
#include "core/models/fused/kernels_body.h"

namespace monge::fused {
const Kernels* avx2Kernels() {
  return &kKernels;
}
}  // namespace monge::fused
#else
namespace monge::fused {
const Kernels* avx2Kernels() {
  return nullptr;
}
}  // namespace monge::fused
#endif
