// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/device/device_crossings.h"

#include <algorithm>
#include <limits>
#include <string>

#include "core/base/error.h"
#include "core/device/torch_cost.h"

namespace monge {
namespace {

using torch::Tensor;

/// Lines held at a time: 128 MiB of intercepts and slopes.
constexpr std::int64_t kLinesATime = std::int64_t{1} << 23;

Tensor doubles(const double* values, std::int64_t rows, std::int64_t columns, const torch::Device& device) {
  Tensor tensor = torch::empty({rows, columns}, torch::kFloat64);
  std::copy_n(values, rows * columns, tensor.data_ptr<double>());
  return tensor.to(device);
}

/// The lines of a batch of paths, paths x n.
struct Lines {
  Tensor intercepts, slopes;
  Tensor at(const Tensor& t) const { return intercepts + t.unsqueeze(1) * slopes; }
};

/// One line of each path.
struct OfPaths {
  Tensor intercept, slope;  ///< paths
  OfPaths(const Lines& lines, const Tensor& line)
      : intercept(lines.intercepts.gather(1, line.unsqueeze(1)).squeeze(1)),
        slope(lines.slopes.gather(1, line.unsqueeze(1)).squeeze(1)) {}
  Tensor at(const Tensor& t) const { return intercept + t * slope; }
};

/// Where two lines meet, kept between 0 and 1; one half where they do not.
Tensor meeting(const OfPaths& flat, const OfPaths& steep) {
  const Tensor t = (flat.intercept - steep.intercept) / (steep.slope - flat.slope);
  return torch::where(torch::isfinite(t), t.clamp(0, 1), torch::full_like(t, 0.5));
}

/// Lines that may be on the envelope between 0 and 1, as in PathCrossings: three lines of it, at both ends
/// and where those two meet, bound it from below, and a line above that convex bound is so at one of four
/// points.
Tensor mayShow(const Lines& lines) {
  const Tensor zero = torch::zeros({lines.slopes.size(0)}, lines.slopes.options());
  const Tensor one = torch::ones_like(zero);
  const OfPaths first(lines, lines.intercepts.argmax(1)), last(lines, lines.at(one).argmax(1));
  const OfPaths middle(lines, lines.at(meeting(first, last)).argmax(1));
  Tensor size = zero;
  for (const OfPaths* line : {&first, &middle, &last})
    size = torch::maximum(size, torch::maximum(line->intercept.abs(), line->slope.abs()));
  const Tensor slack = size.mul_(16 * std::numeric_limits<double>::epsilon());
  Tensor above;
  for (const Tensor& t : {zero, meeting(first, middle), meeting(middle, last), one}) {
    const Tensor bound = torch::maximum(torch::maximum(first.at(t), middle.at(t)), last.at(t)) - slack;
    const Tensor here = lines.at(t).ge(bound.unsqueeze(1));
    above = above.defined() ? above.logical_or_(here) : here;
  }
  return above;
}

}  // namespace

struct DeviceCrossings::Impl {
  const PathCrossings& cells;
  torch::Device device;
  Tensor sites, heights;  ///< d x n, n

  Impl(const PathCrossings& given, const std::string& name) : cells(given), device(torchDevice(name)) {
    const RowsD& rows = cells.centredSites();
    sites = doubles(rows.data(), rows.rows(), rows.cols(), device).t().contiguous();
    heights = doubles(cells.heights().data(), 1, cells.heights().size(), device).squeeze(0);
  }

  void add(const RowsD& from, const RowsD& to, std::vector<PathCrossings::Path>& paths) const;
};

void DeviceCrossings::Impl::add(const RowsD& from, const RowsD& to,
                                std::vector<PathCrossings::Path>& paths) const {
  const RowsD along = to - from;
  const Lines lines{
      torch::matmul(doubles(from.data(), from.rows(), from.cols(), device), sites).add_(heights),
      torch::matmul(doubles(along.data(), along.rows(), along.cols(), device), sites)};
  const Tensor kept = mayShow(lines);
  const Tensor counts = kept.sum(1).cpu();
  const Tensor which = kept.nonzero();  // by path, then by site
  const auto intercepts = lines.intercepts.masked_select(kept).cpu();
  const auto slopes = lines.slopes.masked_select(kept).cpu();
  const auto sitesKept = which.select(1, 1).to(torch::kInt32).contiguous().cpu();
  std::int64_t begin = 0;
  for (std::int64_t path = 0; path < from.rows(); ++path) {
    const auto count = static_cast<std::size_t>(counts.data_ptr<std::int64_t>()[path]);
    paths.push_back(cells.throughLines({intercepts.data_ptr<double>() + begin, count},
                                       {slopes.data_ptr<double>() + begin, count},
                                       {sitesKept.data_ptr<int>() + begin, count}));
    begin += static_cast<std::int64_t>(count);
  }
}

DeviceCrossings::DeviceCrossings(const PathCrossings& cells, const std::string& device)
    : m_impl(std::make_unique<Impl>(cells, device)) {}
DeviceCrossings::~DeviceCrossings() = default;

std::vector<PathCrossings::Path> DeviceCrossings::along(const RowsD& from, const RowsD& to,
                                                        std::stop_token stop) const {
  const int dimension = m_impl->cells.dimension();
  if (from.cols() != dimension || to.cols() != dimension || from.rows() != to.rows())
    throw Error("ends of paths",
                std::to_string(from.rows()) + " x " + std::to_string(from.cols()) + " and " +
                    std::to_string(to.rows()) + " x " + std::to_string(to.cols()),
                "as many of both, with " + std::to_string(dimension) + " columns");
  if (!from.allFinite() || !to.allFinite())
    throw Error("ends of paths", "a value that is not finite", "finite numbers");
  const torch::NoGradGuard noGradients;
  const std::int64_t together = std::clamp<std::int64_t>(kLinesATime / m_impl->cells.siteCount(), 1, 4096);
  std::vector<PathCrossings::Path> paths;
  for (std::int64_t begin = 0; begin < from.rows() && !stop.stop_requested(); begin += together) {
    const std::int64_t count = std::min<std::int64_t>(together, from.rows() - begin);
    m_impl->add(from.middleRows(begin, count), to.middleRows(begin, count), paths);
  }
  return paths;
}

std::int64_t DeviceCrossings::forEach(std::int64_t count, const PathCrossings::Ends& ends,
                                      const PathCrossings::Visit& visit, std::stop_token stop) const {
  constexpr std::int64_t kBatch = 4096;
  const auto dimension = static_cast<std::size_t>(m_impl->cells.dimension());
  for (std::int64_t done = 0; done < count;) {
    const std::int64_t size = std::min(kBatch, count - done);
    RowsD from(size, m_impl->cells.dimension()), to(size, m_impl->cells.dimension());
    for (std::int64_t row = 0; row < size; ++row)
      ends(done + row, {from.row(row).data(), dimension}, {to.row(row).data(), dimension});
    const std::vector<PathCrossings::Path> paths = along(from, to, stop);
    for (const PathCrossings::Path& path : paths) visit(done++, path);
    if (stop.stop_requested()) return done;
  }
  return count;
}

}  // namespace monge
