// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <functional>
#include <memory>
#include <ostream>

#include "core/data/dataset.h"
#include "core/experiment/experiment.h"
#include "core/training/trainer.h"

namespace monge {

/// Number of the link's protocol (docs/protocol.md); both sides must speak the same.
constexpr int kProtocol = 2;

/// What the engine is made of; tests bring their own.
struct EngineFactory {
  std::function<Dataset(const DataSource&)> loadData;
  std::function<std::unique_ptr<Trainer>(const Experiment&, const Dataset&)> makeTrainer;
  std::function<DeviceInfo()> deviceInfo;
};

/// Data from files and toy distributions, trainers on LibTorch.
EngineFactory defaultEngineFactory();

/// The engine behind the window: speaks docs/protocol.md over two file descriptors until `quit`, the end of
/// the input or a fatal error. Blocks; training, loading and writing have threads of their own.
///
/// When `outputFd` is standard output, whatever libraries print there meanwhile goes to standard error
/// instead, so that the output carries messages only. SIGPIPE is ignored while it runs.
/// @param log  lines of text for people; written from several threads, one whole line at a time
/// @return     exit status: 0 after `quit` or the end of the input, 1 when the link was lost or the last
/// checkpoint could
///             not be written
int serve(int inputFd, int outputFd, std::ostream& log,
          const EngineFactory& factory = defaultEngineFactory());

}  // namespace monge
