// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <nlohmann/json.hpp>
#include <optional>

#include "app/cli/cli.h"
#include "app/cli/interrupt.h"
#include "core/experiment/run_directory.h"

namespace monge {

/// How the training of one run ended.
struct RunOutcome {
  RunProgress progress;  ///< status Finished, Paused (asked to stop), Diverged or Failed
  std::optional<std::int64_t> lastCheckpoint;
  nlohmann::json metrics;  ///< of a finished run
};

/// Trains to the experiment's last iteration, reporting progress; asked to stop it leaves a checkpoint.
/// @param resume  go on from the folder's last whole checkpoint, if there is one
RunOutcome trainRun(const Experiment& experiment, const Dataset& data, const RunDirectory& directory,
                    bool resume, const std::string& label, const Interrupt& interrupt, CliContext& context);

/// The figures of the run's last whole checkpoint. @throws Error when there is none.
nlohmann::json metricsOf(const RunDirectory& directory, CliContext& context);

/// Iteration of the last whole checkpoint, none when nothing was saved yet.
std::optional<std::int64_t> lastCheckpoint(const RunDirectory& directory);

}  // namespace monge
