// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/transport/envelope_kernels.h"

#ifdef __AVX512BF16__
#define MONGE_WIDTH 16
#define MONGE_KERNELS_NAME "avx512"
#define MONGE_ENVELOPE_HALF
#include "core/transport/envelope_kernels_body.h"

namespace monge::envelope {
const Kernels* avx512HalfKernels() {
  return &kKernels;
}
}  // namespace monge::envelope
#else
namespace monge::envelope {
const Kernels* avx512HalfKernels() {
  return nullptr;
}
}  // namespace monge::envelope
#endif
