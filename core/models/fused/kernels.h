// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstdint>

namespace monge::fused {

/// Activations lie feature by feature: row f of a buffer holds feature f of the whole batch, rows `stride`
/// floats apart. stride is a multiple of kLanes and buffers are aligned to 64 bytes, so that every
/// instruction set can run over them without a remainder. Lanes beyond the batch hold finite values that no
/// result depends on; gradients are 0 there.
constexpr int kLanes = 16;
constexpr int paddedBatch(int n) {
  return (n + kLanes - 1) / kLanes * kLanes;
}

/// State of 16 independent xoshiro128++ generators (Blackman, Vigna 2021), lane by lane.
struct NoiseState {
  alignas(64) std::uint32_t words[4][kLanes];
};

struct AdamRates {
  float rate, beta1, beta2, epsilon;
  float correction1, correction2;  ///< 1 - beta1^t, 1 - beta2^t
};

/// 1 - beta^t; the power is not computed where it is below the rounding of 1.
double adamCorrection(double beta, std::int64_t t);

/// The numbers of a layer with batch normalisation, one a feature: mean and variance (biased) of the batch,
/// and what follows from them, so that the normalised value of x is x scale + shift and x gain + offset goes
/// into the leaky ReLU. These arrays are aligned to 64 bytes and padded to kLanes, the lanes beyond may hold
/// anything.
struct NormLayer {
  const float *gamma, *beta;
  float *mean, *variance, *scale, *shift, *gain, *offset;
  float *meanBack,
      *meanProduct;  ///< of the way back: means of the gradient and of its product with the normalised x
};

/// Sites and what decides whose a point is (core/snapshot/cell_law.h).
struct CellSites {
  enum class Metric { Squared, Distance, Absolute, Power };
  const float* sites;    ///< k x d
  const float* weights;  ///< k, or null: all 0
  int k;
  Metric metric = Metric::Squared;  ///< |x - y|^2, |x - y|, sum |x_i - y_i|, sum |x_i - y_i|^power
  float power = 2;                  ///< of Power, at least 1
  const float* pointLabels =
      nullptr;                        ///< of the points, in lanes as they are; below 0: none. Null: no labels
  const float* siteLabels = nullptr;  ///< k
  float same = 1, other = 1;          ///< theta of equal and of different labels; 1 where one is missing
};

/// The inner loops of small fully connected networks, for one instruction set. All functions are pure in
/// their arguments and may run on several threads over different buffers.
struct Kernels {
  const char* name;

  /// y = act(W x + b): W[o][i] = w[o * outputStep + i * inputStep]; b may be null. act is leaky ReLU with
  /// `slope` in [0, 1] (1: identity).
  void (*dense)(const float* x, int inputs, const float* w, int outputStep, int inputStep, const float* b,
                float* y, int outputs, int stride, int n, float slope);
  /// y = (W x) * (mask > 0 ? 1 : slope), mask null: * 1. With the steps exchanged it is the way back through
  /// a dense layer and the leaky ReLU below it, whose output is `mask`; as it stands it carries a tangent
  /// forward.
  void (*denseMasked)(const float* x, int inputs, const float* w, int outputStep, int inputStep, float* y,
                      int outputs, const float* mask, int stride, int n, float slope);
  /// dw (outputs x inputs) += dy x^T and, unless db is null, db += row sums of dy.
  void (*denseGradient)(const float* x, int inputs, const float* dy, int outputs, float* dw, float* db,
                        int stride, int n);
  /// x = W below, y = leaky ReLU(batch norm(x) over the n lanes); W: features x inputs, row by row. x and
  /// the layer's numbers are kept for the way back.
  void (*denseNorm)(const float* below, int inputs, const float* w, float* x, float* y, int features,
                    int stride, int n, float slope, const NormLayer& layer);
  /// The way back to x of denseNorm, through the dense layer behind it (w: outputs x features) and its own
  /// leaky ReLU: from dy, that layer's gradient, to dx. dgamma, dbeta +=.
  void (*denseNormBack)(const float* dy, int outputs, const float* w, float* dx, const float* x, int features,
                        int stride, int n, float slope, const NormLayer& layer, float* dgamma, float* dbeta);
  /// Batch normalisation with given statistics (evaluation) and leaky ReLU, in place.
  void (*batchNormFixed)(float* x, const float* gamma, const float* beta, const float* mean,
                         const float* variance, int features, int stride, int n, float slope);
  /// y = lower + extent * sigmoid(y), in place; `derivative` gets dy/dx.
  void (*sigmoidToBox)(float* y, float* derivative, const float* lower, const float* extent, int features,
                       int stride, int n);
  /// y *= x over `count` floats (a multiple of kLanes).
  void (*multiply)(float* y, const float* x, int count);
  /// Adam (Kingma, Ba 2015, Algorithm 1); clears the gradient. `count` a multiple of kLanes.
  void (*adam)(float* p, float* gradient, float* m, float* v, int count, const AdamRates& rates);
  /// average += (1 - decay) (p - average).
  void (*average)(float* average, const float* p, int count, float decay);
  /// Independent standard normals by Box and Muller; `count` a multiple of 2 kLanes.
  void (*normals)(NoiseState& state, float* out, int count);
  /// Uniform in (0, 1); `count` a multiple of kLanes.
  void (*uniforms)(NoiseState& state, float* out, int count);
  /// p = clamp(p, -bound, bound).
  void (*clamp)(float* p, int count, float bound);
  /// Soft Lipschitz term over n pairs (a_i, b_i): adds weight * d/df of ReLU(|fa - fb| / L - 1) to ga and gb,
  /// with L = |a - b| (slope) or 1; returns the sum of the ReLUs. a, b: d rows `stride` apart.
  float (*pairTerm)(const float* a, const float* b, int d, int stride, const float* fa, const float* fb,
                    int n, float weight, bool slope, float* ga, float* gb);
  /// Gradient penalty: from the gradients g (d rows) makes weight * d/dg of (|g| - 1)^2, in place, 0 beyond
  /// the batch; returns the sum of (|g| - 1)^2.
  float (*penaltyDirection)(float* g, int d, int stride, int n, float weight);
  /// Sum of the first n floats.
  float (*total)(const float* x, int n);
  /// owner[b] = the site with the least theta c(x, y_j) - weights[j]; ties go to the lowest. x: d rows.
  void (*nearest)(const float* x, int d, int stride, int n, const CellSites& cells, int* owner);
  /// Appends to kept (rows as in x) those of the n points that nearest() gives to site `own`, from place
  /// `count` on while there are fewer than `limit`; returns how many there are then.
  int (*keepCell)(const float* x, int d, int stride, int n, const CellSites& cells, int own, float* kept,
                  int count, int limit);
  /// costs[b] = sum over the features of |x - y|^power; power at least 1. x: d rows; y: d.
  void (*siteCost)(const float* x, int d, int stride, int n, const float* y, float power, float* costs);
};

const Kernels& genericKernels();
const Kernels* avx2Kernels();    ///< null when not built for it
const Kernels* avx512Kernels();  ///< null when not built for it

/// The fastest that this processor runs; the environment variable MONGE_KERNELS (generic, avx2, avx512)
/// overrides.
const Kernels& kernels();

/// Lanes of independent streams from one seed (splitmix64).
NoiseState seedNoise(std::uint64_t seed);

}  // namespace monge::fused
