// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/models/fused/kernels.h"

#ifdef __AVX512F__
#define MONGE_WIDTH 16
#define MONGE_TILE 4
#define MONGE_KERNELS_NAME "avx512"
#include "core/models/fused/kernels_body.h"

namespace monge::fused {
const Kernels* avx512Kernels() {
  return &kKernels;
}
}  // namespace monge::fused
#else
namespace monge::fused {
const Kernels* avx512Kernels() {
  return nullptr;
}
}  // namespace monge::fused
#endif
