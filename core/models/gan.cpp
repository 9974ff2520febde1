// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/models/gan.h"

namespace monge {

std::uint64_t networkSeed(std::uint64_t seed, std::uint64_t index) {
  // An odd multiplier apart: neighbouring seeds and indices share no stream.
  return (seed + 1) * 0x9e3779b97f4a7c15u ^ (index + 1) * 0xd1b54a32d192ed03u;
}

}  // namespace monge
