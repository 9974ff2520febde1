// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/device/site_costs.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <utility>

#include "core/base/error.h"
#include "core/device/torch_cost.h"

namespace monge {
namespace {

using torch::Tensor;

/// Numbers of single precision that a tile may hold: 64 MiB of them.
constexpr std::int64_t kNumbersATile = std::int64_t{1} << 24;
constexpr std::int64_t kMostPoints = 4096;

const std::pair<CostOptions::Kind, const char*> kNames[] = {
    {CostOptions::Kind::Squared, "squared"},   {CostOptions::Kind::Power, "power"},
    {CostOptions::Kind::Ssim, "ssim"},         {CostOptions::Kind::Psnr, "psnr"},
    {CostOptions::Kind::Features, "features"},
};

void requireRows(const RowsF& rows, std::int64_t dimension, const char* subject) {
  if (rows.cols() != dimension)
    throw Error(subject, std::to_string(rows.cols()) + " columns",
                std::to_string(dimension) + " as the sites have");
  if (!rows.allFinite()) throw Error(subject, "a value that is not finite", "finite numbers");
}

Tensor doubles(const VectorD& values, const torch::Device& device) {
  Tensor tensor = torch::empty({values.size()}, torch::kFloat64);
  std::copy_n(values.data(), values.size(), tensor.data_ptr<double>());
  return tensor.to(device);
}

Tensor integers(const std::vector<int>& values, const torch::Device& device) {
  return torch::tensor(values, torch::kInt32).to(device);
}

template <class Value>
std::vector<Value> onHost(const Tensor& tensor) {
  const Tensor here = tensor.contiguous().cpu();
  const Value* data = here.data_ptr<Value>();
  return std::vector<Value>(data, data + here.numel());
}

}  // namespace

CostOptions::Kind costKind(const std::string& name, const std::string& subject) {
  std::string known;
  for (const auto& [kind, text] : kNames) {
    if (name == text) return kind;
    known += (known.empty() ? "one of " : ", ") + std::string(text);
  }
  throw Error(subject, name, known);
}

std::string nameOf(CostOptions::Kind kind) {
  for (const auto& [other, text] : kNames)
    if (other == kind) return text;
  return {};
}

struct CostedSites::Impl {
  CostOptions options;
  torch::Device device;
  std::int64_t dimension;
  std::unique_ptr<TorchCost> cost;
  PreparedRows sites;
  Tensor weights;           ///< n, double precision
  std::vector<int> labels;  ///< n, or empty
  Tensor labelsThere;       ///< the same on the device
  Tensor numbers;           ///< 0 .. n - 1

  Impl(const CostOptions& given, const RowsF& rows, const ImageShape& image, const std::string& deviceName)
      : options(given), device(torchDevice(deviceName)), dimension(rows.cols()) {
    if (rows.rows() < 1 || rows.cols() < 1) throw Error("sites", "none", "at least one");
    requireRows(rows, dimension, "sites");
    const torch::NoGradGuard noGradients;
    cost = makeCost(given, static_cast<int>(dimension), image, device);
    sites = cost->prepare(tensorOf(rows, device));
    weights = torch::zeros({rows.rows()}, torch::TensorOptions(torch::kFloat64).device(device));
  }

  std::int64_t siteCount() const { return sites.count(); }
  /// Points and sites of a tile.
  std::pair<std::int64_t, std::int64_t> tile() const {
    const std::int64_t pairs = std::max<std::int64_t>(1, kNumbersATile / cost->numbersAPair());
    const std::int64_t across = std::min(siteCount(), std::max<std::int64_t>(1, pairs / 64));
    return {std::clamp<std::int64_t>(pairs / across, 1, kMostPoints), across};
  }

  Tensor theta(const Tensor& pointLabels, const Tensor& siteLabels) const;
  Tensor reducedCost(const PreparedRows& points, const Tensor& pointLabels, const Tensor& site) const;
  Tensor costsOf(const PreparedRows& points, const Tensor& pointLabels, std::int64_t begin,
                 std::int64_t end) const;
  struct Least {
    Tensor value, site, open;
  };
  Least leastOf(const PreparedRows& points, const Tensor& pointLabels) const;
  std::pair<int, double> decide(const PreparedRows& points, std::int64_t row,
                                const Tensor& pointLabels) const;
};

/// 1 where a label is missing, else how the cost is scaled; of the two shapes' common one.
Tensor CostedSites::Impl::theta(const Tensor& pointLabels, const Tensor& siteLabels) const {
  const Tensor known = torch::logical_and(pointLabels.ge(0), siteLabels.ge(0));
  const Tensor same = pointLabels.eq(siteLabels).to(torch::kFloat64);
  const Tensor scaled = same.mul_(options.same - options.other).add_(options.other);
  return torch::where(known, scaled, torch::ones_like(scaled));
}

/// Costs of a tile in double precision, with scale and theta.
Tensor CostedSites::Impl::costsOf(const PreparedRows& points, const Tensor& pointLabels, std::int64_t begin,
                                  std::int64_t end) const {
  Tensor costs = cost->between(points, sites.slice(begin, end)).to(torch::kFloat64);
  if (options.scale != 1) costs.mul_(options.scale);
  if (pointLabels.defined())
    costs.mul_(theta(pointLabels.unsqueeze(1), labelsThere.slice(0, begin, end).unsqueeze(0)));
  return costs;
}

/// The least of every row over all tiles; `open` where rounding could have chosen another site.
CostedSites::Impl::Least CostedSites::Impl::leastOf(const PreparedRows& points,
                                                    const Tensor& pointLabels) const {
  Tensor best, site, second, bound;
  const std::int64_t across = tile().second;
  for (std::int64_t begin = 0; begin < siteCount(); begin += across) {
    const std::int64_t end = std::min(begin + across, siteCount());
    const Tensor reduced =
        costsOf(points, pointLabels, begin, end).sub_(weights.slice(0, begin, end).unsqueeze(0));
    const Tensor at = reduced.argmin(1);  // the first of equal ones, which min() does not promise
    const Tensor least = reduced.gather(1, at.unsqueeze(1)).squeeze(1);
    const Tensor next = reduced.scatter_(1, at.unsqueeze(1), std::numeric_limits<double>::infinity()).amin(1);
    const Tensor error = cost->errorBound(points, sites.slice(begin, end));
    if (!best.defined()) {
      best = least, site = at + begin, second = next;
      if (error.defined()) bound = error.squeeze(1).to(torch::kFloat64);
      continue;
    }
    const Tensor better = least.lt(best);
    second = torch::minimum(torch::minimum(second, next), torch::maximum(best, least));
    site = torch::where(better, at + begin, site);
    best = torch::minimum(best, least);
    if (error.defined()) bound = torch::maximum(bound, error.squeeze(1).to(torch::kFloat64));
  }
  Tensor open;
  if (bound.defined()) {
    const double largest = pointLabels.defined() ? std::max({options.same, options.other, 1.0}) : 1.0;
    // Both the least and the next may be off; so may the conversion of the least to the weights' precision.
    // Not "less or equal": what overflowed to no number is open too.
    open = second.sub(best).gt(bound.mul_(2 * options.scale * largest)).logical_not_();
    best = reducedCost(points, pointLabels, site);
  }
  return {best, site, open};
}

/// c(x_i, y_site(i)) - w_site(i) of the squared cost in double precision.
Tensor CostedSites::Impl::reducedCost(const PreparedRows& points, const Tensor& pointLabels,
                                      const Tensor& site) const {
  Tensor costs = points.parts[0]
                     .to(torch::kFloat64)
                     .sub_(sites.parts[0].index_select(0, site))
                     .square_()
                     .sum(1)
                     .mul_(options.scale);
  if (pointLabels.defined()) costs.mul_(theta(pointLabels, labelsThere.index_select(0, site)));
  return costs.sub_(weights.index_select(0, site));
}

/// One point in double precision against all sites.
std::pair<int, double> CostedSites::Impl::decide(const PreparedRows& points, std::int64_t row,
                                                 const Tensor& pointLabels) const {
  Tensor costs = sites.parts[0]
                     .to(torch::kFloat64)
                     .sub_(points.parts[0][row].to(torch::kFloat64))
                     .square_()
                     .sum(1)
                     .mul_(options.scale);
  if (pointLabels.defined()) costs.mul_(theta(pointLabels[row], labelsThere));
  costs.sub_(weights);
  const auto site = costs.argmin().item<std::int64_t>();
  return {static_cast<int>(site), costs[site].item<double>()};
}

CostedSites::CostedSites(const CostOptions& options, const RowsF& sites, const ImageShape& image,
                         const std::string& device)
    : m_impl(std::make_unique<Impl>(options, sites, image, device)) {}
CostedSites::~CostedSites() = default;
CostedSites::CostedSites(CostedSites&&) noexcept = default;
CostedSites& CostedSites::operator=(CostedSites&&) noexcept = default;

int CostedSites::siteCount() const {
  return static_cast<int>(m_impl->siteCount());
}
int CostedSites::dimension() const {
  return static_cast<int>(m_impl->dimension);
}
const std::vector<int>& CostedSites::labels() const {
  return m_impl->labels;
}

void CostedSites::setWeights(const VectorD& weights) {
  if (weights.size() != siteCount())
    throw Error("weights", std::to_string(weights.size()),
                std::to_string(siteCount()) + ", one for each site");
  if (!weights.allFinite()) throw Error("weights", "a value that is not finite", "finite numbers");
  m_impl->weights = doubles(weights, m_impl->device);
}

namespace {

void requireLabels(const std::vector<int>& labels, Eigen::Index rows, int least) {
  if (static_cast<Eigen::Index>(labels.size()) != rows)
    throw Error("labels", std::to_string(labels.size()), std::to_string(rows) + ", one a point");
  const auto wrong = std::find_if(labels.begin(), labels.end(), [&](int label) { return label < least; });
  if (wrong != labels.end())
    throw Error("labels", std::to_string(*wrong), "whole numbers from " + std::to_string(least));
}

}  // namespace

void CostedSites::setLabels(const RowsF& points, const std::vector<int>& labels) {
  if (points.rows() < 1) throw Error("labelled points", "none", "at least one");
  requireRows(points, dimension(), "labelled points");
  requireLabels(labels, points.rows(), 0);
  // c(y_j, x) of all labelled points, the other way round: they are the sites now, without weights.
  const torch::NoGradGuard noGradients;
  Impl& impl = *m_impl;
  impl.labels.clear();
  impl.labelsThere = Tensor();
  Tensor best, nearest;
  constexpr std::int64_t kTogether = 256;
  for (std::int64_t begin = 0; begin < points.rows(); begin += kTogether) {
    const std::int64_t end = std::min<std::int64_t>(begin + kTogether, points.rows());
    const PreparedRows some =
        impl.cost->prepare(tensorOf(points.middleRows(begin, end - begin), impl.device));
    std::vector<Tensor> least, at;
    for (std::int64_t from = 0; from < impl.siteCount(); from += impl.tile().second) {
      const std::int64_t to = std::min(from + impl.tile().second, impl.siteCount());
      const auto [value, row] = impl.cost->between(some, impl.sites.slice(from, to)).min(0);
      least.push_back(value), at.push_back(row + begin);
    }
    const Tensor value = torch::cat(least), row = torch::cat(at);
    if (!best.defined()) {
      best = value, nearest = row;
      continue;
    }
    nearest = torch::where(value.lt(best), row, nearest);
    best = torch::minimum(best, value);
  }
  for (const std::int64_t row : onHost<std::int64_t>(nearest))
    impl.labels.push_back(labels[static_cast<std::size_t>(row)]);
  impl.labelsThere = integers(impl.labels, impl.device);
}

CostedSites::Nearest CostedSites::nearest(const RowsF& points, const std::vector<int>& labels,
                                          std::stop_token stop) const {
  requireRows(points, dimension(), "points");
  if (!labels.empty()) requireLabels(labels, points.rows(), kUnlabelled);
  const torch::NoGradGuard noGradients;
  const Impl& impl = *m_impl;
  Nearest result;
  result.site.resize(points.rows());
  result.value.resize(points.rows());
  const std::int64_t together = impl.tile().first;
  std::int64_t done = 0;
  while (done < points.rows() && !stop.stop_requested()) {
    const std::int64_t count = std::min<std::int64_t>(together, points.rows() - done);
    const PreparedRows some = impl.cost->prepare(tensorOf(points.middleRows(done, count), impl.device));
    const bool labelled = !labels.empty() && impl.labelsThere.defined();
    const Tensor pointLabels =
        labelled ? integers({labels.begin() + done, labels.begin() + done + count}, impl.device) : Tensor();
    const Impl::Least least = impl.leastOf(some, pointLabels);
    const auto values = onHost<double>(least.value);
    const auto sites = onHost<std::int64_t>(least.site);
    const auto open = least.open.defined() ? onHost<bool>(least.open) : std::vector<bool>(values.size());
    for (std::int64_t row = 0; row < count; ++row) {
      const auto at = static_cast<std::size_t>(row);
      if (!std::isfinite(values[at]))
        throw Error("cost of point " + std::to_string(done + row + 1), std::to_string(values[at]),
                    "a finite cost");
      std::pair<int, double> chosen(static_cast<int>(sites[at]), values[at]);
      if (open[at]) chosen = impl.decide(some, row, pointLabels), ++result.decidedAgain;
      result.site[done + row] = chosen.first;
      result.value[done + row] = chosen.second;
    }
    done += count;
  }
  result.site.conservativeResize(done);
  result.value.conservativeResize(done);
  return result;
}

RowsF CostedSites::costs(const RowsF& points, const std::vector<int>& labels) const {
  requireRows(points, dimension(), "points");
  if (!labels.empty()) requireLabels(labels, points.rows(), kUnlabelled);
  const torch::NoGradGuard noGradients;
  const Impl& impl = *m_impl;
  const bool labelled = !labels.empty() && impl.labelsThere.defined();
  RowsF result(points.rows(), siteCount());
  const auto [together, across] = impl.tile();
  for (std::int64_t row = 0; row < points.rows(); row += together) {
    const std::int64_t count = std::min<std::int64_t>(together, points.rows() - row);
    const PreparedRows some = impl.cost->prepare(tensorOf(points.middleRows(row, count), impl.device));
    const Tensor pointLabels =
        labelled ? integers({labels.begin() + row, labels.begin() + row + count}, impl.device) : Tensor();
    for (std::int64_t begin = 0; begin < siteCount(); begin += across) {
      const std::int64_t end = std::min<std::int64_t>(begin + across, siteCount());
      const auto values = onHost<float>(impl.costsOf(some, pointLabels, begin, end).to(torch::kFloat32));
      using Values = Eigen::Map<const RowsF>;
      result.block(row, begin, count, end - begin) = Values(values.data(), count, end - begin);
    }
  }
  return result;
}

}  // namespace monge
