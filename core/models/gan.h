// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <algorithm>
#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "core/snapshot/arrays.h"
#include "core/snapshot/message.h"

namespace monge {

/// Shape of a generator and its critic.
struct GanShape {
  int dimension = 2;
  int latent = 10;
  ImageShape image;  ///< set for convolutional networks
  bool convolutional = false;
  std::vector<int> generatorLayers{32, 16, 8},
      criticLayers{16, 8};  ///< hidden widths, fully connected networks
  bool batchNorm = true;
  float slope = 0.2f;                ///< of the leaky ReLU for negative values
  std::vector<float> lower, extent;  ///< d each: the box that the last sigmoid is scaled to
};

enum class CriticKind { Soft, Clip, Penalty };
enum class PairReading { Difference, Slope };
enum class PairSource { RealReal, RealGenerated };

/// What a training step depends on; may change between steps.
struct GanRates {
  float rate = 1e-4f, criticRate = 1e-4f, beta1 = 0.5f, beta2 = 0.9f, epsilon = 1e-8f;
  CriticKind critic = CriticKind::Soft;
  float lipschitzWeight = 10, clip = 0.01f, penaltyWeight = 10;
  PairReading reading = PairReading::Slope;
  PairSource pairs = PairSource::RealGenerated;
  float averaging = 0;
  int batch = 100;
};

/// Decay of the running average of a generator's weights at its step `steps`, from 1: polynomial-decay
/// averaging (Shamir and Zhang 2013, eta = 3), whose memory is a quarter of the steps so far, until it
/// reaches `averaging`. A longer memory of a young network would be mostly its random start.
inline float averagingDecay(float averaging, std::int64_t steps) {
  if (!(averaging > 0)) return 0;
  return std::min(averaging, static_cast<float>(1 - 4 / (static_cast<double>(steps) + 3)));
}

struct CriticLoss {
  float distance = 0;  ///< mean f(real) - mean f(generated)
  float term = 0;      ///< mean of the soft Lipschitz term or of the penalty, without its weight
};

/// Points of one network's cell, feature by feature: d rows `stride` floats apart, stride =
/// paddedBatch(batch).
struct RealBatch {
  const float* values = nullptr;
  int count = 0;  ///< 0: the network is left out of the step
};

/// k generators with their critics, stepped together. Networks are addressed by range [first, last).
///
/// A back end either lets different ranges be stepped on different threads at once (independent()), or is to
/// be called with the whole range. Each network has its own noise stream, the same in every back end, so that
/// results depend neither on the thread count nor on the other networks.
class NetworkEnsemble {
 public:
  virtual ~NetworkEnsemble() = default;

  virtual std::string backend() const = 0;  ///< for people: "fused avx512", "LibTorch cpu"
  virtual bool independent() const = 0;
  virtual int count() const = 0;

  /// One Adam step of the critics on E f(generated) - E f(real) + regularisation; losses of networks left out
  /// stay.
  virtual void criticStep(int first, int last, int thread, const GanRates& rates, const RealBatch* real,
                          CriticLoss* losses) = 0;
  /// One Adam step of the generators on -E f(generated), those with active[j]; their samples stay in fakes().
  virtual void generatorStep(int first, int last, int thread, const GanRates& rates, const char* active,
                             float* losses) = 0;
  /// New samples in fakes() without training.
  virtual void drawFakes(int first, int last, int thread, const GanRates& rates, const char* active) = 0;
  /// d rows x stride of the last generator batch of network j; null before the first.
  virtual float* fakes(int j) = 0;

  /// Evaluation with the averaged weights and batch statistics of a large batch. z: n x latent. Does not
  /// disturb training.
  virtual RowsF generate(int j, const RowsF& z) = 0;
  virtual RowsF criticValues(int j, const RowsF& x) = 0;     ///< n x 1
  virtual RowsF criticGradients(int j, const RowsF& x) = 0;  ///< n x d

  virtual void append(std::uint64_t seed) = 0;  ///< a new network behind the last
  virtual void remove(int j) = 0;
  /// State of one network, enough to go on bit for bit; and back, into an existing one.
  virtual Message saveNetwork(int j) const = 0;
  virtual void loadNetwork(int j, const Message& state) = 0;
};

/// Small fully connected networks on the CPU, in plain C++ (core/models/fused).
std::unique_ptr<NetworkEnsemble> makeFusedEnsemble(const GanShape& shape, int count, std::uint64_t seed,
                                                   int maximumBatch, int threads);
/// Any networks on LibTorch, all k as one grouped network. device: "cpu" or "cuda".
std::unique_ptr<NetworkEnsemble> makeTorchEnsemble(const GanShape& shape, int count, std::uint64_t seed,
                                                   int maximumBatch, int threads, const std::string& device);
/// Seed of network `index` (its identity, not its place) of a run.
std::uint64_t networkSeed(std::uint64_t seed, std::uint64_t index);

}  // namespace monge
