// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/device/torch_plane_search.h"

#include <torch/torch.h>

#include <algorithm>
#include <tuple>

#include "core/device/torch_cost.h"

namespace monge {
namespace {

constexpr int kPanel = SamplePanels::kPanel;
/// Samples x planes of a tile of values: 128 MB at most.
constexpr std::int64_t kSamples = 8192, kPlanes = 4096;

/// The two largest of each row and where they are.
struct TopTwo {
  torch::Tensor values, planes;
};

class TorchPlaneSearch : public PlaneSearch {
 public:
  TorchPlaneSearch(const RowsF& sites, torch::Device device)
      : m_device(device),
        m_sites(torch::from_blob(const_cast<float*>(sites.data()), {sites.rows(), sites.cols()})
                    .to(device, torch::kFloat32, false, true)
                    .t()) {}

  std::string name() const override { return "LibTorch " + m_device.str(); }

  void setHeights(const VectorD& heights) override {
    m_heights = torch::from_blob(const_cast<double*>(heights.data()), {heights.size()}, torch::kFloat64)
                    .to(m_device, torch::kFloat32, false, true);
  }

  void find(const SamplePanels& samples, TopPlanes& found, const std::stop_token& stop) override {
    const torch::NoGradGuard guard;
    found.resize(samples.count());
    for (std::int64_t first = 0; first < samples.count() && !stop.stop_requested(); first += kSamples)
      store(search(rowsOf(samples, first)), first, std::min(kSamples, samples.count() - first), found);
  }

 private:
  /// m x d of whole panels.
  torch::Tensor rowsOf(const SamplePanels& samples, std::int64_t first) const {
    const std::int64_t panel = first / kPanel, panels = std::min(kSamples / kPanel, samples.panels() - panel);
    return torch::from_blob(const_cast<float*>(samples.panel(panel)), {panels, samples.dimension(), kPanel})
        .to(m_device)
        .permute({0, 2, 1})
        .reshape({panels * kPanel, samples.dimension()});
  }

  TopTwo search(const torch::Tensor& rows) const {
    TopTwo top;
    for (std::int64_t plane = 0; plane < m_sites.size(1); plane += kPlanes) {
      const std::int64_t end = std::min(plane + kPlanes, m_sites.size(1));
      const torch::Tensor values =
          torch::addmm(m_heights.slice(0, plane, end), rows, m_sites.slice(1, plane, end));
      auto [largest, at] = values.topk(std::min<std::int64_t>(2, end - plane), 1);
      at = at + plane;
      if (top.values.defined()) {
        largest = torch::cat({top.values, largest}, 1), at = torch::cat({top.planes, at}, 1);
        torch::Tensor of;
        std::tie(largest, of) = largest.topk(2, 1);
        at = at.gather(1, of);
      }
      top = {largest, at};
    }
    return top;
  }

  static void store(const TopTwo& top, std::int64_t first, std::int64_t count, TopPlanes& found) {
    const torch::Tensor values = top.values.to(torch::kCPU).contiguous(),
                        planes = top.planes.to(torch::kCPU).contiguous();
    const float* value = values.data_ptr<float>();
    const std::int64_t* plane = planes.data_ptr<std::int64_t>();
    for (std::int64_t s = 0; s < count; ++s) {
      const auto at = static_cast<std::size_t>(first + s);
      found.best[at] = static_cast<std::int32_t>(plane[2 * s]);
      found.second[at] = static_cast<std::int32_t>(plane[2 * s + 1]);
      found.value[at] = value[2 * s];
      found.gap[at] = value[2 * s] - value[2 * s + 1];
    }
  }

  torch::Device m_device;
  torch::Tensor m_sites;    ///< d x n
  torch::Tensor m_heights;  ///< n
};

}  // namespace

bool hasCuda() {
  return torch::cuda::is_available();
}

std::unique_ptr<PlaneSearch> torchPlaneSearch(const RowsF& sites, const std::string& device) {
  return std::make_unique<TorchPlaneSearch>(sites, torchDevice(device));
}

}  // namespace monge
