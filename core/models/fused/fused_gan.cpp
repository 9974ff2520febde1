// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/models/fused/fused_gan.h"

#include <algorithm>
#include <cmath>
#include <cstring>

#include "core/base/random.h"

namespace monge::fused {
namespace {

void initialise(const MlpShape& shape, float* p, Random& random) {
  for (const auto& layer : shape.layers()) {
    const double bound = 1.0 / std::sqrt(static_cast<double>(layer.inputs));
    const auto draw = [&] { return static_cast<float>(random.uniform(-bound, bound)); };
    std::generate_n(p + layer.weight, layer.inputs * layer.outputs, draw);
    if (layer.norm) {
      std::fill_n(p + layer.gamma, layer.outputs, 1.0f);
      std::fill_n(p + layer.bias, layer.outputs, 0.0f);
    } else {
      std::generate_n(p + layer.bias, layer.outputs, draw);
    }
  }
}

void copyRows(const float* from, int fromStride, float* to, int toStride, int rows, int count) {
  for (int r = 0; r < rows; ++r)
    std::memcpy(to + r * toStride, from + r * fromStride, static_cast<std::size_t>(count) * sizeof(float));
}

}  // namespace

GanWorkspace::GanWorkspace(const MlpShape& g, const MlpShape& c, int batch)
    : stride(paddedBatch(batch)),
      generator(g, batch),
      critic(c, 2 * stride),
      noise((g.inputs() * stride + 2 * kLanes - 1) / (2 * kLanes) * (2 * kLanes)),
      derivative(g.outputs() * stride),
      criticInput(c.inputs() * critic.stride()),
      criticBack(critic.stride()),
      shifted(c.inputs() * critic.stride()),
      shiftedValues(critic.stride()),
      shiftedBack(critic.stride()) {}

FusedGan::FusedGan(const GanShape& shape, const MlpShape& g, const MlpShape& c, std::uint64_t seed)
    : generator(g.parameterCount()),
      critic(c.parameterCount()),
      averaged(g.parameterCount()),
      noise(seedNoise(seed ^ 0x6e6f697365u)),
      m_shape(shape),
      m_generatorShape(g),
      m_criticShape(c),
      m_kernels(kernels()) {
  Random random(seed);
  initialise(g, generator.p.data(), random);
  initialise(c, critic.p.data(), random);
  averaged = generator.p;
}

const float* FusedGan::drawNoise(GanWorkspace& work) {
  m_kernels.normals(noise, work.noise.data(), work.noise.size());
  return work.noise.data();
}

CriticLoss FusedGan::criticGradient(const float* real, int count, const float* z, const GanRates& rates,
                                    GanWorkspace& work) {
  const int d = m_shape.dimension, wide = work.critic.stride(), reals = paddedBatch(count), n = rates.batch;
  float* fake = work.generator.sample(generator.p.data(), z, n);
  m_kernels.sigmoidToBox(fake, work.derivative.data(), m_shape.lower.data(), m_shape.extent.data(), d,
                         work.stride, n);
  copyRows(real, work.stride, work.criticInput.data(), wide, d, reals);
  copyRows(fake, work.stride, work.criticInput.data() + reals, wide, d, work.stride);

  const float* f = work.critic.forward(critic.p.data(), work.criticInput.data(), reals + n);
  float* back = work.criticBack.data();
  std::fill_n(back, reals + work.stride, 0.0f);
  std::fill_n(back, count, -1.0f / static_cast<float>(count));
  std::fill_n(back + reals, n, 1.0f / static_cast<float>(n));
  CriticLoss loss;
  loss.distance = m_kernels.total(f, count) / static_cast<float>(count) -
                  m_kernels.total(f + reals, n) / static_cast<float>(n);
  if (rates.critic == CriticKind::Soft) loss.term = addSoftTerm(count, rates, work);
  work.critic.backward(critic.p.data(), work.criticInput.data(), back, critic.gradient.data());
  if (rates.critic == CriticKind::Penalty) loss.term = addPenalty(count, rates, work);
  // No term depends on a constant added to f. What is left of its derivative is rounding, which Adam would
  // blow up to full steps.
  critic.gradient.data()[m_criticShape.layers().back().bias] = 0;
  return loss;
}

/// Eq. (28): gamma E ReLU(|f(x) - f(y)| / L - 1) over pairs of real points of the cell, or of a real and a
/// generated one.
float FusedGan::addSoftTerm(int count, const GanRates& rates, GanWorkspace& work) {
  const int d = m_shape.dimension, wide = work.critic.stride(), reals = paddedBatch(count);
  const float* x = work.criticInput.data();
  const float* f = work.critic.outputs();
  float* back = work.criticBack.data();
  const bool slope = rates.reading == PairReading::Slope;
  if (rates.pairs == PairSource::RealGenerated) {
    const int pairs = std::min(count, rates.batch);
    const float weight = rates.lipschitzWeight / static_cast<float>(pairs);
    return m_kernels.pairTerm(x, x + reals, d, wide, f, f + reals, pairs, weight, slope, back, back + reals) /
           static_cast<float>(pairs);
  }
  // The batch is drawn independently, so a point and its successor are an independent pair.
  for (int c = 0; c < d; ++c)
    std::rotate_copy(x + c * wide, x + c * wide + 1, x + c * wide + count, work.shifted.data() + c * wide);
  std::rotate_copy(f, f + 1, f + count, work.shiftedValues.data());
  work.shiftedBack.clear();
  const float weight = rates.lipschitzWeight / static_cast<float>(count);
  const float total = m_kernels.pairTerm(x, work.shifted.data(), d, wide, f, work.shiftedValues.data(), count,
                                         weight, slope, back, work.shiftedBack.data());
  for (int i = 0; i < count; ++i) back[(i + 1) % count] += work.shiftedBack.data()[i];
  return total / static_cast<float>(count);
}

/// Gulrajani et al. 2017: lambda E (|grad f(x)| - 1)^2 on points between a real and a generated one. Leaky
/// networks are piecewise linear, so the second derivatives of the activations vanish and the term's gradient
/// is that of a directional derivative.
float FusedGan::addPenalty(int count, const GanRates& rates, GanWorkspace& work) {
  const int d = m_shape.dimension, wide = work.critic.stride(), reals = paddedBatch(count);
  const int pairs = std::min(count, rates.batch);
  float* share = work.shiftedValues.data();
  m_kernels.uniforms(noise, share, paddedBatch(pairs));
  float* x = work.shifted.data();
  for (int c = 0; c < d; ++c) {
    const float* real = work.criticInput.data() + c * wide;
    const float* fake = real + reals;
    for (int i = 0; i < pairs; ++i) x[c * wide + i] = fake[i] + share[i] * (real[i] - fake[i]);
  }
  work.critic.forward(critic.p.data(), x, pairs);
  float* ones = work.criticBack.data();
  std::fill_n(ones, wide, 0.0f);
  std::fill_n(ones, pairs, 1.0f);
  float* g = work.critic.inputGradient(critic.p.data(), ones);
  const float weight = rates.penaltyWeight / static_cast<float>(pairs);
  const float total = m_kernels.penaltyDirection(g, d, wide, pairs, weight);
  work.critic.addTangentGradient(critic.p.data(), g, ones, critic.gradient.data());
  return total / static_cast<float>(pairs);
}

CriticLoss FusedGan::criticStep(const float* real, int count, const GanRates& rates, GanWorkspace& work) {
  const CriticLoss loss = criticGradient(real, count, drawNoise(work), rates, work);
  update(critic, rates.criticRate, rates);
  if (rates.critic == CriticKind::Clip) m_kernels.clamp(critic.p.data(), critic.p.size(), rates.clip);
  return loss;
}

float FusedGan::generatorGradient(const float* z, const GanRates& rates, GanWorkspace& work) {
  const int d = m_shape.dimension, wide = work.critic.stride(), n = rates.batch;
  float* fake = work.generator.forward(generator.p.data(), z, n);
  m_kernels.sigmoidToBox(fake, work.derivative.data(), m_shape.lower.data(), m_shape.extent.data(), d,
                         work.stride, n);
  if (m_fakes.size() != d * work.stride) m_fakes = Buffer(d * work.stride);
  std::memcpy(m_fakes.data(), fake, static_cast<std::size_t>(m_fakes.size()) * sizeof(float));

  copyRows(fake, work.stride, work.criticInput.data(), wide, d, work.stride);
  const float* f = work.critic.forward(critic.p.data(), work.criticInput.data(), n);
  float* back = work.criticBack.data();
  std::fill_n(back, work.stride, 0.0f);
  std::fill_n(back, n, -1.0f / static_cast<float>(n));
  const float* dx = work.critic.inputGradient(critic.p.data(), back);
  copyRows(dx, wide, fake, work.stride, d, work.stride);
  m_kernels.multiply(fake, work.derivative.data(), d * work.stride);
  work.generator.backward(generator.p.data(), z, fake, generator.gradient.data());
  return -m_kernels.total(f, n) / static_cast<float>(n);
}

float FusedGan::generatorStep(const GanRates& rates, GanWorkspace& work) {
  const float loss = generatorGradient(drawNoise(work), rates, work);
  update(generator, rates.rate, rates);
  if (rates.averaging > 0) {
    m_kernels.average(averaged.data(), generator.p.data(), averaged.size(),
                      averagingDecay(rates.averaging, generator.steps));
  } else {
    std::memcpy(averaged.data(), generator.p.data(),
                static_cast<std::size_t>(averaged.size()) * sizeof(float));
  }
  return loss;
}

void FusedGan::drawFakes(const GanRates& rates, GanWorkspace& work) {
  const int d = m_shape.dimension, n = rates.batch;
  float* fake = work.generator.sample(generator.p.data(), drawNoise(work), n);
  m_kernels.sigmoidToBox(fake, work.derivative.data(), m_shape.lower.data(), m_shape.extent.data(), d,
                         work.stride, n);
  if (m_fakes.size() != d * work.stride) m_fakes = Buffer(d * work.stride);
  std::memcpy(m_fakes.data(), fake, static_cast<std::size_t>(m_fakes.size()) * sizeof(float));
}

void FusedGan::setFakes(const std::vector<float>& values) {
  m_fakes = values.empty() ? Buffer() : Buffer(static_cast<int>(values.size()));
  std::copy(values.begin(), values.end(), m_fakes.data());
}

void FusedGan::update(Weights& weights, float rate, const GanRates& rates) const {
  ++weights.steps;
  const AdamRates adam{rate,
                       rates.beta1,
                       rates.beta2,
                       rates.epsilon,
                       static_cast<float>(adamCorrection(rates.beta1, weights.steps)),
                       static_cast<float>(adamCorrection(rates.beta2, weights.steps))};
  m_kernels.adam(weights.p.data(), weights.gradient.data(), weights.m.data(), weights.v.data(),
                 weights.p.size(), adam);
}

}  // namespace monge::fused
