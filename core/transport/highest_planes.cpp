// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/transport/highest_planes.h"

#include <algorithm>
#include <array>
#include <bit>
#include <cmath>
#include <limits>

#include "core/base/parallel_for.h"
#include "core/transport/envelope_kernels.h"

namespace monge {

static_assert(SamplePanels::kPanel == envelope::kPanel);
using envelope::kGroup;
using envelope::kPanel;

namespace {

/// Panels that go over a block of planes together.
constexpr int kPanels = 8;
/// A block of planes and the panels that go over it fit in the second cache (1 MB, or half of that).
constexpr std::int64_t kBlockBytes = 256 * 1024;

float roundedToHalf(float x) {
  std::uint32_t bits = std::bit_cast<std::uint32_t>(x);
  bits += 0x7fffu + ((bits >> 16) & 1u);
  return std::bit_cast<float>(bits & 0xffff0000u);
}

/// Twice the bound on |value rounded - value in single precision| at a sample. In exact arithmetic
/// <x, y> - <x', y'> = <x - x', y> + <x', y - y'>, at most |x - x'| |y| + |x'| |y - y'|. Besides, the sums of
/// d + 1 terms are rounded at most once a term in single precision and at most three times a pair in the
/// bfloat16 products, each time by at most 2^-24 of what is summed, |h| + |x| |y|.
double margin(double norm, double error, double siteNorm, double siteError, double height, int d) {
  const double rounding = 4 * (d + 1) * 0x1p-24 * (height + norm * siteNorm);
  return 2 * 1.001 * (error * siteNorm + (norm + error) * siteError + rounding) + 1e-30;
}

}  // namespace

void TopPlanes::resize(std::int64_t count) {
  const auto size = static_cast<std::size_t>(count);
  best.resize(size), second.resize(size), value.resize(size), gap.resize(size);
}

SamplePanels::SamplePanels(const RowsF& rows) : SamplePanels(rows.rows(), static_cast<int>(rows.cols())) {
  for (Eigen::Index s = 0; s < rows.rows(); ++s)
    for (int k = 0; k < m_dimension; ++k) panel(s / kPanel)[k * kPanel + s % kPanel] = rows(s, k);
}

/// What a thread needs for kPanels panels.
struct CpuPlaneSearch::Work {
  std::array<envelope::TopTwo, kPanels> top;
  std::array<envelope::Candidates, kPanels> candidates;
  AlignedArray<std::uint32_t> halves;

  Work() {
    for (envelope::TopTwo& each : top) clear(each);
  }
  static void clear(envelope::TopTwo& top) {
    std::fill_n(top.value[0], 2 * kPanel, -std::numeric_limits<float>::infinity());
    std::fill_n(top.plane[0], 2 * kPanel, -1);
  }
};

CpuPlaneSearch::CpuPlaneSearch(const RowsF& sites, SearchPrecision precision, ThreadTeam& team)
    : CpuPlaneSearch(sites, precision, team, envelope::kernels()) {}

CpuPlaneSearch::CpuPlaneSearch(const RowsF& sites, SearchPrecision precision, ThreadTeam& team,
                               const envelope::Kernels& kernels)
    : m_kernels(kernels),
      m_team(team),
      m_count(static_cast<int>(sites.rows())),
      m_dimension(static_cast<int>(sites.cols())),
      m_half(precision == SearchPrecision::Half && kernels.searchHalf),
      m_coordinates(static_cast<std::int64_t>(groups()) * kGroup * m_dimension),
      m_heights(static_cast<std::int64_t>(groups()) * kGroup) {
  for (int i = 0; i < m_count; ++i)
    for (int k = 0; k < m_dimension; ++k)
      m_coordinates[(static_cast<std::int64_t>(i / kGroup) * m_dimension + k) * kGroup + i % kGroup] =
          sites(i, k);
  for (int i = 0; i < groups() * kGroup; ++i) m_heights[i] = -std::numeric_limits<float>::infinity();
  if (m_half) packHalf(sites);
}

void CpuPlaneSearch::packHalf(const RowsF& sites) {
  const int pairs = (m_dimension + 1) / 2;
  m_halves = AlignedArray<std::uint32_t>(static_cast<std::int64_t>(groups()) * kGroup * pairs);
  m_rows = AlignedArray<float>(sites.size());
  std::copy_n(sites.data(), sites.size(), m_rows.data());
  for (int i = 0; i < m_count; ++i) {
    double norm = 0, error = 0;
    for (int k = 0; k < m_dimension; ++k) {
      const float rounded = roundedToHalf(sites(i, k));
      norm += std::pow(double(sites(i, k)), 2), error += std::pow(double(sites(i, k)) - rounded, 2);
      m_halves[(static_cast<std::int64_t>(i / kGroup) * pairs + k / 2) * kGroup + i % kGroup] |=
          std::bit_cast<std::uint32_t>(rounded) >> (k % 2 == 0 ? 16 : 0);
    }
    m_siteNorm = std::max(m_siteNorm, std::sqrt(norm));
    m_siteError = std::max(m_siteError, std::sqrt(error));
  }
}

int CpuPlaneSearch::groups() const {
  return (m_count + kGroup - 1) / kGroup;
}

envelope::Planes CpuPlaneSearch::planes() const {
  return {m_coordinates.data(), m_halves.data(), m_rows.data(), m_heights.data(), m_dimension};
}

std::string CpuPlaneSearch::name() const {
  return std::string(m_kernels.name) + (m_half ? " bf16" : " fp32");
}

void CpuPlaneSearch::setHeights(const VectorD& heights) {
  m_largestHeight = 0;
  for (int i = 0; i < m_count; ++i) {
    m_heights[i] = static_cast<float>(heights[i]);
    m_largestHeight = std::max(m_largestHeight, std::abs(heights[i]));
  }
}

void CpuPlaneSearch::find(const SamplePanels& samples, TopPlanes& found, const std::stop_token& stop) {
  found.resize(samples.count());
  parallelChunks(m_team, samples.panels(), kPanels, [&](std::int64_t first, std::int64_t last, std::int64_t) {
    if (!stop.stop_requested()) findPanels(samples, first, last, found);
  });
}

void CpuPlaneSearch::findPanels(const SamplePanels& samples, std::int64_t first, std::int64_t last,
                                TopPlanes& found) {
  const auto work = std::make_unique<Work>();
  const envelope::Planes planes = this->planes();
  if (m_half) {
    findHalf(samples, first, last, *work);
  } else {
    const int block = std::max<int>(1, static_cast<int>(kBlockBytes / (kGroup * m_dimension * 4)));
    for (int group = 0; group < groups(); group += block)
      for (std::int64_t panel = first; panel < last; ++panel)
        m_kernels.search(samples.panel(panel), planes, group, std::min(group + block, groups()),
                         work->top[panel - first]);
  }
  for (std::int64_t s = first * kPanel; s < std::min(last * kPanel, samples.count()); ++s) {
    const envelope::TopTwo& top = work->top[s / kPanel - first];
    const auto at = static_cast<std::size_t>(s);
    const int lane = static_cast<int>(s % kPanel);
    found.best[at] = top.plane[0][lane], found.second[at] = top.plane[1][lane];
    found.value[at] = top.value[0][lane], found.gap[at] = top.value[0][lane] - top.value[1][lane];
  }
}

void CpuPlaneSearch::findHalf(const SamplePanels& samples, std::int64_t first, std::int64_t last,
                              Work& work) {
  const envelope::Planes planes = this->planes();
  const std::int64_t halfSize = static_cast<std::int64_t>((m_dimension + 1) / 2) * kPanel;
  work.halves = AlignedArray<std::uint32_t>(halfSize * (last - first));
  for (std::int64_t panel = first; panel < last; ++panel) {
    envelope::Candidates& candidates = work.candidates[panel - first];
    float norm[kPanel], error[kPanel];
    m_kernels.roundPanel(samples.panel(panel), m_dimension, work.halves.data() + (panel - first) * halfSize,
                         norm, error);
    std::fill_n(candidates.value[0], 2 * kPanel, -std::numeric_limits<float>::infinity());
    std::fill_n(candidates.count, kPanel, 0);
    candidates.overflows = 0;
    for (int s = 0; s < kPanel; ++s)
      candidates.margin[s] = static_cast<float>(
          margin(norm[s], error[s], m_siteNorm, m_siteError, m_largestHeight, m_dimension));
  }
  const int block = std::max<int>(1, static_cast<int>(kBlockBytes / (kGroup * m_dimension * 2)));
  for (int group = 0; group < groups(); group += block)
    for (std::int64_t panel = first; panel < last; ++panel)
      m_kernels.searchHalf(work.halves.data() + (panel - first) * halfSize, planes, group,
                           std::min(group + block, groups()), work.candidates[panel - first]);
  for (std::int64_t panel = first; panel < last; ++panel)
    decide(samples.panel(panel), work.candidates[panel - first], work.top[panel - first]);
}

void CpuPlaneSearch::decide(const float* panel, envelope::Candidates& candidates, envelope::TopTwo& top) {
  const envelope::Planes planes = this->planes();
  if (candidates.overflows == 0) return m_kernels.decide(panel, planes, candidates, top);
  // Rare: many planes within the bound, as where sites lie on one spot or one is far larger than the rest.
  m_overflows += candidates.overflows;
  m_kernels.search(panel, planes, 0, groups(), top);
}

}  // namespace monge
