// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/transport/envelope_kernels.h"

#include "core/base/choose_kernels.h"

namespace monge::envelope {

const Kernels& kernels() {
  static const Kernels& chosen =
      chooseKernels(runsAvx512Half() && avx512HalfKernels() ? avx512HalfKernels() : avx512Kernels(),
                    avx2Kernels(), genericKernels());
  return chosen;
}

}  // namespace monge::envelope
