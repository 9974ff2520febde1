// SPDX-License-Identifier: GPL-3.0-or-later
// The kernels, written once on GCC's vector types. Included by one source file per instruction set, which
// sets MONGE_WIDTH (floats in a register), MONGE_TILE (registers of batch in a tile) and MONGE_KERNELS_NAME.
// Everything is in unnamed namespaces: each file has its own copy.
#include "core/models/fused/kernels/adam.h"
#include "core/models/fused/kernels/batch_norm.h"
#include "core/models/fused/kernels/cells.h"
#include "core/models/fused/kernels/dense.h"
#include "core/models/fused/kernels/gradient.h"
#include "core/models/fused/kernels/points.h"
#include "core/models/fused/kernels/random_lanes.h"
#include "core/models/fused/kernels/sigmoid.h"
#include "core/models/fused/kernels/vectors.h"

namespace monge::fused {
namespace {

constexpr Kernels kKernels{MONGE_KERNELS_NAME,
                           dense,
                           denseMasked,
                           denseGradient,
                           denseNorm,
                           denseNormBack,
                           batchNormFixed,
                           sigmoidToBox,
                           multiply,
                           adam,
                           average,
                           normals,
                           uniforms,
                           clamp,
                           pairTerm,
                           penaltyDirection,
                           totalOf,
                           nearest,
                           keepCell,
                           siteCost};

}  // namespace
}  // namespace monge::fused
