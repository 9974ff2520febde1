// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/transport/envelope_kernels.h"

#ifdef __AVX512F__
#define MONGE_WIDTH 16
#define MONGE_KERNELS_NAME "avx512"
#include "core/transport/envelope_kernels_body.h"

namespace monge::envelope {
const Kernels* avx512Kernels() {
  return &kKernels;
}
}  // namespace monge::envelope
#else
namespace monge::envelope {
const Kernels* avx512Kernels() {
  return nullptr;
}
}  // namespace monge::envelope
#endif
