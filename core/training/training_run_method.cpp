// SPDX-License-Identifier: GPL-3.0-or-later
// Apart from training_run.cpp, so that who brings a trainer of one's own needs no LibTorch.
#include <memory>
#include <utility>

#include "core/training/training_run.h"

namespace monge {

TrainingRun::TrainingRun(const Experiment& experiment, const Dataset& data, Options options, bool resume)
    : TrainingRun(
          experiment,
          [shared = std::make_shared<const Dataset>(data)](const Experiment& wanted) {
            return makeTrainer(wanted, *shared);
          },
          std::move(options), resume) {}

}  // namespace monge
