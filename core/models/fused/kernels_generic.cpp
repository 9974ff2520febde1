// SPDX-License-Identifier: GPL-3.0-or-later
#define MONGE_WIDTH 4
#define MONGE_TILE 2
#define MONGE_KERNELS_NAME "generic"
#include "core/models/fused/kernels_body.h"

namespace monge::fused {
const Kernels& genericKernels() {
  return kKernels;
}
}  // namespace monge::fused
