// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/models/grouped_networks.h"

#include <cmath>

#include "core/base/random.h"

namespace monge {
namespace {

using torch::Tensor;
namespace F = torch::nn::functional;

/// 1 x sizes, uniform in +-1/sqrt(fanIn).
Tensor uniformTensor(std::vector<std::int64_t> sizes, double fanIn, Random& random) {
  sizes.insert(sizes.begin(), 1);
  Tensor result = torch::empty(sizes);
  const double bound = 1 / std::sqrt(fanIn);
  float* values = result.data_ptr<float>();
  for (std::int64_t i = 0; i < result.numel(); ++i)
    values[i] = static_cast<float>(random.uniform(-bound, bound));
  return result;
}

/// Batch normalisation over `dims`, with per-feature tensors that broadcast against x.
Tensor normalise(const Tensor& x, const Tensor& gamma, const Tensor& beta, std::vector<std::int64_t> dims,
                 const Statistics* given, Statistics* measured, std::size_t layer) {
  Tensor mean, variance;
  if (given) {
    std::tie(mean, variance) = (*given)[layer];
  } else {
    mean = x.mean(dims, true);
    variance = (x - mean).square().mean(dims, true);
  }
  if (measured) measured->emplace_back(mean, variance);
  return (x - mean) * torch::rsqrt(variance + 1e-5) * gamma + beta;
}

class Mlp final : public GroupedArchitecture {
 public:
  Mlp(int inputs, std::vector<int> hidden, int outputs, bool norm, float slope)
      : m_inputs(inputs), m_hidden(std::move(hidden)), m_outputs(outputs), m_norm(norm), m_slope(slope) {}

  std::vector<Tensor> initialise(std::uint64_t seed) const override {
    Random random(seed);
    std::vector<Tensor> result;
    int below = m_inputs;
    for (std::size_t l = 0; l <= m_hidden.size(); ++l) {
      const int width = l == m_hidden.size() ? m_outputs : m_hidden[l];
      result.push_back(uniformTensor({width, below}, below, random));
      if (hasNorm(l)) {
        result.push_back(torch::ones({1, width}));
        result.push_back(torch::zeros({1, width}));
      } else {
        result.push_back(uniformTensor({width}, below, random));
      }
      below = width;
    }
    return result;
  }

  Tensor forward(const std::vector<Tensor>& p, const Tensor& input, const Statistics* given,
                 Statistics* measured) const override {
    Tensor x = input;
    std::size_t at = 0;
    for (std::size_t l = 0; l <= m_hidden.size(); ++l) {
      x = x.bmm(p[at++].transpose(1, 2));
      if (hasNorm(l)) {
        const Tensor gamma = p[at++].unsqueeze(1), beta = p[at++].unsqueeze(1);
        x = normalise(x, gamma, beta, {1}, given, measured, l);
      } else {
        x = x + p[at++].unsqueeze(1);
      }
      if (l < m_hidden.size()) x = torch::leaky_relu(x, m_slope);
    }
    return x;
  }

 private:
  bool hasNorm(std::size_t layer) const { return m_norm && layer < m_hidden.size(); }
  int m_inputs;
  std::vector<int> m_hidden;
  int m_outputs;
  bool m_norm;
  float m_slope;
};

/// E2's generator: dense 256 x h/4 x w/4, then transposed convolutions 5 x 5 to 128, 64 and 1 channels with
/// strides 1, 2, 2.
class DigitsGenerator final : public GroupedArchitecture {
 public:
  explicit DigitsGenerator(const GanShape& shape)
      : m_latent(shape.latent),
        m_height(shape.image.height / 4),
        m_width(shape.image.width / 4),
        m_channels(shape.image.channels),
        m_norm(shape.batchNorm),
        m_slope(shape.slope) {}

  std::vector<Tensor> initialise(std::uint64_t seed) const override {
    Random random(seed);
    const std::int64_t dense = 256L * m_height * m_width;
    std::vector<Tensor> p{uniformTensor({dense, m_latent}, m_latent, random)};
    addScale(p, dense);
    p.push_back(uniformTensor({128, 256, 5, 5}, 256 * 25, random));
    addScale(p, 128);
    p.push_back(uniformTensor({128, 64, 5, 5}, 64 * 25,
                              random));  // PyTorch's fan of a transposed convolution is that of its outputs
    addScale(p, 64);
    p.push_back(uniformTensor({64, m_channels, 5, 5}, m_channels * 25, random));
    p.push_back(uniformTensor({m_channels}, m_channels * 25, random));
    return p;
  }

  Tensor forward(const std::vector<Tensor>& p, const Tensor& z, const Statistics* given,
                 Statistics* measured) const override {
    const std::int64_t k = z.size(0), n = z.size(1);
    Tensor x = z.bmm(p[0].transpose(1, 2));
    x = activate(x, p[1].unsqueeze(1), p[2].unsqueeze(1), {1}, given, measured, 0);
    x = x.transpose(0, 1).reshape({n, k * 256, m_height, m_width});
    x = F::conv2d(x, p[3].flatten(0, 1), F::Conv2dFuncOptions().padding(2).groups(k));
    x = activate(x, channels(p[4]), channels(p[5]), {0, 2, 3}, given, measured, 1);
    x = upsamplingConvolution(x, p[6]);
    x = activate(x, channels(p[7]), channels(p[8]), {0, 2, 3}, given, measured, 2);
    x = upsamplingConvolution(x, p[9]) + channels(p[10]);
    return x.reshape({n, k, -1}).transpose(0, 1);
  }

 private:
  static Tensor channels(const Tensor& p) { return p.reshape({1, -1, 1, 1}); }
  static void addScale(std::vector<Tensor>& p, std::int64_t features) {
    p.push_back(torch::ones({1, features}));
    p.push_back(torch::zeros({1, features}));
  }
  Tensor activate(const Tensor& x, const Tensor& gamma, const Tensor& beta,
                  const std::vector<std::int64_t>& dims, const Statistics* given, Statistics* measured,
                  std::size_t layer) const {
    return torch::leaky_relu(
        m_norm ? normalise(x, gamma, beta, dims, given, measured, layer) : x * gamma + beta, m_slope);
  }
  int m_latent, m_height, m_width, m_channels;
  bool m_norm;
  float m_slope;
};

/// E2's critic: convolutions 5 x 5 with stride 2 to 64 and 128 channels and a linear layer.
class DigitsCritic final : public GroupedArchitecture {
 public:
  explicit DigitsCritic(const GanShape& shape) : m_image(shape.image), m_slope(shape.slope) {}

  std::vector<Tensor> initialise(std::uint64_t seed) const override {
    Random random(seed);
    const int c = m_image.channels, features = 128 * (m_image.height / 4) * (m_image.width / 4);
    return {uniformTensor({64, c, 5, 5}, c * 25, random),    uniformTensor({64}, c * 25, random),
            uniformTensor({128, 64, 5, 5}, 64 * 25, random), uniformTensor({128}, 64 * 25, random),
            uniformTensor({1, features}, features, random),  uniformTensor({1}, features, random)};
  }

  Tensor forward(const std::vector<Tensor>& p, const Tensor& images, const Statistics*,
                 Statistics*) const override {
    const std::int64_t k = images.size(0), n = images.size(1);
    const auto options = F::Conv2dFuncOptions().padding(2).stride(2).groups(k);
    Tensor x = images.transpose(0, 1).reshape({n, k * m_image.channels, m_image.height, m_image.width});
    x = torch::leaky_relu(
        F::conv2d(x, p[0].flatten(0, 1), F::Conv2dFuncOptions(options).bias(p[1].flatten())), m_slope);
    x = torch::leaky_relu(
        F::conv2d(x, p[2].flatten(0, 1), F::Conv2dFuncOptions(options).bias(p[3].flatten())), m_slope);
    x = x.reshape({n, k, -1}).transpose(0, 1);
    return x.bmm(p[4].transpose(1, 2)) + p[5].unsqueeze(1);
  }

 private:
  ImageShape m_image;
  float m_slope;
};

/// The last sigmoid, scaled to the data's box.
class Boxed final : public GroupedArchitecture {
 public:
  Boxed(std::unique_ptr<GroupedArchitecture> inner, const GanShape& shape, torch::Device device)
      : m_inner(std::move(inner)),
        m_lower(torch::tensor(shape.lower).to(device)),
        m_extent(torch::tensor(shape.extent).to(device)) {}
  std::vector<Tensor> initialise(std::uint64_t seed) const override { return m_inner->initialise(seed); }
  Tensor forward(const std::vector<Tensor>& p, const Tensor& z, const Statistics* given,
                 Statistics* measured) const override {
    return m_lower + m_extent * torch::sigmoid(m_inner->forward(p, z, given, measured));
  }

 private:
  std::unique_ptr<GroupedArchitecture> m_inner;
  Tensor m_lower, m_extent;
};

/// Tensors of one value per network, shaped to broadcast over p.
Tensor perNetwork(const std::vector<double>& values, const Tensor& p) {
  std::vector<std::int64_t> shape(static_cast<std::size_t>(p.dim()), 1);
  shape[0] = static_cast<std::int64_t>(values.size());
  return torch::tensor(values, torch::kFloat32).to(p.device()).reshape(shape);
}

template <class Change>
void forAll(GroupedWeights& weights, Change change) {
  for (auto* list : {&weights.values, &weights.moments, &weights.variances})
    for (std::size_t i = 0; i < list->size(); ++i) change(list, i);
}

}  // namespace

Tensor upsamplingConvolution(const Tensor& x, const Tensor& w) {
  const std::int64_t k = w.size(0), in = w.size(1), out = w.size(2);
  // Row 4 + p - 2 t of the kernel is tap t of parity p; padded to six rows and turned round, that is row 2 t
  // + (1 - p).
  const Tensor six =
      torch::flip(torch::constant_pad_nd(w, {0, 1, 0, 1}), {3, 4}).reshape({k, in, out, 3, 2, 3, 2});
  const Tensor parity = torch::flip(six, {4, 6});
  const Tensor kernel = parity.permute({0, 2, 4, 6, 1, 3, 5}).reshape({k * out * 4, in, 3, 3});
  return torch::pixel_shuffle(F::conv2d(x, kernel, F::Conv2dFuncOptions().padding(1).groups(k)), 2);
}

GroupedWeights GroupedWeights::one(std::int64_t j) const {
  GroupedWeights result = *this;
  forAll(result,
         [j](auto* list, std::size_t i) { (*list)[i] = (*list)[i].narrow(0, j, 1).detach().clone(); });
  result.steps = {steps[static_cast<std::size_t>(j)]};
  return result;
}

void GroupedWeights::append(const GroupedWeights& other) {
  const bool empty = values.empty();
  values.resize(other.values.size());
  moments.resize(other.moments.size());
  variances.resize(other.variances.size());
  const auto joined = [empty](const Tensor& a, const Tensor& b) {
    return empty ? b.clone() : torch::cat({a.detach(), b});
  };
  for (std::size_t i = 0; i < values.size(); ++i) {
    values[i] = joined(values[i], other.values[i]);
    moments[i] = joined(moments[i], other.moments[i]);
    variances[i] = joined(variances[i], other.variances[i]);
  }
  steps.insert(steps.end(), other.steps.begin(), other.steps.end());
  requireGradients();
}

void GroupedWeights::remove(std::int64_t j) {
  const std::int64_t k = count();
  forAll(*this, [j, k](auto* list, std::size_t i) {
    const Tensor t = (*list)[i].detach();
    (*list)[i] = torch::cat({t.narrow(0, 0, j), t.narrow(0, j + 1, k - j - 1)});
  });
  steps.erase(steps.begin() + j);
  requireGradients();
}

void GroupedWeights::requireGradients() {
  for (auto& p : values) p.set_requires_grad(true);
}

/// Adam as in core/models/fused, with the networks that are not active left as they are, moments included.
void GroupedWeights::adam(double rate, const GanRates& rates, const std::vector<char>& active) {
  torch::NoGradGuard guard;
  std::vector<double> step, root, on;
  for (std::size_t j = 0; j < steps.size(); ++j) {
    if (active[j]) ++steps[j];
    const double t = static_cast<double>(std::max<std::int64_t>(steps[j], 1));
    step.push_back(active[j] ? rate / (1 - std::pow(static_cast<double>(rates.beta1), t)) : 0);
    root.push_back(1 / std::sqrt(1 - std::pow(static_cast<double>(rates.beta2), t)));
    on.push_back(active[j] ? 1 : 0);
  }
  for (std::size_t i = 0; i < values.size(); ++i) {
    Tensor& p = values[i];
    if (!p.grad().defined()) continue;
    const Tensor g = p.grad(), mask = perNetwork(on, p);
    moments[i].add_(mask * (1 - rates.beta1) * (g - moments[i]));
    variances[i].add_(mask * (1 - rates.beta2) * (g.square() - variances[i]));
    p.sub_(perNetwork(step, p) * moments[i] / (variances[i].sqrt() * perNetwork(root, p) + rates.epsilon));
    p.mutable_grad().reset();
  }
}

std::unique_ptr<GroupedArchitecture> makeGeneratorArchitecture(const GanShape& shape, torch::Device device) {
  std::unique_ptr<GroupedArchitecture> inner;
  if (shape.convolutional)
    inner = std::make_unique<DigitsGenerator>(shape);
  else
    inner = std::make_unique<Mlp>(shape.latent, shape.generatorLayers, shape.dimension, shape.batchNorm,
                                  shape.slope);
  return std::make_unique<Boxed>(std::move(inner), shape, device);
}

std::unique_ptr<GroupedArchitecture> makeCriticArchitecture(const GanShape& shape) {
  if (shape.convolutional) return std::make_unique<DigitsCritic>(shape);
  return std::make_unique<Mlp>(shape.dimension, shape.criticLayers, 1, false, shape.slope);
}

}  // namespace monge
