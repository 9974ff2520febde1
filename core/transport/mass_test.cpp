// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/transport/mass_test.h"

#include <algorithm>
#include <boost/math/special_functions/beta.hpp>
#include <boost/math/special_functions/erf.hpp>
#include <cmath>
#include <numbers>
#include <unordered_map>

namespace monge {
namespace {

/// What a standard normal number exceeds with chance alpha.
double normalBound(double alpha) {
  return std::numbers::sqrt2 * boost::math::erfc_inv(2 * alpha);
}

/// Hoeffding and McDiarmid: the mean of m numbers of range 1 is off by more with chance below alpha.
double boundedDeviation(double alpha, std::int64_t samples) {
  return std::sqrt(std::log(1 / alpha) / (2 * static_cast<double>(samples)));
}

/// Clopper and Pearson's bounds on a chance by its hits; cells with equal hits share them.
class ChanceBounds {
 public:
  ChanceBounds(std::int64_t samples, double alpha) : m_samples(samples), m_alpha(alpha) {}

  std::pair<double, double> operator()(std::int64_t hits) {
    const auto [entry, isNew] = m_known.try_emplace(hits);
    if (isNew) {
      const double k = static_cast<double>(hits), rest = static_cast<double>(m_samples - hits);
      entry->second = {hits == 0 ? 0 : boost::math::ibeta_inv(k, rest + 1, m_alpha),
                       rest == 0 ? 1 : boost::math::ibetac_inv(k + 1, rest, m_alpha)};
    }
    return entry->second;
  }

 private:
  std::int64_t m_samples;
  double m_alpha;
  std::unordered_map<std::int64_t, std::pair<double, double>> m_known;
};

double share(const MassCounts& counts, int half, std::size_t cell) {
  return static_cast<double>(counts.halves[half][cell]) / static_cast<double>(counts.samples[half]);
}

/// The part of the plain errors' size that is not chance.
double lessChance(const ChiSquare& chi) {
  const double plain = chi.value + chi.noise;
  return plain > 0 ? std::sqrt(std::max(0.0, chi.value) / plain) : 0;
}

Estimate totalVariation(const MassCounts& counts, const VectorD& masses, const VectorD& targets,
                        const ChiSquare& chi, double alpha) {
  double plain = 0, split = 0;
  for (Eigen::Index i = 0; i < targets.size(); ++i) {
    plain += 0.5 * std::abs(masses[i] - targets[i]);
    const double first = share(counts, 0, i) - targets[i], second = share(counts, 1, i) - targets[i];
    split += 0.5 * (first > 0 ? second : first < 0 ? -second : 0);
  }
  const std::int64_t samples = counts.samples[0] + counts.samples[1];
  const double byChi = 0.5 * std::sqrt(std::max(0.0, chi.upperBound(normalBound(alpha / 4), samples)));
  Estimate result;
  result.lower = std::max(0.0, split - boundedDeviation(alpha / 2, counts.samples[1]));
  result.upper = std::min(plain + boundedDeviation(alpha / 4, samples), byChi);
  result.upper = std::max(result.upper, result.lower);
  result.value = std::clamp(plain * lessChance(chi), result.lower, result.upper);
  return result;
}

Estimate largestRelative(const MassCounts& counts, const VectorD& masses, const VectorD& targets,
                         const ChiSquare& chi, double alpha) {
  const std::int64_t samples = counts.samples[0] + counts.samples[1];
  ChanceBounds bounds(samples, alpha / (2 * static_cast<double>(targets.size())));
  Estimate result;
  double plain = 0;
  for (Eigen::Index i = 0; i < targets.size(); ++i) {
    const auto [lower, upper] = bounds(counts.halves[0][i] + counts.halves[1][i]);
    const double target = targets[i];
    result.lower = std::max({result.lower, (lower - target) / target, (target - upper) / target});
    result.upper = std::max({result.upper, (target - lower) / target, (upper - target) / target});
    plain = std::max(plain, std::abs(masses[i] - target) / target);
  }
  result.value = std::clamp(plain * lessChance(chi), result.lower, result.upper);
  return result;
}

}  // namespace

ChiSquare chiSquare(const std::vector<std::int64_t>& counts, std::int64_t samples, const VectorD& targets) {
  const double m = static_cast<double>(samples);
  double plain = 0, squares = 0, mean = 0, meanSquare = 0;
  ChiSquare result;
  for (Eigen::Index i = 0; i < targets.size(); ++i) {
    const double mass = static_cast<double>(counts[i]) / m, error = (mass - targets[i]) / targets[i];
    plain += error * error * targets[i];
    result.noise += mass * (1 - mass) / (targets[i] * (m - 1));
    squares += std::pow(mass / targets[i], 2);
    mean += mass * error, meanSquare += mass * error * error;
  }
  result.value = plain - result.noise;
  // Of a quadratic form of multinomial counts: the part of pairs of samples and the linear part.
  result.pairs = 2 * squares / (m * m);
  result.deviation = std::sqrt(result.pairs + 4 * std::max(0.0, meanSquare - mean * mean) / m);
  return result;
}

double ChiSquare::upperBound(double z, std::int64_t samples) const {
  // The greater root of (U - value)^2 = z^2 (pairs + 4 U / m).
  const double m = static_cast<double>(samples), slope = 2 * z * z / m;
  const double root = value + slope + std::sqrt(slope * (slope + 2 * value) + z * z * pairs);
  return std::max(root, value + z * deviation);
}

MassTest testMasses(const MassCounts& counts, const VectorD& targets, double confidence) {
  MassTest test;
  test.samples = counts.samples[0] + counts.samples[1];
  test.confidence = confidence;
  std::vector<std::int64_t> all(counts.halves[0].size());
  test.masses.resize(targets.size());
  for (std::size_t i = 0; i < all.size(); ++i) {
    all[i] = counts.halves[0][i] + counts.halves[1][i];
    test.empty += all[i] == 0;
    test.masses[static_cast<Eigen::Index>(i)] =
        static_cast<double>(all[i]) / static_cast<double>(test.samples);
  }
  const ChiSquare chi = chiSquare(all, test.samples, targets);
  test.chiSquare = chi.value;
  test.totalVariation = totalVariation(counts, test.masses, targets, chi, 1 - confidence);
  test.largestRelative = largestRelative(counts, test.masses, targets, chi, 1 - confidence);
  return test;
}

}  // namespace monge
