// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/transport/envelope_kernels.h"

#ifdef __AVX2__
#define MONGE_WIDTH 8
#define MONGE_KERNELS_NAME "avx2"
#include "core/transport/envelope_kernels_body.h"

namespace monge::envelope {
const Kernels* avx2Kernels() {
  return &kKernels;
}
}  // namespace monge::envelope
#else
namespace monge::envelope {
const Kernels* avx2Kernels() {
  return nullptr;
}
}  // namespace monge::envelope
#endif
