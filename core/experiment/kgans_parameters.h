// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/experiment/parameters.h"

namespace monge {

/// k-GANs: the parameters of Ambrogioni, Güçlü, van Gerven 2019, Algorithm 1, and the choices it leaves open.
const MethodSpec& kGansSpec();

}  // namespace monge
