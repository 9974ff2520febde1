// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/geometry/density_2.h"
#include "core/geometry/density_3.h"

namespace monge {

/// (1 - share) density + share / |domain|: above 0 all over the domain, also where the density vanishes.
/// Integrals are linear, so it takes them as exactly as the density does.
/// @param share  in (0, 1]
Density2Ptr blendedWithUniform(const Domain2& domain, Density2Ptr density, double share);
Density3Ptr blendedWithUniform(const Domain3& domain, Density3Ptr density, double share);

}  // namespace monge
