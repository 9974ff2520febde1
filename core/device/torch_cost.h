// SPDX-License-Identifier: GPL-3.0-or-later
// Private to core/device: LibTorch stays out of the headers that other layers see.
#pragma once

#include <torch/torch.h>

#include <memory>
#include <vector>

#include "core/device/site_costs.h"

namespace monge {

/// What a cost works out once for each row of a set: tensors with one row each.
struct PreparedRows {
  std::vector<torch::Tensor> parts;
  std::int64_t count() const { return parts.front().size(0); }
  PreparedRows slice(std::int64_t begin, std::int64_t end) const;
};

/// The cost of all pairs of two sets, without scale, weights or labels. All tensors on one device, single
/// precision.
class TorchCost {
 public:
  virtual ~TorchCost() = default;
  /// Differentiable, as between() is.
  virtual PreparedRows prepare(const torch::Tensor& rows) const = 0;
  /// a x b
  virtual torch::Tensor between(const PreparedRows& x, const PreparedRows& y) const = 0;
  /// Numbers that between() holds at a time for one pair: what decides a tile's size.
  virtual std::int64_t numbersAPair() const { return 2; }
  /// How far between() may be from the cost, a x b or one number, when the truth is to be found again by
  /// exact(); undefined where the cost is what it is.
  virtual torch::Tensor errorBound(const PreparedRows&, const PreparedRows&) const { return {}; }
};

/// @throws Error as CostedSites does
std::unique_ptr<TorchCost> makeCost(const CostOptions& options, int dimension, const ImageShape& image,
                                    const torch::Device& device);

/// 1 - SSIM of images, rows of c * h * w.
std::unique_ptr<TorchCost> makeSsimCost(const CostOptions& options, const ImageShape& image,
                                        const torch::Device& device);
/// |f(x) - f(y)|^2. @throws Error naming the file
std::unique_ptr<TorchCost> makeFeatureCost(const CostOptions& options, int dimension, const ImageShape& image,
                                           const torch::Device& device);

/// Rows as a tensor of their own on the device.
torch::Tensor tensorOf(const RowsF& rows, const torch::Device& device);

/// "cpu" or "cuda". @throws Error on another name or where there is no such device
torch::Device torchDevice(const std::string& name);

}  // namespace monge
