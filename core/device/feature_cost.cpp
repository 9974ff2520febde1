// SPDX-License-Identifier: GPL-3.0-or-later
#include <torch/script.h>

#include <algorithm>

#include "core/base/error.h"
#include "core/device/torch_cost.h"

namespace monge {
namespace {

constexpr const char* kExpected = "a TorchScript network (torch.jit.save)";

/// LibTorch's errors run over many lines with a stack below: the first line that says something.
std::string firstLine(const std::string& text) {
  const std::size_t begin = text.find_first_not_of(" \n");
  if (begin == std::string::npos) return "no reason given";
  return text.substr(begin, std::min(text.find('\n', begin), begin + 200) - begin);
}

torch::jit::Module load(const std::filesystem::path& file, const torch::Device& device) {
  std::error_code ignored;
  if (file.empty()) throw Error("network of the feature cost", "none", kExpected);
  if (!std::filesystem::exists(file, ignored)) throw Error(file.string(), "no such file", kExpected);
  try {
    torch::jit::Module module = torch::jit::load(file.string(), device);
    module.eval();
    return module;
  } catch (const c10::Error& error) {
    throw Error(file.string(), firstLine(error.what_without_backtrace()), kExpected);
  }
}

/// The squared cost between what a network answers.
class FeatureCost : public TorchCost {
 public:
  FeatureCost(const CostOptions& options, int dimension, const ImageShape& image, const torch::Device& device,
              std::unique_ptr<TorchCost> squared)
      : m_file(options.network.string()),
        m_network(load(options.network, device)),
        m_image(image),
        m_squared(std::move(squared)) {
    answer(torch::zeros({2, dimension}, torch::TensorOptions(torch::kFloat32).device(device)));
  }

  PreparedRows prepare(const torch::Tensor& rows) const override {
    constexpr std::int64_t kBatch = 256;
    std::vector<torch::Tensor> answers;
    for (std::int64_t begin = 0; begin < rows.size(0); begin += kBatch)
      answers.push_back(answer(rows.slice(0, begin, std::min(begin + kBatch, rows.size(0)))));
    return m_squared->prepare(answers.empty() ? rows : torch::cat(answers));
  }

  torch::Tensor between(const PreparedRows& x, const PreparedRows& y) const override {
    return m_squared->between(x, y);
  }
  torch::Tensor errorBound(const PreparedRows& x, const PreparedRows& y) const override {
    return m_squared->errorBound(x, y);
  }

 private:
  /// Carries gradients where the caller wants them.
  torch::Tensor answer(const torch::Tensor& rows) const {
    const torch::Tensor input =
        m_image.isImage() ? rows.view({rows.size(0), m_image.channels, m_image.height, m_image.width}) : rows;
    const torch::Tensor out = forward(input);
    if (out.dim() < 1 || out.size(0) != rows.size(0))
      throw Error(m_file, "an answer of other length than its input", "one row of features for each input");
    return out.reshape({rows.size(0), -1}).to(torch::kFloat32);
  }

  torch::Tensor forward(const torch::Tensor& input) const {
    try {
      // forward() is not const although evaluation changes nothing.
      return torch::jit::Module(m_network).forward({input}).toTensor();
    } catch (const c10::Error& error) {
      throw Error(m_file, firstLine(error.what_without_backtrace()), "a network that takes these data");
    } catch (const std::exception& error) {  // what a script raises
      throw Error(m_file, firstLine(error.what()), "a network that takes these data");
    }
  }

  std::string m_file;
  torch::jit::Module m_network;
  ImageShape m_image;
  std::unique_ptr<TorchCost> m_squared;
};

}  // namespace

std::unique_ptr<TorchCost> makeFeatureCost(const CostOptions& options, int dimension, const ImageShape& image,
                                           const torch::Device& device) {
  CostOptions squared;
  return std::make_unique<FeatureCost>(options, dimension, image, device,
                                       makeCost(squared, dimension, image, device));
}

}  // namespace monge
