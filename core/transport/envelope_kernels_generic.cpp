// SPDX-License-Identifier: GPL-3.0-or-later
#define MONGE_WIDTH 4
#define MONGE_KERNELS_NAME "generic"
#include "core/transport/envelope_kernels_body.h"

namespace monge::envelope {
const Kernels& genericKernels() {
  return kKernels;
}
}  // namespace monge::envelope
