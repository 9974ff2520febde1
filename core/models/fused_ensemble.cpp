// SPDX-License-Identifier: GPL-3.0-or-later
#include <algorithm>
#include <deque>
#include <span>

#include "core/base/error.h"
#include "core/models/fused/fused_gan.h"
#include "core/models/gan.h"

namespace monge {
namespace {

using namespace fused;

constexpr int kEvaluationBatch = 1024;

std::span<const float> view(const Buffer& buffer) {
  return {buffer.data(), static_cast<std::size_t>(buffer.size())};
}

void fill(Buffer& buffer, const std::vector<float>& values, const char* name) {
  if (static_cast<int>(values.size()) != buffer.size())
    throw Error(name, std::to_string(values.size()) + " values",
                std::to_string(buffer.size()) + " for these layers");
  std::copy(values.begin(), values.end(), buffer.data());
}

/// Rows to features: the first n rows of x from row `from` into d x stride.
void transpose(const RowsF& x, Eigen::Index from, int n, float* to, int stride) {
  for (Eigen::Index c = 0; c < x.cols(); ++c)
    for (int i = 0; i < n; ++i) to[c * stride + i] = x(from + i, c);
}

class FusedEnsemble final : public NetworkEnsemble {
 public:
  FusedEnsemble(const GanShape& shape, int count, std::uint64_t seed, int maximumBatch, int threads)
      : m_shape(shape),
        m_generator(shape.latent, shape.generatorLayers, shape.dimension, shape.batchNorm, shape.slope),
        m_critic(shape.dimension, shape.criticLayers, 1, false, shape.slope),
        m_evaluation(m_generator, m_critic, kEvaluationBatch) {
    for (int t = 0; t < threads; ++t) m_work.emplace_back(m_generator, m_critic, maximumBatch);
    for (int j = 0; j < count; ++j) append(networkSeed(seed, static_cast<std::uint64_t>(j)));
  }

  std::string backend() const override { return std::string("fused ") + kernels().name; }
  bool independent() const override { return true; }
  int count() const override { return static_cast<int>(m_networks.size()); }

  void criticStep(int first, int last, int thread, const GanRates& rates, const RealBatch* real,
                  CriticLoss* losses) override {
    for (int j = first; j < last; ++j)
      if (real[j].count > 0)
        losses[j] = network(j).gan.criticStep(real[j].values, real[j].count, rates,
                                              m_work[static_cast<std::size_t>(thread)]);
  }
  void generatorStep(int first, int last, int thread, const GanRates& rates, const char* active,
                     float* losses) override {
    for (int j = first; j < last; ++j)
      if (active[j])
        losses[j] = network(j).gan.generatorStep(rates, m_work[static_cast<std::size_t>(thread)]);
  }
  void drawFakes(int first, int last, int thread, const GanRates& rates, const char* active) override {
    for (int j = first; j < last; ++j)
      if (active[j]) network(j).gan.drawFakes(rates, m_work[static_cast<std::size_t>(thread)]);
  }
  float* fakes(int j) override { return network(j).gan.fakes(); }

  RowsF generate(int j, const RowsF& z) override {
    auto& net = network(j);
    calibrate(net);
    const int d = m_shape.dimension, stride = m_evaluation.stride;
    RowsF samples(z.rows(), d);
    for (Eigen::Index from = 0; from < z.rows(); from += stride) {
      const int n = static_cast<int>(std::min<Eigen::Index>(stride, z.rows() - from));
      transpose(z, from, n, m_evaluation.noise.data(), stride);
      float* x = m_evaluation.generator.forwardFixed(net.gan.averaged.data(), net.statistics.data(),
                                                     m_evaluation.noise.data(), n);
      kernels().sigmoidToBox(x, m_evaluation.derivative.data(), m_shape.lower.data(), m_shape.extent.data(),
                             d, stride, n);
      for (int i = 0; i < n; ++i)
        for (int c = 0; c < d; ++c) samples(from + i, c) = x[c * stride + i];
    }
    return samples;
  }
  RowsF criticValues(int j, const RowsF& x) override { return evaluateCritic(j, x, false); }
  RowsF criticGradients(int j, const RowsF& x) override { return evaluateCritic(j, x, true); }

  void append(std::uint64_t seed) override {
    m_networks.push_back(std::make_unique<Network>(Network{FusedGan(m_shape, m_generator, m_critic, seed),
                                                           Buffer(2 * m_generator.statisticCount()), -1}));
  }
  void remove(int j) override { m_networks.erase(m_networks.begin() + j); }

  Message saveNetwork(int j) const override {
    const auto& gan = m_networks[static_cast<std::size_t>(j)]->gan;
    Message state("network");
    for (const auto& [name, weights] :
         {std::pair{"generator", &gan.generator}, std::pair{"critic", &gan.critic}}) {
      state.add(std::string(name) + ".p", view(weights->p));
      state.add(std::string(name) + ".m", view(weights->m));
      state.add(std::string(name) + ".v", view(weights->v));
      state.fields[std::string(name) + ".steps"] = weights->steps;
    }
    state.add("averaged", view(gan.averaged));
    state.add("fakes", view(gan.lastFakes()));
    std::vector<int> noise(4 * kLanes);
    std::copy_n(&gan.noise.words[0][0], noise.size(), noise.begin());
    state.add("noise", std::span<const int>(noise));
    return state;
  }
  void loadNetwork(int j, const Message& state) override {
    auto& net = network(j);
    auto& gan = net.gan;
    for (const auto& [name, weights] :
         {std::pair{"generator", &gan.generator}, std::pair{"critic", &gan.critic}}) {
      fill(weights->p, state.floats(std::string(name) + ".p"), name);
      fill(weights->m, state.floats(std::string(name) + ".m"), name);
      fill(weights->v, state.floats(std::string(name) + ".v"), name);
      weights->steps = state.fields.at(std::string(name) + ".steps").get<std::int64_t>();
    }
    fill(gan.averaged, state.floats("averaged"), "averaged");
    gan.setFakes(state.floats("fakes"));
    const auto noise = state.ints("noise");
    if (noise.size() != 4 * kLanes) throw Error("noise", std::to_string(noise.size()) + " words", "64");
    std::copy(noise.begin(), noise.end(), &gan.noise.words[0][0]);
    net.calibratedAt = -1;
  }

 private:
  struct Network {
    FusedGan gan;
    Buffer statistics;
    std::int64_t calibratedAt;  ///< generator steps when `statistics` were measured
  };
  Network& network(int j) { return *m_networks[static_cast<std::size_t>(j)]; }

  /// Batch statistics of the averaged generator over one large batch of fixed noise.
  void calibrate(Network& net) {
    if (!m_generator.norm() || net.calibratedAt == net.gan.generator.steps) return;
    NoiseState noise = seedNoise(0x63616c6962u);
    kernels().normals(noise, m_evaluation.noise.data(), m_evaluation.noise.size());
    m_evaluation.generator.sample(net.gan.averaged.data(), m_evaluation.noise.data(), kEvaluationBatch);
    m_evaluation.generator.readStatistics(net.statistics.data());
    net.calibratedAt = net.gan.generator.steps;
  }

  RowsF evaluateCritic(int j, const RowsF& x, bool gradients) {
    const float* p = network(j).gan.critic.p.data();
    const int stride = m_evaluation.critic.stride(), d = m_shape.dimension;
    RowsF result(x.rows(), gradients ? d : 1);
    for (Eigen::Index from = 0; from < x.rows(); from += stride) {
      const int n = static_cast<int>(std::min<Eigen::Index>(stride, x.rows() - from));
      transpose(x, from, n, m_evaluation.criticInput.data(), stride);
      const float* f = m_evaluation.critic.forward(p, m_evaluation.criticInput.data(), n);
      if (gradients) {
        m_evaluation.criticBack.clear();
        std::fill_n(m_evaluation.criticBack.data(), n, 1.0f);
        f = m_evaluation.critic.inputGradient(p, m_evaluation.criticBack.data());
      }
      for (int i = 0; i < n; ++i)
        for (Eigen::Index c = 0; c < result.cols(); ++c) result(from + i, c) = f[c * stride + i];
    }
    return result;
  }

  GanShape m_shape;
  MlpShape m_generator, m_critic;
  std::deque<GanWorkspace> m_work;
  GanWorkspace m_evaluation;
  std::vector<std::unique_ptr<Network>> m_networks;
};

}  // namespace

std::unique_ptr<NetworkEnsemble> makeFusedEnsemble(const GanShape& shape, int count, std::uint64_t seed,
                                                   int maximumBatch, int threads) {
  return std::make_unique<FusedEnsemble>(shape, count, seed, maximumBatch, threads);
}

}  // namespace monge
