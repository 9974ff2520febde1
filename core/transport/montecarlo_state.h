// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <filesystem>

#include "core/transport/semidiscrete_montecarlo.h"

namespace monge {

/// What a state belongs to: points, masses, source, seed and kind of samples, as a short text that differs
/// where one of them does.
std::string fingerprint(const MonteCarloProblem& problem, const MonteCarloOptions& options);

/// Writes the file whole or not at all, all digits of every number.
void writeMonteCarloState(const std::filesystem::path& file, const MonteCarloState& state,
                          const std::string& fingerprint);

/// @throws Error naming the file, what was found and what was expected; on another fingerprint
MonteCarloState readMonteCarloState(const std::filesystem::path& file, const std::string& fingerprint);

}  // namespace monge
