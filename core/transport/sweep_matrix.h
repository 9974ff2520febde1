// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstdint>
#include <vector>

#include "core/base/thread_team.h"
#include "core/transport/sorted_rows.h"

namespace monge {

/// The Laplacian of a weighted graph, (L x)_i = sum_j c_ij (x_i - x_j), made for symmetric Gauss-Seidel on
/// several threads. Sweeps run within blocks of rows; across them they take the values from before the sweep,
/// so that blocks may run at the same time and in any order. Within a block rows are painted, so that no two
/// of a colour are coupled, and taken colour by colour: neither does a row wait for the one before it, nor
/// does the order of a colour's rows matter, which come sorted by how many entries they have.
///
/// With L split into the diagonal D, couplings within blocks to colours before (l) and behind (u), and those
/// to other blocks (b): L = D - l - u - b. All vectors in the order of the rows; x and the others must
/// differ.
class SweepMatrix {
 public:
  /// @param couplings  symmetric, c_ij >= 0, without the diagonal, which is their sum
  void build(const SparseView& couplings, ThreadTeam& team);

  int rows() const { return static_cast<int>(m_rows.size()); }
  int block() const { return m_block; }  ///< rows a block; the last may have fewer
  int blocks() const { return static_cast<int>(m_blocks.size()); }
  const std::vector<double>& diagonal() const { return m_diagonal; }

  /// Of one block each. (D - l) x = right.
  void forward(int block, const float* right, float* x) const;
  /// residual = u x, which is what is left of right - L x after forward(), but for b x.
  void findResidual(int block, const float* x, float* residual) const;
  /// y += b x.
  void addOthers(int block, const float* x, float* y) const;
  /// (D - u) x = right + l x.
  void backward(int block, const float* right, float* x) const;
  /// product = L x in double precision.
  /// @param product  the block's own rows alone
  void multiply(int block, const float* x, double* product) const;

 private:
  /// An index within a block.
  using Index = std::uint16_t;
  struct Other {
    int row = 0, column = 0;
    float value = 0;
  };
  struct Block {
    std::size_t start = 0;  ///< first entry
    std::vector<RowRun> runs;
    std::vector<Other> others;
  };
  class Sorter;

  template <class Task>
  void forRuns(int block, const Task& task) const;
  template <class Task>
  void forRunsFromTheEnd(int block, const Task& task) const;

  int m_block = 1;
  std::vector<Index> m_rows,
      m_columns;  ///< rows in the order they are taken, and their entries in this order
  std::vector<float> m_values, m_inverse;  ///< of the diagonal, in this order; that of 0 is 0
  std::vector<double> m_diagonal;
  std::vector<Block> m_blocks;
};

}  // namespace monge
