// SPDX-License-Identifier: GPL-3.0-or-later
// Private to core/models: LibTorch stays out of the headers that other layers see.
#pragma once

#include <torch/torch.h>

#include <string>
#include <vector>

#include "core/models/gan.h"

namespace monge {

/// Parameters of k networks of one shape, each tensor with a leading axis of k: grouped, the k networks are
/// one network whose matrix products are batched and whose convolutions have k groups. The order within one
/// network is that of fused::MlpShape, so that both back ends read each other's state.
struct GroupedWeights {
  std::vector<torch::Tensor> values, moments, variances;
  std::vector<std::int64_t> steps;  ///< k

  std::int64_t count() const { return values.empty() ? 0 : values.front().size(0); }
  GroupedWeights one(std::int64_t j) const;
  void append(const GroupedWeights& other);
  void remove(std::int64_t j);
  void requireGradients();
  void adam(double rate, const GanRates& rates, const std::vector<char>& active);
};

/// Batch statistics of the layers with batch normalisation: mean and variance of each, in order.
using Statistics = std::vector<std::pair<torch::Tensor, torch::Tensor>>;

/// A family of networks: how its parameters are made and applied. Stateless.
class GroupedArchitecture {
 public:
  virtual ~GroupedArchitecture() = default;
  /// PyTorch's default initialisation of one network (leading axis 1).
  virtual std::vector<torch::Tensor> initialise(std::uint64_t seed) const = 0;
  /// x: k x n x inputs -> k x n x outputs. `given`: fixed batch statistics; `measured`: receives those of
  /// this batch.
  virtual torch::Tensor forward(const std::vector<torch::Tensor>& p, const torch::Tensor& x,
                                const Statistics* given, Statistics* measured) const = 0;
};

std::unique_ptr<GroupedArchitecture> makeGeneratorArchitecture(const GanShape& shape, torch::Device device);
std::unique_ptr<GroupedArchitecture> makeCriticArchitecture(const GanShape& shape);

/// conv_transpose2d(x, w, stride 2, padding 2, output_padding 1) with a 5 x 5 kernel as a 3 x 3 convolution
/// and a pixel shuffle: the same function and gradient, 2.4 times faster on the CPU. An output pixel of
/// parity p = (y mod 2, x mod 2) sees only the taps of its own parity.
/// @param x  n x (k * in) x h x w   @param w  k x in x out x 5 x 5   @return n x (k * out) x 2h x 2w
torch::Tensor upsamplingConvolution(const torch::Tensor& x, const torch::Tensor& w);

}  // namespace monge
