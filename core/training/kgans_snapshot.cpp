// SPDX-License-Identifier: GPL-3.0-or-later
// k-GANs: what the views, the history and the final figures see of a run. Nothing here disturbs training.
#include <algorithm>
#include <cmath>
#include <limits>
#include <numeric>

#include "core/models/fused/kernels.h"
#include "core/training/kgans_cells.h"
#include "core/training/kgans_trainer.h"

namespace monge {
namespace {

using fused::kernels;

constexpr int kMetricSamples = 10000;  // targets' E1
constexpr std::uint64_t kViewSeed = 0x76696577u, kMetricSeed = 0x6d6574726963u, kGridSeed = 0x67726964u;

RowsF standardNormals(Eigen::Index rows, Eigen::Index columns, std::uint64_t seed) {
  fused::Buffer values((static_cast<int>(rows * columns) + 2 * fused::kLanes) / (2 * fused::kLanes) *
                       (2 * fused::kLanes));
  auto state = fused::seedNoise(seed);
  kernels().normals(state, values.data(), values.size());
  return Eigen::Map<const RowsF>(values.data(), rows, columns);
}

Box2 airyBox(const RowsF& lower, const RowsF& upper) {
  const auto [low, high] = surroundingSquare(lower, upper);
  return {low(0), low(1), high(0), high(1)};
}

/// Share of each of k among the owners.
std::vector<double> sharesOf(const std::vector<int>& owners, std::size_t k) {
  std::vector<double> result(k);
  for (int owner : owners) ++result[static_cast<std::size_t>(owner)];
  for (double& share : result) share /= static_cast<double>(owners.size());
  return result;
}

}  // namespace

std::vector<int> KGansTrainer::dataOwners() const {
  return m_cells->ownersOfData(prototypesNow());
}

/// The weights of the ensemble: those that were asked for (6), or those that the cells have (19).
std::vector<double> KGansTrainer::ensembleWeights(const std::vector<double>& masses) const {
  return m_options.fixedMasses ? targets() : masses;
}

/// `total` samples split by the weights of the ensemble, by largest remainders.
std::vector<int> KGansTrainer::shares(int total, const std::vector<double>& masses) const {
  std::vector<int> result;
  std::vector<std::pair<double, std::size_t>> rest;
  int given = 0;
  for (std::size_t j = 0; j < masses.size(); ++j) {
    const double exact = masses[j] * total;
    result.push_back(static_cast<int>(exact));
    given += result.back();
    rest.emplace_back(std::floor(exact) - exact, j);
  }
  std::sort(rest.begin(), rest.end());
  for (std::size_t r = 0; r < rest.size() && given < total; ++r, ++given) ++result[rest[r].second];
  return result;
}

KGansTrainer::Generated KGansTrainer::generate(int total, const std::vector<double>& masses,
                                               std::uint64_t seed) {
  const auto counts = shares(total, masses);
  Generated result;
  result.points.resize(std::accumulate(counts.begin(), counts.end(), 0), m_data.dimension());
  Eigen::Index at = 0;
  for (int j = 0; j < count(); ++j) {
    const int n = counts[static_cast<std::size_t>(j)];
    result.inside.push_back(0);
    if (n == 0) continue;
    const RowsF z =
        standardNormals(n, m_shape.latent, networkSeed(seed, static_cast<std::uint64_t>(member(j).id)));
    result.points.middleRows(at, n) = m_ensemble->generate(j, z);
    at += n;
    result.owner.insert(result.owner.end(), static_cast<std::size_t>(n), j);
  }
  const auto cells = m_cells->ownersOf(result.points, prototypesNow());
  std::size_t strays = 0;
  for (std::size_t i = 0; i < cells.size(); ++i) {
    if (cells[i] == result.owner[i])
      ++result.inside[static_cast<std::size_t>(cells[i])];
    else
      ++strays;
  }
  for (std::size_t j = 0; j < counts.size(); ++j)
    if (counts[j] > 0) result.inside[j] /= counts[j];
  if (!cells.empty()) result.outside = static_cast<double>(strays) / static_cast<double>(cells.size());
  return result;
}

RowsF KGansTrainer::prototypeRows() const {
  return Eigen::Map<const RowsF>(m_prototypes[m_iteration & 1].data(), count(), m_data.dimension());
}

EnsembleSnapshot KGansTrainer::snapshot(const SnapshotRequest& request) {
  EnsembleSnapshot result;
  result.progress.iteration = m_iteration;
  result.progress.epochLength = epochLength();
  result.progress.phase = nextPhase();
  result.progress.seed = m_experiment.seed;
  result.dimension = m_data.dimension();
  result.image = m_data.image;
  result.prototypes = prototypeRows();
  result.assignment = dataOwners();
  result.masses = sharesOf(result.assignment, m_members.size());
  result.assignment.resize(static_cast<std::size_t>(shownRows()));
  result.law = m_cells->law();
  // Images are costly to generate and a plane of points says nothing of them: the sample grid is their view.
  const int total = m_data.image.isImage() ? 0 : std::clamp(request.samples, 0, 100000);
  auto generated = generate(total, ensembleWeights(result.masses), kViewSeed);
  for (const auto& each : m_members) {
    result.ids.push_back(each.id);
    if (m_data.dimension() <= 3)
      result.trails.emplace_back(Eigen::Map<const RowsF>(
          each.trail.data(), static_cast<Eigen::Index>(each.trail.size()) / m_data.dimension(),
          m_data.dimension()));
  }
  if (request.gradients) {
    result.gradients.resize(generated.points.rows(), generated.points.cols());
    for (Eigen::Index at = 0; at < generated.points.rows();) {
      const int owner = generated.owner[static_cast<std::size_t>(at)];
      const auto n = std::count(generated.owner.begin(), generated.owner.end(), owner);
      result.gradients.middleRows(at, n) =
          m_ensemble->criticGradients(owner, generated.points.middleRows(at, n));
      at += n;
    }
  }
  result.samples = std::move(generated.points);
  result.sampleOwner = std::move(generated.owner);
  result.inside = std::move(generated.inside);
  if (request.critic && m_data.dimension() == 2) result.critic = criticField(request);
  if (request.latentGrid && m_data.dimension() == 2) result.latentGrid = latentGrid();
  if (request.sampleGrid) fillSampleGrid(result, std::clamp(request.gridColumns, 1, 64));
  return result;
}

CriticField KGansTrainer::criticField(const SnapshotRequest& request) {
  CriticField field;
  field.box = request.box.value_or(airyBox(m_lower, m_upper));
  const double longer = std::max(field.box.width(), field.box.height());
  const int side = std::clamp(request.criticSide, 2, 512);
  field.columns = std::max(2, static_cast<int>(std::lround(side * field.box.width() / longer)));
  field.rows = std::max(2, static_cast<int>(std::lround(side * field.box.height() / longer)));
  RowsF grid(field.columns * field.rows, 2);
  for (int row = 0; row < field.rows; ++row)
    for (int column = 0; column < field.columns; ++column) {
      grid(row * field.columns + column, 0) =
          static_cast<float>(field.box.xMin + field.box.width() * column / (field.columns - 1));
      grid(row * field.columns + column, 1) =
          static_cast<float>(field.box.yMin + field.box.height() * row / (field.rows - 1));
    }
  field.values.resize(count(), grid.rows());
  for (int j = 0; j < count(); ++j) field.values.row(j) = m_ensemble->criticValues(j, grid).transpose();
  return field;
}

LatentGrid KGansTrainer::latentGrid() {
  LatentGrid result;
  result.side = 21;
  RowsF z = RowsF::Zero(result.side * result.side, m_shape.latent);
  for (int row = 0; row < result.side; ++row)
    for (int column = 0; column < result.side; ++column) {
      z(row * result.side + column, 0) =
          -2.5f + 5.0f * static_cast<float>(column) / static_cast<float>(result.side - 1);
      if (m_shape.latent > 1)
        z(row * result.side + column, 1) =
            -2.5f + 5.0f * static_cast<float>(row) / static_cast<float>(result.side - 1);
    }
  result.points.resize(z.rows() * count(), 2);
  for (int j = 0; j < count(); ++j)
    result.points.middleRows(j * z.rows(), z.rows()) = m_ensemble->generate(j, z);
  return result;
}

/// Costly for images, so it is made anew only when it has aged ten times as long as it takes: a tenth of the
/// time at most.
void KGansTrainer::fillSampleGrid(EnsembleSnapshot& snapshot, int columns) {
  using Clock = std::chrono::steady_clock;
  const auto start = Clock::now();
  const bool fits = m_grid.columns == columns && m_grid.samples.rows() == count() * columns;
  if (!fits || (m_gridIteration != m_iteration && start >= m_gridDue)) {
    m_grid = SampleGrid{};
    m_grid.columns = columns;
    m_grid.samples.resize(count() * columns, m_data.dimension());
    for (int j = 0; j < count(); ++j) {
      const RowsF z = standardNormals(columns, m_shape.latent,
                                      networkSeed(kGridSeed, static_cast<std::uint64_t>(member(j).id)));
      m_grid.samples.middleRows(j * columns, columns) = m_ensemble->generate(j, z);
    }
    m_grid.nearest.resize(m_grid.samples.rows(), m_data.dimension());
    for (Eigen::Index i = 0; i < m_grid.samples.rows(); ++i) {
      Eigen::Index nearest = 0;
      const float squared =
          (m_data.rows.rowwise() - m_grid.samples.row(i)).rowwise().squaredNorm().minCoeff(&nearest);
      m_grid.nearest.row(i) = m_data.rows.row(nearest);
      m_grid.nearestDistance.push_back(std::sqrt(squared));
    }
    m_gridIteration = m_iteration;
    m_gridDue = Clock::now() + 10 * (Clock::now() - start);
  }
  snapshot.grid = m_grid;
}

/// How many rows of the data views get to see.
Eigen::Index KGansTrainer::shownRows() const {
  return std::min<Eigen::Index>(m_data.rows.rows(), m_data.image.isImage() ? 256 : 20000);
}

DataView KGansTrainer::dataView() const {
  DataView view;
  view.name = m_data.name;
  view.provenance = m_data.provenance;
  view.rows = m_data.size();
  view.dimension = m_data.dimension();
  view.image = m_data.image;
  const Eigen::Index shown = shownRows();
  view.points = m_data.rows.topRows(shown);
  if (!m_data.labels.empty()) view.labels = Eigen::Map<const IndicesI>(m_data.labels.data(), shown);
  view.lower = m_lower;
  view.upper = m_upper;
  view.mask = m_data.mask;
  return view;
}

std::vector<std::string> KGansTrainer::historyColumns() const {
  return {"critic_loss",  "generator_loss", "lipschitz_term", "wasserstein", "coverage",         "precision",
          "changed_cell", "outside_cell",   "transport_cost", "mass_error",  "generators_active"};
}

std::vector<double> KGansTrainer::historyRow() {
  constexpr double none = std::numeric_limits<double>::quiet_NaN();
  double distance = 0, term = 0, generator = 0;
  int trained = 0;
  for (auto& own : m_members) {
    if (own.summed > 0) {
      const auto n = static_cast<double>(own.summed);
      distance += own.sumDistance / n;
      term += own.sumTerm / n;
      generator += own.sumGenerator / n;
      ++trained;
    }
    own.sumDistance = own.sumTerm = own.sumGenerator = 0;
    own.summed = 0;
  }
  const auto mean = [&](double total) { return trained > 0 ? total / trained : none; };
  const double weight = m_options.rates.critic == CriticKind::Soft      ? m_options.rates.lipschitzWeight
                        : m_options.rates.critic == CriticKind::Penalty ? m_options.rates.penaltyWeight
                                                                        : 0;
  const auto owners = dataOwners();
  const auto mass = sharesOf(owners, m_members.size());
  std::size_t changed = 0;
  for (std::size_t i = 0; i < owners.size(); ++i)
    changed += i < m_lastOwners.size() && owners[i] != m_lastOwners[i];
  m_lastOwners = owners;
  double coverage = none, precision = none, outside = none;
  if (!m_data.image.isImage()) {
    const auto generated = generate(kMetricSamples, ensembleWeights(mass), kMetricSeed);
    outside = generated.outside;
    if (m_maskGrid) {
      const auto measured = m_maskGrid->measure(generated.points);
      coverage = measured.coverage;
      precision = measured.precision;
    }
  }
  return {mean(weight * term - distance),
          mean(generator),
          mean(term),
          mean(distance),
          coverage,
          precision,
          static_cast<double>(changed) / static_cast<double>(owners.size()),
          outside,
          m_cells->meanCost(owners, prototypesNow()),
          massError(mass),
          static_cast<double>(trained)};
}

nlohmann::json KGansTrainer::metrics() {
  const auto owners = dataOwners();
  const auto mass = sharesOf(owners, m_members.size());
  nlohmann::json result{{"iteration", m_iteration},
                        {"generators", count()},
                        {"masses", mass},
                        {"backend", m_ensemble->backend()}};
  result["transport_cost"] = m_cells->meanCost(owners, prototypesNow());
  if (m_options.fixedMasses) result["mass_error"] = massError(mass);
  if (m_data.image.isImage()) return result;
  const auto generated = generate(kMetricSamples, ensembleWeights(mass), kMetricSeed + 1);
  result["outside_cell"] = generated.outside;
  result["samples"] = kMetricSamples;
  if (m_maskGrid) {
    const auto measured = m_maskGrid->measure(generated.points);
    result["coverage"] = measured.coverage;
    result["precision"] = measured.precision;
  }
  return result;
}

}  // namespace monge
