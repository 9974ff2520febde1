// SPDX-License-Identifier: GPL-3.0-or-later
#include <algorithm>
#include <string>

#include "core/base/error.h"
#include "core/device/torch_cost.h"

namespace monge {
namespace {

/// 1 - mean SSIM with K1 = 0.01, K2 = 0.03 (Wang, Bovik, Sheikh and Simoncelli 2004, eq. (13)), windows that
/// lie wholly in the image, all channels alike. The window is a product of two Gaussians, so that averaging
/// is a matrix product from each side.
class SsimCost : public TorchCost {
 public:
  SsimCost(const CostOptions& options, const ImageShape& image, const torch::Device& device)
      : m_image(image),
        m_down(windows(image.height, options.window, device)),
        m_across(windows(image.width, options.window, device).t().contiguous()),
        m_c1(square(0.01 * options.range)),
        m_c2(square(0.03 * options.range)) {}

  /// The pixels, and mean and variance in each window.
  PreparedRows prepare(const torch::Tensor& rows) const override {
    const torch::Tensor pixels = rows.view({rows.size(0), m_image.channels, m_image.height, m_image.width});
    const torch::Tensor mean = averaged(pixels);
    return {{pixels, mean, averaged(pixels.square()) - mean.square()}};
  }

  torch::Tensor between(const PreparedRows& x, const PreparedRows& y) const override {
    const auto row = [&](int part) { return x.parts[static_cast<std::size_t>(part)].unsqueeze(1); };
    const auto column = [&](int part) { return y.parts[static_cast<std::size_t>(part)].unsqueeze(0); };
    const torch::Tensor means = row(1) * column(1);
    const torch::Tensor covariance = averaged(row(0) * column(0)) - means;
    const torch::Tensor above = (2 * means + m_c1) * (2 * covariance + m_c2);
    const torch::Tensor below = (row(1).square() + column(1).square() + m_c1) * (row(2) + column(2) + m_c2);
    return 1 - (above / below).mean({2, 3, 4});
  }

  std::int64_t numbersAPair() const override { return 6 * std::int64_t{m_image.size()}; }

 private:
  static double square(double value) { return value * value; }

  /// length - window + 1 rows, each the window's Gaussian at its place.
  static torch::Tensor windows(int length, int window, const torch::Device& device) {
    constexpr double kDeviation = 1.5;
    const torch::Tensor offset =
        torch::arange(window, torch::TensorOptions(torch::kFloat64)) - (window - 1) / 2.0;
    const torch::Tensor weight = torch::exp(offset.square() / (-2 * kDeviation * kDeviation));
    torch::Tensor rows = torch::zeros({length - window + 1, length}, torch::kFloat64);
    for (std::int64_t at = 0; at < rows.size(0); ++at)
      rows[at].slice(0, at, at + window).copy_(weight / weight.sum());
    return rows.to(device, torch::kFloat32);
  }

  torch::Tensor averaged(const torch::Tensor& pixels) const {
    return torch::matmul(m_down, torch::matmul(pixels, m_across));
  }

  ImageShape m_image;
  torch::Tensor m_down, m_across;  ///< from the left, from the right
  double m_c1, m_c2;
};

}  // namespace

std::unique_ptr<TorchCost> makeSsimCost(const CostOptions& options, const ImageShape& image,
                                        const torch::Device& device) {
  if (!image.isImage()) throw Error("cost ssim", "points", "images, which have windows");
  const int most = std::min(image.height, image.width);
  if (options.window < 1 || options.window % 2 == 0 || options.window > most)
    throw Error("window of ssim", std::to_string(options.window),
                "an odd number of pixels from 1 to " + std::to_string(most));
  return std::make_unique<SsimCost>(options, image, device);
}

}  // namespace monge
