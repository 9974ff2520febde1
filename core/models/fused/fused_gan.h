// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstdint>
#include <vector>

#include "core/models/fused/mlp.h"
#include "core/models/gan.h"

namespace monge::fused {

/// Parameters and optimiser of one network. Values only.
struct Weights {
  Buffer p, gradient, m, v;
  std::int64_t steps = 0;
  explicit Weights(int count) : p(count), gradient(count), m(count), v(count) {}
};

/// Scratch of one thread, for networks of one shape.
struct GanWorkspace {
  GanWorkspace(const MlpShape& generator, const MlpShape& critic, int batch);
  int stride;  ///< of the generator's batch; the critic sees three such parts side by side
  MlpPass generator, critic;
  Buffer noise, derivative, criticInput, criticBack, shifted, shiftedValues, shiftedBack;
};

/// One generator with its critic: a Wasserstein GAN on the points of one cell.
/// Source: Ambrogioni et al. 2019, eq. (27), (28). Not thread safe; different GANs may run on different
/// threads.
class FusedGan {
 public:
  /// PyTorch's initialisation: uniform in +-1/sqrt(inputs); gamma 1, beta 0.
  FusedGan(const GanShape& shape, const MlpShape& generator, const MlpShape& critic, std::uint64_t seed);

  /// One Adam step on E f(generated) - E f(real) + regularisation. real: d x stride with `count` > 0 points.
  CriticLoss criticStep(const float* real, int count, const GanRates& rates, GanWorkspace& work);
  /// One Adam step on -E f(generated); returns that loss. The samples stay in fakes().
  float generatorStep(const GanRates& rates, GanWorkspace& work);
  /// Draws samples into fakes() without training.
  void drawFakes(const GanRates& rates, GanWorkspace& work);

  /// Gradients alone, for tests: they stay in generator.gradient and critic.gradient. `noise`: latent x
  /// stride.
  CriticLoss criticGradient(const float* real, int count, const float* noise, const GanRates& rates,
                            GanWorkspace& work);
  float generatorGradient(const float* noise, const GanRates& rates, GanWorkspace& work);

  /// d x stride of the last generator batch; empty before the first.
  const Buffer& lastFakes() const { return m_fakes; }
  float* fakes() { return m_fakes.data(); }
  void setFakes(const std::vector<float>& values);  ///< from a checkpoint

  Weights generator, critic;
  Buffer averaged;  ///< exponential average of the generator's weights
  NoiseState noise;

 private:
  const float* drawNoise(GanWorkspace& work);
  float addSoftTerm(int count, const GanRates& rates, GanWorkspace& work);
  float addPenalty(int count, const GanRates& rates, GanWorkspace& work);
  void update(Weights& weights, float rate, const GanRates& rates) const;

  const GanShape& m_shape;
  const MlpShape &m_generatorShape, &m_criticShape;
  const Kernels& m_kernels;
  Buffer m_fakes;
};

}  // namespace monge::fused
