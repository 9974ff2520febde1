// SPDX-License-Identifier: GPL-3.0-or-later
#define MONGE_WIDTH 2
#define MONGE_KERNELS_NAME "generic"
#include "core/transport/cost_kernels_body.h"

namespace monge::costs {
const Kernels& genericKernels() {
  return kKernels;
}
}  // namespace monge::costs
