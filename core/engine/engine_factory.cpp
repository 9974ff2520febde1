// SPDX-License-Identifier: GPL-3.0-or-later
// Apart from server.cpp, so that who brings a factory of one's own needs no LibTorch.
#include "core/engine/server.h"

namespace monge {

EngineFactory defaultEngineFactory() {
  return {[](const DataSource& source) { return loadData(source); },
          [](const Experiment& experiment, const Dataset& data) { return makeTrainer(experiment, data); },
          [] { return deviceInfo(); }};
}

}  // namespace monge
