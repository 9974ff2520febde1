// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/training/trainer.h"

#include "core/base/error.h"
#include "core/training/kgans_trainer.h"

namespace monge {

std::unique_ptr<Trainer> makeTrainer(const Experiment& experiment, const Dataset& data) {
  if (experiment.method == "k-gans") return std::make_unique<KGansTrainer>(experiment, data);
  throw Error("method", experiment.method, "k-gans");
}

}  // namespace monge
