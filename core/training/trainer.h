// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstdint>
#include <memory>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <vector>

#include "core/data/dataset.h"
#include "core/experiment/experiment.h"
#include "core/snapshot/message.h"
#include "core/snapshot/snapshot.h"

namespace monge {

/// Which costly parts a snapshot carries.
struct SnapshotRequest {
  int samples = 1000;  ///< generated points in all, split evenly over the generators
  bool critic = false, gradients = false, latentGrid = false, sampleGrid = false;
  int criticSide = 64;      ///< grid points along the longer side of `box`
  int gridColumns = 12;     ///< samples per generator in the sample grid
  std::optional<Box2> box;  ///< of the critic field; none: the data's box and some air
};

/// Training that left the real numbers.
struct Divergence {
  std::int64_t iteration = 0;
  std::string network;  ///< "critic 3"
  std::string what;     ///< "loss is NaN"
};

/// One method at work on one data set. Owned by one thread; not thread safe. Deterministic: the same
/// experiment, device and thread count give the same bits, however the work is cut into steps and whatever
/// snapshots are taken.
class Trainer {
 public:
  virtual ~Trainer() = default;

  /// Names of the sub-phases of one iteration in order, e.g. sample, assign, critic, generator, prototype.
  virtual std::vector<std::string> phases() const = 0;
  virtual std::string nextPhase() const = 0;
  virtual std::int64_t iteration() const = 0;    ///< finished iterations
  virtual std::int64_t epochLength() const = 0;  ///< iterations in one pass over the data

  /// One sub-phase.
  virtual void stepPhase() = 0;
  /// Runs until `count` more iterations are finished (an iteration begun by stepPhase counts as the first).
  /// Stops early, with divergence() set, when a loss or a parameter is no longer finite.
  virtual void stepIterations(std::int64_t count) = 0;
  virtual std::optional<Divergence> divergence() const = 0;

  /// A moment for the views; does not disturb training (its own noise).
  virtual EnsembleSnapshot snapshot(const SnapshotRequest& request) = 0;
  virtual DataView dataView() const = 0;

  /// Metrics of now, one value a column (NaN: none); averages run since the last call.
  virtual std::vector<std::string> historyColumns() const = 0;
  virtual std::vector<double> historyRow() = 0;
  /// Final figures on fresh samples, snake_case: coverage, precision, ... as `monge-cli metrics` prints them.
  virtual nlohmann::json metrics() = 0;

  /// All that training depends on; load(save()) goes on bit for bit.
  virtual Message save() const = 0;
  virtual void load(const Message& state) = 0;

  /// Live parameters, all together: some make sense only with each other.
  /// @throws Error for a bad value, with nothing changed; one that takes effect after a reset is refused
  /// here.
  virtual void setParameters(const nlohmann::json& values) = 0;
  void setParameter(const std::string& key, const nlohmann::json& value) { setParameters({{key, value}}); }

  /// Prototypes by stable id. @throws Error for an unknown id, a wrong dimension, a non-finite position, the
  /// last one.
  virtual void movePrototype(int id, const std::vector<double>& position) = 0;
  virtual int addPrototype(const std::vector<double>& position) = 0;
  virtual void removePrototype(int id) = 0;
  virtual void restorePrototype(int id) = 0;
  /// The share of the data that a generator's cell is to hold; the others' keep their proportions.
  /// @throws Error for an unknown id, a share outside 1e-6 to 0.999999 or that leaves another next to
  /// nothing, masses that are free.
  virtual void setMass(int id, double mass) = 0;
};

struct DeviceInfo {
  std::string torch;                  ///< version
  std::vector<std::string> devices;   ///< "cpu", "cuda:0 NVIDIA ..."
  std::vector<std::string> warnings;  ///< e.g. LibTorch on a reference BLAS
};
DeviceInfo deviceInfo();

/// Builds the trainer of the experiment's method. @throws Error, e.g. device cuda where there is none.
std::unique_ptr<Trainer> makeTrainer(const Experiment& experiment, const Dataset& data);

}  // namespace monge
