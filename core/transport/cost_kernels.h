// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

namespace monge::costs {

/// Rows of points are padded to a multiple of this, so that every instruction set runs without a remainder.
constexpr int kLanes = 8;
/// Largest `count` of one call.
constexpr int kTile = 256;

/// The inner loop of every pass over all pairs, for one instruction set. Pure; any thread.
struct Kernels {
  const char* name;

  /// out[j] = (sum_k (x[k] - y[k * stride + j])^2)^(quarters / 4) - v[j], the least of them returned.
  /// x: d coordinates of one point; y: feature by feature, `stride` apart, 64-byte aligned, as v and out.
  /// count: a multiple of kLanes up to kTile. quarters: twice the power p of the distance, 1 to 64.
  double (*reducedPowers)(const double* x, const double* y, long stride, int d, int quarters, const double* v,
                          int count, double* out);
  /// As above for any power: (sum ...)^(power / 2) - v[j].
  double (*reducedPower)(const double* x, const double* y, long stride, int d, double power, const double* v,
                         int count, double* out);

  /// sum_j e_j with e_j = exp((shift - reduced[j]) * scale), and sum_j e_j (reduced[j] + v[j]); terms below
  /// e^-700 count as 0. reduced[j] >= shift or not far below; v may be null, then the second sum is 0.
  void (*exponentialSums)(const double* reduced, const double* v, double shift, double scale, int count,
                          double* sum, double* costSum);
};

/// The widest that this processor runs; the environment's MONGE_KERNELS (generic, avx2, avx512) narrows it.
const Kernels& kernels();

const Kernels& genericKernels();
const Kernels* avx2Kernels();    ///< null where they were not compiled
const Kernels* avx512Kernels();  ///< as above

}  // namespace monge::costs
