// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/device/torch_cost.h"

#include <cmath>

#include "core/base/error.h"
#include "core/base/text.h"

namespace monge {
namespace {

torch::Tensor squaredNorms(const torch::Tensor& rows) {
  return rows.square().sum(1);
}

/// |x|^2 - 2 <x, y> + |y|^2: one matrix product.
class SquaredCost : public TorchCost {
 public:
  PreparedRows prepare(const torch::Tensor& rows) const override { return {{rows, squaredNorms(rows)}}; }

  torch::Tensor between(const PreparedRows& x, const PreparedRows& y) const override {
    return torch::addmm(y.parts[1].unsqueeze(0), x.parts[0], y.parts[0].t(), 1, -2)
        .add_(x.parts[1].unsqueeze(1));
  }

  /// The product of d terms errs by at most d u |x| |y| to first order (Higham 2002, sec. 3.1), the norms
  /// alike; 2 |x| |y| <= |x|^2 + |y|^2.
  torch::Tensor errorBound(const PreparedRows& x, const PreparedRows& y) const override {
    const double unit = std::ldexp(1.0, -24) * static_cast<double>(x.parts[0].size(1) + 4);
    return (x.parts[1].unsqueeze(1) + y.parts[1].max()).mul_(2 * unit);
  }
};

/// Sum of |x_i - y_i|^p.
class PowerCost : public TorchCost {
 public:
  explicit PowerCost(double power) : m_power(power) {}
  PreparedRows prepare(const torch::Tensor& rows) const override { return {{rows}}; }
  torch::Tensor between(const PreparedRows& x, const PreparedRows& y) const override {
    // Mode 2: the differences themselves, never a matrix product that loses them.
    const torch::Tensor distance = torch::cdist(x.parts[0], y.parts[0], m_power, 2);
    return m_power == 1 ? distance : distance.pow(m_power);
  }

 private:
  double m_power;
};

/// 1 - 10 log10(range^2 / MSE).
class PsnrCost : public TorchCost {
 public:
  PsnrCost(double range, int dimension) : m_range(range), m_dimension(dimension) {}
  PreparedRows prepare(const torch::Tensor& rows) const override { return {{rows}}; }
  torch::Tensor between(const PreparedRows& x, const PreparedRows& y) const override {
    const torch::Tensor error = torch::cdist(x.parts[0], y.parts[0], 2, 2).square().div_(m_dimension);
    const double square = m_range * m_range;
    return error.clamp_min_(1e-10 * square).div_(square).log10_().mul_(10).add_(1);
  }

 private:
  double m_range, m_dimension;
};

void requireAbove(const char* subject, double value, double least, bool orEqual) {
  if (std::isfinite(value) && (value > least || (orEqual && value == least))) return;
  throw Error(subject, numberText(value),
              std::string("a finite number ") + (orEqual ? "of at least " : "above ") + numberText(least));
}

}  // namespace

PreparedRows PreparedRows::slice(std::int64_t begin, std::int64_t end) const {
  PreparedRows result;
  for (const torch::Tensor& part : parts) result.parts.push_back(part.slice(0, begin, end));
  return result;
}

torch::Tensor tensorOf(const RowsF& rows, const torch::Device& device) {
  torch::Tensor tensor = torch::empty({rows.rows(), rows.cols()}, torch::kFloat32);
  std::copy_n(rows.data(), rows.size(), tensor.data_ptr<float>());
  return tensor.to(device);
}

torch::Device torchDevice(const std::string& name) {
  if (name == "cpu") return torch::kCPU;
  if (name != "cuda") throw Error("device", name, "cpu or cuda");
  if (!torch::cuda::is_available()) throw Error("device", name, "cpu: LibTorch finds no CUDA device here");
  return torch::kCUDA;
}

std::unique_ptr<TorchCost> makeCost(const CostOptions& options, int dimension, const ImageShape& image,
                                    const torch::Device& device) {
  using Kind = CostOptions::Kind;
  requireAbove("cost scale", options.scale, 0, false);
  requireAbove("theta of equal labels", options.same, 0, false);
  requireAbove("theta of different labels", options.other, 0, false);
  if (image.isImage() && image.size() != dimension)
    throw Error("image shape", std::to_string(image.size()) + " pixels",
                std::to_string(dimension) + " as the sites have");
  switch (options.kind) {
    case Kind::Squared:
      return std::make_unique<SquaredCost>();
    case Kind::Power:
      requireAbove("power of the cost", options.power, 1, true);
      return std::make_unique<PowerCost>(options.power);
    case Kind::Psnr:
      requireAbove("range of the pixels", options.range, 0, false);
      return std::make_unique<PsnrCost>(options.range, dimension);
    case Kind::Ssim:
      requireAbove("range of the pixels", options.range, 0, false);
      return makeSsimCost(options, image, device);
    case Kind::Features:
      return makeFeatureCost(options, dimension, image, device);
  }
  throw Error("cost", "an unknown kind", "one of squared, power, ssim, psnr, features");
}

}  // namespace monge
