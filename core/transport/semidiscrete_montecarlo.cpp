// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/transport/semidiscrete_montecarlo.h"

#include <algorithm>
#include <bit>
#include <chrono>
#include <cmath>
#include <utility>

#include "core/base/error.h"
#include "core/transport/cost_sums.h"
#include "core/transport/montecarlo_start.h"
#include "core/transport/wall_graph.h"

namespace monge {
namespace {

/// Samples that are made, searched and counted before the next ones: what memory holds at a time.
constexpr std::int64_t kBlock = 65536;
/// Share of the samples that tell the walls, and how many walls a cell is given at most.
constexpr double kWallShare = 0.4, kWallsPerCell = 16;
/// A test is made when the total variation is expected to be this much below the tolerance.
constexpr double kSafety = 1.15;
/// Of the wall graph's diagonal, see WallGraph::solve.
constexpr double kLeastDamping = 1e-3, kMostDamping = 1e3;

std::uint64_t roundStream(int iteration) {
  return 4 * static_cast<std::uint64_t>(iteration);  // and the next one
}
std::uint64_t testStream(int test) {
  return 4 * static_cast<std::uint64_t>(test) + 2;
}
/// Far from those of rounds.
std::uint64_t startStream(int candidate) {
  return (std::uint64_t{1} << 40) + 4 * static_cast<std::uint64_t>(candidate);
}

double secondsSince(std::chrono::steady_clock::time_point start) {
  return std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
}

void count(const TopPlanes& found, std::size_t begin, std::size_t end, std::vector<std::int64_t>& counts) {
  for (std::size_t s = begin; s < end; ++s) ++counts[static_cast<std::size_t>(found.best[s])];
}

/// So many that chance adds a quarter of the tolerance to the upper end of the interval at most, see
/// testMasses: z sqrt(2 n) / m of 4 tolerance^2.
std::int64_t testSamples(Eigen::Index cells, double tolerance) {
  const double enough = 2.5 * std::sqrt(2.0 * static_cast<double>(cells)) / (tolerance * tolerance);
  return static_cast<std::int64_t>(std::bit_ceil(
      static_cast<std::uint64_t>(std::clamp(enough, std::max(65536.0, 2.0 * double(cells)), 1e12))));
}

/// sum_i (w_i - nu_i)^2 / nu_i from two independent halves a and b, unbiased whatever their points are:
/// E (a_i - nu_i) (b_i - nu_i) = (w_i - nu_i)^2, and E (a_i - b_i)^2 / 4 is the variance of their mean.
ChiSquare chiSquareOf(const VectorD& a, const VectorD& b, const VectorD& targets) {
  ChiSquare chi;
  chi.value = ((a - targets).array() * (b - targets).array() / targets.array()).sum();
  chi.noise = ((a - b).array().square() / (4 * targets.array())).sum();
  // Were all cells alike: n products of two numbers of variance 2 noise / n, and the part linear in them.
  chi.deviation =
      std::sqrt(4 * chi.noise * (chi.noise + std::max(chi.value, 0.0)) / static_cast<double>(targets.size()));
  return chi;
}

/// sum_i nu_i log(nu_i / w_i) with half a sample more in each cell.
double divergenceOf(const VectorD& masses, std::int64_t samples, const VectorD& targets) {
  const double half = 0.5 / static_cast<double>(samples);
  return (targets.array() * (targets.array() / (masses.array() + half)).log()).sum() +
         std::log1p(half * static_cast<double>(masses.size()));
}

}  // namespace

/// What the samples of a round say.
struct SemidiscreteMonteCarlo::Batch {
  bool whole = false;  ///< it was not stopped
  std::int64_t samples = 0;
  std::vector<std::int64_t> halves[2];  ///< counts in the cells
  std::optional<WallGraph> walls;
  RowsF points;   ///< the first block's samples,
  VectorD highs;  ///< and u_h there

  void keep(const SamplePanels& panels, const TopPlanes& found) {
    points = RowsF::NullaryExpr(panels.count(), panels.dimension(), [&](Eigen::Index s, Eigen::Index k) {
      return panels.at(s, static_cast<int>(k));
    });
    highs = Eigen::Map<const Eigen::VectorXf>(found.value.data(), std::ssize(found.value)).cast<double>();
  }
  VectorD masses(int half) const {
    return VectorD::NullaryExpr(std::ssize(halves[half]), [&](Eigen::Index cell) {
      return 2 * static_cast<double>(halves[half][cell]) / static_cast<double>(samples);
    });
  }
};

SemidiscreteMonteCarlo::SemidiscreteMonteCarlo(MonteCarloProblem problem, const MonteCarloOptions& options,
                                               PlaneSearch& search, ThreadTeam& team)
    : m_problem(std::move(problem)),
      m_options(options),
      m_search(search),
      m_team(team),
      m_streams(m_problem.source, options.points, options.seed),
      m_centred(m_problem.sites.rowwise() - m_problem.sites.colwise().mean()) {
  m_state.batch = smallestBatch();
}

RowsF SemidiscreteMonteCarlo::sitesAbout(const MonteCarloProblem& problem) {
  return (problem.sites.rowwise() - problem.sites.colwise().mean()).cast<float>();
}

/// Four samples a cell, a power of two for the sake of low-discrepancy points.
std::int64_t SemidiscreteMonteCarlo::smallestBatch() const {
  return static_cast<std::int64_t>(
      std::bit_ceil(static_cast<std::uint64_t>(std::max<std::int64_t>(4 * m_problem.sites.rows(), 1024))));
}

void SemidiscreteMonteCarlo::restore(MonteCarloState state) {
  const auto n = m_problem.sites.rows();
  if (state.heights.size() != n || (state.previousIsKept && state.previous.size() != n))
    throw Error("heights of the state", std::to_string(state.heights.size()),
                std::to_string(n) + ", one for each site");
  if (!state.heights.allFinite() || (state.previousIsKept && !state.previous.allFinite()))
    throw Error("heights of the state", "a value that is not finite", "finite numbers");
  m_state = std::move(state);
  m_status = SolveStatus::Running;
}

VectorD SemidiscreteMonteCarlo::weights() const {
  const VectorD squares =
      (m_problem.sites.rowwise() - m_problem.source.centre.transpose()).rowwise().squaredNorm();
  const VectorD all = 2 * m_state.heights + squares;
  return all.array() - all.mean();
}

bool SemidiscreteMonteCarlo::draw(std::uint64_t stream, std::int64_t samples, bool uniform,
                                  const std::stop_token& stop,
                                  const std::function<void(const SamplePanels&, const TopPlanes&)>& visit) {
  TopPlanes found;
  for (std::int64_t first = 0; first < samples; first += kBlock) {
    SamplePanels panels(std::min(kBlock, samples - first), m_problem.source.dimension());
    if (uniform)
      m_streams.fillUniform(stream, first, panels, m_team);
    else
      m_streams.fill(stream, first, panels, m_team);
    m_search.find(panels, found, stop);
    if (stop.stop_requested()) return false;
    visit(panels, found);
  }
  return true;
}

SemidiscreteMonteCarlo::Batch SemidiscreteMonteCarlo::drawBatch(std::uint64_t stream, std::int64_t samples,
                                                                const std::stop_token& stop) {
  const int n = static_cast<int>(m_problem.sites.rows());
  Batch batch;
  batch.samples = samples;
  const double share = std::min(kWallShare, kWallsPerCell * n / static_cast<double>(samples));
  const auto start = std::chrono::steady_clock::now();
  batch.whole = true;
  for (const int half : {0, 1}) {
    batch.halves[half].assign(static_cast<std::size_t>(n), 0);
    batch.whole = batch.whole && draw(stream + half, samples / 2, false, stop,
                                      [&](const SamplePanels& panels, const TopPlanes& found) {
                                        count(found, 0, found.best.size(), batch.halves[half]);
                                        if (!batch.walls) {
                                          batch.walls.emplace(n, WallGraph::reachOf(found, share));
                                          batch.keep(panels, found);
                                        }
                                        batch.walls->add(found);
                                      });
  }
  m_seconds += secondsSince(start), m_timedSamples += samples;
  return batch;
}

void SemidiscreteMonteCarlo::findStart(const std::stop_token& stop) {
  double least = 2;
  VectorD best;
  const VectorD potential = quantilePotential(m_centred, m_problem.masses, m_problem.source);
  const std::int64_t samples = smallestBatch() / 2;
  int candidate = 0;
  for (const double scale : {1.0, 0.8, 0.65, 0.5, 0.4, 0.3, 0.2}) {
    const VectorD heights = -scale * potential;
    m_search.setHeights(heights);
    std::vector<std::int64_t> counts(static_cast<std::size_t>(heights.size()), 0);
    if (!draw(
            startStream(candidate++), samples, false, stop,
            [&](const SamplePanels&, const TopPlanes& found) { count(found, 0, found.best.size(), counts); }))
      return;
    double variation = 0;
    for (Eigen::Index i = 0; i < heights.size(); ++i)
      variation +=
          0.5 * std::abs(static_cast<double>(counts[i]) / static_cast<double>(samples) - m_problem.masses[i]);
    if (variation >= least) break;  // it falls to one minimum and rises again
    least = variation, best = heights;
  }
  m_state.samples += candidate * samples;
  m_state.heights = best.array() - best.mean();
}

void SemidiscreteMonteCarlo::takeStep(const Batch& batch, const VectorD& masses, const ChiSquare& chi,
                                      MonteCarloRound& round) {
  const double noise = chi.noise;
  double error = m_state.expected < 0 ? chi.value : m_state.expected;
  error = std::clamp(error, chi.value - 2 * chi.deviation, chi.value + 2 * chi.deviation);
  error = std::max(error, 1e-3 * noise);
  round.gain = error / (error + noise);
  const WallGraph::Step direction =
      batch.walls->solve(batch.samples, m_problem.masses, m_problem.masses - masses, m_state.damping);
  m_state.previous = m_state.heights;
  m_state.previousExpected = error;
  m_state.previousDivergence = round.divergence;
  m_state.previousIsKept = true;
  m_state.heights += round.gain * direction.heights;
  liftEmpty(batch, masses);
  m_state.heights.array() -= m_state.heights.mean();
  m_state.expected =
      (1 - round.gain) * (1 - round.gain) * error + round.gain * round.gain * noise +
      round.gain * round.gain * (direction.left.array().square() / m_problem.masses.array()).sum();
  if (error < noise) m_state.batch = std::min(2 * m_state.batch, 16 * smallestBatch());
}

/// Whether the last step made things clearly worse: chi^2 sees cells that have far too much, the divergence
/// those that have next to nothing. The slack is several deviations of either.
bool SemidiscreteMonteCarlo::isWorse(const MonteCarloRound& round, const ChiSquare& chi) const {
  if (!m_state.previousIsKept) return false;
  return chi.value - 2 * chi.deviation > 2 * m_state.previousExpected ||
         round.divergence > 1.1 * m_state.previousDivergence + 0.2 * chi.noise;
}

/// A cell without samples tells nothing of how far it has to rise. Its plane reaches u_h where <x, y_i> -
/// u_h(x) is largest, which is the same search with samples and sites in each other's places; it is put where
/// it would be above two samples.
void SemidiscreteMonteCarlo::liftEmpty(const Batch& batch, const VectorD& masses) {
  std::vector<Eigen::Index> empty;
  for (Eigen::Index cell = 0; cell < masses.size(); ++cell)
    if (masses[cell] == 0) empty.push_back(cell);
  if (empty.empty()) return;
  CpuPlaneSearch search(batch.points, SearchPrecision::Single, m_team);
  search.setHeights(-batch.highs);
  TopPlanes touching;
  search.find(SamplePanels(m_centred(empty, Eigen::all).cast<float>()), touching, {});
  for (std::size_t at = 0; at < empty.size(); ++at) {
    double& height = m_state.heights[empty[at]];
    height = std::max<double>(height, touching.gap[at] - touching.value[at]);
  }
}

/// By how the last step did against what was expected of it.
void SemidiscreteMonteCarlo::adaptDamping(const ChiSquare& chi) {
  if (m_state.expected < 0) return;
  const double least = chi.value - 2 * chi.deviation;
  if (least > 3 * m_state.expected)
    m_state.damping = std::min(2 * m_state.damping, kMostDamping);
  else if (least < 1.5 * m_state.expected)
    m_state.damping = std::max(0.4 * m_state.damping, kLeastDamping);
}

void SemidiscreteMonteCarlo::step(std::stop_token stop) {
  if (m_status != SolveStatus::Running) return;
  MonteCarloState before = m_state;
  const auto start = std::chrono::steady_clock::now();
  MonteCarloRound round;
  if (m_state.heights.size() == 0) findStart(stop);
  if (!stop.stop_requested()) descend(round, stop);
  if (!stop.stop_requested()) testIfPromising(stop);
  if (stop.stop_requested()) {
    m_state = std::move(before);
    m_status = SolveStatus::Cancelled;
    return;
  }
  if (m_status == SolveStatus::Running && m_state.samples >= m_options.maxSamples)
    m_status = SolveStatus::IterationLimit;
  round.totalSamples = m_state.samples;
  round.seconds = secondsSince(start);
  round.secondsLeft = m_status == SolveStatus::Running ? secondsLeft() : 0;
  m_history.push_back(round);
}

void SemidiscreteMonteCarlo::descend(MonteCarloRound& round, const std::stop_token& stop) {
  m_search.setHeights(m_state.heights);
  const Batch batch = drawBatch(roundStream(m_state.iteration), m_state.batch, stop);
  if (!batch.whole) return;
  const VectorD halves[2] = {batch.masses(0), batch.masses(1)};
  const ChiSquare chi = chiSquareOf(halves[0], halves[1], m_problem.masses);
  round.iteration = ++m_state.iteration;
  round.samples = batch.samples;
  round.chiSquare = chi.value, round.noise = chi.noise;
  round.damping = m_state.damping;
  round.empty = ((halves[0] + halves[1]).array() == 0).count();
  round.divergence = divergenceOf(0.5 * (halves[0] + halves[1]), batch.samples, m_problem.masses);
  round.rejected = isWorse(round, chi);
  m_state.samples += batch.samples;
  if (round.rejected) {
    m_state.heights = m_state.previous;
    m_state.expected = m_state.previousExpected;
    m_state.damping = std::min(8 * std::max(m_state.damping, 0.1), kMostDamping);
    m_state.previousIsKept = false;
  } else {
    adaptDamping(chi);
    takeStep(batch, 0.5 * (halves[0] + halves[1]), chi, round);
  }
  round.expected = m_state.expected;
}

void SemidiscreteMonteCarlo::run(std::stop_token stop,
                                 const std::function<void(const MonteCarloRound&)>& report) {
  while (m_status == SolveStatus::Running) {
    const std::size_t before = m_history.size();
    step(stop);
    if (report && m_history.size() > before) report(m_history.back());
  }
}

void SemidiscreteMonteCarlo::testIfPromising(const std::stop_token& stop) {
  const bool promising = m_state.expected >= 0 &&
                         0.5 * std::sqrt(m_state.expected) * kSafety <= m_options.tolerance &&
                         m_state.samples >= m_state.nextTest;
  if (!promising) return;
  // The j-th test may err with (1 - confidence) / (j (j + 1)), all of them with 1 - confidence.
  const double j = m_state.tests + 1;
  const std::int64_t samples = testSamples(m_problem.sites.rows(), m_options.tolerance);
  MonteCarloTest test = this->test(samples, 1 - (1 - m_options.confidence) / (j * (j + 1)), stop);
  if (stop.stop_requested()) return;
  if (test.masses.totalVariation.upper <= m_options.tolerance) m_status = SolveStatus::Converged;
  m_state.expected = std::max(m_state.expected, test.masses.chiSquare);
  m_state.nextTest = m_state.samples + m_state.samples / 3;
  m_test = std::move(test);
}

MonteCarloTest SemidiscreteMonteCarlo::test(std::int64_t samples, double confidence, std::stop_token stop) {
  MassCounts counts;
  for (int half : {0, 1}) counts.halves[half].assign(static_cast<std::size_t>(m_problem.sites.rows()), 0);
  counts.samples[0] = samples / 2, counts.samples[1] = samples - samples / 2;
  CostSums costs(m_problem, weights());
  std::int64_t first = 0;
  m_search.setHeights(m_state.heights);
  const bool whole = draw(testStream(m_state.tests), samples, true, stop,
                          [&](const SamplePanels& panels, const TopPlanes& found) {
                            const auto middle = static_cast<std::size_t>(
                                std::clamp<std::int64_t>(counts.samples[0] - first, 0, panels.count()));
                            count(found, 0, middle, counts.halves[0]);
                            count(found, middle, found.best.size(), counts.halves[1]);
                            costs.add(panels, found, m_team);
                            first += panels.count();
                          });
  if (!whole) return {};
  ++m_state.tests;
  m_state.samples += samples;
  return {testMasses(counts, m_problem.masses, confidence), costs.primal(confidence), costs.dual(confidence)};
}

double SemidiscreteMonteCarlo::secondsLeft() const {
  if (m_timedSamples == 0) return 0;
  const double n = static_cast<double>(m_problem.sites.rows());
  const double wanted = std::pow(2 * m_options.tolerance / kSafety, 2);
  const double now = m_state.expected < 0 ? 1e300 : std::max(m_state.expected, wanted);
  const double samples =
      n / wanted - n / now + static_cast<double>(testSamples(m_problem.sites.rows(), m_options.tolerance));
  return samples * m_seconds / static_cast<double>(m_timedSamples);
}

}  // namespace monge
