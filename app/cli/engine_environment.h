// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <optional>
#include <string>
#include <vector>

namespace monge {

/// The environment in which LibTorch trains well, where it differs from the given one; nullopt: go on.
///
/// OpenMP's threads wait actively and lose a factor of 3 when another program runs: OMP_WAIT_POLICY becomes
/// passive unless the user has said something of it. Some machines ask OpenBLAS for its Haswell kernels for
/// every program, which costs 40 % of its speed where there is AVX-512: that is taken out. The result carries
/// MONGE_ENVIRONMENT=kept, with which nothing is changed any more; users may set it themselves.
///
/// Libraries read these before main(). Only `train` and `serve` train. Pure; any thread.
/// @param arguments    of the program, without its name
/// @param environment  NAME=value
std::optional<std::vector<std::string>> trainingEnvironment(const std::vector<std::string>& arguments,
                                                            const std::vector<std::string>& environment,
                                                            bool hasAvx512);

}  // namespace monge
