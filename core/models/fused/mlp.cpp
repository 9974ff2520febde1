// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/models/fused/mlp.h"

#include <algorithm>
#include <cstdlib>
#include <cstring>
#include <new>
#include <utility>

namespace monge::fused {

void Buffer::Free::operator()(float* p) const {
  std::free(p);
}

Buffer::Buffer(int count) : m_size(count) {
  const std::size_t bytes = (static_cast<std::size_t>(std::max(count, 1)) * sizeof(float) + 63) / 64 * 64;
  m_data.reset(static_cast<float*>(std::aligned_alloc(64, bytes)));
  if (!m_data) throw std::bad_alloc();
  std::memset(m_data.get(), 0, bytes);
}

Buffer::Buffer(const Buffer& other) : Buffer(other.m_size) {
  if (m_size > 0) std::memcpy(m_data.get(), other.data(), static_cast<std::size_t>(m_size) * sizeof(float));
}

Buffer& Buffer::operator=(Buffer other) noexcept {
  std::swap(m_data, other.m_data);
  std::swap(m_size, other.m_size);
  return *this;
}

void Buffer::clear() {
  std::fill_n(m_data.get(), m_size, 0.0f);
}

MlpShape::MlpShape(int inputs, const std::vector<int>& hidden, int outputs, bool norm, float slope)
    : m_slope(slope), m_norm(norm) {
  int below = inputs, offset = 0;
  m_widest = std::max(inputs, outputs);
  for (std::size_t l = 0; l <= hidden.size(); ++l) {
    const bool last = l == hidden.size();
    const int width = last ? outputs : hidden[l];
    Layer layer{below, width, norm && !last, offset, 0, -1, m_statistics};
    offset += below * width;
    if (layer.norm) {
      layer.gamma = offset;
      offset += width;
      m_statistics += paddedBatch(width);
    }
    layer.bias = offset;
    offset += width;
    m_layers.push_back(layer);
    m_widest = std::max(m_widest, width);
    below = width;
  }
  m_parameters = paddedBatch(offset);
}

MlpPass::MlpPass(const MlpShape& shape, int maximumBatch)
    : m_shape(shape), m_kernels(kernels()), m_stride(paddedBatch(maximumBatch)) {
  for (const auto& layer : shape.layers()) {
    m_outputs.emplace_back(layer.outputs * m_stride);
    m_products.emplace_back(layer.norm ? layer.outputs * m_stride : 0);
    m_back.emplace_back(shape.norm() ? 0 : layer.outputs * m_stride);
  }
  m_inputGradient = Buffer(shape.norm() ? 0 : shape.inputs() * m_stride);
  m_numbers = Buffer(8 * shape.statisticCount());
  for (auto& tangent : m_tangent) tangent = Buffer(shape.widest() * m_stride);
}

float* MlpPass::forward(const float* parameters, const float* x, int n) {
  return run(parameters, nullptr, x, n, true);
}

float* MlpPass::sample(const float* parameters, const float* x, int n) {
  return run(parameters, nullptr, x, n, false);
}

float* MlpPass::forwardFixed(const float* parameters, const float* statistics, const float* x, int n) {
  return run(parameters, statistics, x, n, false);
}

float* MlpPass::run(const float* parameters, const float* statistics, const float* x, int n, bool keep) {
  m_n = n;
  const auto& layers = m_shape.layers();
  const float slope = m_shape.slope();
  for (std::size_t l = 0; l < layers.size(); ++l) {
    const auto& layer = layers[l];
    const float* w = parameters + layer.weight;
    float* y = m_outputs[l].data();
    if (layer.norm && !statistics) {
      m_kernels.denseNorm(x, layer.inputs, w, keep ? m_products[l].data() : y, y, layer.outputs, m_stride, n,
                          slope, normLayer(parameters, layer));
    } else {
      const bool linear = layer.norm || l + 1 == layers.size();
      m_kernels.dense(x, layer.inputs, w, layer.inputs, 1, layer.norm ? nullptr : parameters + layer.bias, y,
                      layer.outputs, m_stride, n, linear ? 1.0f : slope);
      if (layer.norm)
        m_kernels.batchNormFixed(
            y, parameters + layer.gamma, parameters + layer.bias, statistics + layer.statistics,
            statistics + m_shape.statisticCount() + layer.statistics, layer.outputs, m_stride, n, slope);
    }
    x = y;
  }
  return m_outputs.back().data();
}

NormLayer MlpPass::normLayer(const float* parameters, const MlpShape::Layer& layer) {
  const auto row = [&](int r) { return m_numbers.data() + r * m_shape.statisticCount() + layer.statistics; };
  return {parameters + layer.gamma,
          parameters + layer.bias,
          row(0),
          row(1),
          row(2),
          row(3),
          row(4),
          row(5),
          row(6),
          row(7)};
}

void MlpPass::readStatistics(float* statistics) const {
  std::copy_n(m_numbers.data(), 2 * m_shape.statisticCount(), statistics);
}

void MlpPass::backward(const float* parameters, const float* x, const float* outputGradient,
                       float* gradient) {
  const auto& layers = m_shape.layers();
  const float slope = m_shape.slope();
  const float* dy = outputGradient;
  for (std::size_t l = layers.size(); l-- > 0;) {
    const auto& layer = layers[l];
    const float* w = parameters + layer.weight;
    m_kernels.denseGradient(l ? m_outputs[l - 1].data() : x, layer.inputs, dy, layer.outputs,
                            gradient + layer.weight, layer.norm ? nullptr : gradient + layer.bias, m_stride,
                            m_n);
    if (l == 0) return;
    const auto& below = layers[l - 1];
    float* dx = m_outputs[l - 1].data();
    if (below.norm)
      m_kernels.denseNormBack(dy, layer.outputs, w, dx, m_products[l - 1].data(), layer.inputs, m_stride, m_n,
                              slope, normLayer(parameters, below), gradient + below.gamma,
                              gradient + below.bias);
    else
      m_kernels.denseMasked(dy, layer.outputs, w, 1, layer.inputs, dx, layer.inputs, dx, m_stride, m_n,
                            slope);
    dy = dx;
  }
}

float* MlpPass::inputGradient(const float* parameters, const float* outputGradient) {
  const auto& layers = m_shape.layers();
  const float* dy = outputGradient;
  for (std::size_t l = layers.size(); l-- > 0;) {
    const auto& layer = layers[l];
    float* dx = l ? m_back[l - 1].data() : m_inputGradient.data();
    m_kernels.denseMasked(dy, layer.outputs, parameters + layer.weight, 1, layer.inputs, dx, layer.inputs,
                          l ? m_outputs[l - 1].data() : nullptr, m_stride, m_n, m_shape.slope());
    dy = dx;
  }
  return m_inputGradient.data();
}

void MlpPass::addTangentGradient(const float* parameters, const float* v, const float* outputGradient,
                                 float* gradient) {
  const auto& layers = m_shape.layers();
  const float* tangent = v;
  for (std::size_t l = 0; l < layers.size(); ++l) {
    const auto& layer = layers[l];
    const bool last = l + 1 == layers.size();
    const float* dy = last ? outputGradient : m_back[l].data();
    m_kernels.denseGradient(tangent, layer.inputs, dy, layer.outputs, gradient + layer.weight, nullptr,
                            m_stride, m_n);
    if (last) return;
    float* next = m_tangent[l % 2].data();
    m_kernels.denseMasked(tangent, layer.inputs, parameters + layer.weight, layer.inputs, 1, next,
                          layer.outputs, m_outputs[l].data(), m_stride, m_n, m_shape.slope());
    tangent = next;
  }
}

}  // namespace monge::fused
