// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/device/dataset_cost.h"

#include <algorithm>

#include "core/base/error.h"
#include "core/device/torch_cost.h"

namespace monge {
namespace {

using torch::Tensor;

/// Numbers that the costs of a piece may hold on the way: 64 MiB of them.
constexpr std::int64_t kNumbersAPiece = std::int64_t{1} << 24;
constexpr std::int64_t kMostTogether = 4096;

RowsF onHost(const Tensor& tensor) {
  const Tensor here = tensor.to(torch::kFloat32).contiguous().cpu();
  return Eigen::Map<const RowsF>(here.data_ptr<float>(), here.size(0), here.size(1));
}

}  // namespace

struct DatasetCost::Impl {
  torch::Device device;
  double scale;
  std::unique_ptr<TorchCost> cost;
  PreparedRows data;

  Impl(const CostOptions& options, const RowsF& rows, const ImageShape& image, const std::string& deviceName)
      : device(torchDevice(deviceName)), scale(options.scale) {
    if (rows.rows() < 1) throw Error("data", "no rows", "at least one");
    const torch::NoGradGuard noGradients;
    cost = makeCost(options, static_cast<int>(rows.cols()), image, device);
    data = cost->prepare(tensorOf(rows, device));
  }

  /// Sites x points, a piece of the points at a time.
  RowsF between(const PreparedRows& points, const RowsF& sites) const {
    const PreparedRows there = cost->prepare(tensorOf(sites, device));
    const std::int64_t most = std::clamp<std::int64_t>(
        kNumbersAPiece / (cost->numbersAPair() * std::max<std::int64_t>(sites.rows(), 1)), 1, kMostTogether);
    RowsF result(sites.rows(), points.count());
    for (std::int64_t begin = 0; begin < points.count(); begin += most) {
      const std::int64_t end = std::min(begin + most, points.count());
      result.middleCols(begin, end - begin) =
          onHost((cost->between(points.slice(begin, end), there) * scale).t());
    }
    return result;
  }
};

DatasetCost::DatasetCost(const CostOptions& options, const RowsF& data, const ImageShape& image,
                         const std::string& device)
    : m_impl(std::make_unique<Impl>(options, data, image, device)) {}
DatasetCost::~DatasetCost() = default;

RowsF DatasetCost::ofRows(std::span<const std::uint32_t> rows, const RowsF& sites) const {
  const torch::NoGradGuard noGradients;
  Tensor index = torch::empty({static_cast<std::int64_t>(rows.size())}, torch::kInt64);
  std::copy(rows.begin(), rows.end(), index.data_ptr<std::int64_t>());
  index = index.to(m_impl->device);
  PreparedRows some;
  for (const Tensor& part : m_impl->data.parts) some.parts.push_back(part.index_select(0, index));
  return m_impl->between(some, sites);
}

RowsF DatasetCost::ofAll(const RowsF& sites) const {
  const torch::NoGradGuard noGradients;
  return m_impl->between(m_impl->data, sites);
}

RowsF DatasetCost::ofPoints(const RowsF& points, const RowsF& sites) const {
  const torch::NoGradGuard noGradients;
  if (points.rows() == 0) return RowsF(sites.rows(), 0);
  return m_impl->between(m_impl->cost->prepare(tensorOf(points, m_impl->device)), sites);
}

RowsF DatasetCost::meanGradient(const RowsF& points, const RowsF& site) const {
  PreparedRows from;
  {
    const torch::NoGradGuard noGradients;
    from = m_impl->cost->prepare(tensorOf(points, m_impl->device));
  }
  const Tensor y = tensorOf(site, m_impl->device).requires_grad_(true);
  const Tensor mean = m_impl->cost->between(from, m_impl->cost->prepare(y)).mean() * m_impl->scale;
  return onHost(torch::autograd::grad({mean}, {y})[0]);
}

}  // namespace monge
