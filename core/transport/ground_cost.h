// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstdint>
#include <utility>
#include <vector>

#include "core/snapshot/arrays.h"

namespace monge {

/// Doubles at an address that is a multiple of 64, padded to whole lanes of 8.
class Lanes {
 public:
  Lanes() = default;
  Lanes(std::int64_t size, double value) : m_blocks(static_cast<std::size_t>((size + 7) / 8)) {
    for (Block& block : m_blocks)
      for (double& lane : block.lane) lane = value;
  }
  double* data() { return m_blocks.empty() ? nullptr : m_blocks[0].lane; }
  const double* data() const { return m_blocks.empty() ? nullptr : m_blocks[0].lane; }
  double& operator[](std::int64_t at) { return data()[at]; }
  double operator[](std::int64_t at) const { return data()[at]; }

 private:
  struct alignas(64) Block {
    double lane[8];
  };
  std::vector<Block> m_blocks;
};

/// The cost c_ij of moving mass from row i to column j, of which only what is asked for is computed. A "line"
/// is a row or a column; "across" is the other kind. Immutable; any thread.
class GroundCost {
 public:
  virtual ~GroundCost() = default;

  virtual int rows() const = 0;
  virtual int columns() const = 0;
  virtual double operator()(int row, int column) const = 0;

  enum class Line { Row, Column };
  int count(Line line) const { return line == Line::Row ? rows() : columns(); }

  /// out[t] = c(line `at`, across begin + t) - across[begin + t] for t < count, the least of them returned.
  /// Padding of `across` must hold -infinity; what stands for it in `out` is infinity.
  /// @param begin  a multiple of kTile
  /// @param count  up to kTile; rounded up to whole lanes inside
  virtual double reduced(Line line, int at, const Lanes& across, int begin, int count, double* out) const = 0;

  static constexpr int kTile = 256;
};

/// c_ij = |x_i - y_j|^p, Euclidean. Holds a copy of the points, nothing of size n x m.
class PointCost : public GroundCost {
 public:
  /// @param x  n x d; y: m x d, all finite
  /// @param p  >= 1
  PointCost(const RowsD& x, const RowsD& y, double p);

  int rows() const override { return static_cast<int>(m_points[0].rows()); }
  int columns() const override { return static_cast<int>(m_points[1].rows()); }
  double operator()(int row, int column) const override;
  double reduced(Line line, int at, const Lanes& across, int begin, int count, double* out) const override;

 private:
  RowsD m_points[2];    ///< n x d, m x d
  Lanes m_features[2];  ///< the same, feature by feature, m_stride apart
  std::int64_t m_stride[2];
  double m_power;
  int m_quarters;  ///< 2 p where that is a whole number up to 64, else 0
};

/// Costs as they were given, n x m.
class MatrixCost : public GroundCost {
 public:
  /// A matrix that somebody else keeps for as long as this lives.
  explicit MatrixCost(const RowsD* matrix) : m_matrix(*matrix) {}
  explicit MatrixCost(RowsD matrix) : m_own(std::move(matrix)), m_matrix(m_own) {}
  MatrixCost(const MatrixCost&) = delete;
  MatrixCost& operator=(const MatrixCost&) = delete;

  int rows() const override { return static_cast<int>(m_matrix.rows()); }
  int columns() const override { return static_cast<int>(m_matrix.cols()); }
  double operator()(int row, int column) const override { return m_matrix(row, column); }
  double reduced(Line line, int at, const Lanes& across, int begin, int count, double* out) const override;

 private:
  RowsD m_own;
  const RowsD& m_matrix;
};

}  // namespace monge
