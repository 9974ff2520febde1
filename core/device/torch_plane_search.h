// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <memory>
#include <string>

#include "core/transport/highest_planes.h"

namespace monge {

/// Whether LibTorch has a CUDA device to run on.
bool hasCuda();

/// The search by LibTorch's matrix products, tile by tile, in single precision: on a graphics card, or on the
/// processor as the reference of CpuPlaneSearch. Of planes that are equal at a sample any may come first. One
/// thread at a time.
/// @param sites   n x d, finite, n >= 2
/// @param device  "cpu" or "cuda". @throws Error where LibTorch has no such device
std::unique_ptr<PlaneSearch> torchPlaneSearch(const RowsF& sites, const std::string& device);

}  // namespace monge
