// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/training/kgans_cells.h"

#include <algorithm>
#include <charconv>
#include <cmath>
#include <limits>
#include <numeric>

#include "core/base/error.h"
#include "core/base/text.h"
#include "core/device/dataset_cost.h"
#include "core/models/fused/kernels.h"
#include "core/transport/capacity_assignment.h"

namespace monge {
namespace {

using fused::kernels;
using fused::paddedBatch;

float kernelPower(const CellLaw& law) {
  return law.cost == CellCost::Power ? static_cast<float>(law.power) : 2;
}

std::size_t place(int index) {
  return static_cast<std::size_t>(index);
}

/// Costs are of single precision: across all the data one may be neither infinite nor next to 0, else the
/// first site owns everything. Sites and data at one place have no size to judge.
void requireSinglePrecision(const KGansOptions& options, const RowsF& rows) {
  if (options.cost == CellCost::Features || options.cost == CellCost::Ssim) return;
  const double wide =
      (rows.colwise().maxCoeff().cast<double>() - rows.colwise().minCoeff().cast<double>()).maxCoeff();
  const bool power = options.cost == CellCost::Power;
  const double largest = std::pow(wide, power ? options.power : 2) * static_cast<double>(rows.cols());
  if (wide == 0 || (largest >= 1e-30 && largest <= 1e37)) return;
  char digits[32];  // three will do
  char* end = std::to_chars(digits, digits + sizeof(digits), wide, std::chars_format::general, 3).ptr;
  const std::string data = " on data " + std::string(&digits[0], end) + " wide";
  if (power) throw Error("power", numberText(options.power) + data, "a smaller power, or data scaled");
  throw Error("cost", toString(options.cost) + data, "data scaled");
}

/// The middle weight, the upper one of two: a constant added to all weights changes no cell, and about the
/// middle single precision holds what tells the cells of most sites apart, however far off another is.
double middle(std::vector<double> weights) {
  if (weights.empty()) return 0;
  const auto half = weights.begin() + static_cast<std::ptrdiff_t>(weights.size() / 2);
  std::nth_element(weights.begin(), half, weights.end());
  return *half;
}

}  // namespace

KGansCells::KGansCells(const Dataset& data, const KGansOptions& options, const std::string& device)
    : m_data(data),
      m_device(device),
      m_columns(data.dimension() * paddedBatch(static_cast<int>(data.size()))),
      m_stride(paddedBatch(static_cast<int>(data.size()))) {
  for (Eigen::Index c = 0; c < data.rows.cols(); ++c)
    for (Eigen::Index i = 0; i < data.rows.rows(); ++i) m_columns.data()[c * m_stride + i] = data.rows(i, c);
  for (std::size_t i = 0; i < data.labels.size(); ++i)
    if (data.labels[i] >= 0) m_labelled.push_back(static_cast<int>(i));
  m_labelledRows.resize(std::ssize(m_labelled), data.rows.cols());
  for (Eigen::Index i = 0; i < m_labelledRows.rows(); ++i)
    m_labelledRows.row(i) = data.rows.row(m_labelled[static_cast<std::size_t>(i)]);
  m_labels = fused::Buffer(static_cast<int>(data.labels.size()));
  std::copy(data.labels.begin(), data.labels.end(), m_labels.data());
  setCost(options);
}

KGansCells::~KGansCells() = default;

std::unique_ptr<DatasetCost> KGansCells::torchCost(const KGansOptions& options) const {
  CostOptions cost;
  cost.network = options.featureNetwork;
  if (options.cost == CellCost::Features) {
    cost.kind = CostOptions::Kind::Features;
  } else {
    const int side = std::min(m_data.image.height, m_data.image.width);
    cost.kind = CostOptions::Kind::Ssim;
    cost.range = std::max(static_cast<double>(m_data.rows.maxCoeff() - m_data.rows.minCoeff()), 1e-6);
    cost.window = std::min(11, side % 2 == 1 ? side : side - 1);
  }
  return std::make_unique<DatasetCost>(cost, m_data.rows, m_data.image, m_device);
}

void KGansCells::setCost(const KGansOptions& options) {
  if (options.useLabels && m_labelled.empty())
    throw Error("use_labels", "true", "data with labels; " + m_data.name + " has none");
  requireSinglePrecision(options, m_data.rows);
  CellLaw law = m_law;
  law.cost = options.cost;
  law.power = options.power;
  law.same = options.labelSame;
  law.other = options.labelOther;
  if (law.isPointwise()) {
    m_torch.reset();
  } else if (!m_torch || law.cost != m_law.cost || options.featureNetwork != m_network) {
    m_torch = torchCost(options);
  }
  m_network = options.featureNetwork;
  m_useLabels = options.useLabels;
  law.siteLabels.assign(m_useLabels ? place(m_count) : 0, -1);
  m_siteLabels.assign(law.siteLabels.size(), -1);
  m_law = std::move(law);
  m_scale = findScale();
}

double KGansCells::findScale() const {
  const RowsF middle = m_data.rows.colwise().mean();
  const int n = static_cast<int>(m_data.size());
  const Costs costs =
      m_torch ? costsFrom(m_torch->ofAll(middle)) : costsOf(m_columns.data(), m_stride, n, middle.data(), 1);
  return std::accumulate(costs.row(0), costs.row(0) + n, 0.0) / n;
}

void KGansCells::publish(std::vector<double> weights, std::vector<double> targets) {
  m_count = static_cast<int>(weights.size());
  const double middleOfAll = middle(weights);
  m_weights.clear();
  for (const double weight : weights) m_weights.push_back(static_cast<float>(weight - middleOfAll));
  if (std::all_of(m_weights.begin(), m_weights.end(), [](float g) { return g == 0; })) m_weights.clear();
  m_law.weights = targets.empty() ? std::vector<double>{} : std::move(weights);
  m_law.targets = std::move(targets);
  m_law.siteLabels.resize(m_useLabels ? place(m_count) : 0, -1);
  m_siteLabels.resize(m_law.siteLabels.size(), -1);
}

RowsF KGansCells::sites(const float* prototypes) const {
  return Eigen::Map<const RowsF>(prototypes, m_count, m_data.dimension());
}

fused::Buffer KGansCells::columnsOf(const RowsF& points) const {
  const int n = static_cast<int>(points.rows()), stride = paddedBatch(n);
  fused::Buffer columns(static_cast<int>(points.cols()) * stride);
  for (Eigen::Index i = 0; i < points.rows(); ++i)
    for (Eigen::Index c = 0; c < points.cols(); ++c) columns.data()[c * stride + i] = points(i, c);
  return columns;
}

fused::CellSites KGansCells::cellSites(const float* prototypes) const {
  using Metric = fused::CellSites::Metric;
  fused::CellSites cells{prototypes, m_weights.empty() ? nullptr : m_weights.data(), m_count};
  // Without weights and labels the distance decides as its square does.
  if (m_law.cost == CellCost::L2 && (!m_weights.empty() || m_useLabels)) cells.metric = Metric::Distance;
  if (m_law.cost == CellCost::Power && m_law.power != 2)
    cells.metric = m_law.power == 1 ? Metric::Absolute : Metric::Power;
  cells.power = static_cast<float>(m_law.power);
  if (m_useLabels) {
    cells.siteLabels = m_siteLabels.data();
    cells.same = static_cast<float>(m_law.same);
    cells.other = static_cast<float>(m_law.other);
  }
  return cells;
}

KGansCells::Costs KGansCells::costsOf(const float* columns, int stride, int n, const float* sites,
                                      int k) const {
  const int d = m_data.dimension();
  Costs costs{fused::Buffer(std::max(k, 1) * stride), stride};
  for (int j = 0; j < k; ++j) {
    float* row = costs.row(j);
    kernels().siteCost(columns, d, stride, n, sites + j * d, kernelPower(m_law), row);
    if (m_law.cost == CellCost::L2)
      for (int i = 0; i < n; ++i) row[i] = std::sqrt(row[i]);
  }
  return costs;
}

KGansCells::Costs KGansCells::costsFrom(const RowsF& torchCosts) {
  const int stride = paddedBatch(static_cast<int>(torchCosts.cols()));
  Costs costs{fused::Buffer(std::max(static_cast<int>(torchCosts.rows()), 1) * stride), stride};
  for (Eigen::Index j = 0; j < torchCosts.rows(); ++j)
    std::copy_n(torchCosts.row(j).data(), torchCosts.cols(), costs.row(static_cast<int>(j)));
  return costs;
}

void KGansCells::scaleByLabels(Costs& costs, std::span<const int> labels) const {
  for (int j = 0; j < m_count && m_law.usesLabels(); ++j) {
    float* row = costs.row(j);
    for (std::size_t i = 0; i < labels.size(); ++i)
      row[i] *= static_cast<float>(m_law.theta(labels[i], place(j)));
  }
}

std::vector<int> KGansCells::ownersAmong(const Costs& costs, int n) const {
  std::vector<int> owners(place(n));
  std::vector<float> least(place(n), std::numeric_limits<float>::infinity());
  for (int j = 0; j < m_count; ++j) {
    const float* row = costs.row(j);
    const float weight = m_weights.empty() ? 0 : m_weights[place(j)];
    for (int i = 0; i < n; ++i) {
      const float value = row[i] - weight;
      if (!(value < least[place(i)])) continue;
      least[place(i)] = value;
      owners[place(i)] = j;
    }
  }
  return owners;
}

std::vector<int> KGansCells::labelsOfRows(std::span<const std::uint32_t> rows) const {
  std::vector<int> labels;
  for (const std::uint32_t row : rows)
    if (m_useLabels) labels.push_back(m_data.labels[row]);
  return labels;
}

/// Of the nearest labelled point under c.
std::vector<int> KGansCells::labelsOf(const RowsF& points) const {
  const int n = static_cast<int>(points.rows());
  std::vector<int> nearest(place(n));
  if (m_torch) {
    for (int p = 0; p < n; ++p) {
      const Costs costs = costsFrom(m_torch->ofAll(points.row(p)));
      const auto nearer = [&](int a, int b) { return costs.row(0)[a] < costs.row(0)[b]; };
      nearest[place(p)] = static_cast<int>(std::min_element(m_labelled.begin(), m_labelled.end(), nearer) -
                                           m_labelled.begin());
    }
  } else {
    fused::CellSites labelled = cellSites(m_labelledRows.data());
    labelled.k = static_cast<int>(m_labelled.size());
    labelled.weights = nullptr;
    kernels().nearest(columnsOf(points).data(), m_data.dimension(), paddedBatch(n), n, labelled,
                      nearest.data());
  }
  std::vector<int> labels;
  for (const int at : nearest) labels.push_back(m_data.labels[place(m_labelled[place(at)])]);
  return labels;
}

void KGansCells::labelSites(const float* prototypes) {
  if (!m_useLabels) return;
  m_law.siteLabels = labelsOf(sites(prototypes));
  m_siteLabels.assign(m_law.siteLabels.begin(), m_law.siteLabels.end());
}

void KGansCells::gather(std::span<const std::uint32_t> rows, float* columns, int stride) const {
  for (int c = 0; c < m_data.dimension(); ++c) {
    const float* column = m_columns.data() + c * m_stride;
    float* out = columns + c * stride;
    for (std::size_t i = 0; i < rows.size(); ++i) out[i] = column[rows[i]];
  }
}

int KGansCells::keep(const Batch& batch, const float* prototypes, int own, int count, int limit) const {
  const int d = m_data.dimension();
  if (!m_torch) {
    fused::CellSites cells = cellSites(prototypes);
    if (m_useLabels) {
      for (int i = 0; i < batch.n; ++i) batch.labels[i] = m_labels.data()[batch.rows[i]];
      cells.pointLabels = batch.labels;
    }
    return kernels().keepCell(batch.columns, d, batch.stride, batch.n, cells, own, batch.kept, count, limit);
  }
  const std::vector<int> owners = ownersOfRows({batch.rows, place(batch.n)}, prototypes);
  for (int i = 0; i < batch.n && count < limit; ++i) {
    if (owners[place(i)] != own) continue;
    for (int c = 0; c < d; ++c) batch.kept[c * batch.stride + count] = batch.columns[c * batch.stride + i];
    ++count;
  }
  return count;
}

/// Of points by the fused kernels; labels: as many, none when they do not count.
std::vector<int> KGansCells::fusedOwners(const float* columns, int stride, int n, std::span<const int> labels,
                                         const float* prototypes) const {
  fused::CellSites cells = cellSites(prototypes);
  fused::Buffer lanes(m_useLabels ? stride : 0);
  std::copy(labels.begin(), labels.end(), lanes.data());
  if (m_useLabels) cells.pointLabels = lanes.data();
  std::vector<int> owners(place(n));
  kernels().nearest(columns, m_data.dimension(), stride, n, cells, owners.data());
  return owners;
}

std::vector<int> KGansCells::ownersOfRows(std::span<const std::uint32_t> rows,
                                          const float* prototypes) const {
  const int n = static_cast<int>(rows.size());
  if (m_torch) {
    Costs costs = costsFrom(m_torch->ofRows(rows, sites(prototypes)));
    scaleByLabels(costs, labelsOfRows(rows));
    return ownersAmong(costs, n);
  }
  const int stride = paddedBatch(n);
  fused::Buffer columns(m_data.dimension() * stride);
  gather(rows, columns.data(), stride);
  return fusedOwners(columns.data(), stride, n, labelsOfRows(rows), prototypes);
}

KGansCells::Costs KGansCells::costsOfData(const float* prototypes) const {
  const int n = static_cast<int>(m_data.size());
  Costs costs = m_torch ? costsFrom(m_torch->ofAll(sites(prototypes)))
                        : costsOf(m_columns.data(), m_stride, n, prototypes, m_count);
  scaleByLabels(costs, m_data.labels);
  return costs;
}

std::vector<int> KGansCells::ownersOfData(const float* prototypes) const {
  const int n = static_cast<int>(m_data.size());
  if (m_torch) return ownersAmong(costsOfData(prototypes), n);
  return fusedOwners(m_columns.data(), m_stride, n,
                     m_useLabels ? std::span<const int>(m_data.labels) : std::span<const int>{}, prototypes);
}

std::vector<int> KGansCells::ownersOf(const RowsF& points, const float* prototypes) const {
  const int n = static_cast<int>(points.rows());
  if (n == 0) return {};
  const std::vector<int> labels = m_useLabels ? labelsOf(points) : std::vector<int>{};
  if (!m_torch) return fusedOwners(columnsOf(points).data(), paddedBatch(n), n, labels, prototypes);
  Costs costs = costsFrom(m_torch->ofPoints(points, sites(prototypes)));
  scaleByLabels(costs, labels);
  return ownersAmong(costs, n);
}

double KGansCells::meanCost(const std::vector<int>& owners, const float* prototypes) const {
  const Costs costs = costsOfData(prototypes);
  double sum = 0;
  for (std::size_t i = 0; i < owners.size(); ++i) sum += static_cast<double>(costs.row(owners[i])[i]);
  return sum / static_cast<double>(owners.size());
}

std::vector<double> KGansCells::meanGradient(const float* columns, int stride, int n,
                                             const std::vector<double>& y) const {
  const auto d = static_cast<int>(y.size());
  std::vector<double> gradient(y.size());
  if (m_torch) {
    RowsF points(n, d), site(1, d);
    for (int c = 0; c < d; ++c) {
      for (int i = 0; i < n; ++i) points(i, c) = columns[c * stride + i];
      site(0, c) = static_cast<float>(y[place(c)]);
    }
    const RowsF found = m_torch->meanGradient(points, site);
    for (int c = 0; c < d; ++c) gradient[place(c)] = static_cast<double>(found(0, c));
    return gradient;
  }
  if (m_law.isSquared()) {
    for (int c = 0; c < d; ++c)
      gradient[place(c)] =
          2 * (y[place(c)] - static_cast<double>(kernels().total(columns + c * stride, n)) / n);
    return gradient;
  }
  for (int i = 0; i < n; ++i) {
    double squares = 1e-12;
    for (int c = 0; c < d; ++c) squares += std::pow(y[place(c)] - columns[c * stride + i], 2);
    for (int c = 0; c < d; ++c) {
      const double apart = y[place(c)] - columns[c * stride + i];
      if (m_law.cost == CellCost::L2)
        gradient[place(c)] += apart / std::sqrt(squares) / n;
      else
        gradient[place(c)] +=
            m_law.power * std::copysign(std::pow(std::abs(apart), m_law.power - 1), apart) * (apart != 0) / n;
    }
  }
  return gradient;
}

std::optional<CapacityAssignment> KGansCells::solve(const float* prototypes) const {
  const Costs costs = costsOfData(prototypes);
  const auto n = static_cast<Eigen::Index>(m_data.size());
  using Rows = Eigen::Map<const RowsF, 0, Eigen::OuterStride<>>;
  const RowsF table = Rows(costs.values.data(), m_count, n, Eigen::OuterStride<>(costs.stride));
  if (!table.allFinite()) return std::nullopt;
  // Beside weights far beyond all costs, of a site that has come back from far away, the costs are rounded
  // off: the cells that they give are no start.
  constexpr double kBeyond = 1e6;
  const double largest = static_cast<double>(table.cwiseAbs().maxCoeff());
  const auto beyond = [&](double g) { return std::abs(g) > kBeyond * largest; };
  const bool fresh = std::any_of(m_law.weights.begin(), m_law.weights.end(), beyond);
  return assignWithCapacities(table, wholeCapacities(m_data.size(), m_law.targets),
                              fresh ? std::vector<double>(place(m_count)) : m_law.weights);
}

}  // namespace monge
