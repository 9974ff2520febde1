// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <memory>
#include <vector>

#include "core/models/fused/kernels.h"

namespace monge::fused {

/// Floats aligned to 64 bytes, zero at first.
class Buffer {
 public:
  Buffer() = default;
  explicit Buffer(int count);
  Buffer(const Buffer& other);
  Buffer& operator=(Buffer other) noexcept;
  Buffer(Buffer&&) noexcept = default;

  float* data() { return m_data.get(); }
  const float* data() const { return m_data.get(); }
  int size() const { return m_size; }
  void clear();

 private:
  struct Free {
    void operator()(float* p) const;
  };
  std::unique_ptr<float[], Free> m_data;
  int m_size = 0;
};

/// Shape of a fully connected network: inputs -> hidden... -> outputs, leaky ReLU behind each hidden layer,
/// with batch normalisation (which makes the layer's bias redundant, so there is none) or with a bias. The
/// last layer is linear with bias.
///
/// All parameters lie in one flat array, layer after layer: weight (outputs x inputs, row by row), then gamma
/// and beta, or bias. parameterCount() is padded to kLanes.
class MlpShape {
 public:
  struct Layer {
    int inputs, outputs;
    bool norm;
    int weight;      ///< offset of the weights
    int bias;        ///< offset of the bias, or of beta
    int gamma;       ///< offset of gamma, -1 without batch normalisation
    int statistics;  ///< offset among the features with statistics, a multiple of kLanes
  };
  MlpShape(int inputs, const std::vector<int>& hidden, int outputs, bool norm, float slope);

  const std::vector<Layer>& layers() const { return m_layers; }
  int inputs() const { return m_layers.front().inputs; }
  int outputs() const { return m_layers.back().outputs; }
  int parameterCount() const { return m_parameters; }
  int statisticCount() const { return m_statistics; }
  int widest() const { return m_widest; }
  float slope() const { return m_slope; }
  bool norm() const { return m_norm; }

 private:
  std::vector<Layer> m_layers;
  int m_parameters = 0, m_statistics = 0, m_widest = 0;
  float m_slope;
  bool m_norm;
};

/// Activations and gradients of one pass, reused by every network of the same shape on a thread. `stride`
/// lanes each.
class MlpPass {
 public:
  MlpPass(const MlpShape& shape, int maximumBatch);

  /// Training pass over n lanes; x: inputs x stride. Returns the outputs (outputs x stride), kept for the way
  /// back.
  float* forward(const float* parameters, const float* x, int n);
  /// The same outputs, with no way back: less memory is touched.
  float* sample(const float* parameters, const float* x, int n);
  /// Evaluation with given batch statistics (mean then variance, statisticCount() each); null: those of this
  /// batch.
  float* forwardFixed(const float* parameters, const float* statistics, const float* x, int n);
  /// Batch statistics of the pass just done by forward() or sample().
  void readStatistics(float* statistics) const;
  /// The way back from outputGradient (outputs x stride, 0 beyond the batch): adds to `gradient`. Takes the
  /// place of what forward() kept.
  void backward(const float* parameters, const float* x, const float* outputGradient, float* gradient);
  /// Gradient of the inputs alone, inputs x stride. Without norm only; may follow forward() repeatedly.
  float* inputGradient(const float* parameters, const float* outputGradient);
  /// Adds to `gradient` the derivative of the directional derivative sum_b v_b . grad f(x_b) with respect to
  /// the weights, after forward() and inputGradient(): the second half of the gradient penalty. v: inputs x
  /// stride.
  void addTangentGradient(const float* parameters, const float* v, const float* outputGradient,
                          float* gradient);

  const float* outputs() const { return m_outputs.back().data(); }
  int stride() const { return m_stride; }

 private:
  float* run(const float* parameters, const float* statistics, const float* x, int n, bool keep);
  NormLayer normLayer(const float* parameters, const MlpShape::Layer& layer);

  const MlpShape& m_shape;
  const Kernels& m_kernels;
  int m_stride;
  int m_n = 0;
  std::vector<Buffer> m_outputs, m_back;
  std::vector<Buffer> m_products;  ///< of layers with norm: W x
  Buffer m_numbers;  ///< of layers with norm: mean, variance and so on as in NormLayer, row by row
  Buffer m_inputGradient, m_tangent[2];
};

}  // namespace monge::fused
