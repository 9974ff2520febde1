// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <atomic>
#include <cstdint>
#include <stop_token>
#include <string>
#include <vector>

#include "core/base/thread_team.h"
#include "core/snapshot/arrays.h"
#include "core/transport/sample_panels.h"

namespace monge {

namespace envelope {
struct Kernels;
struct Candidates;
struct Planes;
struct TopTwo;
}  // namespace envelope

/// For each sample the two highest planes there: its cell, and the neighbour across the nearest wall.
struct TopPlanes {
  std::vector<std::int32_t> best, second;  ///< of equal planes the lowest index; with LibTorch, any
  std::vector<float> value;                ///< of the best one
  std::vector<float> gap;                  ///< value of the best less that of the second, >= 0

  void resize(std::int64_t count);
};

/// The search for u_h(x) = max_i <x, y_i> + h_i and the planes that attain it (Lei et al. 2019, eq. (11)), at
/// many samples. One at a time.
class PlaneSearch {
 public:
  virtual ~PlaneSearch() = default;
  virtual std::string name() const = 0;  ///< for people: "avx512 bf16"
  /// @param heights  n
  virtual void setHeights(const VectorD& heights) = 0;
  /// After a stop what was found is of no use.
  virtual void find(const SamplePanels& samples, TopPlanes& found, const std::stop_token& stop) = 0;
};

enum class SearchPrecision {
  Single,
  /// Candidates from coordinates rounded to bfloat16, those within the bound of the rounding errors decided
  /// in single precision: the same answers, faster where the processor multiplies bfloat16, else as Single.
  Half
};

/// The search on this processor: all pairs of samples and planes, tile by tile in registers, nothing of size
/// samples x planes. The planes lie in the cache block by block, and the samples go over them.
/// Same answers for any team.
///
/// Single precision throughout: a value has an error of at most (d + 1) 2^-24 (|h_i| + sum_k |x_k y_ik|), so
/// that of two planes that are closer at a sample either may be taken. Sites and samples should be given
/// about their centres, which keeps both small.
class CpuPlaneSearch : public PlaneSearch {
 public:
  /// @param sites  n x d, finite, n >= 2, d >= 1
  /// @param team   outlives the search
  CpuPlaneSearch(const RowsF& sites, SearchPrecision precision, ThreadTeam& team);
  /// With kernels of an instruction set that this processor runs.
  CpuPlaneSearch(const RowsF& sites, SearchPrecision precision, ThreadTeam& team,
                 const envelope::Kernels& kernels);

  std::string name() const override;
  void setHeights(const VectorD& heights) override;
  void find(const SamplePanels& samples, TopPlanes& found, const std::stop_token& stop) override;

  /// Samples whose candidates did not fit, decided by a second search. For tests.
  std::int64_t overflows() const { return m_overflows; }

 private:
  struct Work;
  void packHalf(const RowsF& sites);
  int groups() const;
  envelope::Planes planes() const;
  void findPanels(const SamplePanels& samples, std::int64_t first, std::int64_t last, TopPlanes& found);
  void findHalf(const SamplePanels& samples, std::int64_t first, std::int64_t last, Work& work);
  void decide(const float* panel, envelope::Candidates& candidates, envelope::TopTwo& top);

  const envelope::Kernels& m_kernels;
  ThreadTeam& m_team;
  int m_count, m_dimension;
  bool m_half;
  AlignedArray<float> m_coordinates, m_rows, m_heights;
  AlignedArray<std::uint32_t> m_halves;
  double m_siteNorm = 0, m_siteError = 0;  ///< largest |y_i| and |y_i - bf16(y_i)|
  double m_largestHeight = 0;
  std::atomic<std::int64_t> m_overflows{0};
};

}  // namespace monge
