// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/transport/cost_kernels.h"

#include "core/base/choose_kernels.h"

namespace monge::costs {
const Kernels& kernels() {
  static const Kernels& chosen = chooseKernels(avx512Kernels(), avx2Kernels(), genericKernels());
  return chosen;
}

}  // namespace monge::costs
