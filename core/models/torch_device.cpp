// SPDX-License-Identifier: GPL-3.0-or-later
#include <dlfcn.h>
#include <torch/torch.h>
#include <torch/version.h>

#include <cstdlib>
#include <cstring>

#include "core/models/fused/kernels.h"
#include "core/training/trainer.h"

namespace monge {
namespace {

/// LibTorch links whichever BLAS the system names; without an optimised one the reference BLAS serves, tens
/// of times slower.
bool hasFastBlas() {
  return at::hasMKL() || dlsym(RTLD_DEFAULT, "openblas_get_config") ||
         dlsym(RTLD_DEFAULT, "bli_info_get_version_str");
}

}  // namespace

DeviceInfo deviceInfo() {
  DeviceInfo info;
  info.torch = TORCH_VERSION;
  info.devices.push_back(std::string("cpu (") + fused::kernels().name + ")");
  if (torch::cuda::is_available())
    for (std::size_t i = 0; i < torch::cuda::device_count(); ++i)
      info.devices.push_back("cuda:" + std::to_string(i));
  if (!hasFastBlas())
    info.warnings.push_back(
        "LibTorch runs on a reference BLAS: image networks train many times slower. Install "
        "libopenblas0-pthread.");
  const char* core = std::getenv("OPENBLAS_CORETYPE");
  if (core && std::strcmp(fused::kernels().name, "avx512") == 0 && std::strcmp(core, "Haswell") == 0)
    info.warnings.push_back(
        "OPENBLAS_CORETYPE=Haswell keeps OpenBLAS from this processor's AVX-512: unset it for faster image "
        "networks.");
  return info;
}

}  // namespace monge
